/* server-live.cgi: the answers of server.cgi for which WeChat has to be asked. */
#include <string.h>

#include "account/call.h"
#include "account/service.h"
#include "account/upstream.h"
#include "base/arena.h"
#include "format/json_build.h"
#include "format/json_check.h"
#include "format/url.h"
#include "host/sandbox.h"
#include "web/app.h"
#include "web/program.h"
#include "wechat/api.h"

static const char json_type[] = "application/json; charset=utf-8";

/* The body of a POST is WeChat's own JSON. */
static int
read_body(struct app *app, struct account_request *call)
{
        char *json;

        if (json_check(app->arena, app->request.body, app->request.body_size, &app->err) != 0 ||
            json_plain(app->arena, app->request.body, app->request.body_size, &json, &app->err) !=
                0)
                return err_set(&app->err, ERR_REQUEST, "the body is not a JSON object: %s",
                    arena_strdup(app->arena, app->err.text));
        call->json = json;
        return 0;
}

static int
read_query(struct app *app, struct account_request *call)
{
        const char *openid = pairs_get_text(&app->request.query, "openid");

        if (!api_is_openid(openid))
                return err_set(&app->err, ERR_REQUEST, "openid: missing, or not an openid");
        call->query = arena_printf(app->arena, "openid=%s&lang=%s", openid, app->conf.language);
        return 0;
}

/* Answers with WeChat's JSON as it came; with an errcode it gets one more member, what to do about
 * it, and the owner is told the same. */
static int
answer(struct app *app, int result, const struct account_answer *received)
{
        struct pairs fields;
        struct err ignored;

        if (received->body == NULL)
                return -1;
        if (result == 0)
                return app_answer_text(app, 200, json_type, received->body);
        app_log(app, &app->err);
        pairs_init(&fields, app->arena);
        (void)!api_parse_answer(app->arena, received->body, received->size, &fields, &ignored);
        pairs_add(&fields, "advice", arena_strdup(app->arena, app->err.text));
        err_clear(&app->err);
        return app_answer_json(app, 200, &fields);
}

static int
server_live(struct app *app)
{
        struct account_request call = {.path = NULL};
        struct account_answer received;
        const struct service *service;
        struct kept kept;

        /* V1. What is asked? */
        service = service_find(app);
        if (service == NULL)
                return -1;
        if (service->kind == SERVICE_CODE)
                return err_set(&app->err, ERR_NOT_FOUND, "server-live: ask server.cgi");

        /* V2. Who asks? */
        if (service_client(app, service) == NULL)
                return -1;

        /* V3. The token or the ticket: WeChat is asked if it is due. */
        if (service->kind == SERVICE_KEPT)
                return account_get(app, service->kept, &kept) != 0
                           ? -1
                           : service_answer_kept(app, service, &kept);

        /* V4. A call: WeChat's names in, WeChat's answer out. */
        call.path = service->call;
        if ((strcmp(service->method, "POST") == 0 ? read_body(app, &call)
                                                  : read_query(app, &call)) != 0)
                return -1;
        return answer(app, account_call(app, &call, &received), &received);
}

static const struct app_program program = {
    .name = "server-live.cgi",
    .purpose = "The program that server.cgi runs when WeChat has to be asked: for the account's\n"
               "next access_token, and to send messages.",
    .methods = "GET, POST",
    .handle = server_live,
    .handle_error = service_answer_error,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
};

PROGRAM_MAIN(program)
