/*
 * err: what went wrong, as a value.
 *
 * A function that can fail takes a struct err and returns 0 or -1: `return err_set(err, KIND, …)`.
 * The kind says whose fault it is and decides the status of the answer. The text is a line for the
 * log, in English; it never holds a code, secret or token.
 */
#ifndef WECHAT_ERR_H
#define WECHAT_ERR_H

enum err_kind {
        ERR_NONE,
        ERR_REQUEST,    /* 400 the request is malformed */
        ERR_DENIED,     /* 403 it is not allowed */
        ERR_NOT_FOUND,  /* 404 not found */
        ERR_METHOD,     /* 405 not with this method */
        ERR_EXISTS,     /* 409 it exists already */
        ERR_EXPIRED,    /* 410 expired: the sign-in has to start again */
        ERR_TOO_LARGE,  /* 413 larger than the limit */
        ERR_CONFIG,     /* 500 the site's owner has to change a setting */
        ERR_SYSTEM,     /* 503 the host: disk, memory, files */
        ERR_UPSTREAM,   /* 502 WeChat gave an invalid answer */
        ERR_BUSY,       /* 503 WeChat is busy or a quota is used up */
        ERR_FULL,       /* 503 a limit on the number of records is reached */
        ERR_TIMEOUT,    /* 504 WeChat did not answer in time */
        ERR_FOLLOW,     /* 403 the visitor has to follow the account first */
        ERR_RESTRICTED, /* 403 WeChat has restricted the account or the user */
        ERR_BLOCKED,    /* 403 an owner has blocked the visitor */
        ERR_WAITING,    /* 403 the visitor waits until an owner approves */
        ERR_KINDS
};

struct err {
        enum err_kind kind;
        int errcode;    /* WeChat's errcode; 0 if it gave none */
        int number;     /* errno; 0 if no system call failed */
        char rid[64];   /* WeChat's request id from errmsg; "" if it gave none */
        char text[512]; /* one line for the log */
};

/* Sets kind and text and returns -1. The text follows printf's rules; control bytes become '?', and
 * a text that is too long is cut at a character. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": ", strerror(number) and advice for the host's owner added to the text, and
 * number set. */
int err_set_errno(struct err *err, enum err_kind kind, int number, const char *what);

/* Resets err to ERR_NONE. */
void err_clear(struct err *err);

/* For an error that means that there is nothing to do: resets err and returns 0 if it is of that
 * kind, else returns -1. */
int err_accept(struct err *err, enum err_kind kind);

/* Returns the kind's short name for logs and pages: "request", "denied", …; "none" for ERR_NONE. */
const char *err_name(enum err_kind kind);

/* Returns the kind's HTTP status, as in the comments above; 200 for ERR_NONE. */
int err_status(enum err_kind kind);

#endif
