/*
 * trial: what the checks have at hand, and what they leave for each other.
 */
#ifndef WECHAT_TRIAL_H
#define WECHAT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "check/facts.h"
#include "check/report.h"
#include "conf/conf.h"
#include "format/key.h"

struct arena;
struct http;
struct place;
struct runner;
struct state;

struct trial {
        struct arena *arena;
        const struct place *place;
        char *const *environment; /* as the web server gave it */
        const char *version;      /* of the program */
        long long now;
        bool in_shell; /* of the owner's, and no web server's: paths are shown whole, and what only
                        * a web server's process sees is asked of the site */
        bool chinese;  /* texts that are not words are given in Chinese, else in English */

        struct conf conf;    /* all settings that are valid */
        bool is_set_up;      /* all of them are: the programs work */
        const char *text;    /* of the settings file; NULL: it was not read */
        struct state *state; /* NULL: there are no valid settings */
        bool has_facts;      /* facts are those of the web server's processes */
        struct facts facts;
        struct runner *dry; /* runs the handler; NULL: it is not to run */
        struct report report;

        bool needs_key[KEY_ALGORITHMS]; /* a client's ID tokens are signed with it */
        struct pairs programs;  /* the names of our programs that are there; in a shell, all */
        struct http *site;      /* for calls to site_url; NULL: not opened */
        bool state_is_good;     /* it can be used */
        const char *state_path; /* NULL: it is not good */
        int state_folder;       /* -1: it was not opened */
        const char *canary;     /* the name of a file in it; NULL: none */
        const char *canary_text;
        const char *verify; /* the name of the MP_verify file; NULL: there is none */
        const char *verify_text;
        bool cannot_ask;       /* WeChat says that the account may not ask about its users */
        const char *addresses; /* of WeChat and of the site, looked up before the sandbox */
        const char *site_addresses;
};

/* The kinds of check functions. */
typedef void trial_check(struct trial *trial);

/* Returns a path as it may be shown. */
const char *trial_show(const struct trial *trial, const char *path);

/* Returns the folder of this program's file; NULL: unknown. */
const char *trial_program_folder(const struct trial *trial);

/* Returns names as one text, "a, b, c and so many more". */
const char *trial_join(struct arena *arena, const struct pairs *names);

#endif
