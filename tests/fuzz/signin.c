/* signin: the cookie of a sign-in in progress: the input unchanged, and with the right signature
 * added, without which it would never be accepted. */
#include "fuzz.h"

#include "format/digest.h"
#include "signin/signin.h"
#include "format/url.h"

static const char key[] = "invented key";

static void
check_opened(struct arena *arena, const struct signin *signin)
{
        struct signin back;
        char *state = signin_state(arena, signin);
        char *text = signin_format(arena, key, signin);

        CHECK(url_is_local(signin->next));
        CHECK(signin->expires > FUZZ_NOW && signin->expires <= FUZZ_NOW + SIGNIN_SECONDS);
        CHECK(strlen(state) >= 65 && strspn(state, "0123456789abcdef") >= 64);
        CHECK(signin_parse(arena, key, text, FUZZ_NOW, &back));
        CHECK(strcmp(back.nonce, signin->nonce) == 0 && strcmp(back.next, signin->next) == 0);
        CHECK(strcmp(back.scope, signin->scope) == 0 && *back.scope != '\0');
        CHECK(back.expires == signin->expires && back.tries == signin->tries);
        CHECK(back.consented == signin->consented && back.consented <= FUZZ_NOW);
        CHECK(strcmp(signin_state(arena, &back), state) == 0);
        CHECK(!signin_parse(arena, "another key", text, FUZZ_NOW, &back) && back.next == NULL);
        CHECK(!signin_parse(arena, key, text, signin->expires, &back) && back.next != NULL);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size);
        char *sealed = arena_printf(arena, "%s.%s", text, digest_hmac_text(arena, key, text));
        struct signin signin;

        if (signin_parse(arena, key, text, FUZZ_NOW, &signin))
                check_opened(arena, &signin);
        else
                CHECK(signin.next == NULL || url_is_local(signin.next));
        if (signin_parse(arena, key, sealed, FUZZ_NOW, &signin))
                check_opened(arena, &signin);
        CHECK(!signin_parse(arena, key, arena_printf(arena, "%s~", sealed), FUZZ_NOW, &signin));
        CHECK(signin.next == NULL);
        if (signin_state_tries(text) >= 0)
                CHECK(strlen(text) == 65 && signin_state_tries(text) <= SIGNIN_TRIES_MAX);
        if (url_is_local(text)) {
                signin = (struct signin){"nonce", FUZZ_NOW + 1, 0, "snsapi_base", text, FUZZ_NOW};
                check_opened(arena, &signin);
        }
}
