/* form: a CONTENT_LENGTH (the input's first text) and the body of a posted form (the rest). */
#include "fuzz.h"

#include <sys/mman.h>

#include "web/cgi.h"
#include "format/url.h"

/* Returns a descriptor that gives the body, and then the end of the file. */
static int
open_body(const uint8_t *data, size_t size)
{
        int fd = memfd_create("body", MFD_CLOEXEC);

        if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
                abort();
        return fd;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *length = fuzz_text(arena, &data, &size);
        char *environment[] = {"REQUEST_METHOD=POST",
            "CONTENT_TYPE=application/x-www-form-urlencoded; charset=utf-8", NULL};
        struct err err = {.kind = ERR_NONE};
        struct cgi_request request;
        struct pairs again;
        char *built;
        int body = open_body(data, size), result;

        cgi_parse_request(arena, environment, &request);
        result = cgi_read_body(arena, body, length, &request, &err);
        close(body);
        if (result != 0) {
                CHECK(fuzz_is_error(&err));
                CHECK(err.kind == ERR_REQUEST || err.kind == ERR_TOO_LARGE);
                return;
        }
        CHECK(request.body_size <= size && request.body_size <= CGI_BODY_MAX);
        CHECK(*length == '\0' || strtoull(length, NULL, 10) == request.body_size);
        CHECK(memcmp(request.body, data, request.body_size) == 0);
        pairs_init(&again, arena);
        built = url_build_form(arena, &request.form);
        CHECK((url_read_form(arena, built, strlen(built), &again) == NULL) ==
              (request.form.count <= URL_FIELDS_MAX));
        CHECK(fuzz_same(&request.form, &again));
}
