#include "memory.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* ld's --wrap=malloc sends calls of malloc() to __wrap_malloc(), and __real_malloc() to malloc().
 */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

void
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

/* realloc(…, 0) and the like may give NULL. */
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
        return check(__real_malloc(size), size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
        return check(__real_calloc(count, size), count == 0 ? 0 : size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
        return check(__real_realloc(memory, size), size);
}

char *
__wrap_strdup(const char *text)
{
        size_t size = strlen(text) + 1;

        return memcpy(__wrap_malloc(size), text, size);
}
