/* query: QUERY_STRING, as the programs read it. */
#include "fuzz.h"

#include "cgi.h"
#include "url.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size);
        char *environment[] = {
            "REQUEST_METHOD=GET", arena_printf(arena, "QUERY_STRING=%s", text), NULL};
        struct err err = {.kind = ERR_NONE};
        struct cgi_request request;
        struct pairs again;

        if (cgi_parse_request(arena, environment, &request, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                CHECK(err.kind == ERR_REQUEST || err.kind == ERR_TOO_LARGE);
                return;
        }
        CHECK(strlen(text) <= CGI_QUERY_MAX);
        CHECK(request.query.count <= URL_FIELDS_MAX);
        CHECK(request.form.count == 0 && request.cookies.count == 0);
        /* What is built of it reads as the same. */
        pairs_init(&again, arena);
        CHECK(url_parse_form(arena, url_build_form(arena, &request.query), &again, &err) == 0);
        CHECK(fuzz_same(&request.query, &again));
}
