#include "host/resolve.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/buf.h"

/* Formats an address for libcurl. */
static const char *
format_address(struct arena *arena, const struct addrinfo *info)
{
        char text[NI_MAXHOST];

        if (getnameinfo(
                info->ai_addr, info->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
                return NULL;
        return arena_printf(arena, info->ai_family == AF_INET6 ? "[%s]" : "%s", text);
}

char *
resolve_origin(struct arena *arena, const char *origin)
{
        const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
        const char *start = strstr(origin, "://"), *port;
        struct addrinfo *found;
        struct buf list;
        char *host;

        if (start == NULL || start[3] == '[')
                return NULL;
        host = arena_copy(arena, start + 3, strcspn(start + 3, ":"));
        port = start[3 + strlen(host)] == ':'      ? start + 4 + strlen(host)
               : strncmp(origin, "https:", 6) == 0 ? "443"
                                                   : "80";
        /* glibc's resolver: libcurl's limit on the time to connect does not apply here. */
        setenv("RES_OPTIONS", "timeout:1 attempts:2", 1);
        if (getaddrinfo(host, port, &hints, &found) != 0)
                found = NULL;
        unsetenv("RES_OPTIONS");
        buf_init(&list, arena);
        for (const struct addrinfo *info = found; info != NULL; info = info->ai_next) {
                const char *address = format_address(arena, info);

                if (address == NULL)
                        continue;
                buf_add_text(&list, list.size == 0 ? "" : ",");
                buf_add_text(&list, address);
        }
        if (found != NULL)
                freeaddrinfo(found);
        return list.size == 0 ? NULL : arena_printf(arena, "%s:%s:%s", host, port, list.data);
}
