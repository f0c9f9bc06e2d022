/*
 * service: what server.cgi and server-live.cgi share: the calls that other programs may make, who
 * makes them, and the answers to errors.
 *
 * Facts: songquanpeng/wechat-server (router/api-router.go, controller/wechat.go) for the paths that
 * begin with /api/wechat/; RFC 6749, section 5.1, and RFC 6750 for /token.
 */
#ifndef WECHAT_SERVICE_H
#define WECHAT_SERVICE_H

#include <stdbool.h>

#include "account/kept.h"

struct app;
struct host;

enum service_kind {
        SERVICE_CODE, /* whose is a code? */
        SERVICE_KEPT, /* the account's token or ticket */
        SERVICE_CALL  /* a call to WeChat */
};

struct service {
        const char *path; /* PATH_INFO: "/api/wechat/user" */
        enum service_kind kind;
        bool is_peer;        /* its answers are those of wechat-server */
        const char *method;  /* GET or POST */
        enum kept_kind kept; /* SERVICE_KEPT */
        const char *call;    /* SERVICE_CALL: WeChat's path */
        const char *value;   /* SERVICE_KEPT: the member of the answer that has it */
        const char *seconds; /* and the one that says for how long it is valid */
};

/* Returns the service of the request's path; NULL with ERR_NOT_FOUND or ERR_METHOD. */
const struct service *service_find(struct app *app);

/* Does the request need the program that asks WeChat? (app_program.instead) */
bool service_needs_wechat(struct host *host, char *const *environment);

/* Returns the name of the program that asks, by its key, bare or as Bearer; it must be allowed this
 * service. NULL with ERR_DENIED. */
const char *service_client(struct app *app, const struct service *service);

/* Returns the name of the program in account_clients that asks, by its key; NULL: none does. */
const char *service_of_account(struct app *app);

/* Answers with the token or the ticket. */
int service_answer_kept(struct app *app, const struct service *service, const struct kept *kept);

/* Answers a question by a peer: data, or message if success is false. NULL: without that member. */
int service_answer_peer(struct app *app, bool success, const char *message, const char *data);

/* The handle_error of both programs. */
int service_answer_error(struct app *app);

#endif
