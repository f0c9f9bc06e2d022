#include "host/said.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"

/* All who write share the offset of one open file, so it is the end of what was said. Its size is
 * fixed: nobody can fill the host's memory. */
int
said_new(void)
{
        int said = memfd_create("said", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (said < 0)
                return -1;
        if (ftruncate(said, SAID_MAX) == 0 &&
            fcntl(said, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
                return said;
        close(said);
        return -1;
}

/* Reads up to size bytes; returns how many. */
static size_t
take(int said, char *bytes, size_t size)
{
        ssize_t got;

        do {
                got = pread(said, bytes, size, 0);
        } while (got < 0 && errno == EINTR);
        /* Before anybody writes there again: said_first(). */
        if (pwrite(said, "", 1, 0) < 0)
                return 0;
        (void)lseek(said, 0, SEEK_SET);
        return got > 0 ? (size_t)got : 0;
}

const volatile char *
said_first(int said)
{
        void *first = said < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, said, 0);

        return first == MAP_FAILED ? NULL : first;
}

char *
said_take(int said, struct arena *arena, size_t *size)
{
        off_t end = said < 0 ? 0 : lseek(said, 0, SEEK_CUR);
        char *text;

        if (end <= 0)
                return NULL;
        text = arena_alloc_raw(arena, (size_t)end + 1);
        *size = take(said, text, (size_t)end);
        text[*size] = '\0';
        return text;
}

void
said_pass_on(int said, int to)
{
        char bytes[SAID_MAX];
        off_t end = said < 0 ? 0 : lseek(said, 0, SEEK_CUR);
        size_t size = end <= 0 ? 0 : take(said, bytes, (size_t)end), done = 0;

        while (done < size) {
                ssize_t written = write(to, bytes + done, size - done);

                if (written < 0 && errno != EINTR)
                        return;
                done += written > 0 ? (size_t)written : 0;
        }
}
