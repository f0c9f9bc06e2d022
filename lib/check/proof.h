/*
 * proof: is it the site's owner who asks? An owner can sign in as one of the openids in `owners`,
 * or upload an empty file named wechat-check to the folder of the settings file; a monitor has a
 * key of account_clients.
 */
#ifndef WECHAT_PROOF_H
#define WECHAT_PROOF_H

#include <stdbool.h>

#include "signin/session.h"

struct app;

enum { PROOF_FILE_SECONDS = 3600 };

enum proof_kind { PROOF_NONE, PROOF_FILE, PROOF_OWNER, PROOF_KEY };

struct proof {
        enum proof_kind kind;
        const char *client;     /* PROOF_KEY: the name of its program */
        long long stamp;        /* PROOF_FILE: when it was uploaded */
        struct session session; /* PROOF_OWNER */
};

/*
 * Finds the proof that a request brings. Needs the rights of the host, so it is called before the
 * sandbox.
 *
 * The file counts for PROOF_FILE_SECONDS after it was uploaded (ctime, which nobody can set); it
 * must be regular, empty, have one name, and belong to the user that the programs run as, to the
 * owner of the program's file, or to root; its folder must not be writable by everybody. A session
 * counts as owner_session.h says. A key counts if json is set.
 */
void proof_find(struct app *app, bool json, struct proof *proof);

/* Returns the token that the form of the page carries. */
const char *proof_csrf(struct app *app, const struct proof *proof);

/* Does the posted form come from our own page? */
bool proof_is_own_form(struct app *app, const struct proof *proof);

/* Logs who has opened the page. */
void proof_log(struct app *app, const struct proof *proof);

#endif
