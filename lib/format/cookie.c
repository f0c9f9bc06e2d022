#include "format/cookie.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"

void
cookie_parse(struct arena *arena, const char *header, struct pairs *pairs)
{
        while (header != NULL && *header != '\0') {
                size_t start = strspn(header, " \t");
                size_t size = strcspn(header, ";");
                size_t end = size;
                const char *equals;

                while (end > start && strchr(" \t", header[end - 1]) != NULL)
                        end--;
                equals = end > start ? memchr(header + start, '=', end - start) : NULL;
                if (equals != NULL && equals > header + start)
                        pairs_add(pairs,
                            arena_copy(arena, header + start, (size_t)(equals - header) - start),
                            arena_copy(arena, equals + 1, end - (size_t)(equals - header) - 1));
                header += size;
                header += *header == ';';
        }
}

const char *
cookie_name(struct arena *arena, const char *name, bool secure)
{
        return secure ? arena_printf(arena, "__Host-%s", name) : name;
}

char *
cookie_build(
    struct arena *arena, const char *name, const char *value, long long max_age, bool secure)
{
        return arena_printf(arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", name,
            value, max_age, secure ? "; Secure" : "");
}
