#include "web/probe.h"

#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "format/signed.h"
#include "host/os.h"
#include "web/app.h"

static const char field[] = "probe";

static const char *
key_of(struct arena *arena, const struct conf *conf, const char *purpose)
{
        return signed_key(arena, conf_site_secret(conf), purpose);
}

static const char *
answer_to(struct arena *arena, const struct conf *conf, const char *nonce)
{
        return digest_hmac_text(arena, key_of(arena, conf, "probe answer"), nonce);
}

/* Returns the question's nonce; NULL: this installation has not asked. */
static const char *
read_question(const struct app *app)
{
        const char *asked = pairs_get_once(&app->request.query, field), *nonce;
        const struct conf *conf = &app->host->conf;

        if (asked == NULL || app->host->err.kind != ERR_NONE || *conf_site_secret(conf) == '\0' ||
            !signed_parse(app->arena, key_of(app->arena, conf, field), asked, &nonce, 1))
                return NULL;
        return nonce;
}

bool
probe_is_asked(const struct app *app)
{
        return read_question(app) != NULL;
}

bool
probe_answer(struct app *app)
{
        const char *nonce = read_question(app), *facts = app->host->facts;

        if (nonce == NULL)
                return false;
        return app_answer_text(app, 200, "text/plain; charset=utf-8",
                   arena_printf(app->arena, "%s authorization=%d path=%d gaps=%u%s%s\n",
                       answer_to(app->arena, &app->host->conf, nonce),
                       *app->request.authorization != '\0',
                       strcmp(app->request.path_info, "/probe") == 0, app->host->gaps,
                       facts == NULL ? "" : " ", facts == NULL ? "" : facts)) == 0;
}

int
probe_make(struct arena *arena, const struct conf *conf, const char **query, const char **wanted,
    struct err *err)
{
        const char *fields[1];
        char *nonce;

        if (os_random_token(arena, &nonce, err) != 0)
                return -1;
        fields[0] = nonce;
        *query = arena_printf(
            arena, "%s=%s", field, signed_format(arena, key_of(arena, conf, field), fields, 1));
        *wanted = answer_to(arena, conf, nonce);
        return 0;
}
