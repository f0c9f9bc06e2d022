/*
 * links: the links of the personal page, from the JSON file that the site's owner writes:
 *
 *   [{"text": {"zh_CN": "我的订单", "en": "My orders"}, "url": "/orders.php",
 *     "icon": "/icons/orders.svg"}]
 *
 *   text  what the page shows: a text, or an object of texts by language
 *   url   a page of this site, or an https address
 *   icon  a picture of this site; optional
 */
#ifndef WECHAT_LINKS_H
#define WECHAT_LINKS_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

struct links_item {
        const char *text;
        const char *url;
        const char *icon; /* "": none */
};

struct links {
        struct links_item *items;
        size_t count;
};

/* Reads the text of file, for a visitor with this language (zh_CN, zh_TW or en; a text that is not
 * given in it uses its first one). ERR_CONFIG, with file, link (from 1), line, and what is wrong.
 */
int links_parse(struct arena *arena, const char *text, size_t size, const char *file,
    const char *language, struct links *links, struct err *err) __attribute__((warn_unused_result));

/* Adds the links to values, as links/0/ text, url, icon (if given), is_external ("1" on another
 * site). */
void links_fill(const struct links *links, struct pairs *values);

#endif
