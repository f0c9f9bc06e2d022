/* push: the request that WeChat sends for a message or event. */
#ifndef SIM_PUSH_H
#define SIM_PUSH_H

#include <stdbool.h>

struct app;
struct pairs;
struct push_kind;

/* How a push is sent. */
struct push_order {
        const char *mode; /* "plain", "compatible" or "safe" */
        bool json;        /* JSON, a mini program's 数据格式; otherwise XML */
        bool wrong_signature;
        bool old_timestamp; /* an hour ago */
};

/* Builds the XML or JSON of a push of the user openid, before encryption. form has the fields that
 * differ from the examples. */
int push_build(struct app *app, const struct push_kind *kind, bool json, const struct pairs *form,
    const char *openid, char **text) __attribute__((warn_unused_result));

/* Makes WeChat's request for text: query and body, signed now, encrypted as the mode says. */
int push_sign(struct app *app, const struct push_order *order, const char *text, const char *openid,
    char **query, char **body) __attribute__((warn_unused_result));

/* Makes the query of the GET with which WeChat verifies the address. The site must answer with
 * *echostr. */
int push_sign_echo(struct app *app, char **query, char **echostr)
    __attribute__((warn_unused_result));

#endif
