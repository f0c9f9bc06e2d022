/* server.cgi: for other programs. Those that know songquanpeng/wechat-server, such as one-api and
 * new-api, ask whose a code is; others use the account's access_token. */
#include <string.h>

#include "account/service.h"
#include "base/arena.h"
#include "host/sandbox.h"
#include "signin/attempts.h"
#include "signin/code_page.h"
#include "signin/passcode.h"
#include "web/app.h"
#include "web/program.h"

/* Asking WeChat needs libcurl, whose loading costs more than everything else here. So another
 * program does it. */
static const char *
instead(struct host *host, char *const *environment)
{
        return service_needs_wechat(host, environment) ? "server-live.cgi" : NULL;
}

/* Returns the code, without the blanks that it is shown with. */
static char *
read_code(struct app *app)
{
        char *code = arena_strdup(app->arena, pairs_get_text(&app->request.query, "code")),
             *to = code;

        for (const char *from = code; *from != '\0'; from++)
                if (*from != ' ')
                        *to++ = *from;
        *to = '\0';
        return code;
}

/* A code in force is used up; for any other the answer is empty. */
static int
answer_code(struct app *app, const char *client)
{
        const char *code = read_code(app), *openid;

        if (*code == '\0')
                return service_answer_peer(app, false, "无效的参数", NULL);
        if (attempts_begin_client(app, client) != 0)
                return -1;
        if (passcode_take_code(app, code, 0, true, &openid) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return service_answer_peer(app, true, "", "");
        }
        attempts_succeed_client(app, client);
        return service_answer_peer(app, true, "", openid);
}

static int
server(struct app *app)
{
        const struct service *service;
        const char *client;
        struct kept kept;

        /* V1. What is asked? */
        service = service_find(app);
        if (service == NULL || (service->kind == SERVICE_CODE && code_page_check(app) != 0))
                return -1;

        /* V2. Who asks? */
        client = service_client(app, service);
        if (client == NULL)
                return -1;

        /* V3. Whose is a code? */
        if (service->kind == SERVICE_CODE)
                return answer_code(app, client);

        /* V4. The token or the ticket in force. */
        if (kept_find(app, service->kept, &kept) != 0)
                return -1;
        if (service->kind == SERVICE_KEPT && kept.expires > 0)
                return service_answer_kept(app, service, &kept);
        return err_set(&app->err, ERR_CONFIG,
            "server-live.cgi is missing beside server.cgi, or cannot be run");
}

static const struct app_program program = {
    .name = "server.cgi",
    .purpose = "Answers other programs. Those that know wechat-server (one-api, new-api, …) ask\n"
               "whose a code is: server.cgi/api/wechat/user?code=…, with Authorization. Others\n"
               "use the account's access_token. Settings: service_keys, account_clients.",
    .methods = "GET, POST", /* a HEAD request would use up the code */
    .instead = instead,
    .handle = server,
    .handle_error = service_answer_error,
    .needs = SANDBOX_WRITE_STATE,
};

PROGRAM_MAIN(program)
