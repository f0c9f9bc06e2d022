#include "host/behind.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/os.h"

enum { WAIT_MS = 1000, STEP_MS = 5 };

struct behind {
        int memory;  /* -1: there is none */
        int nowhere; /* /dev/null; -1: it could not be opened */
        off_t passed;
        pid_t parent; /* of the child */
};

/* All who write share the offset of one open file, so it is the end of what was said. */
static int
new_memory(void)
{
        int memory = memfd_create("said", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (memory < 0)
                return -1;
        if (ftruncate(memory, BEHIND_SAID_MAX) == 0 &&
            fcntl(memory, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
                return memory;
        close(memory);
        return -1;
}

static void
close_all(void *handle)
{
        struct behind *behind = handle;

        if (behind->memory >= 0)
                close(behind->memory);
        if (behind->nowhere >= 0)
                close(behind->nowhere);
}

struct behind *
behind_new(struct arena *arena)
{
        struct behind *behind = arena_alloc(arena, sizeof(*behind));

        behind->memory = new_memory();
        behind->nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        arena_defer(arena, close_all, behind);
        return behind;
}

int
behind_stderr(const struct behind *behind)
{
        return behind->memory;
}

/* Reads more of what was said into buffer; 0: that is all. */
static size_t
read_more(struct behind *behind, char *buffer, size_t size)
{
        off_t end = behind->memory < 0 ? 0 : lseek(behind->memory, 0, SEEK_CUR);
        ssize_t got = 0;

        if (end <= behind->passed)
                return 0;
        if (size > (size_t)(end - behind->passed))
                size = (size_t)(end - behind->passed);
        do {
                got = pread(behind->memory, buffer, size, behind->passed);
        } while (got < 0 && errno == EINTR);
        if (got <= 0)
                return 0;
        behind->passed += got;
        return (size_t)got;
}

/* Begins the memory anew, in a process for many requests, when half of it was read. What another
 * process says at this moment may be lost. */
static void
begin_again(struct behind *behind)
{
        if (behind->passed > BEHIND_SAID_MAX / 2 && lseek(behind->memory, 0, SEEK_SET) == 0)
                behind->passed = 0;
}

void
behind_pass_on(struct behind *behind)
{
        char buffer[4096];
        size_t size;

        while ((size = read_more(behind, buffer, sizeof(buffer))) > 0)
                for (size_t done = 0; done < size;) {
                        ssize_t written = write(STDERR_FILENO, buffer + done, size - done);

                        if (written < 0 && errno != EINTR)
                                return;
                        done += written > 0 ? (size_t)written : 0;
                }
        begin_again(behind);
}

char *
behind_take(struct behind *behind, struct arena *arena)
{
        char *text = arena_alloc(arena, BEHIND_SAID_MAX + 1);
        size_t size = 0, more;

        while ((more = read_more(behind, text + size, BEHIND_SAID_MAX - size)) > 0)
                size += more;
        text[size] = '\0';
        return text;
}

static void
let_go(const struct behind *behind)
{
        int quiet = behind->memory >= 0 ? behind->memory : behind->nowhere;

        if (behind->nowhere >= 0) {
                dup2(behind->nowhere, STDIN_FILENO);
                dup2(behind->nowhere, STDOUT_FILENO);
        }
        if (quiet >= 0)
                dup2(quiet, STDERR_FILENO);
}

int
behind_fork(struct behind *behind)
{
        pid_t parent = getpid(), pid = fork();

        if (pid != 0)
                return pid < 0 ? -1 : 1;
        behind->parent = parent;
        setsid();
        let_go(behind);
        return 0;
}

void
behind_wait(const struct behind *behind)
{
        for (int waited = 0; waited < WAIT_MS && getppid() == behind->parent; waited += STEP_MS)
                os_sleep(STEP_MS);
}
