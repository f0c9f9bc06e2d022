/*
 * arena: the memory of one request.
 *
 * A request allocates everything from one arena, which app frees at the end; nothing else is freed.
 * An allocation cannot fail: when memory runs out, the arena calls the function given to
 * arena_new(), which must not return.
 */
#ifndef WECHAT_ARENA_H
#define WECHAT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Returns a new arena, or NULL if there is no memory. exhausted() is called when memory runs out
 * later; it must end the process. */
struct arena *arena_new(void (*exhausted)(void));

/* Returns another arena that handles lack of memory as the given one does: for work whose memory
 * and descriptors are freed piece by piece. The caller frees it. */
struct arena *arena_begin(const struct arena *arena);

/* Calls the functions given to arena_defer(), latest first, then frees all memory. arena may be
 * NULL. */
void arena_free(struct arena *arena);

/* As arena_free(), but for the next request: the arena stays, with one emptied block of its memory.
 */
void arena_reset(struct arena *arena);

/* As arena_free(), for the end of the process: the memory is left to the operating system, which is
 * faster. In builds where each allocation is a block of its own, to find leaks, it is arena_free().
 */
void arena_end(struct arena *arena);

/* Allocates size bytes, zeroed and aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc(), but not zeroed: for memory that is filled at once. */
void *arena_alloc_raw(struct arena *arena, size_t size);

/* Resizes the latest allocation, size bytes at *data, to wanted bytes. It moves, and *data with it,
 * only if it has a block of its own. Returns false, with nothing changed, if it is not the latest
 * or there is no room behind it. */
bool arena_resize(struct arena *arena, void **data, size_t size, size_t wanted);

/* Returns a copy of size bytes of data with a NUL after them. */
char *arena_copy(struct arena *arena, const void *data, size_t size);

/* Returns a copy of a string; NULL for NULL. */
char *arena_strdup(struct arena *arena, const char *text);

/* Returns what printf() would print, as a string. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Arranges for close(handle) to be called when the arena is freed: for sockets, files and the like.
 */
void arena_defer(struct arena *arena, void (*close)(void *handle), void *handle);

#endif
