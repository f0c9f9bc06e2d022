/* owner: a text file as an owner's editor may save it. */
#include "fuzz.h"

#include "format/owner.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        /* The C library decides what is UTF-8. */
        const char *locale = setlocale(LC_CTYPE, "C.UTF-8");
        char *text = arena_copy(arena, data, size), *again;
        size_t length = size, second;
        struct err err = {.kind = ERR_NONE};

        CHECK(locale != NULL);
        if (owner_read_text("a file", text, &length, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
                CHECK(strncmp(err.text, "a file", 6) == 0);
                return;
        }
        CHECK(length <= size && strlen(text) == length && strchr(text, '\r') == NULL);
        CHECK(mbstowcs(NULL, text, 0) != (size_t)-1);
        CHECK(strstr(text, "\xef\xbb\xbf") == NULL);
        CHECK(length == 0 || text[length - 1] != 0x1a);
        again = arena_copy(arena, text, length);
        second = length;
        CHECK(owner_read_text("a file", again, &second, &err) == 0);
        CHECK(second == length && strcmp(again, text) == 0);
}
