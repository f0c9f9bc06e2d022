/* server.cgi: for programs that know songquanpeng/wechat-server, such as one-api and new-api: whose
 * is this code? */
#include <string.h>
#include <strings.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/client.h"
#include "signin/attempts.h"
#include "signin/code_page.h"
#include "signin/passcode.h"
#include "host/sandbox.h"
#include "web/program.h"

/* Its answers, word for word: the programs show them to their users. */
static const char not_allowed[] = "无权进行此操作，未登录或 token 无效";
static const char bad_parameter[] = "无效的参数";

/* data: NULL for none. */
static int
answer(struct app *app, int status, bool success, const char *message, const char *data)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", status == 200 ? NULL : err_name(app->err.kind));
        pairs_add_typed(&fields, "success", success ? "true" : "false", PAIR_BOOL);
        pairs_add(&fields, "message", message);
        pairs_add(&fields, "data", data);
        return app_answer_json(app, status, &fields);
}

/* What programs may cause by their questions is answered with 200: they read the members only. */
static int
answer_error(struct app *app)
{
        static const struct {
                enum err_kind kind;
                int status; /* 0: that of the kind */
                const char *text;
        } answers[] = {{ERR_DENIED, 200, not_allowed},
            {ERR_BUSY, 200, "错误的验证码太多，请过几分钟再试"}, {ERR_NOT_FOUND, 0, "没有这个接口"},
            {ERR_METHOD, 0, bad_parameter}};
        enum err_kind kind = app->err.kind;

        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
                if (answers[i].kind == kind)
                        return answer(app,
                            answers[i].status == 0 ? err_status(kind) : answers[i].status, false,
                            answers[i].text, NULL);
        return answer(app, err_status(kind == ERR_CONFIG ? ERR_SYSTEM : kind), false,
            "本站暂时不能查询，原因写在错误日志里", NULL);
}

/* Returns the name of the program that asks, by its key, bare or as Bearer; NULL: not known. */
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

static int
server(struct app *app)
{
        const char *client, *code, *openid;

        /* V1. Who asks? */
        if (strcmp(app->request.path_info, "/api/wechat/user") != 0)
                return err_set(&app->err, ERR_NOT_FOUND, "server: there is /api/wechat/user only");
        if (code_page_check(app) != 0)
                return -1;
        client = find_client(app);
        if (client == NULL)
                return err_set(&app->err, ERR_DENIED, "Authorization: %s",
                    *app->request.authorization == '\0'
                        ? "missing: the program sends no key, or the web server hides the header "
                          "(CGIPassAuth On, see docs/one-api.md)"
                        : "not a key of service_keys");

        /* V2. About what? */
        code = read_code(app);
        if (*code == '\0')
                return answer(app, 200, false, bad_parameter, NULL);

        /* V3. A code in force is used up; for any other the answer is empty. */
        if (attempts_begin_client(app, client) != 0)
                return -1;
        if (passcode_take_code(app, code, 0, true, &openid) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return answer(app, 200, true, "", "");
        }
        attempts_succeed_client(app, client);
        return answer(app, 200, true, "", openid);
}

static const struct app_program program = {
    .name = "server.cgi",
    .purpose = "Answers programs that know wechat-server (one-api, new-api, …) whose a code is:\n"
               "server.cgi/api/wechat/user?code=…, with Authorization. Settings: service_keys.",
    .methods = "GET", /* a HEAD request would use up the code */
    .handle = server,
    .handle_error = answer_error,
    .needs = SANDBOX_WRITE_STATE,
};

PROGRAM_MAIN(program)
