#include "host/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

enum { LINE_SIZE = 1024 };

static void
format(char line[LINE_SIZE], const char *program, const char *client, const char *request,
    const struct err *err)
{
        (void)snprintf(line, LINE_SIZE,
            "wechat-cgi: %s client=%.45s kind=%s errcode=%d rid=%s request=%s: %s\n", program,
            client, err_name(err->kind), err->errcode, err->rid[0] == '\0' ? "-" : err->rid,
            request == NULL ? "-" : request, err->text);
}

/* One write, so that lines of simultaneous programs do not mix. If even that fails, there is nobody
 * left to tell. */
void
log_error(const char *program, const char *client, const char *request, const struct err *err)
{
        char line[LINE_SIZE];

        format(line, program, client, request, err);
        if (write(STDERR_FILENO, line, strlen(line)) < 0)
                return;
}

char *
log_line(struct arena *arena, const char *program, const char *client, const char *request,
    const struct err *err)
{
        char line[LINE_SIZE];

        format(line, program, client, request, err);
        return arena_strdup(arena, line);
}

void
log_lines(const char *text)
{
        while (*text != '\0') {
                ssize_t written = write(STDERR_FILENO, text, strlen(text));

                if (written < 0 && errno != EINTR)
                        return;
                text += written > 0 ? (size_t)written : 0;
        }
}
