#include "signin.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "arena.h"
#include "digest.h"
#include "os.h"
#include "text.h"
#include "url.h"
#include "wechat.h"

enum { FIELDS = 7, SCOPE_MAX = 32 };

char *
signin_format(struct arena *arena, const char *key, const struct signin *signin)
{
        char *text = arena_printf(arena, "v2.%s.%lld.%d.%s.%s", signin->nonce, signin->expires,
            signin->tries, signin->scope,
            digest_base64url(arena, signin->next, strlen(signin->next)));

        return arena_printf(arena, "%s.%s", text, digest_hmac_text(arena, key, text));
}

/* Cuts text at its dots; false where there are not exactly FIELDS fields. */
static bool
split(char *text, char *fields[FIELDS])
{
        size_t count = 0;

        while (text != NULL && count < FIELDS) {
                fields[count++] = text;
                text = strchr(text, '.');
                if (text != NULL)
                        *text++ = '\0';
        }
        return count == FIELDS && text == NULL;
}

bool
signin_parse(
    struct arena *arena, const char *key, const char *text, long long now, struct signin *signin)
{
        char *copy = arena_strdup(arena, text);
        char *fields[FIELDS];
        char *mac = strrchr(copy, '.');

        memset(signin, 0, sizeof(*signin));
        if (mac == NULL)
                return false;
        *mac = '\0';
        if (!digest_equal(mac + 1, digest_hmac_text(arena, key, copy)))
                return false;
        *mac = '.';
        /* From here on it is what signin_format() wrote, if perhaps another version's. */
        if (!split(copy, fields) || strcmp(fields[0], "v2") != 0)
                return false;
        signin->nonce = fields[1];
        signin->expires = strtoll(fields[2], NULL, 10);
        signin->tries = atoi(fields[3]);
        signin->scope = fields[4];
        signin->next = digest_base64url_decode(arena, fields[5], NULL);
        if (signin->next == NULL || !url_is_local(signin->next) ||
            !text_is_id(signin->scope, 1, SCOPE_MAX)) {
                signin->next = NULL;
                return false;
        }
        if (signin->expires > now + SIGNIN_SECONDS) {
                signin->next = NULL;
                return false;
        }
        return signin->expires > now;
}

char *
signin_state(struct arena *arena, const struct signin *signin)
{
        char *text = arena_printf(arena, "state %d %s", signin->tries, signin->nonce);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(text, strlen(text), hex);
        return arena_printf(arena, "%s%d", hex, signin->tries);
}

int
signin_state_tries(const char *state)
{
        if (strspn(state, "0123456789abcdef") != DIGEST_HEX_SIZE + 1 ||
            state[DIGEST_HEX_SIZE + 1] != '\0' || state[DIGEST_HEX_SIZE] > '0' + SIGNIN_TRIES_MAX)
                return -1;
        return state[DIGEST_HEX_SIZE] - '0';
}

char *
signin_key(struct arena *arena, const char *secret, const char *purpose)
{
        return digest_hmac_text(arena, secret, arena_printf(arena, "wechat-cgi %s 1", purpose));
}

bool
signin_is_in_wechat(const struct app *app)
{
        return strcmp(app->conf.outside_wechat, "direct") == 0 ||
               strstr(app->request.user_agent, "MicroMessenger") != NULL;
}

const char *
signin_scope(const struct app *app)
{
        return *app->conf.website_appid != '\0' && !signin_is_in_wechat(app) ? WECHAT_SCOPE_WEBSITE
                                                                             : app->conf.scope;
}

int
signin_begin(struct app *app, const char *next, const char *scope, int tries)
{
        struct signin signin = {
            .expires = app->now + SIGNIN_SECONDS, .tries = tries, .scope = scope, .next = next};
        char *key = signin_key(app->arena, app->conf.secret, "sign-in");
        char *callback = conf_program(app->arena, &app->conf, "callback.cgi");
        char *nonce;

        if (os_random_token(app->arena, &nonce, &app->err) != 0)
                return -1;
        signin.nonce = nonce;
        app_set_cookie(app, "wx_signin", signin_format(app->arena, key, &signin), SIGNIN_SECONDS);
        return app_answer_redirect(app,
            wechat_authorize_url(app->arena, &app->conf, conf_url(app->arena, &app->conf, callback),
                scope, signin_state(app->arena, &signin)));
}
