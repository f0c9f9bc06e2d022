/*
 * fields: the content of a push, as XML or JSON: the same pairs for the same content.
 *
 * The owner of a mini program chooses in which of the two it is pushed (数据格式).
 */
#ifndef WECHAT_FIELDS_H
#define WECHAT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

/*
 * Adds the content of text, one XML document or one JSON object, to fields as xml_parse() does;
 * is_json says which of the two it was. JSON's numbers, true and false become texts, since a MsgId
 * exceeds JavaScript's numbers. Members that WeChat may repeat become an array even if JSON has one
 * object. Invalid characters in text are replaced first (mend.h); it needs a NUL after it.
 * ERR_REQUEST.
 */
int fields_read(struct arena *arena, const char *text, size_t size, struct pairs *fields,
    bool *is_json, struct err *err) __attribute__((warn_unused_result));

/* Converts an XML document made by the kit to JSON, with its numbers as numbers. ERR_SYSTEM. */
int fields_to_json(struct arena *arena, const char *xml, char **json, struct err *err)
    __attribute__((warn_unused_result));

#endif
