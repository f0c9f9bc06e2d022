/*
 * xml: WeChat's XML from and to pairs (expat).
 */
#ifndef WECHAT_XML_H
#define WECHAT_XML_H

#include <stddef.h>

struct arena;
struct buf;
struct err;
struct pairs;

enum { XML_DEPTH_MAX = 8, XML_ELEMENTS_MAX = 64 };

/*
 * Adds the elements of the one document in text that hold no others to pairs, in order: the name is
 * the path below the root, "Content" or "ScanCodeInfo/ScanResult", the value the text. An element
 * `item` is an element of the array that its parent is: "PicList" (PAIR_ARRAY),
 * "PicList/0/PicMd5Sum". A path that comes twice is PAIR_ITEM each time. Attributes are left out.
 * ERR_REQUEST: not well formed, a DTD, more than XML_DEPTH_MAX levels or XML_ELEMENTS_MAX elements.
 */
int xml_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* Add to a document: a tag; an element with text as CDATA, in which "]]>" is split and characters
 * that XML does not have are left out; an element with a number. */
void xml_add_open(struct buf *xml, const char *name);
void xml_add_close(struct buf *xml, const char *name);
void xml_add_text(struct buf *xml, const char *name, const char *text);
void xml_add_number(struct buf *xml, const char *name, long long number);

#endif
