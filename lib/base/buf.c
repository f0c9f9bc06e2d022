#include "base/buf.h"

#include <string.h>

#include "base/arena.h"

enum { FIRST_ROOM = 64 };

void
buf_init(struct buf *buf, struct arena *arena)
{
        buf->arena = arena;
        buf->size = 0;
        buf->room = FIRST_ROOM;
        buf->data = arena_alloc_raw(arena, buf->room);
        *buf->data = '\0';
}

void
buf_reserve(struct buf *buf, size_t size)
{
        size_t room = buf->size + size + 1;
        void *data = buf->data;

        if (room <= buf->room)
                return;
        if (!arena_resize(buf->arena, &data, buf->room, room)) {
                data = arena_alloc_raw(buf->arena, room);
                memcpy(data, buf->data, buf->size + 1);
        }
        buf->data = data;
        buf->room = room;
}

char *
buf_finish(struct buf *buf)
{
        void *data = buf->data;

        if (arena_resize(buf->arena, &data, buf->room, buf->size + 1))
                buf->room = buf->size + 1;
        return buf->data;
}

void
buf_add(struct buf *buf, const void *data, size_t size)
{
        if (size >= buf->room - buf->size)
                buf_reserve(buf, buf->size + size * 2);
        if (size > 0)
                memcpy(buf->data + buf->size, data, size);
        buf->size += size;
        buf->data[buf->size] = '\0';
}

void
buf_add_text(struct buf *buf, const char *text)
{
        buf_add(buf, text, strlen(text));
}

void
buf_add_byte(struct buf *buf, char byte)
{
        buf_add(buf, &byte, 1);
}
