/*
 * buf: a string that grows, in an arena.
 */
#ifndef WECHAT_BUF_H
#define WECHAT_BUF_H

#include <stddef.h>

struct arena;

struct buf {
        struct arena *arena;
        char *data; /* always ends with a NUL that size does not count */
        size_t size;
        size_t room;
};

/* An empty buf whose memory comes from arena. */
void buf_init(struct buf *buf, struct arena *arena);

/* Reserves room for size more bytes. */
void buf_reserve(struct buf *buf, size_t size);

/* Adds size bytes. */
void buf_add(struct buf *buf, const void *data, size_t size);

/* Adds a string. */
void buf_add_text(struct buf *buf, const char *text);

/* Adds one byte. */
void buf_add_byte(struct buf *buf, char byte);

/* Returns the finished string; unused room goes back to the arena if possible. */
char *buf_finish(struct buf *buf);

#endif
