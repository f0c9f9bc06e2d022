#include "account/service.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/client.h"
#include "web/app.h"
#include "web/environment.h"

static const struct service services[] = {
    {"/api/wechat/user", SERVICE_CODE, true, "GET", KEPT_ACCESS_TOKEN, NULL, NULL, NULL},
    {"/api/wechat/access_token", SERVICE_KEPT, true, "GET", KEPT_ACCESS_TOKEN, NULL, "access_token",
        "expiration"},
    {"/token", SERVICE_KEPT, false, "GET", KEPT_ACCESS_TOKEN, NULL, "access_token", "expires_in"},
    {"/jsapi_ticket", SERVICE_KEPT, false, "GET", KEPT_JSAPI_TICKET, NULL, "ticket", "expires_in"},
    {"/send", SERVICE_CALL, false, "POST", KEPT_ACCESS_TOKEN, "/cgi-bin/message/custom/send", NULL,
        NULL},
    {"/template", SERVICE_CALL, false, "POST", KEPT_ACCESS_TOKEN, "/cgi-bin/message/template/send",
        NULL, NULL},
    {"/qrcode", SERVICE_CALL, false, "POST", KEPT_ACCESS_TOKEN, "/cgi-bin/qrcode/create", NULL,
        NULL},
    {"/user", SERVICE_CALL, false, "GET", KEPT_ACCESS_TOKEN, "/cgi-bin/user/info", NULL, NULL},
};

enum { SERVICE_COUNT = sizeof(services) / sizeof(services[0]) };

static const struct service *
find(const char *path)
{
        for (size_t i = 0; i < SERVICE_COUNT; i++)
                if (strcmp(services[i].path, path) == 0)
                        return &services[i];
        return NULL;
}

const struct service *
service_find(struct app *app)
{
        const struct service *service = find(app->request.path_info);

        if (service == NULL) {
                err_set(&app->err, ERR_NOT_FOUND,
                    "server: no such path; docs/en/calls.md lists what may be asked");
                return NULL;
        }
        if (strcmp(app->request.method, service->method) != 0) {
                err_set(
                    &app->err, ERR_METHOD, "server: %s takes %s", service->path, service->method);
                return NULL;
        }
        return service;
}

bool
service_needs_wechat(struct host *host, char *const *environment)
{
        const char *path = environment_get(environment, "PATH_INFO");
        const struct service *service = path == NULL ? NULL : find(path);

        if (host->err.kind != ERR_NONE || service == NULL || service->kind == SERVICE_CODE)
                return false;
        return service->kind == SERVICE_CALL || !kept_is_ready(host, "server.cgi", service->kept);
}

/* Returns the name of the program with the request's key; NULL: the key is missing or wrong. */
static const char *
find_client(struct app *app)
{
        static const char scheme[] = "Bearer ";
        const char *key = app->request.authorization;

        if (strncasecmp(key, scheme, strlen(scheme)) == 0)
                key += strlen(scheme);
        key += strspn(key, " ");
        return client_of_secret(app->arena, app->conf.service_keys, key);
}

const char *
service_client(struct app *app, const struct service *service)
{
        const char *client = find_client(app);

        if (client == NULL)
                err_set(&app->err, ERR_DENIED, "Authorization: %s",
                    *app->request.authorization == '\0'
                        ? "missing: the program sends no key, or the web server hides the header "
                          "(CGIPassAuth On, see docs/en/one-api.md)"
                        : "not a key of service_keys");
        else if (service->kind != SERVICE_CODE &&
                 !text_has_word(app->conf.account_clients, client)) {
                err_set(&app->err, ERR_DENIED,
                    "%s may only ask about codes: if it may also send messages and use the "
                    "access_token, add its name to account_clients",
                    client);
                client = NULL;
        }
        return client;
}

const char *
service_of_account(struct app *app)
{
        const char *client = find_client(app);

        return client != NULL && text_has_word(app->conf.account_clients, client) ? client : NULL;
}

/* ---- answers ---- */

int
service_answer_kept(struct app *app, const struct service *service, const struct kept *kept)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        if (service->is_peer) {
                pairs_add_typed(&fields, "success", "true", PAIR_BOOL);
                pairs_add(&fields, "message", "");
        }
        pairs_add(&fields, service->value, kept->text);
        if (!service->is_peer && service->kept == KEPT_ACCESS_TOKEN)
                pairs_add(&fields, "token_type", "Bearer");
        pairs_add_number(&fields, service->seconds, kept->expires - app->now);
        return app_answer_json(app, 200, &fields);
}

static int
answer_peer(struct app *app, int status, bool success, const char *message, const char *data)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", status == 200 ? NULL : err_name(app->err.kind));
        pairs_add_typed(&fields, "success", success ? "true" : "false", PAIR_BOOL);
        pairs_add(&fields, "message", message);
        pairs_add(&fields, "data", data);
        return app_answer_json(app, status, &fields);
}

int
service_answer_peer(struct app *app, bool success, const char *message, const char *data)
{
        return answer_peer(app, 200, success, message, data);
}

/* Word for word those of wechat-server, where it has them: programs show them to their users. What
 * programs may cause by their questions is answered with 200: they read the members only. */
static int
answer_peer_error(struct app *app)
{
        static const struct {
                enum err_kind kind;
                int status; /* 0: that of the kind */
                const char *text;
        } answers[] = {{ERR_DENIED, 200, "无权进行此操作，未登录或 token 无效"},
            {ERR_BUSY, 200, "错误的验证码太多，请过几分钟再试"}, {ERR_NOT_FOUND, 0, "没有这个接口"},
            {ERR_METHOD, 0, "无效的参数"}};
        enum err_kind kind = app->err.kind;

        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]) && app->err.errcode == 0; i++)
                if (answers[i].kind == kind)
                        return answer_peer(app,
                            answers[i].status == 0 ? err_status(kind) : answers[i].status, false,
                            answers[i].text, NULL);
        if (app->err.errcode != 0)
                return answer_peer(app, 200, false, app->err.text, NULL);
        return answer_peer(app, err_status(kind == ERR_CONFIG ? ERR_SYSTEM : kind), false,
            "本站暂时不能查询，原因写在错误日志里", NULL);
}

/* Who has no key gets 401 (RFC 6750, section 3); a key that is not allowed this, 403. What is wrong
 * with the question, and what WeChat refuses, the program is told in full. */
int
service_answer_error(struct app *app)
{
        const struct service *service = find(app->request.path_info);
        enum err_kind kind = app->err.kind;
        bool no_key = kind == ERR_DENIED && find_client(app) == NULL;
        bool told = kind == ERR_REQUEST || kind == ERR_DENIED || kind == ERR_METHOD ||
                    kind == ERR_NOT_FOUND || app->err.errcode != 0;
        struct pairs fields;

        if (service == NULL || service->is_peer)
                return answer_peer_error(app);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", err_name(kind == ERR_CONFIG ? ERR_SYSTEM : kind));
        if (app->err.errcode != 0)
                pairs_add_number(&fields, "errcode", app->err.errcode);
        pairs_add(&fields, "message",
            told ? app->err.text
                 : "原因写在本站的错误日志里。The reason is in this site's error log.");
        if (no_key)
                pairs_add(&app->response.headers, "WWW-Authenticate", "Bearer");
        return app_answer_json(
            app, no_key ? 401 : err_status(kind == ERR_CONFIG ? ERR_SYSTEM : kind), &fields);
}
