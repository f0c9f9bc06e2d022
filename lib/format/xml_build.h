/*
 * xml_build: writes XML as WeChat reads it. A file of its own, so that programs that only write it
 * do not link expat.
 */
#ifndef WECHAT_XML_BUILD_H
#define WECHAT_XML_BUILD_H

struct buf;

/* Add to a document: an opening or closing tag; an element with text as CDATA, where "]]>" is split
 * and characters that XML does not allow are removed; an element with a number. */
void xml_add_open(struct buf *xml, const char *name);
void xml_add_close(struct buf *xml, const char *name);
void xml_add_text(struct buf *xml, const char *name, const char *text);
void xml_add_number(struct buf *xml, const char *name, long long number);

#endif
