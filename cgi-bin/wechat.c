/* wechat.cgi: WeChat pushes messages and events here, and shows the user the answer. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "push/follower.h"
#include "push/inbox.h"
#include "push/signin_request.h"
#include "state/state.h"
#include "format/json.h"
#include "format/json_build.h"
#include "format/json_check.h"
#include "host/log.h"
#include "wechat/message.h"
#include "host/os.h"
#include "format/owner.h"
#include "web/program.h"
#include "wechat/reply.h"
#include "wechat/rules.h"
#include "host/runner.h"
#include "host/sandbox.h"

/* WeChat waits for 5 seconds. All waiting here ends earlier, so that there is an answer. */
enum { WAIT_MS = 4000, ECHOSTR_MAX = 1024 };

/* What is stored in place of a reply with a code: the state holds no codes, and the reply to a
 * repeat is made anew. XML begins with '<'. */
static const char code_follows[] = "code";

static const char plain_text[] = "text/plain; charset=utf-8";

/* When the owner enters the address at 消息与事件推送, WeChat expects back what it sent. */
static int
verify(struct app *app)
{
        const char *echostr = pairs_get_once(&app->request.query, "echostr");

        if (echostr == NULL || strlen(echostr) > ECHOSTR_MAX)
                return err_set(&app->err, ERR_DENIED, "echostr: missing, given twice, or too long");
        return app_answer_text(app, 200, plain_text, echostr);
}

/* Stores the push: in the journal, as the JSON that a handler gets, and in the user's file. */
static int
keep(struct app *app, const struct message *message, char **json)
{
        if (json_build_tree(app->arena, &message->fields, json, &app->err) != 0 ||
            follower_update(app, message) != 0)
                return -1;
        if (app->conf.events_days == 0)
                return 0;
        return state_log(app->state, *json, app->conf.events_days, app->now, &app->err);
}

/* The handler is the owner's program and keeps all rights: the process that will run it is started
 * before we give up ours. */
static void
prepare(struct host *host)
{
        char **environment;

        if (*host->conf.handler == '\0')
                return;
        environment = arena_alloc(host->arena, 4 * sizeof(*environment));
        environment[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
        environment[1] = "LANG=C.UTF-8";
        environment[2] = arena_printf(host->arena, "WECHAT_STATE_DIR=%s", host->conf.state_dir);
        environment[3] = NULL;
        host->runner = runner_start(host->arena, host->conf.handler, environment);
}

/* Reads the handler's reply to the push; nothing if it writes nothing, PAIR_NULL for "no reply".
 * Its text may repeat what a follower wrote, so it is a template only if the handler says so. */
static int
ask_handler(struct app *app, const char *json, struct pairs *reply)
{
        char *output;
        size_t size;

        if (runner_run(app->host->runner, app->arena, json, app->started + WAIT_MS, &output, &size,
                &app->err) != 0)
                return -1;
        if (owner_read_text(arena_printf(app->arena, "%s: its output", app->conf.handler), output,
                &size, &app->err) != 0)
                return -1;
        output += strspn(output, " \t\n");
        if (*output == '\0')
                return 0;
        if (strncmp(output, "null", 4) == 0 && output[4 + strspn(output + 4, " \t\n")] == '\0') {
                pairs_add_typed(reply, "", "", PAIR_NULL);
                return 0;
        }
        if (json_check(app->arena, output, strlen(output), &app->err) != 0 ||
            json_parse_tree(app->arena, output, strlen(output), reply, &app->err) != 0 ||
            reply_check(app->arena, reply, false, &app->err) != 0)
                return err_set(&app->err, ERR_CONFIG, "%s: its reply is invalid: %s",
                    app->conf.handler, arena_strdup(app->arena, app->err.text));
        return 0;
}

static int
ask_rules(struct app *app, const struct message *message, struct pairs *reply)
{
        struct rules rules;
        char *text;
        size_t size;

        if (app_read_file(app, &text, &size) != 0 ||
            rules_parse(app->arena, text, size, app->conf.replies, &rules, &app->err) != 0)
                return -1;
        rules_find(&rules, message, reply);
        return 0;
}

/* Adds the values that a reply's text may use. */
static void
get_values(struct app *app, const struct message *message, struct pairs *values)
{
        struct pairs user;
        struct err none;

        pairs_init(values, app->arena);
        pairs_init(&user, app->arena);
        if (state_read_user(app->state, message->openid, &user, &none) != 0)
                pairs_init(&user, app->arena);
        pairs_add(values, "nickname", pairs_get_text(&user, "nickname"));
        pairs_add(values, "openid", message->openid);
        pairs_add(values, "content", pairs_get_text(&message->fields, "Content"));
        pairs_add(values, "scene",
            *message->scene != '\0' ? message->scene : pairs_get_text(&user, "scene"));
        pairs_add(values, "login_url",
            conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "login.cgi")));
}

static const char *
format_reply(struct app *app, const struct message *message, const struct pairs *reply,
    const struct pairs *values, const char *source)
{
        size_t lost;
        const char *xml = reply_format(app->arena, reply, message, values, app->now, &lost);

        if (lost > 0) {
                err_set(&app->err, ERR_CONFIG,
                    "the reply is too long: WeChat takes %d bytes of text, so its last %zu are cut "
                    "off; shorten it in %s",
                    REPLY_TEXT_MAX, lost, source);
                log_error(app->program->name, app->request.client, &app->err);
                err_clear(&app->err);
        }
        return xml;
}

/* Asks the handler first, and the rules if it leaves the push to them. The push is stored by now:
 * errors here are logged, and WeChat gets no reply. */
static const char *
find_reply(struct app *app, const struct message *message, const char *json)
{
        const char *source = app->conf.handler;
        struct pairs reply, values;
        int result = 0;

        pairs_init(&reply, app->arena);
        if (*app->conf.handler != '\0')
                result = ask_handler(app, json, &reply);
        if (result == 0 && reply.count == 0 && *app->conf.replies != '\0') {
                source = app->conf.replies;
                result = ask_rules(app, message, &reply);
        }
        if (result != 0) {
                log_error(app->program->name, app->request.client, &app->err);
                err_clear(&app->err);
                return "";
        }
        if (reply.count == 0)
                return "";
        get_values(app, message, &values);
        return format_reply(app, message, &reply, &values, source);
}

static int
answer(struct app *app, const struct message *message, const char *reply)
{
        const char *nonce = pairs_get_text(&app->request.query, "nonce");
        uint8_t random[CRYPT_RANDOM_SIZE];
        const char *type =
            message->is_json ? "application/json; charset=utf-8" : "text/xml; charset=utf-8";
        char *text;

        if (os_random(random, sizeof(random), &app->err) != 0 ||
            message_seal(app->arena, message, reply, nonce, random, app->now, &text, &app->err) !=
                0)
                return -1;
        return app_answer_text(app, 200, *reply == '\0' ? plain_text : type, text);
}

static int
wechat(struct app *app)
{
        const struct pairs *query = &app->request.query;
        struct message_account account;
        struct signin_request request;
        struct message message;
        const char *reply;
        bool asks;
        char *json;

        /* W1. Does it come from WeChat, and now? For which account? Its query must be flawless. */
        if (app->request.query_flaw != NULL)
                return err_set(
                    &app->err, ERR_REQUEST, "the query is malformed: %s", app->request.query_flaw);
        if (message_check_signature(&app->conf, query, app->now, &account, &app->err) != 0)
                return -1;
        if (strcmp(app->request.method, "POST") != 0)
                return verify(app);

        /* W2. Parse the push, and decrypt it if the settings require encryption. */
        if (message_parse(app->arena, &account, query, app->request.body, app->request.body_size,
                &message, &app->err) != 0)
                return -1;

        /* W3. WeChat repeats a push if the answer is late or lost: a repeat gets the same reply. */
        if (app_open_state(app) != 0 ||
            inbox_open(app, &message, app->started + WAIT_MS, &reply) != 0)
                return -1;

        /* W4. A new push: store it, find its reply, and store that. */
        asks = signin_request_parse(app, &message, &request);
        if (reply == NULL) {
                if (keep(app, &message, &json) != 0)
                        return -1;
                reply = asks ? code_follows : find_reply(app, &message, json);
                if (inbox_close(app, &message, reply) != 0)
                        return -1;
        }

        /* W5. A follower who asks to sign in gets a code; a repeat gets the same one. */
        if (strcmp(reply, code_follows) == 0) {
                /* sign_in was changed between the push and its repeat. */
                if (!asks)
                        return answer(app, &message, "");
                if (signin_request_answer(app, &message, &request, &reply) != 0)
                        return -1;
        }

        /* W6. Answer. */
        return answer(app, &message, reply);
}

/* WeChat looks at the status only: for a push that could not be stored it is 500, and the push
 * comes again. */
static int
answer_error(struct app *app)
{
        enum err_kind kind = app->err.kind;
        int status = err_status(kind);
        bool theirs = kind == ERR_DENIED || kind == ERR_REQUEST || kind == ERR_TOO_LARGE ||
                      kind == ERR_METHOD;

        return app_answer_text(app, theirs ? status : 500, plain_text,
            "这个地址由微信的服务器使用。出错的原因写在本站服务器的错误日志里。\n"
            "This address is for WeChat's servers. The reason is in this site's error log.\n");
}

static const struct app_program program = {
    .name = "wechat.cgi",
    .purpose = "The address of WeChat's 消息与事件推送: WeChat verifies it,\n"
               "and pushes what users send and do. Settings: push_token, push_mode, replies, ….",
    .methods = "GET, POST",
    .handle = wechat,
    .handle_error = answer_error,
    .needs = SANDBOX_STANDARD, /* the words of a reply with a code */
    .links = "expat",
    .reads = offsetof(struct conf, replies),
    .prepare = prepare,
};

PROGRAM_MAIN(program)
