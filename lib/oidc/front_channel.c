#include "oidc/front_channel.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "signin/programs.h"
#include "web/app.h"

/* Returns the next item from item on whose program takes part, and sets *client; NULL: none does.
 */
static const struct programs_item *
next_of(const struct provider *provider, const struct programs_item *item,
    const struct clients_item **client)
{
        for (; item != NULL; item = item->next) {
                *client = clients_find(&provider->clients, item->client);
                if (*client != NULL && *(*client)->front_channel != '\0')
                        return item;
        }
        return NULL;
}

bool
front_channel_has_frames(const struct app *app, const struct provider *provider)
{
        const struct clients_item *client;

        return next_of(provider, app->ended, &client) != NULL;
}

static const char *
address_of(struct app *app, const struct provider *provider, const struct clients_item *client,
    const char *session)
{
        const char *uri = client->front_channel;
        struct pairs query;

        if (!client->front_channel_session)
                return uri;
        pairs_init(&query, app->arena);
        pairs_add(&query, "iss", provider->issuer);
        pairs_add(&query, "sid", identity_sid(app, session));
        return url_add_query(app->arena, uri, url_build_form(app->arena, &query));
}

static void
add_frames(struct app *app, const struct provider *provider)
{
        const struct programs_item *item = app->ended;
        const struct clients_item *client;
        const char *origins = "";

        for (size_t i = 0;
             i < FRONT_CHANNEL_MAX && (item = next_of(provider, item, &client)) != NULL;
             i++, item = item->next) {
                const char *origin = url_origin(app->arena, client->front_channel);

                pairs_add(&app->page, arena_printf(app->arena, "frames/%zu/url", i),
                    address_of(app, provider, client, item->session));
                pairs_add(&app->page, arena_printf(app->arena, "frames/%zu/name", i), client->name);
                if (!text_has_word(origins, origin))
                        origins = arena_printf(
                            app->arena, "%s%s%s", origins, *origins == '\0' ? "" : " ", origin);
        }
        app->frame_origins = origins;
}

int
front_channel_answer(struct app *app, const struct provider *provider, const char *next)
{
        add_frames(app, provider);
        pairs_add(&app->page, "next_url", next);
        pairs_add_number(&app->page, "milliseconds", FRONT_CHANNEL_SECONDS * 1000);
        pairs_add(&app->page, "refresh",
            arena_printf(app->arena, "%d;url=%s", FRONT_CHANNEL_SECONDS, next));
        return app_answer_page(app, 200, "signingout");
}
