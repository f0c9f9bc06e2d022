/*
 * response: the answer to an authorization request, which the browser takes to the program.
 */
#ifndef WECHAT_RESPONSE_H
#define WECHAT_RESPONSE_H

struct app;
struct provider;
struct request;

/* Send the browser back with a code, or with an error (RFC 6749, section 4.1.2.1), and in any case
 * with state and iss (RFC 9207): by 303, or by a page with a form. ERR_CONFIG: that page is
 * missing. */
int response_code(struct app *app, const struct provider *provider, const struct request *request,
    const char *code) __attribute__((warn_unused_result));
int response_error(struct app *app, const struct provider *provider, const struct request *request,
    const char *error) __attribute__((warn_unused_result));

/* For an error of ours (app->err): logs it, and sends the browser back with server_error, or with
 * temporarily_unavailable. */
int response_failure(struct app *app, const struct provider *provider,
    const struct request *request) __attribute__((warn_unused_result));

#endif
