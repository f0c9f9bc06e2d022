#include "upload.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/os.h"

static bool
is_upload(void)
{
        const char *path = getenv("PATH_INFO"), *method = getenv("REQUEST_METHOD");

        return path != NULL && method != NULL && strcmp(path, "/cgi-bin/media/upload") == 0 &&
               strcmp(method, "POST") == 0;
}

/* Returns how many bytes the body has, at most; without a length its end will tell. */
static long long
length_of_body(void)
{
        const char *length = getenv("CONTENT_LENGTH");

        return length == NULL || *length == '\0' ? (long long)1 << 40 : strtoll(length, NULL, 10);
}

/* Copies the body to the file, and drops what is beyond UPLOAD_MAX + 1. */
static void
copy_body(int file)
{
        long long left = length_of_body(), deadline = os_clock_ms() + UPLOAD_MS;
        size_t kept = 0;
        char bytes[16 * 1024];

        while (left > 0) {
                struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};
                size_t size = left < (long long)sizeof(bytes) ? (size_t)left : sizeof(bytes);
                long long until = deadline - os_clock_ms();
                ssize_t got;

                if (until <= 0 || poll(&wait, 1, (int)until) <= 0)
                        return;
                got = read(STDIN_FILENO, bytes, size);
                if (got <= 0)
                        return;
                left -= got;
                size = (size_t)got;
                if (kept + size > UPLOAD_MAX + 1)
                        size = UPLOAD_MAX + 1 - kept;
                if (file_write_all(file, bytes, size) != 0)
                        return;
                kept += size;
        }
}

void
upload_hold(void)
{
        int file;

        if (!is_upload())
                return;
        file = memfd_create("upload", MFD_CLOEXEC);
        if (file < 0)
                return;
        copy_body(file);
        lseek(file, 0, SEEK_SET);
        dup2(file, STDIN_FILENO);
        close(file);
        unsetenv("CONTENT_LENGTH");
        unsetenv("HTTP_TRANSFER_ENCODING");
}

int
upload_read(struct app *app, char **body, size_t *size)
{
        struct stat st;
        size_t done = 0;

        if (fstat(STDIN_FILENO, &st) != 0)
                return err_set(&app->err, ERR_SYSTEM, "cannot read the upload");
        *size = (size_t)st.st_size;
        *body = arena_alloc(app->arena, *size + 1);
        while (done < *size) {
                ssize_t got = read(STDIN_FILENO, *body + done, *size - done);

                if (got <= 0)
                        return err_set(&app->err, ERR_SYSTEM, "cannot read the upload");
                done += (size_t)got;
        }
        return 0;
}
