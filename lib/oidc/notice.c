#include "oidc/notice.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "format/owner.h"
#include "format/url.h"
#include "host/http.h"
#include "oidc/clients_file.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "web/app.h"

/* The answer says nothing that matters. */
enum { ANSWER_MAX = 1024 };

/* ---- before the sandbox ---- */

/* A file with a mistake has no clients; provider_read_clients() says so. */
static void
read_clients(struct host *host, struct clients *clients)
{
        const char *path = host->conf.oidc_clients;
        struct err ignored = {.kind = ERR_NONE};
        struct host_file file = {.fd = -1};
        size_t size;
        char *text;

        *clients = (struct clients){NULL, 0};
        host_file_open(host->arena, path, &file);
        if (host_file_read(host->arena, &file, host->arena, &text, &size, &ignored) == 0 &&
            owner_read_text(path, text, &size, &ignored) == 0)
                (void)!clients_parse(host->arena, text, size, path, clients, &ignored);
}

void
notice_prepare(struct host *host)
{
        const char **origins;
        struct clients clients;
        size_t count = 0;

        if (host->kind == HOST_MANY || host->err.kind != ERR_NONE ||
            *host->conf.oidc_clients == '\0')
                return;
        read_clients(host, &clients);
        origins = arena_alloc(host->arena, (clients.count + 1) * sizeof(*origins));
        for (size_t i = 0; i < clients.count; i++)
                if (*clients.items[i].back_channel != '\0')
                        origins[count++] = url_origin(host->arena, clients.items[i].back_channel);
        origins[count] = NULL;
        host->origins = origins;
}

/* ---- the calls ---- */

struct batch {
        const struct clients_item *clients[HTTP_AT_ONCE_MAX];
        struct http_request requests[HTTP_AT_ONCE_MAX];
        size_t count;
};

/* Reads the next word of a line, and moves *text behind it. */
static char *
next_word(struct arena *arena, const char **text)
{
        size_t size = strcspn(*text, " \n");
        char *word = arena_copy(arena, *text, size);

        *text += size + ((*text)[size] == ' ');
        return word;
}

/* Adds the call of the line at *text, if it is to be made, and moves *text behind the line. */
static int
add_call(struct app *app, const struct provider *provider, const char **text, struct batch *batch)
{
        const char *id = next_word(app->arena, text), *session = next_word(app->arena, text);
        const char *subject = next_word(app->arena, text), *token;
        const struct clients_item *client = clients_find(&provider->clients, id);
        struct pairs form;

        *text += **text == '\n';
        if (client == NULL || *client->back_channel == '\0')
                return 0;
        if (identity_logout_token(app, provider, client, subject, session, &token) != 0)
                return -1;
        pairs_init(&form, app->arena);
        pairs_add(&form, "logout_token", token);
        batch->clients[batch->count] = client;
        batch->requests[batch->count++] = (struct http_request){.url = client->back_channel,
            .form = url_build_form(app->arena, &form),
            .answer_max = ANSWER_MAX,
            .timeout_ms = NOTICE_MS,
            .any_status = true};
        return 0;
}

/* 204 is what some frameworks make of an empty 200 (Back-Channel Logout 1.0, section 2.8). */
static void
check_answer(struct app *app, const struct clients_item *client, const struct http_answer *answer,
    struct err *err)
{
        char *place =
            arena_copy(app->arena, client->back_channel, strcspn(client->back_channel, "?"));

        if (err->kind == ERR_NONE && answer->status != 200 && answer->status != 204)
                err_set(err, ERR_UPSTREAM, "%s: HTTP status %d", place, answer->status);
        if (err->kind == ERR_NONE)
                return;
        err_set(&app->err, err->kind,
            "the program %s was not told that somebody has signed out: %s; see its "
            "backchannel_logout_uri in %s, and its own log",
            client->id, arena_strdup(app->arena, err->text), app->conf.oidc_clients);
        app_log(app, &app->err);
        err_clear(&app->err);
}

static int
call(struct app *app, const struct batch *batch)
{
        struct http_answer answers[HTTP_AT_ONCE_MAX];
        struct err errors[HTTP_AT_ONCE_MAX];

        if (batch->count == 0)
                return 0;
        if (http_call_all(app->arena, app->conf.ca_file, batch->requests, batch->count, answers,
                errors, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < batch->count; i++)
                check_answer(app, batch->clients[i], &answers[i], &errors[i]);
        return 0;
}

int
notice_send(struct app *app, const struct provider *provider, const char *text)
{
        while (*text != '\0') {
                struct batch batch = {.count = 0};

                while (*text != '\0' && batch.count < HTTP_AT_ONCE_MAX)
                        if (add_call(app, provider, &text, &batch) != 0)
                                return -1;
                if (call(app, &batch) != 0)
                        return -1;
        }
        return 0;
}
