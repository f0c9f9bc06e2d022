/*
 * list: the items of the list page, from the JSON file that the site's owner writes:
 *
 *   [{"id": "orders", "text": "我的订单", "icon": "/icons/orders.svg", "unread": 2,
 *     "detail": "……", "url": "/orders.php"}]
 *
 *   id      1–64 letters, digits, '-' and '_', unique in the list
 *   text    what the list shows. text and detail may also be an object by language:
 *           {"zh_CN": "我的订单", "en": "My orders"}
 *   detail  what the item's page says; icon, url: pages of this site. All three are optional.
 *   unread  the number of its badge, or an object of numbers by openid
 */
#ifndef WECHAT_LIST_H
#define WECHAT_LIST_H

#include <stddef.h>

struct arena;
struct err;
struct json_file;
struct pairs;

enum { LIST_ID_MAX = 64, LIST_UNREAD_MAX = 99 };

struct list_item {
        const char *id;
        const char *text;
        const char *detail; /* these three: "" if not given */
        const char *icon;
        const char *url;
        long long unread; /* 0: no badge */
};

struct list {
        struct list_item *items;
        size_t count;
};

/* Reads the text of file, for a visitor with this openid and language (zh_CN, zh_TW or en; a text
 * that is not given in it uses its first one). ERR_CONFIG, with file, item (from 1), line, and what
 * is wrong. */
int list_parse(struct arena *arena, const char *text, size_t size, const char *file,
    const char *language, const char *openid, struct list *list, struct err *err)
    __attribute__((warn_unused_result));

/* Checks the list in file (json_file_read()), and adds the first mistake of each item. Returns how
 * many items there are. */
size_t list_check(struct json_file *file);

/* Returns the item with that id, which may be any text from a visitor; NULL if there is none. */
const struct list_item *list_find(const struct list *list, const char *id);

/* Adds an item's members to values, with prefix ("items/0/" or "") before their names: id, text,
 * detail, icon, url, unread ("99+" above LIST_UNREAD_MAX), if given. */
void list_fill(const struct list_item *item, const char *prefix, struct pairs *values);

#endif
