/*
 * arena: the memory of one request.
 *
 * Everything a request needs is taken from one arena and given back at once, by app. Nobody else
 * frees. Taking memory cannot fail: when there is none left the arena calls the function that it
 * was made with, which must not return.
 */
#ifndef WECHAT_ARENA_H
#define WECHAT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new arena, or NULL when there is no memory. exhausted() is called when memory runs out later;
 * it must end the process. */
struct arena *arena_new(void (*exhausted)(void));

/* Another one that ends as arena does when memory runs out: for work whose memory and descriptors
 * are given back piece by piece. Whoever begins it frees it. */
struct arena *arena_begin(const struct arena *arena);

/* Runs what arena_defer() kept, latest first, then gives all memory back. arena may be NULL. */
void arena_free(struct arena *arena);

/* For the end of the process: as arena_free(), but memory is left to the host, which takes it back
 * at once sooner than piece by piece. Where each piece is a block of its own, to find leaks, it is
 * arena_free(). */
void arena_end(struct arena *arena);

/* size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, not zeroed: for what is filled at once. */
void *arena_alloc_raw(struct arena *arena, size_t size);

/* Makes the size bytes at *data, the latest that were taken, wanted bytes, fewer or more. They may
 * move, and *data with them, only where they have a block of their own. false: they are not the
 * latest, or there is no room behind them; nothing has changed. */
bool arena_resize(struct arena *arena, void **data, size_t size, size_t wanted);

/* A copy of size bytes of data, followed by a NUL that size does not count. */
char *arena_copy(struct arena *arena, const void *data, size_t size);

/* A copy of a string; NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);

/* What printf() would print, as a string. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Has close(handle) called when the arena is freed: for what is not memory (sockets, files). */
void arena_defer(struct arena *arena, void (*close)(void *handle), void *handle);

#endif
