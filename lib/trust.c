#include "trust.h"

#include <string.h>

#include "arena.h"
#include "digest.h"

size_t
trust_find(struct arena *arena, const char *bundle, const void *name, size_t name_size,
    void (*take)(void *context, const uint8_t *der, size_t size), void *context)
{
        static const char begin[] = "-----BEGIN CERTIFICATE-----";
        static const char end[] = "-----END CERTIFICATE-----";
        uint8_t *der = arena_take(arena, digest_base64_room(strlen(bundle)));
        const char *block, *after;
        size_t found = 0;

        for (; (block = strstr(bundle, begin)) != NULL; bundle = after + strlen(end)) {
                size_t size;

                block += strlen(begin);
                after = strstr(block, end);
                if (after == NULL)
                        break;
                size = digest_base64_decode_lines(block, (size_t)(after - block), der);
                if (size == 0 || memmem(der, size, name, name_size) == NULL)
                        continue;
                take(context, der, size);
                found++;
        }
        return found;
}
