/* wechat check: is all well? The lines of check.cgi, for a shell. */
#include "check/checks.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/phrase.h"
#include "command.h"
#include "commands.h"
#include "output.h"
#include "settings.h"
#include "web/app.h"

enum { TURN_MS = 30000 };

/* Finds and opens the settings, whatever is wrong in them: that is among the lines. Returns NULL,
 * or why there are no lines. */
static const char *
open_settings(struct run *run)
{
        const char *why = settings_find(run);

        return why != NULL || run->host.err.kind != ERR_NONE ? why : settings_check_state(run);
}

static void
print_report(struct run *run, const struct trial *trial)
{
        struct pairs lines, fields;

        run->app.conf = trial->conf; /* even broken settings may lead to the words */
        phrase_read(&run->app, run->language, &lines);
        if (!run->json) {
                printf("%s", report_text(run->arena, &trial->report, &lines));
                return;
        }
        pairs_init(&fields, run->arena);
        report_fill(run->arena, &trial->report, &lines, trial->version, &fields);
        print_pairs(run, &fields);
}

int
run_check(struct run *run)
{
        bool runs_handler = option(run, "--handler") != NULL;
        const char *why = open_settings(run);
        struct trial trial;

        if (why != NULL)
                return refuse(run, ERR_CONFIG, "%s", "%s", why);
        if (checks_wait(&run->app, TURN_MS) != 0)
                return refuse_err(run, &run->app.err);
        checks_open(run->arena, &run->host, runs_handler, true, &trial);
        trial.chinese = run->chinese;
        checks_begin(&trial);
        checks_end(&trial, 0);
        print_report(run, &trial);
        return trial.report.counts[REPORT_FAILED] == 0 ? STATUS_DONE : STATUS_REFUSED;
}
