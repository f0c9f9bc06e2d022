#include "format/address.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { WORD_MAX = 63, V4_BITS = 32, V6_BITS = 128, V4_AT = 12, GROUP_BYTES = 8 };

/* The first 12 bytes of an IPv6 address that holds an IPv4 one. */
static const uint8_t mapped[V4_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Every address is kept as an IPv6 one. */
struct address {
        uint8_t bytes[V6_BITS / 8];
        bool is_v4;
};

static bool
parse(const char *text, size_t size, struct address *address)
{
        char word[WORD_MAX + 1];

        if (size > WORD_MAX)
                return false;
        memcpy(word, text, size);
        word[size] = '\0';
        memcpy(address->bytes, mapped, sizeof(mapped));
        address->is_v4 = inet_pton(AF_INET, word, address->bytes + V4_AT) == 1;
        if (address->is_v4)
                return true;
        if (inet_pton(AF_INET6, word, address->bytes) != 1)
                return false;
        address->is_v4 = memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
        return true;
}

/* A network: an address and how many of its bits count. */
static bool
parse_network(const char *text, size_t size, struct address *address, unsigned long *bits)
{
        const char *slash = memchr(text, '/', size);
        size_t length = slash == NULL ? size : (size_t)(slash - text);
        size_t digits = size - length - 1;
        unsigned long most;

        if (!parse(text, length, address))
                return false;
        most = memchr(text, ':', length) == NULL ? V4_BITS : V6_BITS;
        *bits = most;
        if (slash != NULL) {
                if (digits < 1 || digits > 3 || strspn(slash + 1, "0123456789") < digits)
                        return false;
                *bits = strtoul(slash + 1, NULL, 10);
        }
        if (*bits > most)
                return false;
        *bits += V6_BITS - most;
        return true;
}

static bool
is_within(const struct address *network, unsigned long bits, const struct address *address)
{
        unsigned long whole = bits / 8, rest = bits % 8;

        if (memcmp(network->bytes, address->bytes, whole) != 0)
                return false;
        return rest == 0 || (network->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool
address_is_list(const char *text)
{
        struct address address;
        unsigned long bits;

        for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
                size_t size = strcspn(text, " ");

                if (!parse_network(text, size, &address, &bits))
                        return false;
                text += size;
        }
        return true;
}

static bool
is_in(const char *list, const struct address *address)
{
        struct address network;
        unsigned long bits;

        for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
                size_t size = strcspn(list, " ");

                if (parse_network(list, size, &network, &bits) &&
                    is_within(&network, bits, address))
                        return true;
                list += size;
        }
        return false;
}

bool
address_is_in(const char *list, const char *address)
{
        struct address parsed;

        return parse(address, strlen(address), &parsed) && is_in(list, &parsed);
}

/* Some proxies add a port: 192.0.2.1:4711, [2001:db8::1]:4711. */
static void
drop_port(const char **text, size_t *size)
{
        const char *colon = memchr(*text, ':', *size);
        const char *end;

        if (*size > 0 && **text == '[') {
                end = memchr(*text, ']', *size);
                *size = end == NULL ? 0 : (size_t)(end - *text) - 1;
                ++*text;
        } else if (colon != NULL &&
                   memchr(colon + 1, ':', *size - (size_t)(colon + 1 - *text)) == NULL) {
                *size = (size_t)(colon - *text);
        }
}

/* Splits the last address off the header, of which *size bytes are left. */
static void
split_last(const char *header, size_t *size, const char **word, size_t *length)
{
        size_t end = *size, begin;

        while (end > 0 && strchr(" \t,", header[end - 1]) != NULL)
                end--;
        begin = end;
        while (begin > 0 && strchr(" \t,", header[begin - 1]) == NULL)
                begin--;
        *word = header + begin;
        *length = end - begin;
        *size = begin;
        drop_port(word, length);
}

const char *
address_of_client(struct arena *arena, const char *list, const char *remote, const char *forwarded)
{
        const char *client = remote, *word;
        size_t size = strlen(forwarded), length;
        struct address address;

        while (*list != '\0' && size > 0 && address_is_in(list, client)) {
                split_last(forwarded, &size, &word, &length);
                if (!parse(word, length, &address))
                        break;
                client = arena_copy(arena, word, length);
        }
        return client;
}

const char *
address_group(struct arena *arena, const char *address)
{
        struct address parsed;
        char text[INET6_ADDRSTRLEN];

        if (!parse(address, strlen(address), &parsed))
                return address;
        if (parsed.is_v4)
                (void)inet_ntop(AF_INET, parsed.bytes + V4_AT, text, sizeof(text));
        else {
                memset(parsed.bytes + GROUP_BYTES, 0, sizeof(parsed.bytes) - GROUP_BYTES);
                (void)inet_ntop(AF_INET6, parsed.bytes, text, sizeof(text));
        }
        return parsed.is_v4 ? arena_strdup(arena, text) : arena_printf(arena, "%s/64", text);
}
