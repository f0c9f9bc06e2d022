/* header: a response made of any texts: name and value in turn, then Content-Type, then the body,
 * of which only the length counts. The output is exactly these headers, or nothing. */
#include "fuzz.h"

#include "web/cgi.h"

/* Returns the next line of a head without its CR LF; NULL: none, or it has a bare CR or LF. */
static char *
take_line(struct arena *arena, const char **at, const char *end)
{
        const char *line = *at;
        const char *cr = memchr(line, '\r', (size_t)(end - line));

        if (cr == NULL || cr + 1 >= end || cr[1] != '\n' ||
            memchr(line, '\n', (size_t)(cr - line)) != NULL)
                return NULL;
        *at = cr + 2;
        return arena_copy(arena, line, (size_t)(cr - line));
}

static void
check_bytes(
    struct arena *arena, const struct cgi_response *response, const char *bytes, size_t size)
{
        const char *at = bytes, *end = bytes + size;
        char *line = take_line(arena, &at, end);

        CHECK(line != NULL && strncmp(line, "Status: ", 8) == 0);
        CHECK(atoi(line + 8) == response->status);
        for (size_t i = 0; i < response->headers.count; i++) {
                line = take_line(arena, &at, end);
                CHECK(line != NULL);
                CHECK(strcmp(line, arena_printf(arena, "%s: %s", response->headers.items[i].name,
                                       response->headers.items[i].value)) == 0);
        }
        if (response->content_type != NULL) {
                line = take_line(arena, &at, end);
                CHECK(line != NULL);
                CHECK(strcmp(line,
                          arena_printf(arena, "Content-Type: %s", response->content_type)) == 0);
                line = take_line(arena, &at, end);
                CHECK(line != NULL);
                CHECK(
                    strcmp(line, arena_printf(arena, "Content-Length: %zu", response->size)) == 0);
        }
        line = take_line(arena, &at, end);
        CHECK(line != NULL && *line == '\0');
        CHECK(at == end);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct cgi_response response = {.status = 200};
        struct err err = {.kind = ERR_NONE};
        size_t count = size == 0 ? 0 : data[0] % 4, length;
        char *bytes;

        data += size > 0;
        size -= size > 0;
        pairs_init(&response.headers, arena);
        for (size_t i = 0; i < count; i++) {
                char *name = fuzz_text(arena, &data, &size);

                pairs_add(&response.headers, name, fuzz_text(arena, &data, &size));
        }
        response.content_type = fuzz_text(arena, &data, &size);
        if (*response.content_type == '\0')
                response.content_type = NULL;
        response.body = arena_copy(arena, data, size);
        response.size = response.content_type == NULL ? 0 : size;
        if (cgi_format_headers(arena, &response, &bytes, &length, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_SYSTEM);
                return;
        }
        check_bytes(arena, &response, bytes, length);
}
