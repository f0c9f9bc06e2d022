#include "check/state_checks.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/trial.h"
#include "host/disk.h"
#include "oidc/key_set.h"
#include "state/state.h"
#include "web/place.h"

enum { MEGABYTE = 1024 * 1024, LOW_BYTES = 50 * MEGABYTE, NO_BYTES = 2 * MEGABYTE };
/* As much as one machine may be ahead of another (record.h). */
enum { CLOCK_SECONDS = 5 };
enum { LOW_FILES = 2000, NO_FILES = 50 };

/* Why can the folder not be used? */
static const char *
flaw_of(const char *path)
{
        struct stat st;

        if (lstat(path, &st) != 0)
                return "state_folder.uncreated";
        if (!S_ISDIR(st.st_mode))
                return "state_folder.no_folder";
        if (st.st_uid != geteuid())
                return "state_folder.owner";
        return (st.st_mode & 077) != 0 ? "state_folder.open" : "state_folder.closed";
}

/* Sentinels choose another primary only if more than half of them agree. */
static bool
are_enough(const struct state_server *server)
{
        return server->sentinels >= 3 && server->watching == server->sentinels &&
               server->quorum > server->sentinels / 2;
}

/* Sets *state for anything but good. */
static const char *
judge_server(const struct state_server *server, bool waits, long long now, enum report_state *state)
{
        *state = REPORT_HINT;
        if (!server->tells)
                return "state_server.untold";
        if (server->is_replica || strcmp(server->policy, "noeviction") != 0) {
                *state = REPORT_FAILED;
                return server->is_replica ? "state_server.replica" : "state_server.evicts";
        }
        if (!server->appends)
                return "state_server.forgets";
        if (server->clock != 0 && llabs(server->clock - now) > CLOCK_SECONDS)
                return "state_server.clock";
        if (server->sentinels > 0 && !are_enough(server))
                return "state_server.sentinels";
        if ((server->sentinels > 0 || waits) && !server->guarded)
                return "state_server.unguarded";
        *state = REPORT_GOOD;
        return "state_server.good";
}

/* What the owner has to know about a server that has the state. */
static void
check_server(struct trial *trial)
{
        struct report *report = &trial->report;
        struct err err = {.kind = ERR_NONE};
        struct state_server server;
        enum report_state state;
        const char *word;

        if (trial->state == NULL || state_probe(trial->state, &server, &err) != 0) {
                report_add(report, REPORT_FAILED, "state_server.unreachable", "detail",
                    arena_strdup(trial->arena, err.text), NULL);
                return;
        }
        trial->state_is_good = true;
        word = judge_server(&server, trial->conf.state_wait > 0, trial->now, &state);
        report_add(report, state, word, "server", server.shown, "policy", server.policy, "seconds",
            arena_printf(trial->arena, "%lld", llabs(server.clock - trial->now)), "listed",
            arena_printf(trial->arena, "%d", server.sentinels), "watching",
            arena_printf(trial->arena, "%d", server.watching), "quorum",
            arena_printf(trial->arena, "%d", server.quorum), NULL);
}

void
check_state_folder(struct trial *trial)
{
        const char *path = trial->conf.state_dir, *shown = trial_show(trial, path);
        struct report *report = &trial->report;
        struct err err = {.kind = ERR_NONE};

        if (!trial->is_set_up) {
                report_add(report, REPORT_UNTRIED, "state_folder.untried", NULL);
                return;
        }
        if (!conf_has_files(&trial->conf)) {
                check_server(trial);
                return;
        }
        if (place_check_state(trial->arena, trial->place, path, &err) != 0) {
                report_add(report, REPORT_FAILED, "state_folder.served", "folder", shown, NULL);
                return;
        }
        if (trial->state == NULL || state_open(trial->state, &err) != 0) {
                report_add(report, REPORT_FAILED, flaw_of(path), "folder", shown, NULL);
                return;
        }
        trial->state_is_good = true;
        trial->state_path = path;
        trial->state_folder =
            openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        report_add(report, REPORT_GOOD, "state_folder.good", "folder", shown, "outside",
            trial->place->root == NULL ? "" : "1", NULL);
}

void
check_state_writable(struct trial *trial)
{
        static const char *const words[] = {"state_writable.create", "state_writable.write",
            "state_writable.sync", "state_writable.link", "state_writable.rename",
            "state_writable.lock"};
        enum disk_step step;
        int failed;

        if (trial->state_folder < 0)
                return;
        step = disk_try(trial->state_folder,
            arena_printf(trial->arena, ".check-%lld-%d", trial->now, (int)getpid()), &failed);
        if (step == DISK_DONE)
                report_add(&trial->report, REPORT_GOOD, "state_writable.good", NULL);
        else
                report_add(
                    &trial->report, REPORT_FAILED, words[step], "detail", strerror(failed), NULL);
}

/* "12 MB", "3 GB" */
static const char *
megabytes(struct arena *arena, long long bytes)
{
        return bytes >= 10240LL * MEGABYTE
                   ? arena_printf(arena, "%lld GB", bytes / (1024LL * MEGABYTE))
                   : arena_printf(arena, "%lld MB", bytes / MEGABYTE);
}

void
check_state_room(struct trial *trial)
{
        struct arena *arena = trial->arena;
        long long bytes, files;
        const char *count, *room;
        enum report_state state = REPORT_GOOD;

        if (trial->state_folder < 0)
                return;
        if (!disk_room(trial->state_folder, &bytes, &files)) {
                report_add(&trial->report, REPORT_UNTRIED, "state_room.unknown", NULL);
                return;
        }
        if (bytes < LOW_BYTES || (files >= 0 && files < LOW_FILES))
                state = bytes < NO_BYTES || (files >= 0 && files < NO_FILES) ? REPORT_FAILED
                                                                             : REPORT_HINT;
        room = megabytes(arena, bytes);
        count = files < 0 ? "" : arena_printf(arena, "%lld", files);
        report_add(&trial->report, state,
            state == REPORT_GOOD ? "state_room.good" : "state_room.low", "room", room, "files",
            count, NULL);
}

/* ---- the keys that sign ID tokens ---- */

static void
report_key(struct trial *trial, const struct key_set *set, enum key_algorithm algorithm)
{
        const struct key_set_item *item = key_set_signing(set, algorithm, trial->now);
        const char *name = key_algorithm_name(algorithm);
        long long days;

        if (item == NULL) {
                report_add(
                    &trial->report, REPORT_FAILED, "oidc_keys.missing", "algorithm", name, NULL);
                return;
        }
        days = (trial->now - item->made) / 86400;
        report_add(&trial->report, days > KEY_SET_OLD ? REPORT_HINT : REPORT_GOOD,
            days > KEY_SET_OLD ? "oidc_keys.old" : "oidc_keys.good", "algorithm", name, "days",
            arena_printf(trial->arena, "%lld", days), NULL);
}

void
check_oidc_keys(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct key_set set = {.count = 0};

        if (!trial->state_is_good || *trial->conf.oidc_clients == '\0')
                return;
        if (key_set_read(trial->state, trial->arena, trial->now, &set, &err) != 0 &&
            err.kind != ERR_NOT_FOUND) {
                report_add(&trial->report, REPORT_FAILED, "oidc_keys.unreadable", "detail",
                    arena_strdup(trial->arena, err.text), NULL);
                return;
        }
        for (int i = 0; i < KEY_ALGORITHMS; i++)
                if (trial->needs_key[i])
                        report_key(trial, &set, (enum key_algorithm)i);
}
