/*
 * rules: replies.json: which reply for which push.
 *
 * An array of rules; the first that fits wins. A rule: {"message": "text", "contains": "hi",
 * "reply": {"text": "hello"}}. Its conditions must all hold; with none it is for the rest:
 *
 *   message   the MsgType, without case; "event" is none
 *   event     the Event, without case
 *   key       the EventKey, whole
 *   scene     the scanned code's scene, of subscribe and SCAN
 *   equals, prefix, contains   what a text message says
 */
#ifndef WECHAT_RULES_H
#define WECHAT_RULES_H

#include <stddef.h>

struct arena;
struct err;
struct message;
struct pairs;

struct rule;

struct rules {
        struct rule *items;
        size_t count;
};

/* Reads and checks the text of file. ERR_CONFIG: says file, rule (from 1), line, and what is wrong.
 */
int rules_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct rules *rules, struct err *err) __attribute__((warn_unused_result));

/* The reply (reply.h) of the first rule that fits message; none where none fits. */
void rules_find(const struct rules *rules, const struct message *message, struct pairs *reply);

#endif
