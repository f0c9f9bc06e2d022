#include "format/xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <expat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mend.h"
#include "base/pairs.h"

static const char blanks[] = " \t\r\n";

/* An element. */
struct node {
        const char *name;
        struct buf text; /* its own text, without that of elements inside */
        struct node *first, *last, *next;
        size_t children;
        struct node *before;  /* the preceding sibling with that name */
        size_t number, alike; /* its number among them, and their count */
};

struct reader {
        struct arena *arena;
        XML_Parser parser;
        struct node *open[XML_DEPTH_MAX];
        struct node *root;
        size_t depth;
        size_t count;
        struct err *err;
        bool refused;
};

/* ---- the document as a tree ---- */

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

static void XMLCALL
on_declaration(void *context, const XML_Char *version, const XML_Char *encoding, int standalone)
{
        (void)version;
        (void)standalone;
        if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
                refuse(context, "its encoding is not UTF-8");
}

static void
add_child(struct node *parent, struct node *node)
{
        if (parent->last == NULL)
                parent->first = node;
        else
                parent->last->next = node;
        parent->last = node;
        parent->children++;
}

static void XMLCALL
on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
        struct reader *r = context;
        struct node *node;

        (void)attributes;
        if (r->refused)
                return;
        if (r->depth == XML_DEPTH_MAX || r->count == XML_ELEMENTS_MAX) {
                refuse(r, r->depth == XML_DEPTH_MAX ? "nested too deep" : "too many elements");
                return;
        }
        node = arena_alloc(r->arena, sizeof(*node));
        *node = (struct node){.name = arena_strdup(r->arena, name)};
        buf_init(&node->text, r->arena);
        if (r->depth == 0)
                r->root = node;
        else
                add_child(r->open[r->depth - 1], node);
        r->open[r->depth++] = node;
        r->count++;
}

static void XMLCALL
on_text(void *context, const XML_Char *text, int size)
{
        struct reader *r = context;

        if (!r->refused)
                buf_add(&r->open[r->depth - 1]->text, text, (size_t)size);
}

static void XMLCALL
on_end(void *context, const XML_Char *name)
{
        struct reader *r = context;

        (void)name;
        if (!r->refused)
                r->depth--;
}

static int
read_tree(struct reader *r, const char *text, size_t size)
{
        static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
        enum XML_Status status;
        bool good;

        r->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
        if (r->parser == NULL)
                return err_set(r->err, ERR_SYSTEM, "xml: no memory");
        XML_SetUserData(r->parser, r);
        XML_SetXmlDeclHandler(r->parser, on_declaration);
        XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
        XML_SetElementHandler(r->parser, on_start, on_end);
        XML_SetCharacterDataHandler(r->parser, on_text);
        status = XML_Parse(r->parser, text, (int)size, XML_TRUE);
        good = status == XML_STATUS_OK && !r->refused;
        if (!good && !r->refused)
                err_set(r->err,
                    XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY ? ERR_SYSTEM : ERR_REQUEST,
                    "xml: line %lu: %s", XML_GetCurrentLineNumber(r->parser),
                    XML_ErrorString(XML_GetErrorCode(r->parser)));
        XML_ParserFree(r->parser);
        return good ? 0 : -1;
}

/* ---- the tree as pairs ---- */

bool
xml_may_repeat(const char *name)
{
        static const char *const names[] = {"item", "List", "AroundBeacon"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strcmp(names[i], name) == 0)
                        return true;
        return false;
}

/* Numbers the elements inside parent among those with the same name. qsort() may call sysinfo,
 * which the sandbox forbids; there are only few different names. */
static void
number_children(struct arena *arena, struct node *parent)
{
        struct node **last = arena_alloc(arena, parent->children * sizeof(struct node *));
        size_t names = 0;

        for (struct node *child = parent->first; child != NULL; child = child->next) {
                size_t i = 0;

                while (i < names && strcmp(last[i]->name, child->name) != 0)
                        i++;
                if (i == names) {
                        last[names++] = child;
                        continue;
                }
                child->before = last[i];
                child->number = last[i]->number + 1;
                last[i] = child;
        }
        for (size_t i = 0; i < names; i++)
                for (struct node *child = last[i]; child != NULL; child = child->before)
                        child->alike = last[i]->number + 1;
}

static bool
is_blank(const struct buf *text)
{
        return text->data[strspn(text->data, blanks)] == '\0';
}

/* The text beside elements, without the white space that only separates them. */
static const char *
trim(struct arena *arena, const struct buf *text)
{
        size_t first = strspn(text->data, blanks), end = text->size;

        while (end > first && strchr(blanks, text->data[end - 1]) != NULL)
                end--;
        return arena_copy(arena, text->data + first, end - first);
}

static const char *
path_below(struct arena *arena, const char *path, const char *name)
{
        return *path == '\0' ? name : arena_printf(arena, "%s/%s", path, name);
}

/* Is the element only an array? The root and the entries of an array are not: they are objects. */
static bool
is_array(const struct node *node, bool must_be_object)
{
        return !must_be_object && is_blank(&node->text) && strcmp(node->first->name, "item") == 0 &&
               node->first->alike == node->children;
}

/* Adds the content of node, at path. */
static void
add_node(struct pairs *pairs, struct node *node, const char *path, bool must_be_object)
{
        struct arena *arena = pairs->arena;
        bool array;

        if (node->first == NULL && !must_be_object)
                pairs_add(pairs, path, node->text.data);
        else if (node->first == NULL && *path != '\0')
                pairs_add(pairs, path_below(arena, path, XML_OWN_TEXT), node->text.data);
        else if (!is_blank(&node->text))
                pairs_add(pairs, path_below(arena, path, XML_OWN_TEXT), trim(arena, &node->text));
        if (node->first == NULL)
                return;
        number_children(arena, node);
        array = is_array(node, must_be_object);
        for (struct node *child = node->first; child != NULL; child = child->next) {
                const char *below = array ? path : path_below(arena, path, child->name);

                if (child->alike == 1 && !xml_may_repeat(child->name)) {
                        add_node(pairs, child, below, false);
                        continue;
                }
                if (child->number == 0)
                        pairs_add_typed(pairs, below, "", PAIR_ARRAY);
                add_node(pairs, child, arena_printf(arena, "%s/%zu", below, child->number), true);
        }
}

int
xml_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs, struct err *err)
{
        struct reader r = {.arena = arena, .err = err};

        if (size > XML_SIZE_MAX)
                return err_set(err, ERR_REQUEST, "xml: too long");
        text = mend_xml(arena, text, size, &size);
        if (read_tree(&r, text, size) != 0)
                return -1;
        add_node(pairs, r.root, "", true);
        return 0;
}
