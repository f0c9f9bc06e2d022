/*
 * xml: reads WeChat's XML into pairs (expat). xml_build.h writes it.
 */
#ifndef WECHAT_XML_H
#define WECHAT_XML_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

enum { XML_DEPTH_MAX = 8, XML_ELEMENTS_MAX = 4096, XML_SIZE_MAX = 1 << 24 };

/* The name of a text that stands beside elements, or is the whole content of an array's entry. No
 * element can have that name. */
#define XML_OWN_TEXT "#text"

/*
 * Adds the content of the root element of the document in text to pairs, as a tree (pairs.h). No
 * text is lost, and each path shows which element a text belongs to.
 *
 *    - An element with text only, or an empty one, is that text.
 *    - An element that contains elements is an object of them.
 *    - Elements that WeChat may repeat (xml_may_repeat()), and any others that occur more than
 *      once in one element, are an array of objects: "List/0/TemplateId". A single one is, too.
 *    - An element that contains only `item` elements is that array itself: "PicList/0/PicMd5Sum".
 *    - A text beside elements, or the text of an array's entry without elements, is
 *      XML_OWN_TEXT. White space between tags is ignored, and so are attributes.
 *
 * Invalid characters in text are replaced first (mend.h). It needs a NUL after it. ERR_REQUEST: it
 * is not well formed, has an encoding other than UTF-8, a DTD, or more than XML_DEPTH_MAX levels or
 * XML_ELEMENTS_MAX elements.
 */
int xml_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* Does WeChat repeat elements of that name, as many as there are entries? */
bool xml_may_repeat(const char *name);

#endif
