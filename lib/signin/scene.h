/*
 * scene: signing in a computer by a QR code of the account (sign_in = scene). Whoever scans it
 * follows the account, and is sent a link; a scan alone signs nobody in. The link belongs to that
 * person and that computer; its page shows the computer's details and a number, and asks.
 *
 * The computer's cookie holds the device code, and the scene the user code, a hash of it
 * (desktop.h). Its times are those of desktop.h, too.
 */
#ifndef WECHAT_SCENE_H
#define WECHAT_SCENE_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;
struct waiting;

/* A computer's sign-in, as its cookie has it. */
struct scene {
        const char *device_code; /* 43 characters of base64url, random */
        const char *user_code;   /* as desktop.h */
        long long expires;       /* seconds since 1970 */
        const char *next;        /* a page of the site */
        const char *name;        /* for WeChat: scene_str; NULL in a cookie */
        const char *url;         /* what the QR code holds */
};

/* Checks that scenes are a way to sign in here (sign_in). ERR_NOT_FOUND with what to set. */
int scene_check(struct app *app) __attribute__((warn_unused_result));

/* Begins a sign-in; the caller has WeChat make a code for scene->name, and sets scene->url.
 * ERR_FULL: too many, from this address or altogether; ERR_SYSTEM. */
int scene_begin(struct app *app, const char *next, struct scene *scene)
    __attribute__((warn_unused_result));

/* Gives the browser its cookie. */
void scene_give_browser(struct app *app, const struct scene *scene);

/* Reads the browser's cookie. false: it has none, or it was not made here. */
bool scene_of_browser(struct app *app, struct scene *scene);

/* Deletes the cookie. */
void scene_end(struct app *app);

/* Returns the user code if a push's scene (message.h) is one of ours; else NULL. */
const char *scene_parse(const char *scene);

/* Reads the details of the computer. ERR_NOT_FOUND: it waits no longer. */
int scene_read(struct app *app, const char *user_code, struct waiting *waiting)
    __attribute__((warn_unused_result));

/* Records that the person has scanned the computer's code. *token: that of the link, the same one
 * when the person scans again. */
int scene_scan(struct app *app, struct waiting *waiting, const char *openid, const char **token)
    __attribute__((warn_unused_result));

/* Finds the computer and the person of a link. ERR_NOT_FOUND: it works no longer. */
int scene_read_link(struct app *app, const char *token, struct waiting *waiting,
    const char **openid) __attribute__((warn_unused_result));

/* Returns what the note that a person has answered says of them (waiting.h): a keyed hash, which
 * names nobody. */
const char *scene_person(struct app *app, const char *openid);

/* Stores the person's answer for the computer, with app->consented. ERR_EXISTS: there is one
 * already. */
int scene_answer(struct app *app, struct waiting *waiting, const char *openid, bool yes)
    __attribute__((warn_unused_result));

/* Takes the answer, once, with app->consented; openid is "" if it was no. ERR_NOT_FOUND: there is
 * none. */
int scene_take_answer(struct app *app, const struct scene *scene, const char **openid)
    __attribute__((warn_unused_result));

/* Voids the links and answers of a person. */
int scene_forget(struct app *app, const char *openid) __attribute__((warn_unused_result));

#endif
