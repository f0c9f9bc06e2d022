/*
 * err: what went wrong, as a value.
 *
 * A function that can fail takes a struct err and returns 0 or -1: `return err_set(err, KIND, …)`.
 * The kind says who is at fault and gives the answer's status; the text is for the log, in English,
 * and never holds a code, a secret or a token.
 */
#ifndef WECHAT_ERR_H
#define WECHAT_ERR_H

enum err_kind {
        ERR_NONE,
        ERR_REQUEST,    /* 400 the request makes no sense */
        ERR_DENIED,     /* 403 it is not allowed */
        ERR_NOT_FOUND,  /* 404 no such thing */
        ERR_METHOD,     /* 405 not with this method */
        ERR_EXISTS,     /* 409 it is there already */
        ERR_EXPIRED,    /* 410 too late: the sign-in has to begin again */
        ERR_TOO_LARGE,  /* 413 more than is read */
        ERR_CONFIG,     /* 500 the site's owner has to change a setting */
        ERR_SYSTEM,     /* 503 the host: disk, memory, files */
        ERR_UPSTREAM,   /* 502 WeChat answered something that it should not */
        ERR_BUSY,       /* 503 WeChat is busy or a quota is used up */
        ERR_FULL,       /* 503 as many as may be at once are here */
        ERR_TIMEOUT,    /* 504 WeChat did not answer in time */
        ERR_FOLLOW,     /* 403 the visitor has to follow the account first */
        ERR_RESTRICTED, /* 403 WeChat has restricted the account or the user */
        ERR_KINDS
};

struct err {
        enum err_kind kind;
        int errcode;    /* WeChat's errcode, 0 when it gave none */
        int number;     /* errno, 0 when no system call failed */
        char rid[64];   /* WeChat's request id from errmsg, "" when it gave none */
        char text[512]; /* one line for the log */
};

/* Sets kind and text (printf's rules; control bytes become '?', and what is too long is cut at
 * a character) and returns -1. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As before it, with ": ", strerror(number) and what the host's owner can do about it added, and
 * number set. */
int err_set_errno(struct err *err, enum err_kind kind, int number, const char *what);

/* No error. */
void err_clear(struct err *err);

/* The kind's short name for logs and pages: "request", "denied", …; "none" for ERR_NONE. */
const char *err_name(enum err_kind kind);

/* The kind's HTTP status, from the comments above; 200 for ERR_NONE. */
int err_status(enum err_kind kind);

#endif
