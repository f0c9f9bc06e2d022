#include "format/json_check.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/sort.h"

enum { LEVELS_MAX = 8, SHOWN_MAX = 40 };

struct name {
        const char *at;
        size_t size;
};

struct checker {
        struct arena *arena;
        const char *text, *at, *end;
        const char *open;   /* the innermost bracket that is not closed; NULL: none */
        const char *quoted; /* where the last text begins; NULL: the last token was no text */
        const char *behind; /* the end of the last token */
        struct name *names; /* the names in the open objects */
        size_t name_count, name_room;
        struct err *err;
};

static int check_value(struct checker *c, int level);

int
json_line(const char *text, const char *at)
{
        int line = 1;

        for (; text < at; text++)
                line += *text == '\n';
        return line;
}

/* ---- what is wrong ---- */

static int
say(struct checker *c, const char *at, const char *what)
{
        return err_set(c->err, ERR_UPSTREAM, "line %d: %s", json_line(c->text, at), what);
}

static char
closing(char open)
{
        return open == '{' ? '}' : ']';
}

/* The length of the word at text: what people write without quotation marks. */
static size_t
word_size(const char *text)
{
        size_t size = 0;

        while ((text[size] & 0x80) != 0 || (text[size] >= '0' && text[size] <= '9') ||
               (text[size] >= 'a' && text[size] <= 'z') ||
               (text[size] >= 'A' && text[size] <= 'Z') ||
               (text[size] != '\0' && strchr("+-._", text[size]) != NULL)) {
                size_t length;

                if (hint_ascii(text + size, &length) != 0)
                        break;
                size += length == 0 ? 1 : length;
        }
        return size;
}

static int
explain_end(struct checker *c)
{
        if (c->open == NULL)
                return say(c, c->end, "there is nothing in it");
        return err_set(c->err, ERR_UPSTREAM, "line %d: add %c: the %c in line %d is not closed",
            json_line(c->text, c->end), closing(*c->open), *c->open, json_line(c->text, c->open));
}

/* Reports a character that JSON does not allow here, whatever was expected. */
static int
explain_character(struct checker *c, const char *expected)
{
        size_t size;
        char meant = hint_ascii(c->at, &size);

        if (*c->at == '\'')
                return say(c, c->at, "write \" instead of '");
        if (meant == ' ')
                return say(c, c->at, "there is a full-width or no-break blank: remove it");
        if (meant != 0)
                return err_set(c->err, ERR_UPSTREAM, "line %d: write %c instead of %.*s",
                    json_line(c->text, c->at), meant == '\'' ? '"' : meant, (int)size, c->at);
        if (*c->at == '/' || *c->at == '#')
                return say(c, c->at, "remove the comment: JSON has none");
        if (*c->at == ',')
                return say(c, c->at, "remove the comma: there is one too many");
        if (c->open != NULL && (*c->at == ']' || *c->at == '}') && *c->at != closing(*c->open))
                return err_set(c->err, ERR_UPSTREAM,
                    "line %d: add %c before %c: the %c in line %d is not closed",
                    json_line(c->text, c->at), closing(*c->open), *c->at, *c->open,
                    json_line(c->text, c->open));
        return err_set(
            c->err, ERR_UPSTREAM, "line %d: %s is missing", json_line(c->text, c->at), expected);
}

/* Reports something other than a comma or a closing bracket after a value. */
static int
explain_no_comma(struct checker *c)
{
        bool begins = word_size(c->at) > 0 || strchr("\"{[", *c->at) != NULL;

        if (!begins)
                return explain_character(c, "a comma");
        if (c->quoted != NULL && memchr(c->quoted, '\n', (size_t)(c->behind - c->quoted)) != NULL)
                return say(c, c->quoted, "the text that begins here has no \" at its end");
        if (c->quoted != NULL && word_size(c->at) > 0)
                return say(
                    c, c->at, "a comma is missing, or a text has a \" within: write that as \\\"");
        return err_set(c->err, ERR_UPSTREAM, "line %d: add a comma after %c",
            json_line(c->text, c->behind), c->behind[-1]);
}

/* Reports a comma before the closing bracket at c->at. */
static int
explain_last_comma(struct checker *c, const char *comma)
{
        return err_set(c->err, ERR_UPSTREAM, "line %d: remove the comma before %c in line %d",
            json_line(c->text, comma), *c->at, json_line(c->text, c->at));
}

/* ---- the grammar ---- */

static void
skip_blanks(struct checker *c)
{
        while (c->at < c->end && *c->at != '\0' && strchr(" \t\r\n", *c->at) != NULL)
                c->at++;
}

static bool
is_escape(const char *at)
{
        if (*at != 'u')
                return *at != '\0' && strchr("\"\\/bfnrt", *at) != NULL;
        return strspn(at + 1, "0123456789abcdefABCDEF") >= 4;
}

static int
check_text(struct checker *c)
{
        const char *p = c->at + 1;

        for (; *p != '"' && *p != '\0'; p++) {
                if (*p == '\\' && !is_escape(p + 1))
                        return say(c, p, "write \\\\ for a backslash within a text");
                p += *p == '\\';
        }
        if (*p != '"')
                return say(c, c->at, "the text that begins here has no \" at its end");
        c->quoted = c->at;
        c->at = c->behind = p + 1;
        return 0;
}

static bool
is_number(const char *text, size_t size)
{
        static const char digits[] = "0123456789";
        const char *p = text + (*text == '-'), *end = text + size;
        size_t whole = strspn(p, digits), part;

        if (whole == 0 || (*p == '0' && whole > 1))
                return false;
        p += whole;
        if (*p == '.') {
                part = strspn(p + 1, digits);
                if (part == 0)
                        return false;
                p += 1 + part;
        }
        if (*p == 'e' || *p == 'E') {
                p += 1 + (p[1] == '+' || p[1] == '-');
                part = strspn(p, digits);
                if (part == 0)
                        return false;
                p += part;
        }
        return p == end;
}

/* Returns true, false or null if the word is one of them, in upper or lower case; otherwise NULL.
 */
static const char *
find_word(const char *text, size_t size)
{
        static const char *const words[] = {"true", "false", "null"};

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (size == strlen(words[i]) && strncasecmp(text, words[i], size) == 0)
                        return words[i];
        return NULL;
}

static int
check_word(struct checker *c)
{
        size_t size = word_size(c->at);
        const char *word = find_word(c->at, size);
        int shown = size <= SHOWN_MAX ? (int)size : 0;

        if (size == 0)
                return explain_character(c, "a value");
        if (word != NULL && memcmp(c->at, word, size) != 0)
                return err_set(c->err, ERR_UPSTREAM, "line %d: write %s instead of %.*s",
                    json_line(c->text, c->at), word, shown, c->at);
        if (word == NULL && !is_number(c->at, size))
                return err_set(c->err, ERR_UPSTREAM,
                    "line %d: %.*s is not a number: a text stands in quotation marks, \"…\"",
                    json_line(c->text, c->at), shown, c->at);
        c->quoted = NULL;
        c->at += size;
        c->behind = c->at;
        return 0;
}

/* ---- objects and arrays ---- */

/* Sorts equal names together, the first one first. */
static int
compare_names(const void *one, const void *other)
{
        const struct name *a = one, *b = other;
        int order =
            a->size != b->size ? (a->size < b->size ? -1 : 1) : memcmp(a->at, b->at, a->size);

        return order != 0 ? order : (a->at < b->at ? -1 : a->at > b->at);
}

/* Checks that each name of the innermost object, from first on, occurs once. */
static int
check_names(struct checker *c, size_t first_name)
{
        size_t count = c->name_count - first_name;
        struct name *names;

        c->name_count = first_name;
        if (c->names == NULL || count < 2)
                return 0;
        names = c->names + first_name;
        sort_array(names, count, sizeof(*names), compare_names);
        for (size_t i = 1; i < count; i++) {
                const struct name *first = &names[i - 1], *second = &names[i];

                if (first->size == second->size && memcmp(first->at, second->at, first->size) == 0)
                        return err_set(c->err, ERR_UPSTREAM,
                            "line %d: remove one \"%.*s\": it is in line %d already",
                            json_line(c->text, second->at),
                            first->size <= SHOWN_MAX ? (int)first->size : 0, first->at,
                            json_line(c->text, first->at));
        }
        return 0;
}

static void
add_name(struct checker *c, struct name name)
{
        if (c->name_count == c->name_room) {
                size_t room = c->name_room == 0 ? 16 : 2 * c->name_room;
                struct name *larger = arena_alloc(c->arena, room * sizeof(*larger));

                if (c->name_count > 0)
                        memcpy(larger, c->names, c->name_count * sizeof(*larger));
                c->names = larger;
                c->name_room = room;
        }
        c->names[c->name_count++] = name;
}

/* Reads a name and the ':' after it. */
static int
check_name(struct checker *c)
{
        size_t word = word_size(c->at);

        if (word > 0 && word <= SHOWN_MAX)
                return err_set(c->err, ERR_UPSTREAM,
                    "line %d: write %.*s in quotation marks: \"%.*s\"", json_line(c->text, c->at),
                    (int)word, c->at, (int)word, c->at);
        if (c->at == c->end)
                return explain_end(c);
        if (*c->at != '"')
                return explain_character(c, "a name in quotation marks");
        if (check_text(c) != 0)
                return -1;
        add_name(c, (struct name){c->quoted + 1, (size_t)(c->behind - c->quoted) - 2});
        skip_blanks(c);
        if (c->at == c->end)
                return explain_end(c);
        if (*c->at == '=')
                return say(c, c->at, "write : instead of =");
        if (*c->at != ':')
                return explain_character(c, "the : behind a name");
        c->at++;
        return 0;
}

/* Reads the content of brackets: members of an object, or elements of an array. */
static int
check_inside(struct checker *c, int level)
{
        const char *open = c->at++, *around = c->open, *comma = NULL;
        size_t before = c->name_count;
        bool more = true;

        c->open = open;
        while (more) {
                skip_blanks(c);
                if (c->at < c->end && *c->at == closing(*open)) {
                        if (comma != NULL)
                                return explain_last_comma(c, comma);
                        break;
                }
                if (*open == '{' && check_name(c) != 0)
                        return -1;
                if (check_value(c, level + 1) != 0)
                        return -1;
                skip_blanks(c);
                if (c->at == c->end)
                        return explain_end(c);
                more = *c->at == ',';
                if (!more && *c->at != closing(*open))
                        return explain_no_comma(c);
                comma = more ? c->at++ : NULL;
        }
        c->at++;
        c->behind = c->at;
        c->quoted = NULL;
        c->open = around;
        return check_names(c, before);
}

static int
check_value(struct checker *c, int level)
{
        skip_blanks(c);
        if (c->at == c->end)
                return explain_end(c);
        if (level >= LEVELS_MAX)
                return say(c, c->at, "there are too many brackets within brackets");
        if (*c->at == '{' || *c->at == '[')
                return check_inside(c, level);
        return *c->at == '"' ? check_text(c) : check_word(c);
}

int
json_check(struct arena *arena, const char *text, size_t size, struct err *err)
{
        struct checker c = {.arena = arena,
            .text = text,
            .at = text,
            .end = text + size,
            .behind = text,
            .err = err};

        skip_blanks(&c);
        if (check_value(&c, *c.at == '[' ? -1 : 0) != 0)
                return -1;
        skip_blanks(&c);
        if (c.at == c.end)
                return 0;
        if (*c.at == ']' || *c.at == '}')
                return err_set(err, ERR_UPSTREAM, "line %d: remove %c: nothing is open",
                    json_line(text, c.at), *c.at);
        return say(&c, c.at, "remove what stands behind the end");
}
