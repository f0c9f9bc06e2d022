/*
 * after: what a program does behind its answer (.after in host.h).
 */
#ifndef WECHAT_AFTER_H
#define WECHAT_AFTER_H

#include <stdbool.h>

struct app;

/* Writes to the log what was said on a stderr of ours (behind.h), and what processes behind earlier
 * answers have left for it. */
void after_tell(struct app *app);

/*
 * Begins the program's after(), and the errands (errand.h), in a process of its own. Returns true
 * in the process that answers, which has no runner any more; the other one waits for its end,
 * unless app->answer_at is set. Returns false if there is no other process: then after_do() follows
 * the answer. Comes before the answer because some servers end a program that has answered
 * (lighttpd).
 */
bool after_begin(struct app *app);

/* Does both in this process. */
void after_do(struct app *app);

#endif
