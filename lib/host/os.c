#include "host/os.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/random.h>
#include <time.h>

#include "format/digest.h"
#include "base/err.h"

long long
os_now(void)
{
        return (long long)time(NULL);
}

long long
os_clock_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

long long
os_memory_kib(void)
{
        struct rusage usage;

        return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

void
os_sleep(int milliseconds)
{
        struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

        while (nanosleep(&wait, &wait) != 0 && errno == EINTR)
                ;
}

int
os_random(void *bytes, size_t size, struct err *err)
{
        ssize_t got;

        do {
                got = getrandom(bytes, size, 0);
        } while (got < 0 && errno == EINTR);
        if (got != (ssize_t)size)
                return err_set_errno(err, ERR_SYSTEM, errno, "getrandom");
        return 0;
}

int
os_random_token(struct arena *arena, char **token, struct err *err)
{
        unsigned char bytes[32];

        if (os_random(bytes, sizeof(bytes), err) != 0)
                return -1;
        *token = digest_base64url(arena, bytes, sizeof(bytes));
        return 0;
}
