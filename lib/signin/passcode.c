#include "signin/passcode.h"

#include <stdint.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/digest.h"
#include "format/signed.h"
#include "host/os.h"
#include "state/state.h"

/*
 * UNBIASED: the greatest multiple of CODES that fits into 32 bits. DRAWS_MAX: a million codes, of
 * which a busy site has some hundreds in force, collide once in thousands of draws.
 */
enum { CODES = 1000000, WORDS = DIGEST_SIZE / 4, DRAWS_MAX = 64, WAIT_MS = 3000 };
static const uint32_t unbiased = 4294000000U;

static char *
key_of(struct app *app)
{
        return signed_key(app->arena, app->conf.push_token, "passcode");
}

/* Returns the code of a request's draw; NULL, once in 10^29, if it has none. Each draw is as good
 * as random to anyone without the key. */
static char *
code_of(struct app *app, const char *nonce, int draw)
{
        uint8_t bytes[DIGEST_SIZE];

        digest_hmac(key_of(app), arena_printf(app->arena, "code %d %s", draw, nonce), bytes);
        for (size_t i = 0; i < WORDS; i++) {
                uint32_t word = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 |
                                (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];

                if (word < unbiased)
                        return arena_printf(app->arena, "%06u", (unsigned)(word % CODES));
        }
        return NULL;
}

static char *
token_of(struct app *app, const char *nonce)
{
        return digest_hmac_text(
            app->arena, key_of(app), arena_printf(app->arena, "link %s", nonce));
}

/* The keys of both records. A million codes are soon hashed: without the key of the HMAC whoever
 * reads the state cannot find them. */
static char *
code_key(struct app *app, const char *code)
{
        return digest_hmac_text(
            app->arena, key_of(app), arena_printf(app->arena, "record %s", code));
}

static char *
token_key(struct app *app, const char *token)
{
        return arena_printf(app->arena, "link %s", token);
}

/* Finds the record in force of that key; it must belong to the person's latest request. */
static int
find(struct app *app, const char *key, struct store_record *record)
{
        struct store_record request;

        if (app_open_state(app) != 0 ||
            state_read(app->state, STORE_PASSCODE, key, app->now, record, &app->err) != 0 ||
            state_read(app->state, STORE_REQUEST, pairs_get_text(&record->fields, "openid"),
                app->now, &request, &app->err) != 0)
                return -1;
        if (strcmp(pairs_get_text(&record->fields, "nonce"),
                pairs_get_text(&request.fields, "nonce")) != 0)
                return err_set(&app->err, ERR_NOT_FOUND, "passcode: a later request replaced it");
        return 0;
}

static bool
is_in_force(struct app *app, const char *key)
{
        struct store_record record;
        bool found = find(app, key, &record) == 0;

        err_clear(&app->err);
        return found;
}

/* The passcode of a request's record; false if the code or the link was used. */
static bool
restore(struct app *app, const struct store_record *request, struct passcode *passcode)
{
        const char *nonce = pairs_get_text(&request->fields, "nonce");

        passcode->number = (int)pairs_get_number(&request->fields, "number", 0);
        passcode->code = code_of(app, nonce, (int)pairs_get_number(&request->fields, "draw", 0));
        passcode->token = token_of(app, nonce);
        passcode->expires = request->expires;
        return passcode->code != NULL && is_in_force(app, code_key(app, passcode->code)) &&
               is_in_force(app, token_key(app, passcode->token));
}

static int
create(struct app *app, const char *key, const char *openid, const char *nonce, int number)
{
        struct store_record record = {.created = app->now, .expires = app->now + PASSCODE_SECONDS};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", openid);
        pairs_add(&record.fields, "nonce", nonce);
        pairs_add_number(&record.fields, "number", number);
        return state_create(app->state, STORE_PASSCODE, key, &record, &app->err);
}

/* Draws codes until one is not in use. */
static int
draw(struct app *app, const char *openid, const char *nonce, int number, int *which)
{
        for (*which = 0; *which < DRAWS_MAX; ++*which) {
                const char *code = code_of(app, nonce, *which);

                if (code == NULL)
                        continue;
                if (create(app, code_key(app, code), openid, nonce, number) == 0)
                        return 0;
                if (app->err.kind != ERR_EXISTS)
                        return -1;
                err_clear(&app->err);
        }
        return err_set(&app->err, ERR_BUSY, "passcode: too many codes are in use");
}

/* The request's record is written last: without it the others do not count. */
static int
begin(struct app *app, const char *openid, int number, struct passcode *passcode)
{
        struct store_record request = {.created = app->now, .expires = app->now + PASSCODE_SECONDS};
        char *nonce;
        int which;

        if (os_random_token(app->arena, &nonce, &app->err) != 0 ||
            draw(app, openid, nonce, number, &which) != 0 ||
            create(app, token_key(app, token_of(app, nonce)), openid, nonce, number) != 0)
                return -1;
        pairs_init(&request.fields, app->arena);
        pairs_add(&request.fields, "nonce", nonce);
        pairs_add_number(&request.fields, "draw", which);
        pairs_add_number(&request.fields, "number", number);
        if (state_replace(app->state, STORE_REQUEST, openid, &request, &app->err) != 0)
                return -1;
        *passcode = (struct passcode){
            code_of(app, nonce, which), token_of(app, nonce), number, request.expires};
        return 0;
}

int
passcode_issue(struct app *app, const char *openid, int number, struct passcode *passcode)
{
        struct store_record request;

        if (app_open_state(app) != 0 ||
            state_lock(app->state, arena_printf(app->arena, "passcode %s", openid),
                app->started + WAIT_MS, &app->err) != 0)
                return -1;
        if (state_read(app->state, STORE_REQUEST, openid, app->now, &request, &app->err) == 0 &&
            pairs_get_number(&request.fields, "number", 0) == number &&
            restore(app, &request, passcode))
                return 0;
        if (app->err.kind != ERR_NONE && app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return begin(app, openid, number, passcode);
}

static int
take(struct app *app, const char *key, const char **openid)
{
        struct store_record record;

        if (state_take(app->state, STORE_PASSCODE, key, app->now, &record, &app->err) != 0)
                return -1;
        *openid = pairs_get_text(&record.fields, "openid");
        return 0;
}

int
passcode_read_code(
    struct app *app, const char *code, int number, bool any_page, const char **openid)
{
        struct store_record record;
        int wanted;

        if (find(app, code_key(app, code), &record) != 0)
                return -1;
        wanted = (int)pairs_get_number(&record.fields, "number", 0);
        if (wanted == 0 ? !any_page : wanted != number)
                return err_set(&app->err, ERR_NOT_FOUND, "passcode: for another page");
        *openid = pairs_get_text(&record.fields, "openid");
        return 0;
}

int
passcode_take_code(
    struct app *app, const char *code, int number, bool any_page, const char **openid)
{
        return passcode_read_code(app, code, number, any_page, openid) != 0
                   ? -1
                   : take(app, code_key(app, code), openid);
}

int
passcode_read_token(struct app *app, const char *token, const char **openid)
{
        struct store_record record;

        if (find(app, token_key(app, token), &record) != 0)
                return -1;
        *openid = pairs_get_text(&record.fields, "openid");
        return 0;
}

int
passcode_take_token(struct app *app, const char *token, const char **openid)
{
        return passcode_read_token(app, token, openid) != 0
                   ? -1
                   : take(app, token_key(app, token), openid);
}

int
passcode_forget(struct app *app, const char *openid)
{
        struct pairs names;

        pairs_init(&names, app->arena);
        if (state_delete(app->state, STORE_REQUEST, openid, &app->err) != 0 ||
            state_find(app->state, STORE_PASSCODE, "openid", openid, &names, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < names.count; i++)
                if (state_delete_name(
                        app->state, STORE_PASSCODE, names.items[i].value, &app->err) != 0)
                        return -1;
        return 0;
}
