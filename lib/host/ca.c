#include "host/ca.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "format/digest.h"

enum { GROUP = 3 }; /* bytes, which are four characters of base64 */

/* The base64 of the name, if it begins with a group of three bytes, or one or two bytes before one.
 */
struct wanted {
        const char *text[GROUP];
        size_t size[GROUP];
};

static void
look_for(struct arena *arena, const uint8_t *name, size_t size, struct wanted *wanted)
{
        for (size_t i = 0; i < GROUP; i++) {
                size_t groups = size < i ? 0 : (size - i) / GROUP;

                wanted->text[i] = digest_base64(arena, name + i, groups * GROUP);
                wanted->size[i] = strlen(wanted->text[i]);
        }
}

static bool
may_have(const char *base64, size_t size, const struct wanted *wanted)
{
        for (size_t i = 0; i < GROUP; i++)
                if (memmem(base64, size, wanted->text[i], wanted->size[i]) != NULL)
                        return true;
        return false;
}

static size_t
without_blanks(const char *text, size_t size, char *to)
{
        size_t kept = 0;

        for (size_t i = 0; i < size; i++)
                if ((unsigned char)text[i] > ' ')
                        to[kept++] = text[i];
        return kept;
}

size_t
ca_find(struct arena *arena, const char *bundle, const void *name, size_t name_size,
    void (*take)(void *context, const uint8_t *der, size_t size), void *context)
{
        static const char begin[] = "-----BEGIN CERTIFICATE-----";
        static const char end[] = "-----END CERTIFICATE-----";
        char *base64 = arena_alloc_raw(arena, strlen(bundle) + 1);
        const char *block, *after;
        struct wanted wanted;
        size_t found = 0;

        look_for(arena, name, name_size, &wanted);
        for (; (block = strstr(bundle, begin)) != NULL; bundle = after + strlen(end)) {
                const char *der;
                size_t size;

                block += strlen(begin);
                after = strstr(block, end);
                if (after == NULL)
                        break;
                /* Decoding is what takes time: of a host's certificates it is necessary for one. */
                size = without_blanks(block, (size_t)(after - block), base64);
                if (!may_have(base64, size, &wanted))
                        continue;
                base64[size] = '\0';
                der = digest_base64_decode(arena, base64, &size);
                if (der == NULL || memmem(der, size, name, name_size) == NULL)
                        continue;
                take(context, (const uint8_t *)der, size);
                found++;
        }
        return found;
}
