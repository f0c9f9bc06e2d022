#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "host/os.h"

/* How long to wait before each try: longer when it has taken long already. */
enum { STEP_MS = 10, LATER_STEP_MS = 40, LATER_MS = 500 };

int
lock_acquire(int folder, const char *name, int *lock, struct err *err)
{
        int fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        int result;

        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: open lock");
        do {
                result = flock(fd, LOCK_EX);
        } while (result != 0 && errno == EINTR);
        if (result != 0) {
                err_set_errno(err, ERR_SYSTEM, errno, "state_dir: lock");
                close(fd);
                return -1;
        }
        *lock = fd;
        return 0;
}

int
lock_acquire_key(int folder, const char *name, unsigned long long key, long long until, int *lock,
    struct err *err)
{
        struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
        int fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        long long later = os_clock_ms() + LATER_MS;
        int held;

        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: open lock");
        range.l_start = (off_t)(key >> 1);
        while ((held = fcntl(fd, until < 0 ? F_OFD_SETLKW : F_OFD_SETLK, &range)) != 0 &&
               (errno == EAGAIN || errno == EACCES || errno == EINTR) &&
               (until < 0 || os_clock_ms() < until))
                os_sleep(os_clock_ms() < later ? STEP_MS : LATER_STEP_MS);
        if (held != 0) {
                bool busy = errno == EAGAIN || errno == EACCES;

                err_set_errno(err, busy ? ERR_BUSY : ERR_SYSTEM, errno, "state_dir: lock");
                close(fd);
                return -1;
        }
        *lock = fd;
        return 0;
}

void
lock_release(int lock)
{
        close(lock);
}
