#include "gate/access.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/text.h"
#include "format/json.h"
#include "format/json_file.h"

/* ---- paths ---- */

/* Is the part of size bytes one that may be served? */
static bool
is_part(const char *part, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f || part[i] == '\\')
                        return false;
        return size > 0 && *part != '.';
}

bool
access_is_name(const char *name)
{
        return is_part(name, strlen(name));
}

bool
access_is_path(const char *path)
{
        if (*path != '/' || strlen(path) > ACCESS_PATH_MAX)
                return false;
        for (const char *part = path + 1; *part != '\0';) {
                size_t size = strcspn(part, "/");

                if (!is_part(part, size))
                        return false;
                part += size;
                part += *part == '/';
        }
        return true;
}

/* ---- an entry ---- */

static int
check_names(struct arena *arena, const struct pairs *fields, struct err *err)
{
        static const char *const names[] = {"folder", "roles", "listing", "scripts"};

        for (size_t i = 0; i < fields->count; i++) {
                const char *name = fields->items[i].name;
                size_t known = 0;

                while (known < sizeof(names) / sizeof(names[0]) && strcmp(names[known], name) != 0)
                        known++;
                if (known == sizeof(names) / sizeof(names[0]))
                        return err_set(err, ERR_CONFIG, "there is no \"%.40s\"%s", name,
                            hint_name(arena, name, names, sizeof(names) / sizeof(names[0])));
        }
        return 0;
}

/* Returns the member of that name; NULL: there is none. */
static const struct pair *
find(const struct pairs *fields, const char *name)
{
        for (size_t i = 0; i < fields->count; i++)
                if (strcmp(fields->items[i].name, name) == 0)
                        return &fields->items[i];
        return NULL;
}

static int
read_folder(struct arena *arena, const struct pairs *fields, const char **folder, struct err *err)
{
        const struct pair *pair = find(fields, "folder");
        size_t size;

        if (pair == NULL)
                return err_set(err, ERR_CONFIG, "it has no \"folder\"");
        if (pair->type != PAIR_TEXT || !access_is_path(pair->value))
                return err_set(err, ERR_CONFIG,
                    "\"folder\" must be a path below private_dir, such as / or /reports, without "
                    "backslashes, and without names that begin with a dot");
        size = strlen(pair->value);
        *folder = arena_copy(arena, pair->value, size - (pair->value[size - 1] == '/'));
        return 0;
}

static int
read_roles(const struct pairs *fields, struct pairs *roles, struct err *err)
{
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];

                if (strcmp(pair->name, "roles") != 0)
                        continue;
                if (pair->type == PAIR_ARRAY)
                        return err_set(err, ERR_CONFIG,
                            "\"roles\" must name a role; without \"roles\", everybody who is "
                            "signed in may read the folder");
                if (pair->type != PAIR_ITEM)
                        return err_set(err, ERR_CONFIG,
                            "\"roles\" must be an array of texts, such as [\"staff\"]");
                if (*pair->value == '\0' || strlen(pair->value) > ACCESS_ROLE_MAX ||
                    pair->value[strcspn(pair->value, " ,\t\r\n")] != '\0')
                        return err_set(err, ERR_CONFIG,
                            "a role must be a text of 1 to %d bytes, without blanks and commas",
                            ACCESS_ROLE_MAX);
                pairs_add(roles, "roles", pair->value);
        }
        return 0;
}

static int
read_answer(
    const struct pairs *fields, const char *name, enum access_answer *answer, struct err *err)
{
        const struct pair *pair = find(fields, name);

        *answer = ACCESS_UNSAID;
        if (pair == NULL)
                return 0;
        if (pair->type != PAIR_BOOL)
                return err_set(err, ERR_CONFIG, "\"%s\" must be true or false", name);
        *answer = strcmp(pair->value, "true") == 0 ? ACCESS_YES : ACCESS_NO;
        return 0;
}

static int
read_rule(
    struct arena *arena, const struct pairs *fields, struct access_rule *rule, struct err *err)
{
        pairs_init(&rule->roles, arena);
        return check_names(arena, fields, err) != 0 ||
                       read_folder(arena, fields, &rule->folder, err) != 0 ||
                       read_roles(fields, &rule->roles, err) != 0 ||
                       read_answer(fields, "listing", &rule->listing, err) != 0 ||
                       read_answer(fields, "scripts", &rule->scripts, err) != 0
                   ? -1
                   : 0;
}

/* ---- the file ---- */

static bool
has_folder(const struct access *access, const char *folder)
{
        for (size_t i = 0; i < access->count; i++)
                if (strcmp(access->rules[i].folder, folder) == 0)
                        return true;
        return false;
}

static int
add_rule(struct arena *arena, const struct pairs *fields, struct access *access, struct err *err)
{
        struct access_rule *rule = &access->rules[access->count];

        if (read_rule(arena, fields, rule, err) != 0)
                return -1;
        if (has_folder(access, rule->folder))
                return err_set(err, ERR_CONFIG, "another entry has the \"folder\" %.80s",
                    *rule->folder == '\0' ? "/" : rule->folder);
        access->count++;
        return 0;
}

int
access_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct access *access, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};
        struct access read = {NULL, 0};
        struct json_element *elements;
        size_t count;

        if (json_parse_array(arena, text, size, &elements, &count, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        read.rules = arena_alloc(arena, count * sizeof(*read.rules));
        for (size_t i = 0; i < count; i++)
                if (add_rule(arena, elements[i].fields, &read, &inner) != 0)
                        return err_set(err, inner.kind, "%s, entry %zu (line %d): %s", file, i + 1,
                            elements[i].line, inner.text);
        *access = read;
        return 0;
}

size_t
access_check(struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};
        struct access access = {NULL, 0};
        struct json_element *elements;
        size_t count;

        json_file_elements(file, &elements, &count);
        access.rules = arena_alloc(file->arena, count * sizeof(*access.rules));
        for (size_t i = 0; i < count; i++)
                if (add_rule(file->arena, elements[i].fields, &access, &err) != 0)
                        json_file_add_error(file, elements[i].line, &err);
        return count;
}

void
access_open_all(struct arena *arena, struct access *access)
{
        access->count = 1;
        access->rules = arena_alloc(arena, sizeof(*access->rules));
        access->rules->folder = "";
        pairs_init(&access->rules->roles, arena);
}

/* ---- a path ---- */

/* Is path the folder, or in it? */
static bool
covers(const char *folder, const char *path)
{
        size_t size = strlen(folder);

        return text_starts_with(path, folder) && (path[size] == '/' || path[size] == '\0');
}

const struct access_rule *
access_find(const struct access *access, const char *path)
{
        const struct access_rule *longest = NULL;

        for (size_t i = 0; i < access->count; i++)
                if (covers(access->rules[i].folder, path) &&
                    (longest == NULL || strlen(access->rules[i].folder) > strlen(longest->folder)))
                        longest = &access->rules[i];
        return longest;
}
