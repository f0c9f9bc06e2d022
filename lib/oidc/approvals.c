#include "oidc/approvals.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "host/os.h"
#include "oidc/clients.h"
#include "state/state.h"
#include "web/app.h"

enum { LOCK_MS = 2000, DECIMAL = 10 };

static const char member[] = "programs";

/* ---- one item: "client since id scope+scope name" ---- */

/* Splits off the next word. */
static const char *
next_word(struct arena *arena, const char **text)
{
        size_t size = strcspn(*text, " ");
        const char *word = arena_copy(arena, *text, size);

        *text += size + ((*text)[size] == ' ');
        return word;
}

static char *
swap(struct arena *arena, const char *text, char from, char to)
{
        char *swapped = arena_strdup(arena, text);

        for (char *at = swapped; *at != '\0'; at++)
                if (*at == from)
                        *at = to;
        return swapped;
}

static struct approval
parse(struct arena *arena, const char *text)
{
        struct approval approval;

        approval.client = next_word(arena, &text);
        approval.since = strtoll(next_word(arena, &text), NULL, DECIMAL);
        approval.id = next_word(arena, &text);
        approval.scope = swap(arena, next_word(arena, &text), '+', ' ');
        approval.name = text;
        return approval;
}

static char *
format(struct arena *arena, const struct approval *approval)
{
        return arena_printf(arena, "%s %lld %s %s %s", approval->client, approval->since,
            approval->id, swap(arena, approval->scope, ' ', '+'), approval->name);
}

/* ---- the list, the latest first ---- */

size_t
approvals_list(struct app *app, const struct pairs *user, struct approval approvals[APPROVALS_MAX])
{
        size_t count = 0;

        for (size_t i = user->count; i > 0 && count < APPROVALS_MAX; i--)
                if (strcmp(user->items[i - 1].name, member) == 0)
                        approvals[count++] = parse(app->arena, user->items[i - 1].value);
        return count;
}

void
approvals_fill_page(struct app *app, const struct pairs *user)
{
        struct approval all[APPROVALS_MAX];
        size_t count = approvals_list(app, user, all);

        for (size_t i = 0; i < count; i++) {
                const char *at = arena_printf(app->arena, "programs/%zu/", i);

                pairs_add(&app->page, arena_printf(app->arena, "%sid", at), all[i].client);
                pairs_add(&app->page, arena_printf(app->arena, "%sname", at), all[i].name);
                pairs_add(&app->page, arena_printf(app->arena, "%ssince", at),
                    text_beijing_time(app->arena, all[i].since));
        }
        pairs_add(&app->page, "has_programs", count > 0 ? "1" : NULL);
}

int
approvals_find(
    struct app *app, const struct pairs *user, const char *client, struct approval *approval)
{
        struct approval all[APPROVALS_MAX];
        size_t count = approvals_list(app, user, all);

        for (size_t i = 0; i < count; i++)
                if (strcmp(all[i].client, client) == 0) {
                        *approval = all[i];
                        return 0;
                }
        return -1;
}

/* Writes the list with added, if that is not NULL, in the place of what client had. */
static int
write(struct app *app, const char *openid, const struct pairs *user, const char *client,
    const struct approval *added)
{
        struct approval all[APPROVALS_MAX];
        size_t count = approvals_list(app, user, all);
        struct pairs removed, set, ended;
        const struct member_change change = {.without = &removed, .with = &set};

        pairs_init(&removed, app->arena);
        pairs_init(&set, app->arena);
        pairs_init(&ended, app->arena);
        pairs_add(&removed, "name", member);
        for (size_t i = count; i > 0; i--)
                if (strcmp(all[i - 1].client, client) != 0 && (added == NULL || i < APPROVALS_MAX))
                        pairs_add_typed(&set, member, format(app->arena, &all[i - 1]), PAIR_ITEM);
        if (added != NULL)
                pairs_add_typed(&set, member, format(app->arena, added), PAIR_ITEM);
        return state_change_user(app->state, openid, &change, &ended, &app->err);
}

/* Reads the user with the lock held, so that no change at the same moment is lost. */
static int
begin(struct app *app, const char *openid, struct pairs *user)
{
        const char *key = arena_printf(app->arena, "programs %s", openid);

        pairs_init(user, app->arena);
        return app_open_state(app) != 0 ||
                       state_lock(app->state, key, os_clock_ms() + LOCK_MS, &app->err) != 0
                   ? -1
                   : state_read_user(app->state, openid, user, &app->err);
}

/* The words of both, once each. */
static const char *
unite(struct arena *arena, const char *scope, const char *more)
{
        while (*more != '\0') {
                const char *word = next_word(arena, &more);

                if (*word != '\0' && !text_has_word(scope, word))
                        scope = arena_printf(arena, "%s %s", scope, word);
        }
        return scope;
}

int
approvals_add(struct app *app, const char *openid, const struct clients_item *client,
    const char *scope, struct approval *approval)
{
        struct approval added = {.client = client->id, .name = client->name, .since = app->now};
        struct pairs user;
        char *id;

        if (begin(app, openid, &user) != 0)
                return -1;
        if (approvals_find(app, &user, client->id, approval) == 0) {
                added.id = approval->id;
                added.since = approval->since;
                added.scope = unite(app->arena, approval->scope, scope);
        } else {
                if (os_random_token(app->arena, &id, &app->err) != 0)
                        return -1;
                added.id = id;
                added.scope = scope;
        }
        *approval = added;
        return write(app, openid, &user, client->id, &added);
}

int
approvals_end(struct app *app, const char *openid, const char *client)
{
        struct pairs user;

        return begin(app, openid, &user) != 0 ? -1 : write(app, openid, &user, client, NULL);
}
