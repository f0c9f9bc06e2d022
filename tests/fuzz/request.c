/* request: all variables of a request, one text each (NAME=value). */
#include "fuzz.h"

#include "web/cgi.h"

enum { VARIABLES_MAX = 64 };

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *environment[VARIABLES_MAX + 1];
        struct cgi_request r;
        size_t count = 0;

        while (size > 0 && count < VARIABLES_MAX)
                environment[count++] = fuzz_text(arena, &data, &size);
        environment[count] = NULL;
        cgi_parse_request(arena, environment, &r);
        CHECK(r.method != NULL && r.path_info != NULL && r.query_string != NULL && r.body != NULL);
        CHECK(r.authorization != NULL && r.wx_session != NULL && r.accept_language != NULL);
        CHECK(r.user_agent != NULL && r.origin != NULL && r.fetch_site != NULL);
        CHECK(r.content_type != NULL && r.client_port != NULL && r.body_size == 0);
        CHECK(*r.client != '\0' && strpbrk(r.client, " \t\r\n\"\\") == NULL);
        CHECK(pairs_count(&r.form, "") == 0 && r.form.count == 0);
}
