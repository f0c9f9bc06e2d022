#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
        const char *name;
        int status;
} kinds[ERR_KINDS] = {
    [ERR_NONE] = {"none", 200},
    [ERR_REQUEST] = {"request", 400},
    [ERR_DENIED] = {"denied", 403},
    [ERR_NOT_FOUND] = {"not_found", 404},
    [ERR_METHOD] = {"method", 405},
    [ERR_EXISTS] = {"exists", 409},
    [ERR_EXPIRED] = {"expired", 410},
    [ERR_TOO_LARGE] = {"too_large", 413},
    [ERR_CONFIG] = {"config", 500},
    [ERR_SYSTEM] = {"system", 503},
    [ERR_UPSTREAM] = {"upstream", 502},
    [ERR_BUSY] = {"busy", 503},
    [ERR_FULL] = {"full", 503},
    [ERR_TIMEOUT] = {"timeout", 504},
    [ERR_FOLLOW] = {"follow", 403},
    [ERR_RESTRICTED] = {"restricted", 403},
    [ERR_BLOCKED] = {"blocked", 403},
    [ERR_WAITING] = {"waiting", 403},
};

/* The cut may have split a UTF-8 character: remove its first part. */
static void
drop_cut_character(char *text)
{
        size_t size = strlen(text), from = size;

        while (from > 0 && ((unsigned char)text[from - 1] & 0xc0) == 0x80)
                from--;
        if (from > 0 && ((unsigned char)text[from - 1] & 0x80) != 0)
                from--;
        if (from < size)
                text[from] = '\0';
}

int
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
        va_list args;

        err->kind = kind;
        err->number = 0;
        va_start(args, format);
        if (vsnprintf(err->text, sizeof(err->text), format, args) >= (int)sizeof(err->text))
                drop_cut_character(err->text);
        va_end(args);
        for (char *p = err->text; *p != '\0'; p++)
                if ((unsigned char)*p < 0x20 || *p == 0x7f)
                        *p = '?';
        return -1;
}

/* What the host's owner can do about an errno, after a colon; "" if its text is clear enough. */
static const char *
advice(int number)
{
        switch (number) {
        case EACCES:
        case EPERM:
                return ": the user that the programs run as has to be allowed to (chown, chmod)";
        case ENOTDIR:
        case ELOOP:
                return ": a folder has to be there itself, no file and no symbolic link";
        case EROFS:
                return ": choose a place that can be written";
        case ENOSPC:
        case EDQUOT:
                return ": make room";
        case EFBIG:
                return ": the host limits the size of files (ulimit -f)";
        case EMFILE:
        case ENFILE:
                return ": the host limits open files (ulimit -n)";
        case ENOMEM:
                return ": the host limits memory (ulimit -v)";
        case ENOLCK:
                return ": choose a place whose file system has locks";
        case EIO:
                return ": ask the host about its disk";
        default:
                return "";
        }
}

int
err_set_errno(struct err *err, enum err_kind kind, int number, const char *what)
{
        err_set(err, kind, "%s: %s%s", what, strerror(number), advice(number));
        err->number = number;
        return -1;
}

void
err_clear(struct err *err)
{
        memset(err, 0, sizeof(*err));
}

int
err_accept(struct err *err, enum err_kind kind)
{
        if (err->kind != kind)
                return -1;
        err_clear(err);
        return 0;
}

const char *
err_name(enum err_kind kind)
{
        return kind < ERR_KINDS ? kinds[kind].name : "unknown";
}

int
err_status(enum err_kind kind)
{
        return kind < ERR_KINDS ? kinds[kind].status : 500;
}
