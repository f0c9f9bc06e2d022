/*
 * place: finds a site's settings and state, outside what the web server publishes. On many hosts
 * the folder above cgi-bin is the document root.
 *
 * The settings file is the one that WECHAT_CONF (or REDIRECT_WECHAT_CONF) in the environment names
 * with an absolute path; otherwise wechat.conf in the one of these folders that has it:
 *
 *         wechat, private/wechat, priv/wechat, protected/wechat   beside the document root
 *         the folder above the program's                          if that is outside
 *
 * If none of them has it, the file of an installation (installed.h) is used, if there is one.
 *
 * If the document root is inside public_html, httpdocs, htdocs or wwwroot, “beside” means beside
 * that folder. If no file is found, wechat/.htwechat.conf in the document root is used, for hosts
 * on which the owner can reach nothing else: only under a server that does not publish .ht files,
 * and in a folder whose .htaccess denies everything.
 */
#ifndef WECHAT_PLACE_H
#define WECHAT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct arena;

/* Why no settings file is used. */
enum place_flaw {
        PLACE_GOOD,
        PLACE_MISSING,
        PLACE_TWO,
        PLACE_SERVED,       /* it is in the document root */
        PLACE_ROOT_UNKNOWN, /* the server does not say where that is */
        PLACE_RELATIVE,     /* WECHAT_CONF is not an absolute path */
        PLACE_UNDENIED      /* .htwechat.conf is there, and the server may publish it */
};

/* Where the folder "wechat" may be, below the one that it is beside the document root in: "" and
 * others that hosts keep private. */
enum { PLACE_ROOMS = 4 };
extern const char *const place_rooms[PLACE_ROOMS];

/* Each of these, the folder above the program's, and that of an installation. */
enum { PLACE_FOLDERS = PLACE_ROOMS + 2 };

struct place {
        const char *file; /* the settings file; NULL: there is none, and err says why */
        const char
            *folder; /* its folder, or the one where it should be; relative paths start here */
        const char *wanted; /* the folder for it beside the document root */
        const char *root;   /* the document root, resolved; NULL: unknown */
        const char *real;   /* the folder, resolved */
        bool hidden;        /* the file is in the document root as .htwechat.conf */
        bool installed;     /* it is the file of an installation, whose state is elsewhere */
        enum place_flaw flaw;
        struct err err; /* ERR_CONFIG */
};

/* Finds the settings file with the environment given by the web server. A file named by WECHAT_CONF
 * need not exist. */
void place_find(struct arena *arena, char *const *environment, struct place *place);

/* Stores the folders that the settings file may be in, outside the document root; returns how many.
 * If a file was found, or is named by WECHAT_CONF, that is its folder alone. */
size_t place_folders(struct arena *arena, char *const *environment, const struct place *place,
    const char *folders[PLACE_FOLDERS]);

/* Checks that the state may be in this folder, which need not exist. ERR_CONFIG: the web server
 * would publish it. */
int place_check_state(struct arena *arena, const struct place *place, const char *folder,
    struct err *err) __attribute__((warn_unused_result));

/* The same for private_dir; state is the state's folder. ERR_CONFIG: the web server would publish
 * it to everybody, or it would give the settings or the state to everybody who is signed in. */
int place_check_private(struct arena *arena, const struct place *place, const char *folder,
    const char *state, struct err *err) __attribute__((warn_unused_result));

#endif
