#include "exchange.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "chat.h"
#include "kinds.h"
#include "people.h"
#include "trial.h"

enum { TEXT_MAX = 4000 };

bool
exchange_is_noticed(const struct trial *t)
{
        return !t->answered && t->kind->seen;
}

/* Returns the text of the person's own bubble. */
static const char *
said_by_person(struct app *app, const struct trial *t, const struct pairs *form)
{
        const struct push_field *field;

        for (size_t i = 0; (field = kinds_field(t->kind, i)) != NULL; i++) {
                const char *value = kinds_value(app, field, form, t->person->openid);

                if (strcmp(field->path, "Content") == 0)
                        return value;
                if (strcmp(field->path, "EventKey") == 0)
                        return arena_printf(app->arena, "[%s] %s", t->kind->id, value);
        }
        return arena_printf(app->arena, "[%s]", t->kind->id);
}

int
exchange_add_push(struct app *app, const struct trial *t, const struct pairs *form)
{
        struct pairs entry;

        pairs_init(&entry, app->arena);
        pairs_add(&entry, "kind", "text");
        pairs_add(&entry, "mine", "1");
        pairs_add(&entry, "text", said_by_person(app, t, form));
        return chat_add(app, t->person->openid, &entry);
}

/* The members of a reply that are seen, and their names in the chat. */
static const struct {
        const char *path, *name;
} shown[] = {{"Content", "text"}, {"Image/MediaId", "media"}, {"Voice/MediaId", "media"},
    {"Video/MediaId", "media"}, {"Video/Title", "title"}, {"Video/Description", "description"},
    {"Music/Title", "title"}, {"Music/Description", "description"}, {"Music/MusicUrl", "url"}};

static void
read_articles(struct app *app, const struct pairs *fields, struct pairs *entry)
{
        static const char *const paths[] = {"Title", "Description", "Url"};
        static const char *const names[] = {"title", "description", "url"};

        pairs_add_typed(entry, "news", "", PAIR_ARRAY);
        for (int i = 0; i < 8; i++) {
                char *path = arena_printf(app->arena, "Articles/%d", i);

                if (pairs_get(fields, arena_printf(app->arena, "%s/Title", path)) == NULL)
                        return;
                for (int j = 0; j < 3; j++)
                        pairs_add(entry, arena_printf(app->arena, "news/%d/%s", i, names[j]),
                            pairs_get_text(
                                fields, arena_printf(app->arena, "%s/%s", path, paths[j])));
        }
}

/* Returns a text as the result keeps it: not all of a very long one. */
static const char *
excerpt(struct app *app, const char *text)
{
        return strlen(text) <= TEXT_MAX
                   ? text
                   : arena_printf(app->arena, "%.*s…", (int)text_cut(text, TEXT_MAX), text);
}

static void
add_try(struct app *app, const struct trial *t, int number, struct pairs *entry)
{
        const struct delivery *delivery = &t->deliveries[number];
        bool late = strcmp(t->way, "parallel") != 0 && number < t->late;

        pairs_add(entry, arena_printf(app->arena, "tries/%d/status", number),
            delivery->status == 0 ? "–" : arena_printf(app->arena, "%d", delivery->status));
        pairs_add(entry, arena_printf(app->arena, "tries/%d/ms", number),
            arena_printf(app->arena, "%d", delivery->milliseconds));
        pairs_add(entry, arena_printf(app->arena, "tries/%d/late", number), late ? "1" : "");
        if (delivery->status == 403 && pairs_get(entry, "refused") == NULL)
                pairs_add(entry, "refused", "1");
}

int
exchange_add_result(struct app *app, const struct trial *t)
{
        struct pairs entry;

        pairs_init(&entry, app->arena);
        pairs_add(&entry, "kind", "result");
        pairs_add(&entry, "query", t->deliveries[0].query);
        pairs_add(&entry, "body", excerpt(app, t->deliveries[0].body));
        if (strcmp(t->order.mode, "plain") != 0)
                pairs_add(&entry, "inside", excerpt(app, t->sent));
        pairs_add(&entry, "reply", excerpt(app, t->reply));
        pairs_add(&entry, "why", t->why);
        if (strcmp(t->way, "parallel") == 0)
                pairs_add(&entry, t->equal ? "equal" : "unequal", "1");
        if (!exchange_is_noticed(t) && *t->reply == '\0' && t->answered)
                pairs_add(&entry, "silent", "1");
        pairs_add_typed(&entry, "tries", "", PAIR_ARRAY);
        for (int i = 0; i < t->tries; i++)
                add_try(app, t, i, &entry);
        return chat_add(app, t->person->openid, &entry);
}

int
exchange_add_reply(struct app *app, const struct trial *t)
{
        const char *type = pairs_get_text(&t->fields, "MsgType");
        struct pairs entry;

        pairs_init(&entry, app->arena);
        if (exchange_is_noticed(t))
                type = "notice";
        if (*type == '\0')
                return 0;
        pairs_add(&entry, "kind", type);
        if (strcmp(type, "notice") != 0) {
                for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
                        pairs_add(&entry, shown[i].name, pairs_get(&t->fields, shown[i].path));
                if (strcmp(type, "news") == 0)
                        read_articles(app, &t->fields, &entry);
        }
        return chat_add(app, t->person->openid, &entry);
}
