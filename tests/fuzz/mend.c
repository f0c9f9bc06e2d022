/* mend: any bytes, as text and as XML. Valid input stays unchanged, and the output is valid. */
#include "fuzz.h"

#include "base/mend.h"
#include "base/text.h"

/* Does text need no repair, according to the C library and the characters of XML 1.0? The library
 * accepts code points beyond U+10FFFF. */
static bool
is_good(struct arena *arena, const char *text, size_t size)
{
        wchar_t *wide = arena_alloc(arena, (size + 1) * sizeof(*wide));

        if (strlen(text) != size || !fuzz_is_clean(text, "\t\r\n\x7f") ||
            mbstowcs(wide, text, size + 1) == (size_t)-1)
                return false;
        for (; *wide != L'\0'; wide++)
                if (*wide == 0xfffe || *wide == 0xffff || *wide > 0x10ffff)
                        return false;
        return true;
}

static size_t
count(const char *text, const char *token)
{
        size_t found = 0;

        for (; (text = strstr(text, token)) != NULL; text += strlen(token))
                found++;
        return found;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *bytes = arena_copy(arena, data, size);
        size_t mended, again;
        char *text = mend_text(arena, bytes, size, &mended), *xml;

        CHECK(strlen(text) == mended && is_good(arena, text, mended));
        CHECK(strcmp(mend_text(arena, text, mended, &again), text) == 0);
        if (is_good(arena, bytes, size))
                CHECK(mended == size && memcmp(text, bytes, size) == 0);

        xml = mend_xml(arena, bytes, size, &mended);
        if (memchr(bytes, '&', size) == NULL)
                CHECK(strcmp(mend_xml(arena, xml, mended, &again), xml) == 0);
        if (strchr(bytes, '<') == NULL && strlen(bytes) == size)
                CHECK(is_good(arena, xml, mended));
        if (strlen(bytes) == size && strstr(bytes, "<?") == NULL && strstr(bytes, "<!--") == NULL) {
                /* No end of CDATA is added or removed. In a comment, "]]>" has no meaning. */
                CHECK(count(xml, "]]>") == count(bytes, "]]>"));
                CHECK(count(xml, "<") == count(bytes, "<"));
        }
        if (is_good(arena, bytes, size) && strstr(bytes, "&#") == NULL)
                CHECK(mended == size && memcmp(xml, bytes, size) == 0);
}
