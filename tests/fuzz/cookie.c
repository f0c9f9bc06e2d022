/* cookie: the Cookie header. */
#include "fuzz.h"

#include "format/cookie.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *header = arena_copy(arena, data, size);
        struct pairs cookies, again;
        struct buf rebuilt;
        const char *ours;

        pairs_init(&cookies, arena);
        pairs_init(&again, arena);
        buf_init(&rebuilt, arena);
        cookie_parse(arena, header, &cookies);
        for (size_t i = 0; i < cookies.count; i++) {
                const char *name = cookies.items[i].name;

                CHECK(*name != '\0' && strpbrk(name, "=;") == NULL && strchr(" \t", *name) == NULL);
                CHECK(strchr(cookies.items[i].value, ';') == NULL);
                buf_add_text(&rebuilt, i == 0 ? "" : "; ");
                buf_add_text(&rebuilt, arena_printf(arena, "%s=%s", name, cookies.items[i].value));
        }
        cookie_parse(arena, rebuilt.data, &again);
        CHECK(fuzz_same(&cookies, &again));
        /* The kit's cookie counts only under its exact name, and if it is given once. */
        ours = pairs_get_once(&cookies, cookie_name(arena, "wx_session", true));
        if (ours != NULL) {
                const char *found = strstr(header, "__Host-wx_session=");

                CHECK(found != NULL);
                CHECK(strncmp(found + strlen("__Host-wx_session="), ours, strlen(ours)) == 0 ||
                      strstr(found + 1, "__Host-wx_session=") != NULL);
        }
}
