#include "signin/tokens.h"

#include "web/app.h"
#include "state/state.h"
#include "wechat/api.h"

/* A record's fields: openid, scope, access_token, refresh_token, access_expires (seconds since
 * 1970). */
int
tokens_write(struct app *app, const char *name, const struct token_response *grant,
    long long created, long long expires, bool replace)
{
        struct store_record record = {.created = created, .expires = expires};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", grant->openid);
        pairs_add(&record.fields, "scope", grant->scope);
        pairs_add(&record.fields, "access_token", grant->access_token);
        pairs_add(&record.fields, "refresh_token", grant->refresh_token);
        pairs_add_number(&record.fields, "access_expires", app->now + grant->expires_in);
        return replace ? state_replace(app->state, STORE_TOKENS, name, &record, &app->err)
                       : state_create(app->state, STORE_TOKENS, name, &record, &app->err);
}

int
tokens_read(struct app *app, const char *name, struct token_response *grant)
{
        struct store_record record;

        if (state_read(app->state, STORE_TOKENS, name, app->now, &record, &app->err) != 0)
                return -1;
        *grant = (struct token_response){
            .openid = pairs_get_text(&record.fields, "openid"),
            .scope = pairs_get_text(&record.fields, "scope"),
            .access_token = pairs_get_text(&record.fields, "access_token"),
            .refresh_token = pairs_get_text(&record.fields, "refresh_token"),
            .expires_in = pairs_get_number(&record.fields, "access_expires", 0) - app->now,
        };
        return 0;
}
