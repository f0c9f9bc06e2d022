/*
 * place: where a site's settings and state may be on its host: where the web server does not serve
 * them. On many hosts the folder above cgi-bin is the document root.
 *
 * The settings file is what WECHAT_CONF (or REDIRECT_WECHAT_CONF) names in the environment, an
 * absolute path; else wechat.conf in the one of these folders that has it:
 *
 *         wechat, private/wechat, priv/wechat, protected/wechat   beside the document root
 *         the folder above the program's                          where it is outside
 *
 * “Beside” a document root that is in public_html, httpdocs, htdocs or wwwroot is beside that.
 * Where there is none of them it is wechat/.htwechat.conf in the document root, the way for hosts
 * on which an owner reaches nothing else: only under a server that keeps .ht files to itself, and
 * in a folder whose .htaccess denies everything.
 */
#ifndef WECHAT_PLACE_H
#define WECHAT_PLACE_H

#include <stdbool.h>

#include "base/err.h"

struct arena;

struct place {
        const char *file;   /* the settings file; NULL: it cannot be had, and err says why */
        const char *folder; /* where it is or should be; relative paths in it start here */
        const char *wanted; /* the folder for it beside the document root */
        const char *root;   /* the document root, resolved; NULL: not known */
        const char *real;   /* the folder, resolved */
        bool hidden;        /* the file is in the document root as .htwechat.conf */
        struct err err;     /* ERR_CONFIG */
};

/* Finds the settings file by the environment that the web server gave. It need not be there where
 * WECHAT_CONF names it. */
void place_find(struct arena *arena, struct place *place);

/* May the state be in this folder, which need not be there? ERR_CONFIG: the web server would serve
 * it. */
int place_check_state(struct arena *arena, const struct place *place, const char *folder,
    struct err *err) __attribute__((warn_unused_result));

#endif
