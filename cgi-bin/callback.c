/* callback.cgi: WeChat sends the browser back here. */
#include <string.h>

#include "app.h"
#include "arena.h"
#include "digest.h"
#include "exchange.h"
#include "log.h"
#include "os.h"
#include "program.h"
#include "seal.h"
#include "session.h"
#include "signin.h"
#include "store.h"
#include "text.h"
#include "user.h"
#include "wall.h"
#include "wechat.h"

enum { WAIT_MS = 3000, WAIT_STEP_MS = 50, SECOND_SESSION_SECONDS = 60, CODE_MAX = 512 };

/* The sign-in cannot be finished, but a new one can: once by itself, then the visitor is told. */
static int
begin_again(struct app *app, const char *next, const char *scope, int tries)
{
        if (tries >= SIGNIN_TRIES_MAX)
                return -1;
        log_error(app->program->name, app->request.client, &app->err);
        return signin_begin(app, next == NULL ? app->conf.home : next, scope, tries + 1);
}

static int
used_before(struct app *app, const struct signin *signin)
{
        err_set(&app->err, ERR_EXPIRED, "this sign-in was used before");
        return begin_again(app, signin->next, signin->scope, signin->tries);
}

/* The cookie is lost, old, or of another sign-in. Nothing is believed but how often it was tried.
 */
static int
without_cookie(struct app *app, const char *state, const char *next)
{
        err_set(&app->err, ERR_EXPIRED, "state: not of this browser, or too old");
        if (begin_again(app, next, signin_scope(app), signin_state_tries(state)) == 0)
                return 0;
        log_error(app->program->name, app->request.client, &app->err);
        return app_answer_page(app, err_status(ERR_EXPIRED), "again");
}

/* The grant of the session that the callback which came first has opened, and when. */
static int
read_winner(
    struct app *app, const struct signin *signin, struct wechat_grant *grant, long long *opened)
{
        struct store_record claim;

        err_clear(&app->err);
        if (store_read(app->store, STORE_CLAIM, signin->nonce, os_now(), &claim, &app->err) != 0)
                return -1;
        return session_read_grant(app, pairs_get_text(&claim.fields, "session"), grant, opened);
}

/* Waits for the callback that came first. This one holds the cookie of the same sign-in: it gets a
 * session of its own. */
static int
join_winner(struct app *app, const struct signin *signin, const char *state)
{
        struct wechat_grant grant;
        long long opened;
        int waited = 0;

        while (read_winner(app, signin, &grant, &opened) != 0) {
                if (app->err.kind == ERR_SYSTEM)
                        return -1;
                if (waited > WAIT_MS)
                        return used_before(app, signin);
                os_sleep(WAIT_STEP_MS);
                waited += WAIT_STEP_MS;
                app->now = os_now();
        }
        if (opened + SECOND_SESSION_SECONDS < app->now)
                return used_before(app, signin);
        if (session_open(app, NULL, &grant, NULL, state) != 0)
                return -1;
        return app_answer_redirect(app, signin->next);
}

/* Tidies a little. The visitor is signed in already: what goes wrong here is for the log only. */
static void
tidy(struct app *app)
{
        struct err err = {.kind = ERR_NONE};
        unsigned draw;

        if (os_random(&draw, sizeof(draw), &err) != 0) {
                log_error(app->program->name, app->request.client, &err);
                return;
        }
        for (enum store_kind kind = 0; kind < STORE_KINDS; kind++)
                if (store_sweep(app->store, kind, draw, app->now, NULL, &err) != 0)
                        log_error(app->program->name, app->request.client, &err);
        if (user_sweep(app->users, draw, app->now, &err) != 0)
                log_error(app->program->name, app->request.client, &err);
}

/* Hands the code to WeChat, once; what comes back becomes user and session. */
static int
sign_in(struct app *app, const struct signin *signin, const char *state, const char *code,
    const char *token)
{
        struct store_record spent = {.created = app->now, .expires = signin->expires};
        struct wechat_grant grant;
        struct pairs profile;
        const char *scope;

        pairs_init(&spent.fields, app->arena);
        if (store_create(app->store, STORE_CODE, code, &spent, &app->err) != 0) {
                if (app->err.kind != ERR_EXISTS)
                        return -1;
                return used_before(app, signin);
        }
        if (exchange_code(app, signin->scope, code, &grant, &profile, &scope) != 0)
                return scope == NULL ? -1 : begin_again(app, signin->next, scope, signin->tries);
        if (grant.is_snapshotuser)
                return app_answer_page(app, 200, "snapshot");
        if (session_open(app, token, &grant, &profile, state) != 0)
                return -1;
        tidy(app);
        return app_answer_redirect(app, signin->next);
}

static int
callback(struct app *app)
{
        const char *state = pairs_get_once(&app->request.query, "state");
        const char *code = pairs_get_once(&app->request.query, "code");
        const char *cookie = app_get_cookie(app, "wx_signin");
        char *key = seal_key(app->arena, app->conf.secret, "sign-in");
        char *token;
        struct store_record claim = {.created = app->now};
        struct session session;
        struct signin signin = {.next = NULL};
        bool known;

        /* C1. The state is of a sign-in that this browser began. */
        if (state == NULL || signin_state_tries(state) < 0)
                return err_set(&app->err, ERR_REQUEST, "state: missing or malformed");
        known = cookie != NULL && signin_parse(app->arena, key, cookie, app->now, &signin) &&
                digest_equal(state, signin_state(app->arena, &signin));
        app->next = signin.next;
        app->scope = known ? signin.scope : NULL;

        /* C2. Opened once more after it succeeded: just go on. */
        if (session_of_browser(app, &session) == 0 && digest_equal(state, session.signin))
                return app_answer_redirect(app, signin.next == NULL ? app->conf.home : signin.next);
        err_clear(&app->err);
        if (!known)
                return without_cookie(app, state, signin.next);

        /* C3. No code, or "authdeny", which some versions of WeChat send: the visitor refused. That
         * is no error. */
        if (pairs_count(&app->request.query, "code") == 0 ||
            (code != NULL && strcmp(code, "authdeny") == 0))
                return app_answer_page(app, 200, "refused");
        if (code == NULL || !text_is_id(code, 1, CODE_MAX))
                return err_set(&app->err, ERR_REQUEST, "code: malformed");

        /* C4. Of callbacks that come at the same moment one goes to WeChat; the others wait for the
         * session that its claim names. */
        claim.expires = signin.expires;
        pairs_init(&claim.fields, app->arena);
        if (app_open_state(app) != 0 || os_random_token(app->arena, &token, &app->err) != 0)
                return -1;
        pairs_add(&claim.fields, "session", session_name(app, token));
        if (store_create(app->store, STORE_CLAIM, signin.nonce, &claim, &app->err) != 0)
                return app->err.kind == ERR_EXISTS ? join_winner(app, &signin, state) : -1;

        /* C5. Code to grant, grant to profile, profile to user and session; land. The cookie stays:
         * by it a callback that comes once more is known. */
        return sign_in(app, &signin, state, code, token);
}

static const struct app_program program = {
    .name = "callback.cgi",
    .purpose = "Finishes a WeChat sign-in: WeChat sends the browser here with code and state.",
    .methods = "GET", /* a HEAD would use the code up */
    .handle = callback,
    .needs = WALL_STANDARD | WALL_NETWORK,
    .prepare = exchange_prepare,
};

int
main(int argc, char **argv)
{
        return program_main(argc, argv, &program);
}
