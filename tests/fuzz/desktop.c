/* desktop: the cookie of a computer's sign-in: the input with the right signature added, without
 * which it would never be accepted; the link's query; and a User-Agent. */
#include "fuzz.h"

#include "signin/desktop.h"
#include "format/digest.h"
#include "format/url.h"
#include "base/pairs.h"
#include "base/text.h"

static const char key[] = "invented key";

static void
check_cookie(struct arena *arena, const struct desktop *desktop)
{
        char *text = desktop_format_cookie(arena, key, desktop);
        struct desktop back;

        CHECK(url_is_local(desktop->next) && strlen(desktop->user_code) == DESKTOP_USER_CODE_SIZE);
        CHECK(strcmp(desktop->device_code, desktop->user_code) != 0);
        CHECK(desktop_parse_cookie(arena, key, text, &back));
        CHECK(strcmp(back.device_code, desktop->device_code) == 0);
        CHECK(strcmp(back.user_code, desktop->user_code) == 0);
        CHECK(strcmp(back.next, desktop->next) == 0 && back.expires == desktop->expires);
}

static void
check_link(struct arena *arena, const char *text, size_t size)
{
        struct pairs query;
        const char *user_code;

        pairs_init(&query, arena);
        (void)url_read_form(arena, text, size, &query);
        user_code = desktop_parse_link(&query);
        if (user_code == NULL)
                return;
        CHECK(text_is_id(user_code, DESKTOP_USER_CODE_SIZE, DESKTOP_USER_CODE_SIZE));
        CHECK(desktop_number(user_code) >= 10 && desktop_number(user_code) <= 99);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size);
        char *sealed = arena_printf(arena, "%s.%s", text, digest_hmac_text(arena, key, text));
        const char *browser = desktop_browser(arena, text);
        struct desktop desktop;

        CHECK(strlen(browser) < 32 && fuzz_is_clean(browser, ""));
        if (desktop_parse_cookie(arena, key, sealed, &desktop))
                check_cookie(arena, &desktop);
        check_link(arena, text, size);
        CHECK(!desktop_parse_cookie(arena, "another key", sealed, &desktop));
        /* A changed signature is refused. */
        CHECK(!desktop_parse_cookie(arena, key, arena_printf(arena, "%s~", sealed), &desktop));
}
