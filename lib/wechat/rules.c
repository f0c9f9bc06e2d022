#include "wechat/rules.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "format/json.h"
#include "format/json_file.h"
#include "wechat/message.h"
#include "base/pairs.h"
#include "wechat/reply.h"
#include "base/text.h"

struct rule {
        struct pairs conditions;
        struct pairs reply;
};

static const char *
content_of(const struct message *message)
{
        return strcmp(message->type, "text") == 0 ? pairs_get(&message->fields, "Content") : NULL;
}

static bool
fits_message(const struct message *message, const char *wanted)
{
        return *message->event == '\0' && strcasecmp(message->type, wanted) == 0;
}

static bool
fits_event(const struct message *message, const char *wanted)
{
        return *message->event != '\0' && strcasecmp(message->event, wanted) == 0;
}

static bool
fits_key(const struct message *message, const char *wanted)
{
        return strcmp(pairs_get_text(&message->fields, "EventKey"), wanted) == 0;
}

static bool
fits_scene(const struct message *message, const char *wanted)
{
        return strcmp(message->scene, wanted) == 0;
}

static bool
fits_equals(const struct message *message, const char *wanted)
{
        const char *content = content_of(message);

        return content != NULL && strcmp(content, wanted) == 0;
}

static bool
fits_prefix(const struct message *message, const char *wanted)
{
        const char *content = content_of(message);

        return content != NULL && text_starts_with(content, wanted);
}

static bool
fits_contains(const struct message *message, const char *wanted)
{
        const char *content = content_of(message);

        return content != NULL && strstr(content, wanted) != NULL;
}

static const struct condition {
        const char *name;
        // cppcheck-suppress unusedStructMember ; fits() calls it
        bool (*fits)(const struct message *message, const char *wanted);
} conditions[] = {{"message", fits_message}, {"event", fits_event}, {"key", fits_key},
    {"scene", fits_scene}, {"equals", fits_equals}, {"prefix", fits_prefix},
    {"contains", fits_contains}};

static const char *
question(struct arena *arena, const char *name)
{
        const char *names[sizeof(conditions) / sizeof(conditions[0]) + 1] = {"reply"};

        for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
                names[i + 1] = conditions[i].name;
        return hint_name(arena, name, names, sizeof(names) / sizeof(names[0]));
}

static const struct condition *
find_condition(const char *name)
{
        for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
                if (strcmp(conditions[i].name, name) == 0)
                        return &conditions[i];
        return NULL;
}

/* Reads the rule from its members: "reply", "reply/…", and conditions. */
static int
read_rule(struct arena *arena, const struct pairs *fields, struct rule *rule, struct err *err)
{
        bool given = false;

        pairs_init(&rule->conditions, arena);
        pairs_init(&rule->reply, arena);
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];

                if (strcmp(pair->name, "reply") == 0 && pair->type != PAIR_NULL)
                        return err_set(err, ERR_CONFIG, "\"reply\" must be an object or null");
                if (strcmp(pair->name, "reply") == 0 || text_starts_with(pair->name, "reply/")) {
                        given = true;
                        continue;
                }
                if (find_condition(pair->name) == NULL)
                        return err_set(err, ERR_CONFIG, "there is no \"%.40s\"%s", pair->name,
                            question(arena, pair->name));
                if (pair->type != PAIR_TEXT || *pair->value == '\0')
                        return err_set(err, ERR_CONFIG, "\"%s\" must be a text", pair->name);
                pairs_add(&rule->conditions, pair->name, pair->value);
        }
        if (!given)
                return err_set(
                    err, ERR_CONFIG, "it has no \"reply\" (no answer at all: \"reply\": null)");
        pairs_get_below(fields, "reply", &rule->reply);
        return reply_check(arena, &rule->reply, true, err);
}

int
rules_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct rules *rules, struct err *err)
{
        struct json_element *elements;
        struct rule *items;
        size_t count;
        struct err inner = {.kind = ERR_NONE};

        if (json_parse_array(arena, text, size, &elements, &count, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        items = arena_alloc(arena, count * sizeof(*items));
        for (size_t i = 0; i < count; i++)
                if (read_rule(arena, elements[i].fields, &items[i], &inner) != 0)
                        return err_set(err, inner.kind, "%s, rule %zu (line %d): %s", file, i + 1,
                            elements[i].line, inner.text);
        rules->items = items;
        rules->count = count;
        return 0;
}

size_t
rules_check(struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};
        struct json_element *elements;
        struct rule rule;
        size_t count;

        json_file_elements(file, &elements, &count);
        for (size_t i = 0; i < count; i++)
                if (read_rule(file->arena, elements[i].fields, &rule, &err) != 0)
                        json_file_add_error(file, elements[i].line, &err);
        return count;
}

static bool
fits(const struct rule *rule, const struct message *message)
{
        for (size_t i = 0; i < rule->conditions.count; i++) {
                const struct pair *pair = &rule->conditions.items[i];
                const struct condition *condition = find_condition(pair->name);

                if (condition == NULL || !condition->fits(message, pair->value))
                        return false;
        }
        return true;
}

void
rules_find(const struct rules *rules, const struct message *message, struct pairs *reply)
{
        for (size_t i = 0; i < rules->count; i++)
                if (fits(&rules->items[i], message)) {
                        *reply = rules->items[i].reply;
                        return;
                }
}
