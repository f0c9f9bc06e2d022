/*
 * idle: ends sessions that are not used (setting session_idle_seconds). Without that setting
 * nothing here reads or writes anything.
 *
 * The last use is noted beside the session's record, sparsely: when a tenth of that time has passed
 * since the one before. So a session ends at most a tenth of it earlier than it might.
 */
#ifndef WECHAT_IDLE_H
#define WECHAT_IDLE_H

struct app;

struct idle {
        const char *name;  /* the session's */
        long long created; /* seconds since 1970 */
        long long expires;
        long long used; /* the last use that was noted, or created */
        long long ends; /* unless it is used; at the latest expires */
};

/* Sets used and ends. ERR_NOT_FOUND: the session has not been used for too long. ERR_SYSTEM. */
int idle_check(struct app *app, struct idle *idle) __attribute__((warn_unused_result));

/* Notes that the holder of the session uses it, if that is due, and sets both again. An error is
 * logged only: it does not keep anybody out. */
void idle_note(struct app *app, struct idle *idle);

/* Deletes the note of a session of that name. ERR_SYSTEM. */
int idle_forget(struct app *app, const char *name) __attribute__((warn_unused_result));

#endif
