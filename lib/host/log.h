/*
 * log: one line to stderr, which the web server keeps in its error log.
 */
#ifndef WECHAT_LOG_H
#define WECHAT_LOG_H

struct arena;
struct err;

/* "wechat-cgi: callback.cgi client=192.0.2.1 kind=upstream errcode=40029 rid=… request=1a2b3c4d:
 * text". request: the number of the request, which the error page shows too; NULL: none. */
void log_error(const char *program, const char *client, const char *request, const struct err *err);

/* Returns that line, for a process whose stderr nobody keeps. */
char *log_line(struct arena *arena, const char *program, const char *client, const char *request,
    const struct err *err);

/* Writes lines that were made earlier. */
void log_lines(const char *text);

#endif
