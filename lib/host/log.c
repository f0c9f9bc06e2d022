#include "host/log.h"

#include <stdio.h>
#include <unistd.h>

#include "base/err.h"

void
log_error(const char *program, const char *client, const struct err *err)
{
        char line[1024];
        int size = snprintf(line, sizeof(line),
            "wechat-cgi: %s client=%.45s kind=%s errcode=%d rid=%s: %s\n", program, client,
            err_name(err->kind), err->errcode, err->rid[0] == '\0' ? "-" : err->rid, err->text);

        /* One write, so that lines of simultaneous programs do not mix. If even that fails, there
         * is nobody left to tell. */
        if (size > 0 && write(STDERR_FILENO, line, (size_t)size) < 0)
                return;
}
