/*
 * record: the text of a record that expires, to be written and read.
 *
 * "wxstore1 <created> <expires> <length> <sha256>\n" and the fields as a form. The checksum covers
 * what stands before it, a blank, and the fields.
 */
#ifndef WECHAT_RECORD_H
#define WECHAT_RECORD_H

#include <stddef.h>

#include "base/pairs.h"

struct arena;
struct err;

struct store_record {
        struct pairs fields;
        long long created; /* seconds since 1970 */
        long long expires;
};

char *record_format(struct arena *arena, const struct store_record *record);

/* Reads a record's text, which is changed. ERR_NOT_FOUND: it is not whole, as a
 * power cut may leave one; ERR_SYSTEM: it is whole, but of another version or nonsense. */
int record_parse(struct arena *arena, char *text, size_t size, struct store_record *record,
    struct err *err) __attribute__((warn_unused_result));

#endif
