#include "xml.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "pairs.h"
#include "text.h"

/* An element that is open. */
struct element {
        const char *path; /* "" for the root */
        size_t items;     /* how many <item> it has had */
        bool has_children;
};

struct reader {
        struct arena *arena;
        struct pairs *pairs;
        XML_Parser parser;
        struct element open[XML_DEPTH_MAX];
        size_t depth;
        size_t count;
        struct buf text; /* of the innermost element */
        struct err *err;
        bool refused;
};

static void
refuse(struct reader *r, const char *why)
{
        r->refused = true;
        err_set(r->err, ERR_REQUEST, "xml: %s", why);
        XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL
on_doctype(
    void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public, int subset)
{
        (void)name;
        (void)system;
        (void)public;
        (void)subset;
        refuse(context, "a document type (DTD) is refused");
}

/* The path of a child of parent. */
static const char *
path_of(struct reader *r, struct element *parent, const char *name)
{
        const char *slash = *parent->path == '\0' ? "" : "/";

        if (strcmp(name, "item") != 0)
                return arena_printf(r->arena, "%s%s%s", parent->path, slash, name);
        if (parent->items == 0)
                pairs_add_typed(r->pairs, parent->path, "", PAIR_ARRAY);
        return arena_printf(r->arena, "%s%s%zu", parent->path, slash, parent->items++);
}

static void XMLCALL
on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
        struct reader *r = context;
        struct element *parent = r->depth == 0 ? NULL : &r->open[r->depth - 1];
        const char *path = "";

        (void)attributes;
        if (r->refused)
                return;
        if (r->depth == XML_DEPTH_MAX || r->count == XML_ELEMENTS_MAX) {
                refuse(r, r->depth == XML_DEPTH_MAX ? "nested too deep" : "too many elements");
                return;
        }
        if (parent != NULL) {
                parent->has_children = true;
                path = path_of(r, parent, name);
        }
        r->open[r->depth++] = (struct element){.path = path};
        r->count++;
        buf_init(&r->text, r->arena);
}

static void XMLCALL
on_text(void *context, const XML_Char *text, int size)
{
        struct reader *r = context;

        if (!r->refused)
                buf_add(&r->text, text, (size_t)size);
}

static void
add_value(struct reader *r, const char *path, const char *value)
{
        enum pair_type type = PAIR_TEXT;

        for (size_t i = 0; i < r->pairs->count; i++)
                if (strcmp(r->pairs->items[i].name, path) == 0)
                        r->pairs->items[i].type = type = PAIR_ITEM;
        pairs_add_typed(r->pairs, path, value, type);
}

static void XMLCALL
on_end(void *context, const XML_Char *name)
{
        struct reader *r = context;
        struct element *element = &r->open[r->depth - 1];

        (void)name;
        if (r->refused)
                return;
        if (!element->has_children && r->depth > 1)
                add_value(r, element->path, r->text.data);
        buf_init(&r->text, r->arena);
        r->depth--;
}

int
xml_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs, struct err *err)
{
        static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
        struct reader r = {.arena = arena, .err = err};
        struct pairs read;
        enum XML_Status status;

        if (size > INT_MAX)
                return err_set(err, ERR_REQUEST, "xml: too long");
        r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
        if (r.parser == NULL)
                return err_set(err, ERR_SYSTEM, "xml: no memory");
        pairs_init(&read, arena);
        r.pairs = &read;
        buf_init(&r.text, arena);
        XML_SetUserData(r.parser, &r);
        XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
        XML_SetElementHandler(r.parser, on_start, on_end);
        XML_SetCharacterDataHandler(r.parser, on_text);
        status = XML_Parse(r.parser, text, (int)size, XML_TRUE);
        if (status != XML_STATUS_OK && !r.refused)
                err_set(err,
                    XML_GetErrorCode(r.parser) == XML_ERROR_NO_MEMORY ? ERR_SYSTEM : ERR_REQUEST,
                    "xml: line %lu: %s", XML_GetCurrentLineNumber(r.parser),
                    XML_ErrorString(XML_GetErrorCode(r.parser)));
        XML_ParserFree(r.parser);
        if (status != XML_STATUS_OK || r.refused)
                return -1;
        for (size_t i = 0; i < read.count; i++)
                pairs_add_typed(pairs, read.items[i].name, read.items[i].value, read.items[i].type);
        return 0;
}

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
