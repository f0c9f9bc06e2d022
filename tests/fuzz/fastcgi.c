/* fastcgi: what a web server sends, whole and cut into pieces of each size. The first byte is the
 * size. */
#include "fuzz.h"

#include "format/fastcgi.h"
#include "web/cgi.h"

enum { BODY = 1000 };

static void
check_request(const struct fastcgi *request)
{
        char *const *environment = fastcgi_environment(request);
        size_t count = 0, size = 0;

        CHECK(request->body.size <= BODY + 1);
        CHECK(request->replies.size <= FASTCGI_REPLIES_MAX);
        CHECK(request->variables.count <= FASTCGI_VARIABLES_MAX);
        if (request->state != FASTCGI_COMPLETE)
                return;
        CHECK(request->id > 0 && request->id < 65536);
        for (; environment[count] != NULL; count++) {
                const char *equals = strchr(environment[count], '=');
                bool known = false;

                CHECK(equals != NULL);
                for (size_t i = 0; cgi_variables[i] != NULL; i++)
                        known = known || (strlen(cgi_variables[i]) ==
                                                 (size_t)(equals - environment[count]) &&
                                             strncmp(cgi_variables[i], environment[count],
                                                 strlen(cgi_variables[i])) == 0);
                CHECK(known);
                size += strlen(environment[count]);
        }
        CHECK(count == request->variables.count);
        CHECK(size <= FASTCGI_KEPT_MAX + count);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        size_t piece = size == 0 ? 1 : 1 + data[0], done = 0;
        const char *bytes = (const char *)data + (size == 0 ? 0 : 1);
        struct fastcgi whole, cut;

        size -= size == 0 ? 0 : 1;
        fastcgi_begin(&whole, arena, cgi_variables, BODY);
        CHECK(fastcgi_feed(&whole, bytes, size) <= size);
        check_request(&whole);
        fastcgi_begin(&cut, arena, cgi_variables, BODY);
        while (cut.state < FASTCGI_COMPLETE && done < size) {
                size_t part = size - done < piece ? size - done : piece;
                /* A copy, so that reading past its end is noticed. */
                const char *copy = arena_copy(arena, bytes + done, part);

                done += fastcgi_feed(&cut, copy, part);
        }
        check_request(&cut);
        /* However it is cut, the same is read. */
        CHECK(whole.state == cut.state);
        CHECK(whole.state != FASTCGI_COMPLETE || (whole.flaw == NULL) == (cut.flaw == NULL));
        CHECK(whole.body.size == cut.body.size || whole.state == FASTCGI_BROKEN);
        CHECK(whole.variables.count == cut.variables.count || whole.state == FASTCGI_BROKEN);
}
