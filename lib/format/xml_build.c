#include "format/xml_build.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

void
xml_add_open(struct buf *xml, const char *name)
{
        buf_add_byte(xml, '<');
        buf_add_text(xml, name);
        buf_add_byte(xml, '>');
}

void
xml_add_close(struct buf *xml, const char *name)
{
        buf_add_text(xml, "</");
        buf_add_text(xml, name);
        buf_add_byte(xml, '>');
}

void
xml_add_text(struct buf *xml, const char *name, const char *text)
{
        const char *clean = text_clean_lines(xml->arena, text);
        const char *end;

        xml_add_open(xml, name);
        buf_add_text(xml, "<![CDATA[");
        for (; (end = strstr(clean, "]]>")) != NULL; clean = end + 2) {
                buf_add(xml, clean, (size_t)(end - clean) + 2);
                buf_add_text(xml, "]]><![CDATA[");
        }
        buf_add_text(xml, clean);
        buf_add_text(xml, "]]>");
        xml_add_close(xml, name);
}

void
xml_add_number(struct buf *xml, const char *name, long long number)
{
        xml_add_open(xml, name);
        buf_add_text(xml, arena_printf(xml->arena, "%lld", number));
        xml_add_close(xml, name);
}
