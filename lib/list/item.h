/*
 * item: the members of an item in a list that the site's owner writes: texts by language, pages
 * and links.
 */
#ifndef WECHAT_ITEM_H
#define WECHAT_ITEM_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

/* Which of a member's values is the visitor's, and where errors go. */
struct item_reader {
        struct arena *arena;
        const char *language; /* zh_CN, zh_TW or en */
        const char *openid;
        struct err *err; /* ERR_CONFIG, naming the member and what is wrong */
};

/* Returns the member as a text: itself, or of an object of texts by language that in the visitor's,
 * else the first. "": it is missing. */
int item_text(struct item_reader *reader, const struct pairs *fields, const char *name,
    const char **text) __attribute__((warn_unused_result));

/* Returns the member as a page of this site; "" if it is missing. */
int item_page(struct item_reader *reader, const struct pairs *fields, const char *name,
    const char **page) __attribute__((warn_unused_result));

/* Returns the member as a page of this site or an https address; "" if it is missing. */
int item_link(struct item_reader *reader, const struct pairs *fields, const char *name,
    const char **link) __attribute__((warn_unused_result));

/* Checks that fields have no members but names, of which there are count. */
int item_check_names(struct item_reader *reader, const struct pairs *fields,
    const char *const *names, size_t count) __attribute__((warn_unused_result));

#endif
