/*
 * command: what all commands of `wechat` share: a row of the table, and a run of one of them.
 */
#ifndef WECHAT_COMMAND_H
#define WECHAT_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/pairs.h"
#include "web/app.h"
#include "web/host.h"

/* The exit status: done; WeChat or the host refused; wrong usage. */
enum { STATUS_DONE = 0, STATUS_REFUSED = 1, STATUS_USAGE = 2 };

enum { ARGUMENTS_MAX = 3 };

struct run;

struct option {
        const char *name;  /* "--days"; NULL after the last */
        const char *value; /* "N"; "FILE": completed with names of files; "URI...": the option may
                            * be given more than once; NULL: it takes none */
        const char *en, *zh;
};

struct command {
        const char *words;               /* "menu set" */
        const char *arguments;           /* "OPENID [TEXT]": those in brackets may be left out */
        const struct option *options;    /* besides those of every command; NULL: none */
        const char *en, *zh;             /* what it does, in one line */
        int (*execute)(struct run *run); /* returns the exit status */
        bool opens_settings;             /* itself: it has not been done before */
};

struct run {
        const struct command *command;
        const char *group; /* the words of the command, or those of them that were given: "menu" */
        const char *arguments[ARGUMENTS_MAX]; /* NULL where there is none */
        struct pairs options;                 /* "--days" with its value; "" if it takes none */
        char *const *words;                   /* of the command line, argv */
        struct arena *arena;                  /* as long as the process */
        const char *language;                 /* zh_CN, zh_TW or en */
        bool chinese;                         /* it is one of the first two */
        bool json;                            /* for programs */
        bool is_shown, is_watched;            /* stdout, stderr is a terminal */
        bool *has_progress;                   /* stderr shows a line of it */
        mode_t umask;                         /* the user's */
        const char *home, *named;             /* HOME, WECHAT_CONF; NULL: not set */
        struct host host;
        struct app app; /* the present request: see settings.h */
};

/* All commands; words is NULL after the last. */
extern const struct command commands[];

/* The options of every command, and those that stand before one, or instead. */
extern const struct option common_options[], first_options[];

/* Returns an option's value; NULL: it is not given. */
const char *option(const struct run *run, const char *name);

#endif
