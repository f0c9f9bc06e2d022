#include "conf/line.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/text.h"

static char *
copy_trimmed(struct arena *arena, const char *text, const char *end)
{
        while (text < end && strchr(" \t\r", *text) != NULL)
                text++;
        while (end > text && strchr(" \t\r", end[-1]) != NULL)
                end--;
        return arena_copy(arena, text, (size_t)(end - text));
}

/* Returns the first character of text that was probably meant to be one of wanted; NULL: none. */
static const char *
find_meant(const char *text, const char *wanted, size_t *size)
{
        for (; *text != '\0'; text += *size == 0 ? 1 : *size) {
                char meant = hint_ascii(text, size);

                if (meant != 0 && strchr(wanted, meant) != NULL)
                        return text;
        }
        return NULL;
}

/* Reports a line without '=', or with one too late. */
static int
explain_key(const char *key, struct err *err)
{
        size_t size;
        const char *other = find_meant(key, "=:", &size);

        if (other != NULL)
                return err_set(err, ERR_CONFIG,
                    "write = between key and value, not the full-width %.*s", (int)size, other);
        if (*key == ';' || text_starts_with(key, "//") || hint_ascii(key, &size) == '#')
                return err_set(err, ERR_CONFIG, "a comment begins with #");
        if (*key == '[')
                return err_set(
                    err, ERR_CONFIG, "no '=', and there are no sections: remove the line");
        if (strchr(key, ':') != NULL)
                return err_set(err, ERR_CONFIG, "no '=': write = between key and value, not :");
        return err_set(err, ERR_CONFIG, "no '=': a line is `key = value`, a comment begins with #");
}

/* Does a comment follow the value, or take its place? A colour, #c8102e, is none. */
static bool
has_comment(const char *value)
{
        bool is_color = *value == '#' && strspn(value + 1, "0123456789abcdefABCDEF") == 6 &&
                        strchr(" \t", value[7]) != NULL;
        size_t size;

        for (const char *p = is_color ? value + 1 : value; *p != '\0'; p++) {
                if (p > value && p[-1] != ' ' && p[-1] != '\t')
                        continue;
                if (*p == '#' || hint_ascii(p, &size) == '#' ||
                    (p > value && (*p == ';' || text_starts_with(p, "//"))))
                        return true;
        }
        return false;
}

static bool
is_quoted(const char *value)
{
        size_t size;
        char first = hint_ascii(value, &size);

        return *value == '"' || *value == '\'' || first == '"' || first == '\'';
}

int
line_split(
    struct arena *arena, const char *line, size_t size, char **key, char **value, struct err *err)
{
        const char *equals = memchr(line, '=', size), *end = line + size;
        char *name = copy_trimmed(arena, line, equals == NULL ? end : equals), *rest;
        size_t length;

        if (equals == NULL || find_meant(name, "=:", &length) != NULL)
                return explain_key(name, err);
        rest = copy_trimmed(arena, equals + 1, end);
        if (has_comment(rest))
                return err_set(err, ERR_CONFIG,
                    "a comment must stand on a line of its own: move the one behind the value");
        if (is_quoted(rest))
                return err_set(err, ERR_CONFIG, "remove the quotation marks around the value");
        if (find_meant(name, " ", &length) != NULL || find_meant(rest, " ", &length) != NULL)
                return err_set(err, ERR_CONFIG,
                    "it has a full-width or no-break blank: type an ordinary one, or none");
        *key = name;
        *value = rest;
        return 0;
}
