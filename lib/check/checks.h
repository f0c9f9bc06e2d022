/*
 * checks: all checks, in one table. To add one: a function, an entry in the table of checks.c, and
 * its words in html/words/check.LANGUAGE.txt (report.h).
 *
 * Nothing here needs a web request: `trial` says what there is. The checks run in two parts, since
 * files have to be looked at before the sandbox, and the network is asked in it:
 *
 *         checks_open();  checks_begin();  sandbox;  checks_end();
 */
#ifndef WECHAT_CHECKS_H
#define WECHAT_CHECKS_H

#include "check/trial.h"

struct app;
struct host;

/* Fills trial with what the host has found. dry_run: the owner's handler is to be run once; its
 * process is started now. in_shell: as in trial.h. */
void checks_open(
    struct arena *arena, struct host *host, bool dry_run, bool in_shell, struct trial *trial);

/* Looks at settings, files and state. Of the settings trial->conf has all that are valid. */
void checks_begin(struct trial *trial);

/* Waits until no other process asks the network for a check, at most so many milliseconds; the turn
 * ends with app's state. Without a state there is no turn to wait for. ERR_BUSY: another one still
 * asks. */
int checks_wait(struct app *app, int milliseconds) __attribute__((warn_unused_result));

/* Looks at the rest, and sorts the report. gaps: of this process's sandbox. Takes up to 8 seconds
 * for this site, 8 for WeChat, and 12 for the handler. */
void checks_end(struct trial *trial, unsigned gaps);

/* Ends without the rest: what checks_begin() put into the state folder is deleted. */
void checks_abandon(struct trial *trial);

#endif
