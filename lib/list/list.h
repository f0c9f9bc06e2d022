/*
 * list: the items of the list page, from the JSON file that the site's owner writes:
 *
 *   [{"id": "orders", "text": "我的订单", "icon": "/icons/orders.svg", "unread": 2,
 *     "detail": "……", "url": "/orders.php"}]
 *
 *   id      1–64 letters, digits, '-' and '_'; no other item has it
 *   text    what the list shows. It and detail may be an object by language instead:
 *           {"zh_CN": "我的订单", "en": "My orders"}
 *   detail  what the item's page says; icon, url: pages of this site. These may be missing.
 *   unread  the number of its badge, or an object of numbers by openid
 */
#ifndef WECHAT_LIST_H
#define WECHAT_LIST_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

enum { LIST_ID_MAX = 64, LIST_UNREAD_MAX = 99 };

struct list_item {
        const char *id;
        const char *text;
        const char *detail; /* these three: "" where there is none */
        const char *icon;
        const char *url;
        long long unread; /* 0: no badge */
};

struct list {
        struct list_item *items;
        size_t count;
};

/* Reads the text of file, for a visitor of that openid and language (zh_CN, zh_TW, en; where a text
 * is not there in it, its first one). ERR_CONFIG: says file, item (from 1), line, and what is
 * wrong. */
int list_parse(struct arena *arena, const char *text, size_t size, const char *file,
    const char *language, const char *openid, struct list *list, struct err *err)
    __attribute__((warn_unused_result));

/* The item of that id, which may be anything a visitor sent; NULL where there is none. */
const struct list_item *list_find(const struct list *list, const char *id);

/* Adds an item's members to values, their names behind prefix ("items/0/" or ""): id, text, detail,
 * icon, url, unread ("99+" above LIST_UNREAD_MAX); those that are there. */
void list_fill(const struct list_item *item, const char *prefix, struct pairs *values);

#endif
