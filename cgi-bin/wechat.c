/* wechat.cgi: WeChat pushes messages and events here, and shows the user the answer. */
#include <string.h>

#include "web/app.h"
#include "push/entry.h"
#include "push/follower.h"
#include "push/handler.h"
#include "push/inbox.h"
#include "push/respond.h"
#include "push/signin_request.h"
#include "state/state.h"
#include "format/json_build.h"
#include "wechat/message.h"
#include "host/os.h"
#include "web/program.h"
#include "host/sandbox.h"

enum { ECHOSTR_MAX = 1024 };

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

/* Stores the push, as the settings want it: in the user's file, in the journal, and in the counts
 * of today. *json: what a handler gets. */
static int
keep(struct app *app, const struct message *message, char **json)
{
        if (json_build_tree(app->arena, &message->fields, json, &app->err) != 0 ||
            follower_update(app, message) != 0)
                return -1;
        if (entry_log(app, message, *json) != 0)
                return -1;
        follower_count(app, message);
        return 0;
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

/* For a delivery that brings no reply, since another one is at work: WeChat has gone, and sends the
 * push again. */
static int
answer_nobody(struct app *app)
{
        err_clear(&app->err);
        app->is_alone = true;
        return app_answer_text(
            app, 503, plain_text, "回复还没有准备好。\nThe reply is not ready yet.\n");
}

/* Stores a new push, finds its reply, and stores that. *reply NULL: it comes with a later delivery.
 */
static int
work(struct app *app, const struct message *message, bool asks, const char **reply)
{
        char *json;

        if (keep(app, message, &json) != 0)
                return -1;
        if (asks)
                *reply = code_follows;
        else if (respond(app, message, json, reply) != 0)
                return -1;
        return *reply == NULL ? 0 : inbox_close(app, message, *reply);
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
        if (app_open_state(app) != 0)
                return -1;
        if (inbox_open(app, &message, respond_until(app), &reply) != 0)
                return app->err.kind == ERR_BUSY && respond_may_come_later(app) ? answer_nobody(app)
                                                                                : -1;

        /* W4. A new push: store it, find its reply, and store that. A handler that takes long goes
         * on behind this delivery, and its reply comes with a later one, or as a message. */
        asks = signin_request_parse(app, &message, &request);
        if (reply == NULL && work(app, &message, asks, &reply) != 0)
                return -1;
        if (reply == NULL)
                return answer_nobody(app);

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

/* Only the answer to who asks to sign in has words. */
static void
prepare(struct host *host)
{
        handler_prepare(host);
        if (conf_has_way(&host->conf, "message") || conf_has_way(&host->conf, "scene"))
                host_open_words(host, NULL);
}

static const struct app_program program = {
    .name = "wechat.cgi",
    .purpose = "The address of WeChat's 消息与事件推送: WeChat verifies it,\n"
               "and pushes what users send and do. Settings: push_token, push_mode, replies, ….",
    .methods = "GET, POST",
    .handle = wechat,
    .errands = true,
    .handle_error = answer_error,
    .needs = SANDBOX_STANDARD, /* the words of a reply with a code */
    .links = "expat",
    .reads = offsetof(struct conf, replies),
    .prepare = prepare,
    .opens_words = true,
    .after = respond_go_on,
};

PROGRAM_MAIN(program)
