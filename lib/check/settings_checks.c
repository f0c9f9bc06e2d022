#include "check/settings_checks.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/trial.h"
#include "conf/meaning.h"
#include "format/owner.h"
#include "host/secret.h"
#include "web/place.h"

/* The name of the document root, which owners know: public_html. */
static const char *
root_name(const struct trial *trial)
{
        const char *root = trial->place->root;

        if (root == NULL || strrchr(root, '/') == NULL)
                return "public_html";
        return trial->in_shell ? root : strrchr(root, '/') + 1;
}

/* The folder for the settings. A shell does not know where the document root is. */
static const char *
wanted_folder(const struct trial *trial)
{
        return trial->in_shell && trial->place->root != NULL ? trial->place->wanted : "wechat";
}

void
check_settings_place(struct trial *trial)
{
        static const char *const flaws[] = {NULL, "settings_place.missing", "settings_place.two",
            "settings_place.served", "settings_place.root_unknown", "settings_place.relative",
            "settings_place.undenied"};
        const struct place *place = trial->place;
        struct report *report = &trial->report;

        if (place->flaw != PLACE_GOOD)
                report_add(report, REPORT_FAILED, flaws[place->flaw], "root", root_name(trial),
                    "where", wanted_folder(trial), NULL);
        else if (place->hidden)
                report_add(
                    report, REPORT_HINT, "settings_place.hidden", "root", root_name(trial), NULL);
        else
                report_add(report, REPORT_GOOD, "settings_place.good", "where",
                    trial_show(trial, place->file), "outside", place->root == NULL ? "" : "1",
                    NULL);
}

/* Why could the file not be read? */
static const char *
flaw_of_file(const char *path, const struct err *err)
{
        struct stat st;

        if (err->kind == ERR_NOT_FOUND)
                return "settings_file.missing";
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
                return "settings_file.closed";
        if ((st.st_mode & 077) != 0 && access(path, R_OK) == 0)
                return "settings_file.open";
        return "settings_file.closed";
}

void
check_settings_file(struct trial *trial)
{
        const char *path = trial->place->file, *shown;
        struct report *report = &trial->report;
        struct err err = {.kind = ERR_NONE};
        size_t size;
        char *text;

        if (path == NULL)
                return;
        shown = trial_show(trial, path);
        if (secret_read(trial->arena, path, &text, &size, &err) != 0) {
                report_add(report, REPORT_FAILED, flaw_of_file(path, &err), "file", shown, NULL);
                return;
        }
        if (owner_read_text(path, text, &size, &err) != 0) {
                report_add(report, REPORT_FAILED, "settings_file.encoding", "file", shown, NULL);
                return;
        }
        trial->text = text;
        report_add(report, REPORT_GOOD, "settings_file.good", "file", shown, NULL);
}

/* The words about settings that do not go together, by the key. */
static const char *
word_of(struct arena *arena, const struct conf_mistake *mistake)
{
        static const char *const words[] = {"settings_lines.form", "settings_lines.unknown",
            "settings_lines.twice", "settings_lines.value", "settings_lines.unset"};

        if (mistake->slip == CONF_UNKNOWN && mistake->key != NULL)
                return "settings_lines.misspelt";
        return mistake->slip == CONF_TOGETHER
                   ? arena_printf(arena, "settings_lines.with_%s", mistake->key)
                   : words[mistake->slip];
}

static void
add_mistake(struct trial *trial, const struct conf_mistake *mistake)
{
        const struct conf_key *key = mistake->key == NULL ? NULL : conf_find_key(mistake->key);
        const char *meaning = key == NULL ? "" : conf_meaning(trial->arena, key, trial->chinese);

        report_add(&trial->report, REPORT_FAILED, word_of(trial->arena, mistake), "line",
            mistake->line == 0 ? "" : arena_printf(trial->arena, "%d", mistake->line), "key",
            key == NULL ? "" : key->name, "meaning", meaning, NULL);
}

void
check_settings_lines(struct trial *trial)
{
        struct report *report = &trial->report;
        struct conf_mistakes mistakes;
        struct err err = {.kind = ERR_NONE};

        if (trial->text == NULL) {
                report_add(report, REPORT_UNTRIED, "settings_lines.untried", NULL);
                return;
        }
        conf_review(trial->arena, trial->text, trial->place->file, &trial->conf, &mistakes);
        for (size_t i = 0; i < mistakes.count; i++)
                add_mistake(trial, &mistakes.items[i]);
        if (conf_check_time(trial->arena, &trial->conf, trial->place->file, trial->now, &err) !=
            0) {
                report_add(report, REPORT_FAILED, "settings_lines.until", NULL);
                return;
        }
        if (trial->conf.renamed != NULL)
                report_add(report, REPORT_HINT, "settings_lines.renamed", "now",
                    trial->conf.renamed_now, NULL);
        if (mistakes.count == 0)
                report_add(report, REPORT_GOOD, "settings_lines.good", NULL);
        trial->is_set_up = mistakes.count == 0;
}

void
check_owners_known(struct trial *trial)
{
        if (trial->is_set_up && *trial->conf.owners == '\0')
                report_add(&trial->report, REPORT_HINT, "owners.none", NULL);
        else if (trial->is_set_up)
                report_add(&trial->report, REPORT_GOOD, "owners.good", NULL);
}

/* Does people = followers let anybody in? */
void
check_followers_known(struct trial *trial)
{
        const struct conf *conf = &trial->conf;
        struct report *report = &trial->report;

        if (!trial->is_set_up || strcmp(conf->people, "followers") != 0)
                return;
        if (conf_can_call(conf) && !trial->cannot_ask)
                report_add(report, REPORT_GOOD, "admission.good", NULL);
        else if (*conf->push_token != '\0')
                report_add(report, REPORT_HINT, "admission.by_message", NULL);
        else
                report_add(report, REPORT_FAILED, "admission.unknown", NULL);
}
