#include "token.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "call.h"
#include "docs.h"
#include "state.h"
#include "base/text.h"

enum {
        TOKEN_SECONDS = 7200,
        OVERLAP_SECONDS = 300, /* two tokens of a kind are valid for so long */
        TOKEN_SIZE = 136,
        TICKET_SIZE = 86,
        FORCED_SECONDS = 30, /* between two forced tokens */
        FORCED_A_DAY = 20
};

/* A token of the document "token": "stable", "stable_old", "plain" or "plain_old". */
struct token {
        const char *text;       /* "": there is none */
        long long until;        /* its natural end */
        long long replaced;     /* from then on a newer one counts; 0: none does */
        const char *generation; /* of the switch expire */
};

static char *
member(const struct pairs *doc, const char *name, const char *what)
{
        return arena_printf(doc->arena, "%s/%s", name, what);
}

static struct token
get(const struct pairs *doc, const char *name)
{
        return (struct token){pairs_get_text(doc, member(doc, name, "text")),
            pairs_get_number(doc, member(doc, name, "until"), 0),
            pairs_get_number(doc, member(doc, name, "replaced"), 0),
            pairs_get_text(doc, member(doc, name, "generation"))};
}

static void
set(struct pairs *doc, const char *name, const struct token *token)
{
        docs_set(doc, member(doc, name, "text"), token->text);
        docs_set_number(doc, member(doc, name, "until"), token->until);
        docs_set_number(doc, member(doc, name, "replaced"), token->replaced);
        docs_set(doc, member(doc, name, "generation"), token->generation);
}

static const char *
generation(const struct call *call)
{
        return pairs_get_text(&call->switches, "access_generation");
}

/* Returns 0, or the errcode of a token that is known. */
static int
state_of(const struct call *call, const struct token *token)
{
        if (strcmp(token->generation, generation(call)) != 0 || token->until <= call->app->now)
                return 42001;
        return token->replaced != 0 && token->replaced <= call->app->now ? 40001 : 0;
}

int
token_check(struct call *call)
{
        static const char *const names[] = {"stable", "stable_old", "plain", "plain_old"};
        const char *text = call_query(call, "access_token");
        struct pairs doc;

        if (*text == '\0')
                return 41001;
        if (docs_read(call->app, "token", &doc) != 0)
                return -1;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct token token = get(&doc, names[i]);

                if (strcmp(token.text, text) == 0)
                        return state_of(call, &token);
        }
        return 40001;
}

static int
check_credential(const struct call *call, const struct pairs *fields)
{
        const struct conf *conf = &call->app->conf;
        const char *appid = pairs_get_text(fields, "appid");
        const char *secret = pairs_get_text(fields, "secret");

        if (strcmp(pairs_get_text(fields, "grant_type"), "client_credential") != 0)
                return 40002;
        if (*appid == '\0')
                return 41002;
        if (*secret == '\0')
                return 41004;
        if (strcmp(appid, conf->appid) != 0)
                return 40013;
        return strcmp(secret, conf->secret) == 0 ? 0 : 40125;
}

static int
answer_token(struct call *call, const struct token *token)
{
        pairs_add(&call->answer, "access_token", token->text);
        pairs_add_number(&call->answer, "expires_in", token->until - call->app->now);
        return 0;
}

/* Puts a new token in the place of the one called name, which becomes old, the one before it. */
static int
renew(struct call *call, struct pairs *doc, const char *name, const char *old, struct token before)
{
        bool is_long = *pairs_get_text(&call->switches, "long_tokens") != '\0';
        struct token token = {NULL, call->app->now + TOKEN_SECONDS, 0, generation(call)};
        char *text;

        if (kept_random(call->app, is_long ? KEPT_LONG : TOKEN_SIZE, &text) != 0)
                return -1;
        token.text = text;
        set(doc, old, &before);
        set(doc, name, &token);
        return docs_write(call->app, "token", doc) != 0 ? -1 : answer_token(call, &token);
}

/* Counts a forced token. Returns 0 or an errcode. */
static int
count_forced(const struct call *call, struct pairs *doc)
{
        long long now = call->app->now, day = call_day(call), count;

        if (now - pairs_get_number(doc, "forced/time", 0) < FORCED_SECONDS)
                return 45011;
        count = pairs_get_number(doc, "forced/day", 0) == day
                    ? pairs_get_number(doc, "forced/count", 0)
                    : 0;
        if (count >= FORCED_A_DAY)
                return 45009;
        docs_set_number(doc, "forced/time", now);
        docs_set_number(doc, "forced/day", day);
        docs_set_number(doc, "forced/count", count + 1);
        return 0;
}

int
token_stable(struct call *call)
{
        bool forced = strcmp(pairs_get_text(&call->body, "force_refresh"), "true") == 0;
        int wrong = check_credential(call, &call->body);
        long long now = call->app->now;
        struct token token;
        struct pairs doc;

        if (wrong != 0)
                return wrong;
        if (docs_read(call->app, "token", &doc) != 0)
                return -1;
        token = get(&doc, "stable");
        if (forced) {
                wrong = count_forced(call, &doc);
                if (wrong != 0)
                        return wrong;
                token.replaced = now;
        } else if (*token.text != '\0' && state_of(call, &token) == 0) {
                if (token.until - now > OVERLAP_SECONDS)
                        return answer_token(call, &token);
                token.until = now + OVERLAP_SECONDS;
        }
        return renew(call, &doc, "stable", "stable_old", token);
}

int
token_plain(struct call *call)
{
        int wrong = check_credential(call, &call->app->request.query);
        struct token token;
        struct pairs doc;

        if (wrong != 0)
                return wrong;
        if (docs_read(call->app, "token", &doc) != 0)
                return -1;
        token = get(&doc, "plain");
        token.replaced = call->app->now + OVERLAP_SECONDS;
        return renew(call, &doc, "plain", "plain_old", token);
}

int
token_ticket(struct call *call)
{
        const char *type = call_query(call, "type");
        long long now = call->app->now;
        struct token ticket;
        struct pairs doc;
        char *text;

        if (!text_has_word("jsapi wx_card", type))
                return 40097;
        if (docs_read(call->app, "token", &doc) != 0)
                return -1;
        ticket = get(&doc, type);
        if (*ticket.text == '\0' || ticket.until <= now) {
                if (kept_random(call->app, TICKET_SIZE, &text) != 0)
                        return -1;
                ticket = (struct token){text, now + TOKEN_SECONDS, 0, ""};
                set(&doc, type, &ticket);
                if (docs_write(call->app, "token", &doc) != 0)
                        return -1;
        }
        pairs_add_number(&call->answer, "errcode", 0);
        pairs_add(&call->answer, "errmsg", "ok");
        pairs_add(&call->answer, "ticket", ticket.text);
        pairs_add_number(&call->answer, "expires_in", ticket.until - now);
        return 0;
}
