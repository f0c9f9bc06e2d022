/* query: QUERY_STRING as the programs read it. */
#include "fuzz.h"

#include "web/cgi.h"
#include "format/url.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size);
        char *environment[] = {
            "REQUEST_METHOD=GET", arena_printf(arena, "QUERY_STRING=%s", text), NULL};
        struct err err = {.kind = ERR_NONE};
        struct cgi_request request;
        struct pairs again;
        char *built;

        cgi_parse_request(arena, environment, &request);
        CHECK(request.form.count == 0 && request.cookies.count == 0);
        CHECK(request.query_flaw != NULL ||
              (strlen(text) <= CGI_QUERY_MAX && request.query.count <= URL_FIELDS_MAX));
        /* A query built from the fields reads as the same. Its only flaw can be too many fields. */
        pairs_init(&again, arena);
        built = url_build_form(arena, &request.query);
        CHECK((url_read_form(arena, built, strlen(built), &again) == NULL) ==
              (request.query.count <= URL_FIELDS_MAX));
        CHECK(fuzz_same(&request.query, &again));
        /* url_parse_form() accepts exactly the queries without a flaw. */
        pairs_init(&again, arena);
        CHECK((url_parse_form(arena, text, &again, &err) == 0) == (request.query_flaw == NULL) ||
              strlen(text) > CGI_QUERY_MAX);
}
