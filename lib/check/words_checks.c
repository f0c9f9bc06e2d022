#include "check/words_checks.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/trial.h"
#include "format/owner.h"
#include "format/page.h"
#include "host/file.h"
#include "web/place.h"

/* Compares the owner's words with the kit's, which they are to replace. */
static void
compare(struct trial *trial, const char *path, const char *text, const char *kits)
{
        const char *shown = trial_show(trial, path);
        struct report *report = &trial->report;
        struct pairs own, words, unknown, unfit;

        pairs_init(&own, trial->arena);
        pairs_init(&words, trial->arena);
        pairs_init(&unknown, trial->arena);
        pairs_init(&unfit, trial->arena);
        page_parse_words(trial->arena, text, &own);
        page_parse_words(trial->arena, kits, &words);
        page_replace_words(trial->arena, &own, &words, &unknown, &unfit);
        if (unknown.count > 0)
                report_add(report, REPORT_HINT, "own_words.unknown", "file", shown, "names",
                    trial_join(trial->arena, &unknown), NULL);
        if (unfit.count > 0)
                report_add(report, REPORT_FAILED, "own_words.unfit", "file", shown, "names",
                    trial_join(trial->arena, &unfit), NULL);
        if (unknown.count + unfit.count == 0)
                report_add(report, REPORT_GOOD, "own_words.good", "file", shown, "count",
                    arena_printf(trial->arena, "%zu", own.count), NULL);
}

static void
check_language(struct trial *trial, const char *language)
{
        struct arena *arena = trial->arena;
        const char *path = arena_printf(arena, "%s/words.%s.txt", trial->place->folder, language);
        const char *kits = arena_printf(arena, "%s/words/%s.txt", trial->conf.html_dir, language);
        struct err err = {.kind = ERR_NONE};
        const char *flaw = NULL;
        char *text, *kits_text;
        size_t size;

        if (access(path, F_OK) != 0)
                return;
        if (file_read_public(arena, path, &text, &size, &err) != 0)
                flaw = "own_words.missing";
        else if (owner_read_text(path, text, &size, &err) != 0)
                flaw = "own_words.encoding";
        if (flaw != NULL)
                report_add(
                    &trial->report, REPORT_FAILED, flaw, "file", trial_show(trial, path), NULL);
        /* If the kit's are missing, check_pages() says so. */
        else if (file_read_public(arena, kits, &kits_text, &size, &err) == 0)
                compare(trial, path, text, kits_text);
}

void
check_own_words(struct trial *trial)
{
        static const char *const languages[] = {"zh_CN", "zh_TW", "en"};

        if (!trial->is_set_up)
                return;
        for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
                check_language(trial, languages[i]);
}
