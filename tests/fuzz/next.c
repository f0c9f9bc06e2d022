/* next: a browser stays on the site's origin for every text that url_is_local() accepts, and every
 * page that url_page() makes. */
#include "fuzz.h"

#include "web/cgi.h"
#include "format/url.h"

#define ORIGIN "https://www.example.com"

/*
 * Does a browser stay on the origin when it is sent to origin + next, or to next alone from a page
 * of the origin? By the URL standard (WHATWG URL, section 4.4), blanks and control bytes at both
 * ends are removed, as are tabs and line ends everywhere; '\' counts as '/'; two slashes begin a
 * host. origin + next always stays, since next begins with '/', which ends the host.
 */
static bool
stays(const char *next)
{
        char seen[2] = "";
        size_t count = 0;

        while (*next != '\0' && (unsigned char)*next <= 0x20)
                next++;
        for (; *next != '\0' && count < 2; next++)
                if (strchr("\t\n\r", *next) == NULL)
                        seen[count++] = *next == '\\' ? '/' : *next;
        return count >= 1 && seen[0] == '/' && !(count == 2 && seen[1] == '/');
}

/* A redirect to next has this Location, and no other header that next could have added. */
static void
check_redirect(struct arena *arena, const char *next)
{
        struct cgi_response response = {.status = 303};
        struct err err;
        char *bytes, *wanted;
        size_t size;

        pairs_init(&response.headers, arena);
        pairs_add(&response.headers, "Location", arena_printf(arena, ORIGIN "%s", next));
        CHECK(cgi_format_headers(arena, &response, &bytes, &size, &err) == 0);
        wanted =
            arena_printf(arena, "Status: 303 See Other\r\nLocation: " ORIGIN "%s\r\n\r\n", next);
        CHECK(size == strlen(wanted) && memcmp(bytes, wanted, size) == 0);
}

/* url_page() makes a page of the site from any text that it accepts. A text that is a page already
 * stays the same. */
static void
check_page(struct arena *arena, const char *given)
{
        const char *reason = NULL;
        const char *page = url_page(arena, ORIGIN, given, &reason);

        CHECK((page == NULL) == (reason != NULL));
        CHECK(page != NULL || !url_is_local(given));
        if (page == NULL)
                return;
        CHECK(url_is_local(page) && stays(page));
        CHECK(!url_is_local(given) || strcmp(page, given) == 0);
        check_redirect(arena, page);
        /* The full address gives the same page. */
        CHECK(strcmp(url_page(arena, ORIGIN, arena_printf(arena, ORIGIN "%s", page), &reason),
                  page) == 0);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *next = arena_copy(arena, data, size);
        struct pairs back;
        struct err err;

        if (url_is_local(next)) {
                CHECK(strlen(next) <= URL_NEXT_MAX);
                CHECK(fuzz_is_visible(next) && strchr(next, '\\') == NULL);
                CHECK(stays(next));
                check_redirect(arena, next);
        }
        check_page(arena, next);
        if (url_is_origin(next)) {
                CHECK(strncmp(next, "https://", 8) == 0 || strncmp(next, "http://", 7) == 0);
                CHECK(strpbrk(next + 8, "/?#@\\ ") == NULL && fuzz_is_visible(next));
        }
        /* As a form parameter it is read back unchanged. */
        pairs_init(&back, arena);
        CHECK(url_parse_form(arena, arena_printf(arena, "next=%s", url_encode(arena, next)), &back,
                  &err) == 0);
        CHECK(strcmp(pairs_get_text(&back, "next"), next) == 0);
}
