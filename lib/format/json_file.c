#include "format/json_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "format/json.h"
#include "format/json_check.h"
#include "format/json_find.h"

enum { TEXT_SIZE = 512 };

/* ---- mistakes ---- */

/* Inserts a mistake behind those of the same line and of lines before. */
static void
insert(struct json_file *file, int line, const char *en, const char *zh)
{
        struct json_mistake *mistakes =
            arena_alloc(file->arena, (file->count + 1) * sizeof(*mistakes));
        size_t at = 0;

        while (at < file->count && file->mistakes[at].line <= line)
                at++;
        if (file->count > 0) {
                memcpy(mistakes, file->mistakes, at * sizeof(*mistakes));
                memcpy(
                    mistakes + at + 1, file->mistakes + at, (file->count - at) * sizeof(*mistakes));
        }
        mistakes[at] = (struct json_mistake){line, en, zh};
        file->mistakes = mistakes;
        file->count++;
}

void
json_file_add(struct json_file *file, const char *path, const char *en, const char *zh, ...)
{
        char english[TEXT_SIZE], chinese[TEXT_SIZE];
        va_list list;

        if (file->count == JSON_MISTAKES_MAX)
                return;
        va_start(list, zh);
        (void)vsnprintf(english, sizeof(english), en, list);
        va_end(list);
        va_start(list, zh);
        (void)vsnprintf(chinese, sizeof(chinese), zh, list);
        va_end(list);
        insert(file, json_find_line(file->text, path), arena_strdup(file->arena, english),
            arena_strdup(file->arena, chinese));
}

/* json_check() writes the line in front of its text. */
static void
add_syntax(struct json_file *file, const char *text)
{
        static const char mark[] = "line ";
        const char *said = strstr(text, ": ");
        int line = (int)strtol(text + strlen(mark), NULL, 10);

        text = arena_strdup(file->arena, said == NULL ? text : said + 2);
        insert(file, line < 1 ? 1 : line, text, text);
}

void
json_file_add_error(struct json_file *file, int line, const struct err *err)
{
        const char *text = arena_strdup(file->arena, err->text);

        if (file->count < JSON_MISTAKES_MAX)
                insert(file, line, text, text);
}

/* ---- values ---- */

void
json_file_read(struct arena *arena, const char *text, size_t size, struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};

        *file = (struct json_file){.arena = arena, .text = text};
        pairs_init(&file->fields, arena);
        if (json_check(arena, text, size, &err) != 0 ||
            (json_file_begins(file, "", '{') &&
                json_parse_tree(arena, text, size, &file->fields, &err) != 0))
                add_syntax(file, err.text);
}

void
json_file_elements(struct json_file *file, struct json_element **elements, size_t *count)
{
        struct err err = {.kind = ERR_NONE};

        *count = 0;
        if (file->count == 0 && json_parse_array(file->arena, file->text, strlen(file->text),
                                    elements, count, &err) != 0) {
                *count = 0;
                add_syntax(file, err.text);
        }
}

bool
json_file_has(const struct json_file *file, const char *path)
{
        return json_find(file->text, path) != NULL;
}

bool
json_file_begins(const struct json_file *file, const char *path, char first)
{
        const char *at = json_find(file->text, path);

        return at != NULL && *at == first;
}

int
json_file_count(const struct json_file *file, const char *path, int most)
{
        int count = 0;

        while (
            count <= most && json_file_has(file, arena_printf(file->arena, "%s/%d", path, count)))
                count++;
        return count;
}

const char *
json_file_text(struct json_file *file, const char *path)
{
        const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

        if (!json_file_has(file, path))
                return NULL;
        for (size_t i = 0; i < file->fields.count; i++) {
                const struct pair *pair = &file->fields.items[i];

                if (strcmp(pair->name, path) != 0 || pair->type != PAIR_TEXT)
                        continue;
                if (*pair->value != '\0')
                        return pair->value;
                json_file_add(file, path, "%s is empty", "%s 是空的", name);
                return NULL;
        }
        json_file_add(
            file, path, "%s must be a text, in quotation marks", "%s 必须是文字，写在引号里", name);
        return NULL;
}

const char *
json_file_next(const struct json_file *file, const char *path, size_t *at)
{
        size_t length = strlen(path), skip = length + (length > 0);
        const char *name = NULL;

        /* Members that stand together, "data/a/value" and "data/a/color", are one. */
        for (; *at < file->fields.count; ++*at) {
                const char *full = file->fields.items[*at].name;

                if (strncmp(full, path, length) != 0 || (length > 0 && full[length] != '/'))
                        continue;
                full += skip;
                if (name == NULL)
                        name = arena_copy(file->arena, full, strcspn(full, "/"));
                else if (strncmp(name, full, strlen(name)) != 0 ||
                         strchr("/", full[strlen(name)]) == NULL)
                        break;
        }
        return name;
}
