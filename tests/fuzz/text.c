/* text: visitors' texts, cleaned and escaped; Accept-Language. */
#include "fuzz.h"

#include "base/text.h"

static void
check_clean(struct arena *arena, const char *text)
{
        const char *clean = text_clean(arena, text);
        const char *lines = text_clean_lines(arena, text);
        const char *escaped = text_escape_html(arena, text);

        CHECK(fuzz_is_clean(clean, "") && fuzz_is_clean(lines, "\t\r\n"));
        CHECK(strcmp(text_clean(arena, clean), clean) == 0);
        CHECK(strcmp(text_clean(arena, lines), clean) == 0);
        CHECK(strpbrk(escaped, "<>\"'") == NULL);
        for (const char *p = escaped; (p = strchr(p, '&')) != NULL; p++)
                CHECK(strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 ||
                      strncmp(p, "&gt;", 4) == 0 || strncmp(p, "&quot;", 6) == 0 ||
                      strncmp(p, "&#39;", 5) == 0);
        /* Characters that change the direction of writing, and byte order marks, are removed. */
        CHECK(strstr(clean, "\xe2\x80\xae") == NULL && strstr(clean, "\xe2\x81\xa6") == NULL);
        CHECK(strstr(clean, "\xd8\x9c") == NULL && strstr(clean, "\xef\xbb\xbf") == NULL);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        const char *language = text_language(text, "en");
        char *lower = text_lower(arena, text);
        long long seconds = 0;

        check_clean(arena, text);
        CHECK(strcmp(language, "zh_CN") == 0 || strcmp(language, "zh_TW") == 0 ||
              strcmp(language, "en") == 0);
        CHECK(strlen(lower) == strlen(text));
        CHECK(strpbrk(lower, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
        CHECK(!text_is_id(text, 1, 64) || (fuzz_is_visible(text) && strlen(text) <= 64));
        memcpy(&seconds, data, size < 5 ? size : 5);
        CHECK(strlen(text_beijing_time(arena, seconds)) >= strlen("2026-11-24 17:30"));
}
