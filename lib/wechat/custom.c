#include "wechat/custom.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/json_build.h"
#include "wechat/reply.h"

/* ---- more than one reply ---- */

static const char then[] = "then";

static bool
is_of_then(const char *name)
{
        return text_starts_with(name, then) && strchr("/", name[strlen(then)]) != NULL;
}

/* Moves the pairs of "then" to another list. */
static void
split(struct pairs *reply, struct pairs *rest)
{
        struct pairs first;

        pairs_init(&first, reply->arena);
        for (size_t i = 0; i < reply->count; i++) {
                const struct pair *pair = &reply->items[i];

                pairs_add_typed(
                    is_of_then(pair->name) ? rest : &first, pair->name, pair->value, pair->type);
        }
        *reply = first;
}

/* Reads the entry with that number; none if there are no more. */
static void
get_entry(struct arena *arena, const struct pairs *rest, size_t number, struct pairs *entry)
{
        pairs_init(entry, arena);
        pairs_get_below(rest, arena_printf(arena, "%s/%zu", then, number), entry);
}

static int
check_entry(struct arena *arena, size_t number, struct pairs *entry, struct err *err)
{
        if (reply_check(arena, entry, false, err) == 0)
                return 0;
        return err_set(
            err, ERR_CONFIG, "%s, entry %zu: %s", then, number + 1, arena_strdup(arena, err->text));
}

int
custom_take_then(
    struct arena *arena, struct pairs *reply, struct pairs **more, size_t *count, struct err *err)
{
        struct pairs rest, entry;
        size_t members = 1, found = 0;

        *count = 0;
        pairs_init(&rest, arena);
        split(reply, &rest);
        if (rest.count == 0)
                return 0;
        *more = arena_alloc(arena, CUSTOM_THEN_MAX * sizeof(**more));
        get_entry(arena, &rest, 0, &entry);
        for (; entry.count > 0; get_entry(arena, &rest, found, &entry)) {
                members += entry.count;
                if (found == CUSTOM_THEN_MAX)
                        break;
                if (check_entry(arena, found, &entry, err) != 0)
                        return -1;
                (*more)[found++] = entry;
        }
        if (found == 0 || entry.count > 0 || members != rest.count)
                return err_set(err, ERR_CONFIG, "%s: must be an array of 1 to %d replies", then,
                    CUSTOM_THEN_MAX);
        if (reply->count == 0)
                return err_set(err, ERR_CONFIG, "%s: stands beside a first reply", then);
        *count = found;
        return 0;
}

/* ---- messages ---- */

/* WeChat refuses the escapes (40033) that control characters would become. */
static void
add_clean(struct pairs *members, const char *name, const char *value)
{
        pairs_add(members, name, text_clean_lines(members->arena, value));
}

static void
add_article(const struct pairs *reply, struct pairs *members)
{
        static const char before[] = "news/0/";

        pairs_add_typed(members, "news/articles", "", PAIR_ARRAY);
        for (size_t i = 0; i < reply->count; i++)
                if (text_starts_with(reply->items[i].name, before))
                        add_clean(members,
                            arena_printf(members->arena, "news/articles/0/%s",
                                reply->items[i].name + strlen(before)),
                            reply->items[i].value);
}

/* Adds the content of a reply, whose kind is the first part of its names. Returns false if there is
 * nothing to send. */
static bool
add_content(const struct pairs *reply, const char *kind, const struct pairs *values,
    struct pairs *members, size_t *lost)
{
        const char *text;

        if (strcmp(kind, "news") == 0) {
                add_article(reply, members);
        } else if (strcmp(kind, "text") == 0) {
                text = reply_text(members->arena, reply, values, lost);
                if (*text == '\0')
                        return false;
                pairs_add(members, "text/content", text);
        } else if (strcmp(kind, "image") == 0 || strcmp(kind, "voice") == 0) {
                add_clean(members, arena_printf(members->arena, "%s/media_id", kind),
                    reply->items[0].value);
        } else {
                for (size_t i = 0; i < reply->count; i++)
                        add_clean(members, reply->items[i].name, reply->items[i].value);
        }
        return true;
}

int
custom_format(struct arena *arena, const struct pairs *reply, const char *openid,
    const struct pairs *values, char **json, size_t *lost, struct err *err)
{
        struct pairs members;
        const char *kind;

        *json = "";
        *lost = 0;
        if (reply->count == 0 || reply->items[0].type == PAIR_NULL)
                return 0;
        kind = arena_copy(arena, reply->items[0].name, strcspn(reply->items[0].name, "/"));
        if (strcmp(kind, "transfer") == 0)
                return err_set(err, ERR_CONFIG,
                    "\"transfer\" can be the answer to a push, and not a message that is sent "
                    "later");
        pairs_init(&members, arena);
        pairs_add(&members, "touser", openid);
        pairs_add(&members, "msgtype", kind);
        return add_content(reply, kind, values, &members, lost)
                   ? json_build_tree(arena, &members, json, err)
                   : 0;
}

int
custom_format_typing(struct arena *arena, const char *openid, char **json, struct err *err)
{
        struct pairs members;

        pairs_init(&members, arena);
        pairs_add(&members, "touser", openid);
        pairs_add(&members, "command", "Typing");
        return json_build_tree(arena, &members, json, err);
}
