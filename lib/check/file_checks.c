#include "check/file_checks.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "check/trial.h"
#include "format/digest.h"
#include "host/disk.h"
#include "host/file.h"
#include "host/memory.h"

static const char sums_name[] = "SHA256SUMS";
static const char probe_name[] = "probe.cgi"; /* tells everybody about the host */

void
check_user(struct trial *trial)
{
        if (!trial->has_facts)
                report_add(&trial->report, REPORT_UNTRIED, "user.untried", NULL);
        else if (trial->facts.has_own_user)
                report_add(&trial->report, REPORT_GOOD, "user.good", NULL);
        else
                report_add(&trial->report, REPORT_HINT, "user.shared", NULL);
}

/* ---- programs ---- */

/* What is wrong with programs: their names, by what it is. */
enum flaw { MISSING, ASCII, DAMAGED, UNREAD, NOT_EXECUTABLE, WRITABLE, FLAWS };

struct programs {
        struct trial *trial;
        const char *folder;
        struct pairs names[FLAWS];
        bool has_sums; /* the files were compared with their checksums */
        size_t good;
};

/* What an upload in ASCII mode did to it, undone: each LF had become CR LF. */
static size_t
undo_ascii(char *bytes, size_t size)
{
        size_t kept = 0;

        for (size_t i = 0; i < size; i++)
                if (bytes[i] != '\r' || i + 1 == size || bytes[i + 1] != '\n')
                        bytes[kept++] = bytes[i];
        return kept;
}

/* Compares a file with its checksum. FLAWS: it is good. The other way round, CR LF that became LF,
 * cannot be undone. */
static enum flaw
compare(const struct arena *parent, const char *path, const char *wanted)
{
        struct arena *arena = arena_begin(parent);
        enum flaw flaw = FLAWS;
        struct err err;
        size_t size;
        char *bytes;

        if (file_read_public(arena, path, &bytes, &size, &err) != 0) {
                flaw = UNREAD;
        } else {
                char sum[DIGEST_HEX_SIZE + 1];

                digest_sha256_hex(bytes, size, sum);
                if (strcmp(sum, wanted) != 0) {
                        digest_sha256_hex(bytes, undo_ascii(bytes, size), sum);
                        flaw = strcmp(sum, wanted) == 0 ? ASCII : DAMAGED;
                }
        }
        arena_free(arena);
        return flaw;
}

static void
note(struct programs *programs, enum flaw flaw, const char *name)
{
        pairs_add(&programs->names[flaw], "", name);
}

/* sum: NULL: unknown. */
static void
look_at(struct programs *programs, const char *name, const char *sum)
{
        struct arena *arena = programs->trial->arena;
        const char *path = arena_printf(arena, "%s/%s", programs->folder, name);
        bool is_program = strstr(name, ".cgi") != NULL, good;
        enum flaw flaw;
        struct stat st;

        if (stat(path, &st) != 0) {
                /* probe.cgi is deleted after the installation. */
                if (strcmp(name, probe_name) != 0)
                        note(programs, MISSING, name);
                return;
        }
        flaw = sum == NULL ? FLAWS : compare(arena, path, sum);
        if (flaw != FLAWS)
                note(programs, flaw, name);
        good = flaw == FLAWS;
        if (is_program && access(path, X_OK) != 0) {
                note(programs, NOT_EXECUTABLE, name);
                good = false;
        }
        if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
                note(programs, WRITABLE, name);
                good = false;
        }
        programs->good += good;
}

/* Looks at each file of the list of checksums: "hex  name" lines. */
static void
look_at_all(struct programs *programs, const char *sums)
{
        while (*sums != '\0') {
                size_t size = strcspn(sums, "\r\n");
                const char *line = arena_copy(programs->trial->arena, sums, size);
                size_t hex = strspn(line, "0123456789abcdef");
                const char *name = line + hex + strspn(line + hex, " *");

                if (hex == DIGEST_HEX_SIZE && *name != '\0' && strchr(name, '/') == NULL)
                        look_at(programs, name, arena_copy(programs->trial->arena, line, hex));
                sums += size + strspn(sums + size, "\r\n");
        }
}

/* Without a list of checksums. */
static void
look_at_folder(struct programs *programs)
{
        struct pairs names;

        pairs_init(&names, programs->trial->arena);
        if (!disk_find(programs->trial->arena, programs->folder, "", ".cgi", &names))
                note(programs, UNREAD, ".");
        for (size_t i = 0; i < names.count; i++)
                look_at(programs, names.items[i].value, NULL);
}

static void
check_folder(struct trial *trial, const char *folder)
{
        struct stat st;

        if (stat(folder, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
                report_add(&trial->report, REPORT_FAILED, "programs.folder", "mode",
                    arena_printf(trial->arena, "%o", (unsigned)(st.st_mode & 0777)), "folder",
                    trial_show(trial, folder), NULL);
}

static void
report_programs(struct programs *programs)
{
        static const char *const words[FLAWS] = {"programs.missing", "programs.ascii",
            "programs.damaged", "programs.unread", "programs.not_executable", "programs.writable"};
        struct report *report = &programs->trial->report;
        struct arena *arena = programs->trial->arena;
        bool good = true;

        for (size_t i = 0; i < FLAWS; i++) {
                if (programs->names[i].count == 0)
                        continue;
                good = false;
                report_add(report, i == UNREAD ? REPORT_UNTRIED : REPORT_FAILED, words[i], "names",
                    trial_join(arena, &programs->names[i]), NULL);
        }
        if (good && programs->has_sums)
                report_add(report, REPORT_GOOD, "programs.good", "count",
                    arena_printf(arena, "%zu", programs->good), NULL);
}

void
check_programs(struct trial *trial)
{
        struct programs programs = {.trial = trial, .folder = trial_program_folder(trial)};
        struct err err = {.kind = ERR_NONE};
        size_t size;
        char *sums;

        if (trial->in_shell || programs.folder == NULL) {
                report_add(&trial->report, REPORT_UNTRIED, "programs.untried", NULL);
                return;
        }
        for (size_t i = 0; i < FLAWS; i++)
                pairs_init(&programs.names[i], trial->arena);
        check_folder(trial, programs.folder);
        if (file_read_public(trial->arena,
                arena_printf(trial->arena, "%s/%s", programs.folder, sums_name), &sums, &size,
                &err) == 0) {
                programs.has_sums = true;
                look_at_all(&programs, sums);
        } else {
                report_add(&trial->report, REPORT_HINT, "programs.no_sums", NULL);
                look_at_folder(&programs);
        }
        report_programs(&programs);
        if (access(arena_printf(trial->arena, "%s/%s", programs.folder, probe_name), F_OK) == 0)
                report_add(&trial->report, REPORT_HINT, "programs.probe", NULL);
}

/* ---- pages ---- */

static const char programs_prefix[] = "cgi-bin/";

/* Notes a program of the archive that is here, or in a shell may be. */
static void
add_program(struct trial *trial, const char *name)
{
        const char *folder = trial_program_folder(trial);

        if (trial->in_shell ||
            (folder != NULL &&
                access(arena_printf(trial->arena, "%s/%s", folder, name), F_OK) == 0))
                pairs_add(&trial->programs, "", name);
}

/* version.txt: the version, and below it the names of the templates, and those of the programs
 * behind "cgi-bin/". */
void
check_pages(struct trial *trial)
{
        const char *folder = trial->conf.html_dir, *shown = trial_show(trial, folder);
        struct report *report = &trial->report;
        struct err err = {.kind = ERR_NONE};
        struct pairs missing;
        const char *version;
        struct stat st;
        size_t size;
        char *text;

        if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode)) {
                report_add(report, REPORT_FAILED, "pages.missing", "folder", shown, NULL);
                return;
        }
        if (file_read_public(trial->arena, arena_printf(trial->arena, "%s/version.txt", folder),
                &text, &size, &err) != 0) {
                report_add(report, REPORT_FAILED, "pages.unversioned", "folder", shown, NULL);
                return;
        }
        pairs_init(&missing, trial->arena);
        version = arena_copy(trial->arena, text, strcspn(text, "\r\n"));
        for (text += strcspn(text, "\n"); *text != '\0'; text += strcspn(text, "\n")) {
                const char *name;

                text += strspn(text, "\r\n");
                name = arena_copy(trial->arena, text, strcspn(text, "\r\n"));
                if (text_starts_with(name, programs_prefix))
                        add_program(trial, name + strlen(programs_prefix));
                else if (*name != '\0' &&
                         access(arena_printf(trial->arena, "%s/%s", folder, name), R_OK) != 0)
                        pairs_add(&missing, "", name);
        }
        if (missing.count > 0)
                report_add(report, REPORT_FAILED, "pages.incomplete", "folder", shown, "names",
                    trial_join(trial->arena, &missing), NULL);
        else if (strcmp(version, trial->version) != 0)
                report_add(report, REPORT_FAILED, "pages.version", "folder", shown, "there",
                    arena_copy(trial->arena, version, text_cut(version, 20)), "here",
                    trial->version, NULL);
        else
                report_add(report, REPORT_GOOD, "pages.good", "version", version, NULL);
}
