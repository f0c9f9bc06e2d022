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

struct piece {
        size_t size;
        max_align_t data[];
};

/* Pages that are not touched cost nothing; a page that is touched for the first time is zeroed. */
static struct {
        max_align_t bytes[MEMORY_POOL / sizeof(max_align_t)];
        size_t used;
} pool;

/* Returns NULL if there is no room. */
static void *
pool_alloc(size_t size)
{
        const size_t align = alignof(max_align_t);
        struct piece *piece = (struct piece *)((char *)pool.bytes + pool.used);
        size_t left = sizeof(pool.bytes) - pool.used;

        if (left < sizeof(*piece) || (left - sizeof(*piece)) / align * align < size)
                return NULL;
        piece->size = size;
        pool.used += sizeof(*piece) + (size + align - 1) / align * align;
        return piece->data;
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

#else

static void *
pool_alloc(size_t size)
{
        (void)size;
        return NULL;
}

static bool
pool_has(const void *memory)
{
        (void)memory;
        return false;
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
        void *memory = size == 0 || count <= PTRDIFF_MAX / size ? pool_alloc(count * size) : NULL;

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
        if (size <= pool_size(memory))
                return memory;
        moved = __wrap_malloc(size);
        return memcpy(moved, memory, pool_size(memory));
}

void
__wrap_free(void *memory)
{
        if (!pool_has(memory))
                __real_free(memory);
}

char *
__wrap_strdup(const char *text)
{
        size_t size = strlen(text) + 1;

        return memcpy(__wrap_malloc(size), text, size);
}
