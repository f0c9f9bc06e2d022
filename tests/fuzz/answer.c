/* answer: an answer of WeChat's API, either members or an errcode. */
#include "fuzz.h"

#include "wechat/api.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *body = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct pairs fields;

        pairs_init(&fields, arena);
        if (api_parse_answer(arena, body, size, &fields, &err) == 0) {
                CHECK(pairs_get_number(&fields, "errcode", 0) == 0);
                for (size_t i = 0; i < fields.count; i++) {
                        CHECK(fuzz_is_clean(fields.items[i].name, ""));
                        CHECK(fuzz_is_clean(fields.items[i].value, ""));
                }
                return;
        }
        CHECK(fuzz_is_error(&err));
        CHECK(err.errcode >= -999999 && err.errcode <= 99999999);
        CHECK(err.errcode == 0 || wechat_reaction(err.errcode) != WECHAT_OK);
        CHECK(strlen(err.rid) < sizeof(err.rid));
        CHECK(err.rid[strspn(err.rid, "0123456789abcdefABCDEF-")] == '\0');
}
