/* push: the request that the real WeChat makes for a message or event. */
#ifndef SIM_PUSH_H
#define SIM_PUSH_H

#include <stdbool.h>

struct app;
struct pairs;
struct push_kind;

/* How a push is sent. */
struct push_order {
        const char *mode; /* "plain", "compatible" or "safe" */
        bool json;        /* a mini program's data format (数据格式) JSON, else XML */
        bool wrong_signature;
        bool old_timestamp; /* an hour ago */
};

/* What is pushed of the user openid, before it is sealed: XML or JSON. form has the fields that
 * differ from the examples. */
int push_build(struct app *app, const struct push_kind *kind, bool json, const struct pairs *form,
    const char *openid, char **text) __attribute__((warn_unused_result));

/* WeChat's request for text: query and body, signed now, sealed as the mode says. */
int push_sign(struct app *app, const struct push_order *order, const char *text, const char *openid,
    char **query, char **body) __attribute__((warn_unused_result));

/* The query of the GET by which WeChat verifies the address; *echostr is to be answered. */
int push_sign_echo(struct app *app, char **query, char **echostr)
    __attribute__((warn_unused_result));

#endif
