/*
 * reply: a passive reply: from JSON, as people write it, to the XML that WeChat expects.
 *
 * A reply has one member: "text": "…"; "image", "voice": a media_id; "video": {media_id, title,
 * description, thumb_media_id}; "music": {title, description, musicurl, hqmusicurl,
 * thumb_media_id}; "news":
 * [{title, description, picurl, url}, …], at most 8; "transfer": true. Without a member there is no
 * reply. Beside a text, "template": true or false may say whether it is a template.
 *
 * Facts: "被动回复用户消息" (Official Accounts documentation).
 */
#ifndef WECHAT_REPLY_H
#define WECHAT_REPLY_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct message;
struct pairs;

/* WeChat accepts a text of 2,047 bytes, and not always one of 2,048. */
enum { REPLY_NEWS_MAX = 8, REPLY_TEXT_MAX = 2047 };

/*
 * Checks that reply, a tree (json.h), is a reply. is_template: whether a text is a template if the
 * reply does not say so itself; a template may use {{nickname}}, {{openid}}, {{content}}, {{scene}}
 * and {{login_url}}. Afterwards reply is ready for reply_format(). ERR_CONFIG says what is wrong.
 */
int reply_check(struct arena *arena, struct pairs *reply, bool is_template, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Returns the XML of a checked reply, addressed to message's sender. values: those five. For a
 * message, though not for an event, WeChat accepts one article only: the first is sent. Returns ""
 * if there is no reply, or if a text turns out empty. A text longer than REPLY_TEXT_MAX is cut;
 * *lost is the number of bytes cut off, else 0.
 */
char *reply_format(struct arena *arena, const struct pairs *reply, const struct message *message,
    const struct pairs *values, long long now, size_t *lost);

/* Returns the text of a checked reply as it is sent; "" if it turns out empty. *lost as above. */
const char *reply_text(
    struct arena *arena, const struct pairs *reply, const struct pairs *values, size_t *lost);

#endif
