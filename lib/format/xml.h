/*
 * xml: WeChat's XML from and to pairs (expat).
 */
#ifndef WECHAT_XML_H
#define WECHAT_XML_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;
struct pairs;

enum { XML_DEPTH_MAX = 8, XML_ELEMENTS_MAX = 4096, XML_SIZE_MAX = 1 << 24 };

/* The name of a text that stands beside elements, or is all there is of an array's entry. No
 * element can be called that. */
#define XML_OWN_TEXT "#text"

/*
 * Adds the one document in text to pairs as a tree (pairs.h): what is below its root. Nothing of
 * its texts is lost, and a path says whose each is.
 *
 *  - An element with text alone, or empty, is that text.
 *  - An element with elements inside is an object of them.
 *  - Elements that WeChat may repeat (xml_may_repeat()), and any others that are there more than
 *    once in one element, are an array of objects: "List/0/TemplateId". It is one for a single
 *    element, too.
 *  - An element with nothing inside but `item` is that array itself: "PicList/0/PicMd5Sum".
 *  - Text beside elements, or of an array's entry that has none, is XML_OWN_TEXT. Blanks that only
 *    stand between tags are nothing. Attributes are left out.
 *
 * text is mended first (mend.h) and needs a NUL after it. ERR_REQUEST: not well formed, an encoding
 * other than UTF-8, a DTD, more than XML_DEPTH_MAX levels or XML_ELEMENTS_MAX elements.
 */
int xml_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* Does WeChat send several elements of that name beside each other, as many as there are? */
bool xml_may_repeat(const char *name);

/* Add to a document: a tag; an element with text as CDATA, in which "]]>" is split and characters
 * that XML does not have are left out; an element with a number. */
void xml_add_open(struct buf *xml, const char *name);
void xml_add_close(struct buf *xml, const char *name);
void xml_add_text(struct buf *xml, const char *name, const char *text);
void xml_add_number(struct buf *xml, const char *name, long long number);

#endif
