#include "format/json_find.h"

#include <stdlib.h>
#include <string.h>

#include "format/json_check.h"

static const char *
skip_blanks(const char *at)
{
        return at + strspn(at, " \t\r\n");
}

/* Returns the end of the text that begins at, behind its quotation mark. */
static const char *
skip_text(const char *at)
{
        for (at++; *at != '"' && *at != '\0'; at++)
                at += *at == '\\' && at[1] != '\0';
        return at + (*at == '"');
}

const char *
json_find_end(const char *at)
{
        int open = 0;

        do {
                if (*at == '"') {
                        at = skip_text(at);
                        continue;
                }
                open += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
                if (open == 0 && *at != '}' && *at != ']')
                        return at + strcspn(at, ",}] \t\r\n");
                at++;
        } while (open > 0 && *at != '\0');
        return at;
}

/* Returns the value of the member called name, of size bytes, in the object that begins at. */
static const char *
find_member(const char *at, const char *name, size_t size)
{
        at = skip_blanks(at + 1);
        while (*at == '"') {
                const char *end = skip_text(at), *value = skip_blanks(skip_blanks(end) + 1);

                if ((size_t)(end - at) == size + 2 && memcmp(at + 1, name, size) == 0)
                        return value;
                at = skip_blanks(json_find_end(value));
                at = skip_blanks(at + (*at == ','));
        }
        return NULL;
}

/* Returns the element whose number, of size digits, name is, in the array that begins at. */
static const char *
find_element(const char *at, const char *name, size_t size)
{
        unsigned long number = strtoul(name, NULL, 10);

        if (strspn(name, "0123456789") < size)
                return NULL;
        at = skip_blanks(at + 1);
        while (*at != ']' && *at != '\0') {
                if (number-- == 0)
                        return at;
                at = skip_blanks(json_find_end(at));
                at = skip_blanks(at + (*at == ','));
        }
        return NULL;
}

/* Goes along path as far as it leads. Returns where that is; *rest is what is left of path. */
static const char *
follow(const char *text, const char *path, const char **rest)
{
        const char *at = skip_blanks(text);

        for (*rest = path; **rest != '\0'; *rest += **rest == '/') {
                size_t size = strcspn(*rest, "/");
                const char *next = *at == '{'   ? find_member(at, *rest, size)
                                   : *at == '[' ? find_element(at, *rest, size)
                                                : NULL;

                if (next == NULL)
                        break;
                at = next;
                *rest += size;
        }
        return at;
}

const char *
json_find(const char *text, const char *path)
{
        const char *rest, *at = follow(text, path, &rest);

        return *rest == '\0' ? at : NULL;
}

int
json_find_line(const char *text, const char *path)
{
        const char *rest;

        return json_line(text, follow(text, path, &rest));
}
