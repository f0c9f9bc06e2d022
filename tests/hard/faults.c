/*
 * faults.so: loaded before the C library (LD_PRELOAD), it makes calls of a program fail or fall
 * short. It reads its settings from the environment before the program starts:
 *
 *     FAULTS_SHORT=N  read() and write() move at most N bytes
 *     FAULTS_ALLOC=N  the Nth allocation fails
 *     FAULTS_COUNT=F  the number of allocations is written to the file F, as a long
 *
 * Allocations are counted from umask() on, the first call of every program; earlier ones belong to
 * the loader and to the libraries' initialisation.
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

/* The C library's own functions, under names that it keeps for wrappers. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static size_t short_size;
static long fails_at, allocations;
static long *told; /* mapped from the file before the program's sandbox forbids opening it */
static bool has_begun;

/* Allocations of child processes are not counted. */
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
