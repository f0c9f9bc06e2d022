/*
 * rules: replies.json, which says which push gets which reply.
 *
 * An array of rules; the first that matches is used. A rule: {"message": "text", "contains": "hi",
 * "reply": {"text": "hello"}}. All of its conditions must hold; a rule without conditions matches
 * every push:
 *
 *   message   the MsgType, in any case, except "event"
 *   event     the Event, in any case
 *   key       the whole EventKey
 *   scene     that of the scanned code, in subscribe and SCAN
 *   equals, prefix, contains   the content of a text message
 */
#ifndef WECHAT_RULES_H
#define WECHAT_RULES_H

#include <stddef.h>

struct arena;
struct err;
struct json_file;
struct message;
struct pairs;

struct rule;

struct rules {
        struct rule *items;
        size_t count;
};

/* Parses and checks the text of file. ERR_CONFIG, with file, rule (from 1), line, and what is
 * wrong. */
int rules_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct rules *rules, struct err *err) __attribute__((warn_unused_result));

/* Checks the rules in file (json_file_read()), and adds the first mistake of each. Returns how many
 * rules there are. */
size_t rules_check(struct json_file *file);

/* Returns the reply (reply.h) of the first rule that matches message; none if no rule matches. */
void rules_find(const struct rules *rules, const struct message *message, struct pairs *reply);

#endif
