/*
 * address: network addresses (IPv4, IPv6) as text: which client is behind a trusted proxy, and
 * which addresses belong together.
 */
#ifndef WECHAT_ADDRESS_H
#define WECHAT_ADDRESS_H

#include <stdbool.h>

struct arena;

/* Is text a list of addresses and networks, such as "127.0.0.1 10.0.0.0/8 fd00::/8", separated by
 * blanks? */
bool address_is_list(const char *text);

/* Is the address in the list? An IPv6 address that holds an IPv4 one (RFC 4291, section 2.5.5.2)
 * counts as that. */
bool address_is_in(const char *list, const char *address);

/*
 * Returns the address of the client. remote: the peer of the connection. forwarded: the header
 * X-Forwarded-For, addresses separated by commas, to which each proxy appends the address of its
 * own peer; "" if there is none. Only what a proxy in the list appended is believed: from the
 * right, the first address that is not in the list. Where an address is malformed, the one before
 * it, seen from the right, is the client.
 */
const char *address_of_client(
    struct arena *arena, const char *list, const char *remote, const char *forwarded);

/* Returns what one customer usually has: an IPv4 address itself, the /64 network of an IPv6
 * address. Text that is not an address is returned as it is. */
const char *address_group(struct arena *arena, const char *address);

#endif
