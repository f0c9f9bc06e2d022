#include "check/owner_checks.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/trial.h"
#include "format/json_file.h"
#include "format/owner.h"
#include "gate/access.h"
#include "host/file.h"
#include "list/links.h"
#include "list/list.h"
#include "oidc/claims.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "wechat/menu.h"
#include "wechat/rules.h"

/* ---- JSON ---- */

/* A file of the owner's. */
struct owners {
        struct trial *trial;
        const char *path;
        const char *shown;
        char *text;
        size_t size;
};

/* Reads it, if the setting names one; reports what is wrong. Returns whether there is a text. */
static bool
read_owners(struct trial *trial, const char *path, const char *missing, const char *encoding,
    struct owners *file)
{
        struct err err = {.kind = ERR_NONE};

        *file = (struct owners){.trial = trial, .path = path, .shown = trial_show(trial, path)};
        if (!trial->is_set_up || *path == '\0')
                return false;
        if (file_read_public(trial->arena, path, &file->text, &file->size, &err) != 0)
                report_add(&trial->report, REPORT_FAILED, missing, "file", file->shown, NULL);
        else if (owner_read_text(path, file->text, &file->size, &err) != 0)
                report_add(&trial->report, REPORT_FAILED, encoding, "file", file->shown, NULL);
        else
                return true;
        return false;
}

/* Reports the mistake in err, which names the place in the file; without the file's folders. */
static void
report_mistake(const struct owners *file, const char *name, const struct err *err)
{
        struct trial *trial = file->trial;
        size_t size = strlen(file->path);
        const char *detail =
            strncmp(err->text, file->path, size) == 0
                ? arena_strdup(trial->arena, err->text + size + strspn(err->text + size, ",: "))
                : "";

        report_add(
            &trial->report, REPORT_FAILED, name, "file", file->shown, "detail", detail, NULL);
}

static void
report_count(const struct owners *file, const char *name, size_t count)
{
        struct trial *trial = file->trial;

        report_add(&trial->report, REPORT_GOOD, name, "count",
            arena_printf(trial->arena, "%zu", count), NULL);
}

void
check_replies(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct rules rules;

        if (!read_owners(
                trial, trial->conf.replies, "replies_file.missing", "replies_file.encoding", &file))
                return;
        if (rules_parse(trial->arena, file.text, file.size, file.path, &rules, &err) != 0)
                report_mistake(&file, "replies_file.invalid", &err);
        else
                report_count(&file, "replies_file.good", rules.count);
}

void
check_list(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct list list;

        if (!read_owners(trial, trial->conf.list, "list_file.missing", "list_file.encoding", &file))
                return;
        if (list_parse(trial->arena, file.text, file.size, file.path, trial->conf.language, "",
                &list, &err) != 0)
                report_mistake(&file, "list_file.invalid", &err);
        else
                report_count(&file, "list_file.good", list.count);
}

void
check_links(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct links links;

        if (!read_owners(
                trial, trial->conf.links, "links_file.missing", "links_file.encoding", &file))
                return;
        if (links_parse(trial->arena, file.text, file.size, file.path, trial->conf.language, &links,
                &err) != 0)
                report_mistake(&file, "links_file.invalid", &err);
        else
                report_count(&file, "links_file.good", links.count);
}

void
check_access(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct access access;

        if (!read_owners(
                trial, trial->conf.access, "access_file.missing", "access_file.encoding", &file))
                return;
        if (access_parse(trial->arena, file.text, file.size, file.path, &access, &err) != 0)
                report_mistake(&file, "access_file.invalid", &err);
        else
                report_count(&file, "access_file.good", access.count);
}

void
check_oidc_clients(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct clients clients;

        if (!read_owners(trial, trial->conf.oidc_clients, "oidc_clients_file.missing",
                "oidc_clients_file.encoding", &file))
                return;
        if (clients_parse(trial->arena, file.text, file.size, file.path, &clients, &err) != 0) {
                report_mistake(&file, "oidc_clients_file.invalid", &err);
                return;
        }
        report_count(&file, "oidc_clients_file.good", clients.count);
        for (size_t i = 0; i < clients.count; i++)
                trial->needs_key[clients.items[i].algorithm] = true;
}

void
check_oidc_emails(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        struct owners file;
        struct pairs emails;

        if (!read_owners(trial, trial->conf.oidc_emails, "oidc_emails_file.missing",
                "oidc_emails_file.encoding", &file))
                return;
        pairs_init(&emails, trial->arena);
        if (claims_parse_emails(trial->arena, file.text, file.size, file.path, &emails, &err) != 0)
                report_mistake(&file, "oidc_emails_file.invalid", &err);
        else
                report_count(&file, "oidc_emails_file.good", emails.count);
}

/* Each mistake with its line. */
void
check_menu(struct trial *trial)
{
        struct owners file;
        struct json_file menu;

        if (!read_owners(trial, trial->conf.menu, "menu_file.missing", "menu_file.encoding", &file))
                return;
        json_file_read(trial->arena, file.text, file.size, &menu);
        menu_check(&menu);
        for (size_t i = 0; i < menu.count; i++)
                report_add(&trial->report, REPORT_FAILED, "menu_file.invalid", "file", file.shown,
                    "detail",
                    arena_printf(
                        trial->arena, "line %d: %s", menu.mistakes[i].line, menu.mistakes[i].en),
                    NULL);
        if (menu.count == 0)
                report_count(&file, "menu_file.good",
                    (size_t)json_file_count(&menu, "button", MENU_BUTTONS_MAX));
}

/* ---- others ---- */

void
check_private_folder(struct trial *trial)
{
        const char *path = trial->conf.private_dir;
        struct stat st;

        if (!trial->is_set_up || *path == '\0')
                return;
        if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
                report_add(&trial->report, REPORT_FAILED, "private_folder.missing", "folder",
                    trial_show(trial, path), NULL);
        else if (access(path, R_OK | X_OK) != 0)
                report_add(&trial->report, REPORT_FAILED, "private_folder.closed", "folder",
                    trial_show(trial, path), NULL);
        else
                report_add(&trial->report, REPORT_GOOD, "private_folder.good", "folder",
                    trial_show(trial, path), NULL);
}

/* Can a program be run? What is wrong is reported by one of these names. */
static bool
can_run(struct trial *trial, const char *path, const char *missing, const char *not_executable)
{
        const char *fault = NULL;
        struct stat st;

        if (stat(path, &st) != 0)
                fault = missing;
        else if (access(path, X_OK) != 0 || !S_ISREG(st.st_mode))
                fault = not_executable;
        if (fault != NULL)
                report_add(
                    &trial->report, REPORT_FAILED, fault, "file", trial_show(trial, path), NULL);
        return fault == NULL;
}

void
check_handler(struct trial *trial)
{
        const char *path = trial->conf.handler;

        if (trial->is_set_up && *path != '\0' &&
            can_run(trial, path, "handler.missing", "handler.not_executable") && trial->dry == NULL)
                report_add(&trial->report, REPORT_UNTRIED, "handler.not_run", "file",
                    trial_show(trial, path), "shell", trial->in_shell ? "1" : "", NULL);
}

/* It is not run: there is nothing to tell it. */
void
check_hook(struct trial *trial)
{
        const char *path = trial->conf.hook;

        if (trial->is_set_up && *path != '\0' &&
            can_run(trial, path, "hook.missing", "hook.not_executable"))
                report_add(&trial->report, REPORT_GOOD, "hook.good", "file",
                    trial_show(trial, path), NULL);
}
