/*
 * record: formats and parses the text of a record that expires.
 *
 * "wxstore1 <created> <expires> <length> <sha256>\n", then the fields as a form of that length. The
 * checksum is that of the text before it, a space and the fields.
 */
#ifndef WECHAT_RECORD_H
#define WECHAT_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/pairs.h"

struct arena;

/* By how much the clock of the machine that wrote a record may be ahead of this one's. */
enum { RECORD_AHEAD_SECONDS = 5 };

struct store_record {
        struct pairs fields;
        long long created; /* seconds since 1970 */
        long long expires;
};

/* Is called for a name and a text of size bytes with a NUL behind them. Returns whether to go on.
 */
typedef bool text_visit(void *context, const char *name, const char *text, size_t size);

char *record_format(struct arena *arena, const struct store_record *record);

/* Parses a record's text, which is modified. ERR_NOT_FOUND: it is incomplete, as after a power cut,
 * or its checksum is wrong. ERR_SYSTEM: it is of another version, or malformed. */
int record_parse(struct arena *arena, char *text, size_t size, struct store_record *record,
    struct err *err) __attribute__((warn_unused_result));

/* Is the record in force at now? ERR_NOT_FOUND: it has expired. ahead: it was created more than
 * RECORD_AHEAD_SECONDS after now, and that is this kind of error. */
int record_check(const struct store_record *record, long long now, enum err_kind ahead,
    struct err *err) __attribute__((warn_unused_result));

#endif
