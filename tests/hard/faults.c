/*
 * faults.so: loaded before the C library (LD_PRELOAD), it makes a program's calls fall short. What
 * is to fail is read from the environment before the program runs:
 *
 *     FAULTS_SHORT=N  read() and write() move at most N bytes
 *     FAULTS_ALLOC=N  the Nth allocation of memory finds none
 *     FAULTS_COUNT=F  the number of allocations stands in the file F, as a long
 *
 * Allocations count from umask() on, the first thing that the programs do; before that the loader
 * and the libraries' own beginnings are at work.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's own, under the names that it keeps for such as this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static size_t short_size;
static long fails_at, allocations;
static long *told; /* in the file, which is open before the program gives up such rights */
static bool has_begun;

/* What a child of the program allocates is not counted. */
static void
forget_count(void)
{
        told = NULL;
}

static void
open_count(const char *file)
{
        int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (fd < 0 || ftruncate(fd, sizeof(*told)) != 0)
                abort();
        told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (told == MAP_FAILED || pthread_atfork(NULL, NULL, forget_count) != 0)
                abort();
}

__attribute__((constructor)) static void
read_environment(void)
{
        const char *size = getenv("FAULTS_SHORT"), *at = getenv("FAULTS_ALLOC");
        const char *file = getenv("FAULTS_COUNT");

        short_size = size == NULL ? 0 : (size_t)strtoul(size, NULL, 10);
        fails_at = at == NULL ? 0 : strtol(at, NULL, 10);
        if (file != NULL)
                open_count(file);
}

static bool
is_short_of_memory(void)
{
        if (!has_begun)
                return false;
        allocations++;
        if (told != NULL)
                *told = allocations;
        if (allocations != fails_at)
                return false;
        errno = ENOMEM;
        return true;
}

mode_t
umask(mode_t mask)
{
        has_begun = true;
        return (mode_t)syscall(SYS_umask, mask);
}

void *
malloc(size_t size)
{
        return is_short_of_memory() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
        return is_short_of_memory() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *memory, size_t size)
{
        return is_short_of_memory() ? NULL : __libc_realloc(memory, size);
}

static size_t
shorten(size_t size)
{
        return short_size > 0 && size > short_size ? short_size : size;
}

ssize_t
read(int fd, void *bytes, size_t size)
{
        return syscall(SYS_read, fd, bytes, shorten(size));
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
        return syscall(SYS_write, fd, bytes, shorten(size));
}
