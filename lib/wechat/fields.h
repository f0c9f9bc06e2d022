/*
 * fields: what a push holds, whether it came as XML or as JSON: the same pairs for the same
 * content.
 *
 * An owner chooses for a mini program in which of the two it is pushed (数据格式).
 */
#ifndef WECHAT_FIELDS_H
#define WECHAT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

/*
 * Adds what is in text, one XML document or one JSON object, to fields as xml_parse() does; is_json
 * says which it was. JSON's numbers, true and false become texts, for a MsgId is no number of
 * JavaScript's; what WeChat may repeat is an array also where JSON has one object. text is mended
 * first (mend.h) and needs a NUL after it. ERR_REQUEST.
 */
int fields_read(struct arena *arena, const char *text, size_t size, struct pairs *fields,
    bool *is_json, struct err *err) __attribute__((warn_unused_result));

/* An XML document of ours as JSON, with its numbers as such. ERR_SYSTEM. */
int fields_to_json(struct arena *arena, const char *xml, char **json, struct err *err)
    __attribute__((warn_unused_result));

#endif
