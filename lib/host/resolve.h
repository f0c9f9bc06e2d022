/*
 * resolve: looks up a host's addresses.
 */
#ifndef WECHAT_RESOLVE_H
#define WECHAT_RESOLVE_H

struct arena;

/* Returns the addresses of an origin's host, "host:port:address,address", for http_open(): so that
 * a program can look them up before it gives up the sockets that name services need. NULL: there is
 * no such host, or it is an address itself. Takes as long as the host's name service does. */
char *resolve_origin(struct arena *arena, const char *origin);

#endif
