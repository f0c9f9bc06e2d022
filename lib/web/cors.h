/*
 * cors: lets pages of other origins, those in dev_origins, read answers (Fetch standard, section
 * 3.2, "CORS protocol"). They identify themselves by Authorization: Bearer. Cookies do not count
 * there, as Access-Control-Allow-Credentials is never sent.
 */
#ifndef WECHAT_CORS_H
#define WECHAT_CORS_H

#include <stdbool.h>

struct cgi_request;
struct conf;
struct pairs;

/* Is the request an OPTIONS request from such a page? Its answer is 204 with the headers below. Not
 * if a proxy says that it asks about another request, which that answer would let pass. */
bool cors_is_preflight(const struct conf *conf, const struct cgi_request *request);

/* Adds the headers that let the page of the request's origin read the answer, if it is such a page;
 * and Vary if the answer depends on the origin. */
void cors_add_headers(
    const struct conf *conf, const struct cgi_request *request, struct pairs *headers);

#endif
