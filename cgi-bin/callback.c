/* callback.cgi: WeChat sends the browser back here. */
#include <string.h>

#include "account/upstream.h"
#include "web/app.h"
#include "base/arena.h"
#include "format/digest.h"
#include "signin/consent.h"
#include "signin/consent_page.h"
#include "signin/exchange.h"
#include "signin/following.h"
#include "host/os.h"
#include "web/program.h"
#include "format/signed.h"
#include "signin/retention.h"
#include "signin/session.h"
#include "signin/signin.h"
#include "state/state.h"
#include "base/text.h"
#include "signin/ticket.h"
#include "host/sandbox.h"
#include "wechat/api.h"

/* CALLBACK_SECONDS: a callback that takes longer was killed. FAILED_SECONDS: how long a failure is
 * remembered. */
enum {
        WAIT_MS = 3000,
        WAIT_STEP_MS = 50,
        CALLBACK_SECONDS = 12,
        FAILED_SECONDS = 60,
        SECOND_SESSION_SECONDS = 60,
        CODE_MAX = 512
};

/* This sign-in cannot be finished, but a new one can: begin it once automatically, then tell the
 * visitor. */
static int
begin_again(struct app *app, const char *next, const char *scope, int tries)
{
        if (tries >= SIGNIN_TRIES_MAX)
                return -1;
        app_log(app, &app->err);
        return signin_begin(app, next == NULL ? app->conf.home : next, scope, tries + 1);
}

static int
used_before(struct app *app, const struct signin *signin)
{
        err_set(&app->err, ERR_EXPIRED, "this sign-in was used before");
        return begin_again(app, signin->next, signin->scope, signin->tries);
}

/* The cookie is lost, too old, or of another sign-in. Only the number of tries is used. */
static int
without_cookie(struct app *app, const char *state, const char *next)
{
        err_set(&app->err, ERR_EXPIRED, "state: from another browser, or too old");
        if (begin_again(app, next, signin_scope(app), signin_state_tries(state)) == 0)
                return 0;
        app_log(app, &app->err);
        return app_answer_page(app, err_status(ERR_EXPIRED), "again");
}

/* What became of the callback that came first. */
enum winner { WINNER_AT_WORK, WINNER_DONE, WINNER_FAILED };

/* If it is done, *session is the one that it opened. Its claim is gone if WeChat refused the code,
 * says "failed" if nobody knows, and is unchanged if the process was killed. */
static int
find_winner(
    struct app *app, const struct signin *signin, struct session *session, enum winner *winner)
{
        struct store_record claim;

        app->now = os_now();
        *winner = WINNER_FAILED;
        if (state_read(app->state, STORE_CLAIM, signin->nonce, app->now, &claim, &app->err) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 0 : -1;
        if (pairs_get(&claim.fields, "failed") != NULL)
                return 0;
        if (session_read_name(app, pairs_get_text(&claim.fields, "session"), session) == 0)
                *winner = WINNER_DONE;
        else if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        else if (claim.created + CALLBACK_SECONDS > app->now)
                *winner = WINNER_AT_WORK;
        return 0;
}

/* Waits for the callback that came first. This one has the cookie of the same sign-in: it gets a
 * session of its own. */
static int
join_winner(struct app *app, const struct signin *signin, const char *state)
{
        struct session session;
        enum winner winner;
        int waited = 0;

        for (;; waited += WAIT_STEP_MS) {
                err_clear(&app->err);
                if (find_winner(app, signin, &session, &winner) != 0)
                        return -1;
                if (winner != WINNER_AT_WORK || waited > WAIT_MS)
                        break;
                os_sleep(WAIT_STEP_MS);
        }
        if (winner != WINNER_DONE || session.created + SECOND_SESSION_SECONDS < app->now)
                return used_before(app, signin);
        if (ticket_join_browser(app, &session, state) == 0)
                return app_answer_redirect(app, signin->next);
        return app->err.kind == ERR_EXPIRED ? used_before(app, signin) : -1;
}

/* Further errors are only logged: the visitor is told of the failure itself. */
static void
drop_claim(struct app *app, const struct signin *signin)
{
        struct err err = {.kind = ERR_NONE};

        if (state_delete(app->state, STORE_CLAIM, signin->nonce, &err) != 0)
                app_log(app, &err);
}

/* WeChat refused the code: delete everything; the callbacks that wait find the claim gone. */
static void
take_back(struct app *app, const struct signin *signin, const char *code)
{
        struct err err = {.kind = ERR_NONE};

        if (state_delete(app->state, STORE_CODE, code, &err) != 0)
                app_log(app, &err);
        drop_claim(app, signin);
}

/* The code may be spent, and is not sent again: the claim says so to callbacks that wait or come
 * later. */
static void
mark_failed(struct app *app, const struct signin *signin)
{
        struct store_record failed = {.created = app->now, .expires = os_now() + FAILED_SECONDS};
        struct err err = {.kind = ERR_NONE};

        pairs_init(&failed.fields, app->arena);
        pairs_add(&failed.fields, "failed", "1");
        if (state_replace(app->state, STORE_CLAIM, signin->nonce, &failed, &err) != 0)
                app_log(app, &err);
}

/* Opens the session, now that it is known who it is. */
static int
let_in(struct app *app, const struct signin *signin, const struct token_response *grant,
    const struct pairs *profile, const char *state, const char *token)
{
        bool asks = false;

        if (!grant->is_snapshotuser && consent_find_missing(app, grant->openid, &asks) == 0 &&
            !asks && following_find(app, grant) == 0 &&
            session_open(app, token, grant, profile, state) == 0) {
                retention_sweep(app);
                return app_answer_redirect(app, signin->next);
        }
        drop_claim(app, signin); /* the code's own record shows that it is spent */
        if (grant->is_snapshotuser)
                return app_answer_page(app, 200, "snapshot");
        /* Somebody else agreed in this browser before: ask this person, and begin anew. */
        return asks ? consent_page_ask(app, signin->next, signin->scope) : -1;
}

/* Sends the code to WeChat, once; makes user and session from the answer, if the user may come in.
 */
static int
sign_in(struct app *app, const struct signin *signin, const char *state, const char *code,
    const char *token)
{
        struct store_record spent = {.created = app->now, .expires = signin->expires};
        struct exchange_failure failure;
        struct token_response grant;
        struct pairs profile;

        pairs_init(&spent.fields, app->arena);
        if (state_create(app->state, STORE_CODE, code, &spent, &app->err) != 0) {
                drop_claim(app, signin);
                return app->err.kind == ERR_EXISTS ? used_before(app, signin) : -1;
        }
        if (exchange_code(app, signin->scope, code, &grant, &profile, &failure) != 0) {
                if (failure.refused)
                        take_back(app, signin, code);
                else
                        mark_failed(app, signin);
                return failure.again == NULL
                           ? -1
                           : begin_again(app, signin->next, failure.again, signin->tries);
        }
        return let_in(app, signin, &grant, &profile, state, token);
}

static int
callback(struct app *app)
{
        const char *state = pairs_get_once(&app->request.query, "state");
        const char *code = pairs_get_once(&app->request.query, "code");
        const char *cookie = app_get_cookie(app, "wx_signin");
        char *key = signed_key(app->arena, app->conf.secret, "sign-in");
        char *token;
        struct store_record claim = {.created = app->now};
        struct session session;
        struct signin signin = {.next = NULL};
        bool known;

        if (!conf_has_way(&app->conf, "authorize"))
                return err_set(&app->err, ERR_NOT_FOUND,
                    "sign_in = %s has no web authorization: set sign_in = authorize to have it",
                    app->conf.sign_in);

        /* C1. The state must be of a sign-in that this browser began. */
        if (state == NULL || signin_state_tries(state) < 0)
                return err_set(&app->err, ERR_REQUEST, "state: missing or malformed");
        known = cookie != NULL && signin_parse(app->arena, key, cookie, app->now, &signin) &&
                digest_equal(state, signin_state(app->arena, &signin));
        app->next = signin.next;
        app->scope = known ? signin.scope : NULL;
        app->consented = known ? signin.consented : 0;

        /* C2. Opened again after it succeeded: go on. */
        if (session_of_browser(app, &session) == 0 && digest_equal(state, session.signin))
                return app_answer_redirect(app, signin.next == NULL ? app->conf.home : signin.next);
        err_clear(&app->err);
        if (!known)
                return without_cookie(app, state, signin.next);

        /* C3. No code, or "authdeny", which some versions of WeChat send: the visitor refused. That
         * is not an error. */
        if (pairs_count(&app->request.query, "code") == 0 ||
            (code != NULL && strcmp(code, "authdeny") == 0))
                return app_answer_page(app, 200, "refused");
        if (code == NULL || !text_is_id(code, 1, CODE_MAX))
                return err_set(&app->err, ERR_REQUEST, "code: malformed");

        /* C4. Of several callbacks at the same moment one goes to WeChat; the others wait for the
         * session that its claim names. */
        claim.expires = signin.expires;
        pairs_init(&claim.fields, app->arena);
        if (app_open_state(app) != 0 || os_random_token(app->arena, &token, &app->err) != 0)
                return -1;
        pairs_add(&claim.fields, "session", session_name(app, token));
        if (state_create(app->state, STORE_CLAIM, signin.nonce, &claim, &app->err) != 0)
                return app->err.kind == ERR_EXISTS ? join_winner(app, &signin, state) : -1;

        /* C5. Exchange the code for a token response, that for a profile; make user and session;
         * land. The cookie stays, so that a repeated callback is recognized. */
        return sign_in(app, &signin, state, code, token);
}

static const struct app_program program = {
    .name = "callback.cgi",
    .purpose = "Finishes a WeChat sign-in: WeChat sends the browser here with code and state.",
    .methods = "GET", /* a HEAD request would spend the code */
    .handle = callback,
    .errands = true,
    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
};

PROGRAM_MAIN(program)
