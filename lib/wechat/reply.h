/*
 * reply: one passive reply, as people write it in JSON, and as WeChat wants it in XML.
 *
 * A reply has one member: "text": "…"; "image", "voice": a media_id; "video": {media_id, title,
 * description}; "music": {title, description, musicurl, hqmusicurl, thumb_media_id}; "news":
 * [{title, description, picurl, url}, …], 8 at most; "transfer": true. No member: no reply. Beside
 * a text "template": true or false may say whether it is a template.
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

/* WeChat takes a text of 2,047 bytes, and not always one of 2,048. */
enum { REPLY_NEWS_MAX = 8, REPLY_TEXT_MAX = 2047 };

/*
 * Is reply, a tree (json.h), a reply? is_template: whether a text is a template where the reply
 * does not say; a template may use {{nickname}}, {{openid}}, {{content}}, {{scene}} and
 * {{login_url}}. Afterwards reply is ready for reply_format(). ERR_CONFIG: says what is wrong.
 */
int reply_check(struct arena *arena, struct pairs *reply, bool is_template, struct err *err)
    __attribute__((warn_unused_result));

/*
 * The XML of a reply that was checked, to message's sender. values: those five. In answer to a
 * message, not an event, WeChat takes one article: the first. "" for no reply, and for a text that
 * turns out empty. Of a text longer than REPLY_TEXT_MAX the end is left out: *lost bytes; else 0.
 */
char *reply_format(struct arena *arena, const struct pairs *reply, const struct message *message,
    const struct pairs *values, long long now, size_t *lost);

#endif
