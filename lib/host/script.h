/*
 * script: explains why a program of the site's owner could not be run.
 */
#ifndef WECHAT_SCRIPT_H
#define WECHAT_SCRIPT_H

struct arena;
struct err;

/* Sets err (ERR_CONFIG) and returns -1: file could not be started, with errno failed. Looks into
 * the file, so that the text can say what to do: a first line with CR LF, a byte order mark, … */
int script_cannot_start(struct arena *arena, const char *file, int failed, struct err *err);

/* As script_cannot_start(), for a program that ended with an exit status other than 0; environment
 * is the one it had. */
int script_failed(
    struct arena *arena, const char *file, char *const environment[], int status, struct err *err);

#endif
