#include "indent.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static void
begin_line(struct buf *made, int level)
{
        buf_add_byte(made, '\n');
        for (int i = 0; i < level; i++)
                buf_add_text(made, "  ");
}

static void
add_escape(struct buf *made, char byte)
{
        char escaped[8];

        (void)snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)(unsigned char)byte);
        buf_add_text(made, escaped);
}

static void
add_byte(struct buf *made, char byte)
{
        if ((unsigned char)byte < 0x20 || byte == 0x7f)
                add_escape(made, byte);
        else
                buf_add_byte(made, byte);
}

/* Is there a control character of two bytes, U+0080 to U+009F? */
static bool
is_control(const char *text, size_t size, size_t at)
{
        return at + 1 < size && (unsigned char)text[at] == 0xc2 && (text[at + 1] & 0xe0) == 0x80;
}

/* Adds the text that begins at text[at]. Returns where its closing quotation mark is. */
static size_t
add_text(struct buf *made, const char *text, size_t size, size_t at)
{
        buf_add_byte(made, text[at]);
        for (at++; at < size && text[at] != '"'; at++) {
                if (is_control(text, size, at)) {
                        add_escape(made, text[++at]);
                        continue;
                }
                add_byte(made, text[at]);
                if (text[at] == '\\' && at + 1 < size)
                        add_byte(made, text[++at]);
        }
        if (at < size)
                buf_add_byte(made, '"');
        return at;
}

/* Returns the next byte that is no blank; 0: there is none. */
static char
next_of(const char *text, size_t size, size_t at)
{
        while (++at < size)
                if (strchr(" \t\r\n", text[at]) == NULL)
                        return text[at];
        return '\0';
}

void
indent_json(struct buf *made, const char *text, size_t size)
{
        int level = 0;

        for (size_t at = 0; at < size; at++) {
                char byte = text[at], next = next_of(text, size, at);

                if (byte == '"') {
                        at = add_text(made, text, size, at);
                } else if (byte == '{' || byte == '[') {
                        buf_add_byte(made, byte);
                        level++;
                        if (next != '}' && next != ']')
                                begin_line(made, level);
                } else if (byte == '}' || byte == ']') {
                        level -= level > 0;
                        if (made->size == 0 || strchr("{[", made->data[made->size - 1]) == NULL)
                                begin_line(made, level);
                        buf_add_byte(made, byte);
                } else if (byte == ',') {
                        buf_add_byte(made, byte);
                        begin_line(made, level);
                } else if (byte == ':') {
                        buf_add_text(made, ": ");
                } else if (byte == '\0' || strchr(" \t\r\n", byte) == NULL) {
                        add_byte(made, byte);
                }
        }
}
