#include "host/memory.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* ld's --wrap=malloc redirects calls of malloc() to __wrap_malloc(), and __real_malloc() to
 * malloc(). */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
char *__wrap_strdup(const char *text);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

__attribute__((weak)) void
memory_exhausted(void)
{
        static const char answer[] =
            "Status: 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n\r\n"
            "这个网站暂时没有内存了，请稍后再试。\n"
            "This site has no memory left. Please try again later.\n";
        static const char line[] =
            "wechat-cgi: kind=system: out of memory: the host limits it (ulimit -v, RLimitMEM)\n";

        if (write(STDOUT_FILENO, answer, sizeof(answer) - 1) < 0 ||
            write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
                _exit(2);
        _exit(1);
}

/* ---- the pool ---- */

#ifdef MEMORY_POOL

/* Pieces lie one behind the other. The last ones are taken back once they are free; those between
 * pieces in use wait until then. */
struct piece {
        size_t size;   /* a multiple of the alignment; IS_FREE is added to that of a free piece */
        size_t before; /* the size of the piece before this one, with its head; 0: there is none */
        max_align_t data[];
};

enum { ALIGN = alignof(max_align_t), IS_FREE = 1 };

/* Pages that are not touched cost nothing; a page that is touched for the first time is zeroed. */
static struct {
        max_align_t bytes[MEMORY_POOL / sizeof(max_align_t)];
        size_t used;
        size_t last;    /* the size of the last piece, with its head; 0: there is none */
        size_t touched; /* from here on everything is zero */
} pool;

static struct piece *
last_piece(void)
{
        return (struct piece *)((char *)pool.bytes + (pool.used - pool.last));
}

static void
end_at(size_t used)
{
        pool.used = used;
        pool.touched = used > pool.touched ? used : pool.touched;
}

/* Returns NULL if there is no room. */
static void *
pool_alloc(size_t size)
{
        struct piece *piece = (struct piece *)((char *)pool.bytes + pool.used);
        size_t left = sizeof(pool.bytes) - pool.used;

        if (left < sizeof(*piece) || (left - sizeof(*piece)) / ALIGN * ALIGN < size)
                return NULL;
        piece->size = (size + ALIGN - 1) / ALIGN * ALIGN;
        piece->before = pool.last;
        pool.last = sizeof(*piece) + piece->size;
        end_at(pool.used + pool.last);
        return piece->data;
}

static void *
pool_alloc_zeroed(size_t size)
{
        size_t touched = pool.touched;
        char *memory = pool_alloc(size);
        size_t at = memory == NULL ? 0 : (size_t)(memory - (char *)pool.bytes);

        if (at < touched && memory != NULL)
                memset(memory, 0, touched - at < size ? touched - at : size);
        return memory;
}

static bool
pool_has(const void *memory)
{
        return (uintptr_t)memory - (uintptr_t)pool.bytes < sizeof(pool.bytes);
}

static size_t
pool_size(const void *memory)
{
        return ((const struct piece *)memory - 1)->size;
}

/* Makes the last piece larger, where it is. */
static bool
pool_grow(void *memory, size_t size)
{
        struct piece *piece = (struct piece *)memory - 1;
        size_t at = (size_t)((char *)memory - (char *)pool.bytes);

        if (piece != last_piece() || size > (sizeof(pool.bytes) - at) / ALIGN * ALIGN)
                return false;
        piece->size = (size + ALIGN - 1) / ALIGN * ALIGN;
        pool.last = sizeof(*piece) + piece->size;
        end_at(at + piece->size);
        return true;
}

static void
pool_free(void *memory)
{
        ((struct piece *)memory - 1)->size |= IS_FREE;
        while (pool.last > 0 && (last_piece()->size & IS_FREE) != 0) {
                size_t before = last_piece()->before;

                pool.used -= pool.last;
                pool.last = before;
        }
}

#else

static void *
pool_alloc(size_t size)
{
        (void)size;
        return NULL;
}

static void *
pool_alloc_zeroed(size_t size)
{
        return pool_alloc(size);
}

static bool
pool_has(const void *memory)
{
        (void)memory;
        return false;
}

static bool
pool_grow(void *memory, size_t size)
{
        (void)memory;
        (void)size;
        return false;
}

static void
pool_free(void *memory)
{
        (void)memory;
}

static size_t
pool_size(const void *memory)
{
        (void)memory;
        return 0;
}

#endif

/* ---- malloc() and the like ---- */

/* realloc(…, 0) and the like may return NULL. */
static void *
check(void *memory, size_t size)
{
        if (memory == NULL && size > 0)
                memory_exhausted();
        return memory;
}

void *
__wrap_malloc(size_t size)
{
        void *memory = pool_alloc(size);

        return memory != NULL ? memory : check(__real_malloc(size), size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
        void *memory =
            size == 0 || count <= PTRDIFF_MAX / size ? pool_alloc_zeroed(count * size) : NULL;

        return memory != NULL ? memory : check(__real_calloc(count, size), count == 0 ? 0 : size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
        void *moved;

        if (memory == NULL)
                return __wrap_malloc(size);
        if (!pool_has(memory))
                return check(__real_realloc(memory, size), size);
        if (size <= pool_size(memory) || pool_grow(memory, size))
                return memory;
        moved = memcpy(__wrap_malloc(size), memory, pool_size(memory));
        pool_free(memory);
        return moved;
}

void
__wrap_free(void *memory)
{
        if (pool_has(memory))
                pool_free(memory);
        else
                __real_free(memory);
}

char *
__wrap_strdup(const char *text)
{
        size_t size = strlen(text) + 1;

        return memcpy(__wrap_malloc(size), text, size);
}
