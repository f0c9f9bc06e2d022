/*
 * many: every program in one process, for many.t. Each request on stdin is a line "PROGRAM SIZE
 * SIZE", then the environment, each variable ended by a NUL, then the body. Each answer on stdout
 * is a line "RESULT SIZE DESCRIPTORS BYTES", then the answer's bytes. DESCRIPTORS and BYTES are the
 * open descriptors and the allocated memory after the request.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "web/host.h"
#include "web/program.h"

#define X(program) extern const struct app_program *const program;
PROGRAMS
#undef X

enum { VARIABLES = 64, SIZE = 1 << 20 };

/* With a sanitizer, malloc() is replaced. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the runtime's name
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

struct many {
        struct host *host;
        int requests, answers; /* copies of stdin and stdout */
        int in, out;           /* memory files: the body and the answer of a request */
        char *environment[VARIABLES + 1];
        char bytes[SIZE];
};

static bool
read_all(int file, char *data, size_t size)
{
        for (size_t have = 0; have < size;) {
                ssize_t got = read(file, data + have, size - have);

                if (got <= 0)
                        return false;
                have += (size_t)got;
        }
        return true;
}

static void
write_all(int file, const char *data, size_t size)
{
        for (size_t done = 0; done < size;) {
                ssize_t written = write(file, data + done, size - done);

                if (written <= 0)
                        _exit(9);
                done += (size_t)written;
        }
}

static bool
read_line(int file, char *line, size_t size)
{
        size_t have = 0;

        while (have + 1 < size && read_all(file, line + have, 1) && line[have] != '\n')
                have++;
        line[have] = '\0';
        return have > 0;
}

static void
begin_file(int file)
{
        if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
                _exit(9);
}

static bool
next(void *context, const struct app_program **program, struct program_io *io)
{
        struct many *many = context;
        char line[128], *name, *rest = line;
        size_t environment, body, count = 0;

        if (!read_line(many->requests, line, sizeof(line)))
                return false;
        name = strsep(&rest, " ");
        environment = strtoull(strsep(&rest, " "), NULL, 10);
        body = strtoull(strsep(&rest, " "), NULL, 10);
        if (environment + body > SIZE || !read_all(many->requests, many->bytes, environment + body))
                return false;
        for (size_t at = 0; at < environment && count < VARIABLES;
             at += strlen(many->bytes + at) + 1)
                many->environment[count++] = many->bytes + at;
        many->environment[count] = NULL;
        begin_file(many->in);
        write_all(many->in, many->bytes + environment, body);
        if (lseek(many->in, 0, SEEK_SET) != 0)
                return false;
        begin_file(many->out);
        *program = host_find_program(many->host, name);
        *io = (struct program_io){many->environment, many->in, {.file = many->out}};
        return *program != NULL;
}

static int
count_descriptors(void)
{
        int count = 0;

        for (int i = 0; i < 256; i++)
                count += fcntl(i, F_GETFD) >= 0 ? 1 : 0;
        return count;
}

static size_t
taken_memory(void)
{
        if (__sanitizer_get_current_allocated_bytes != NULL)
                return __sanitizer_get_current_allocated_bytes();
#ifdef __GLIBC__
        return mallinfo2().uordblks + mallinfo2().hblkhd;
#else
        return 0;
#endif
}

static void
done(void *context, int result)
{
        struct many *many = context;
        off_t size = lseek(many->out, 0, SEEK_CUR);
        char line[128];

        (void)snprintf(line, sizeof(line), "%d %lld %d %zu\n", result, (long long)size,
            count_descriptors(), taken_memory());
        if (size > SIZE || lseek(many->out, 0, SEEK_SET) != 0 ||
            !read_all(many->out, many->bytes, (size_t)size))
                _exit(9);
        write_all(many->answers, line, strlen(line));
        write_all(many->answers, many->bytes, (size_t)size);
}

int
main(void)
{
        static struct many many;
        const struct app_program *programs[] = {
#define X(program) program,
            PROGRAMS
#undef X
                NULL};
        extern char **environ;
        struct host host;

        many.host = &host;
        many.requests = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        many.answers = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        many.in = memfd_create("in", MFD_CLOEXEC);
        many.out = memfd_create("out", MFD_CLOEXEC);
        host_open(&host, programs, environ, HOST_MANY);
        program_enter(&host);
        program_loop(&host, next, done, &many);
        host_close(&host);
        return 0;
}
