/*
 * upstream: the HTTP client (http.h) for a request's calls to WeChat. Only programs that include
 * this link libcurl.
 */
#ifndef WECHAT_UPSTREAM_H
#define WECHAT_UPSTREAM_H

struct app;
struct host;
struct http;

/* The .prepare (host.h) of programs that make calls. Looks up WeChat's address while the necessary
 * sockets are still available. */
void upstream_prepare(struct host *host);

/* Begins the calls of this request with the host's client, which is opened when one is needed.
 * ERR_SYSTEM. */
int upstream_begin(struct app *app, struct http **http) __attribute__((warn_unused_result));

#endif
