/*
 * listen: a listening socket, for a server that nobody gives one.
 */
#ifndef WECHAT_LISTEN_H
#define WECHAT_LISTEN_H

struct err;

/* Makes standard input a listening socket: a Unix socket of that path, which its owner and its
 * group may use, in the place of one that nobody listens on any more; or a port of this host
 * alone, if where is a number. ERR_CONFIG. */
int listen_on(const char *where, struct err *err) __attribute__((warn_unused_result));

#endif
