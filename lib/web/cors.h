/*
 * cors: pages of other origins, those of dev_origins, that may read our answers (Fetch standard,
 * section 3.2, "CORS protocol"). They say who they are by Authorization: Bearer; cookies do not
 * count there, as Access-Control-Allow-Credentials is never sent.
 */
#ifndef WECHAT_CORS_H
#define WECHAT_CORS_H

#include <stdbool.h>

struct cgi_request;
struct conf;
struct pairs;

/* Is it an OPTIONS from such a page? Its answer is 204 with the headers below. Not where a proxy
 * says that it asks about another request, which that answer would let pass. */
bool cors_is_preflight(const struct conf *conf, const struct cgi_request *request);

/* Adds to headers what lets the page of the request's origin, if it is such a one, read the answer;
 * and Vary where that depends on the origin. */
void cors_add_headers(
    const struct conf *conf, const struct cgi_request *request, struct pairs *headers);

#endif
