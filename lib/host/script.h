/*
 * script: why a program of the owner's could not be run.
 */
#ifndef WECHAT_SCRIPT_H
#define WECHAT_SCRIPT_H

struct arena;
struct err;

/* Sets err, ERR_CONFIG, and returns -1: file could not be started, for the errno failed. It is
 * looked at, so that the text says what to do: a first line with CR LF, a byte order mark, … */
int script_cannot_start(struct arena *arena, const char *file, int failed, struct err *err);

/* As before it, where file ended with an exit status other than 0; environment is what it had. */
int script_failed(
    struct arena *arena, const char *file, char *const environment[], int status, struct err *err);

#endif
