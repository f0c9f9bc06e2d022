/*
 * custom: a reply as a customer-service message (客服消息), which can be sent after the answer to a
 * push.
 *
 * Facts: "发送客服消息", "客服输入状态" (Official Accounts documentation). WeChat takes five
 * messages within 48 hours after a user has written, and three within a minute after a menu click,
 * a scan or a subscription.
 */
#ifndef WECHAT_CUSTOM_H
#define WECHAT_CUSTOM_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

/* The paths of the calls. */
#define CUSTOM_SEND_PATH "/cgi-bin/message/custom/send"
#define CUSTOM_TYPING_PATH "/cgi-bin/message/custom/typing"

/* As many as WeChat takes after a message. */
enum { CUSTOM_THEN_MAX = 5 };

/*
 * Removes the member "then" from reply, a tree (json.h): an array of replies that follow it. *more:
 * they, checked as reply_check() does, in order; *count is 0 if there is no such member. Call this
 * before reply_check(). ERR_CONFIG: it is not an array of 1 to CUSTOM_THEN_MAX replies, or does not
 * stand beside a reply.
 */
int custom_take_then(struct arena *arena, struct pairs *reply, struct pairs **more, size_t *count,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Makes the JSON that sends a checked reply to a user. values and *lost as for reply_format(): the
 * documentation names no limit for a text, so it is that of an answer. Of several articles the
 * first is sent. *json is "" if there is no reply, or if a text turns out empty. ERR_CONFIG: a
 * reply of that kind cannot be sent. ERR_SYSTEM.
 */
int custom_format(struct arena *arena, const struct pairs *reply, const char *openid,
    const struct pairs *values, char **json, size_t *lost, struct err *err)
    __attribute__((warn_unused_result));

/* Makes the JSON that shows the user "typing". ERR_SYSTEM. */
int custom_format_typing(struct arena *arena, const char *openid, char **json, struct err *err)
    __attribute__((warn_unused_result));

#endif
