/* wechat-late.cgi: makes calls in the account's name for wechat.cgi, which runs it: sends messages
 * behind the answer to a push, and shows "typing". */
#include <string.h>

#include "web/app.h"
#include "account/call.h"
#include "account/upstream.h"
#include "base/arena.h"
#include "base/text.h"
#include "host/log.h"
#include "host/sandbox.h"
#include "state/state.h"
#include "web/program.h"
#include "wechat/custom.h"

/* Nobody keeps its stderr: the line waits in the state for wechat.cgi. */
static void
tell(struct app *app, const struct err *err)
{
        const char *line = log_line(app->arena, app->program->name, "-", NULL, err);
        struct err failure = {.kind = ERR_NONE};

        if (state_defer_log(app->state, line, &failure) != 0)
                log_error(app->program->name, "-", NULL, err);
        (void)!state_note_error(app->state, line, app->now, &failure);
}

/* 45081: it is shown already. Any other error is told once, since an account that may not call this
 * would fail each time. */
static void
tell_typing(struct app *app)
{
        struct err err = app->err;

        if (err.errcode == 45081 || !state_note(app->state, "no-typing"))
                return;
        err_set(&err, err.kind, "handler_typing: %s; this is logged once",
            arena_strdup(app->arena, app->err.text));
        tell(app, &err);
}

/* left: how many messages are not sent now. */
static void
tell_message(struct app *app, int number, int left)
{
        struct err err = app->err;
        const char *more = left == 0 ? "" : arena_printf(app->arena, " (nor %d more)", left);

        err_set(&err, err.kind, "message %d was not sent%s: %s", number, more,
            arena_strdup(app->arena, app->err.text));
        tell(app, &err);
}

static int
count_lines(const char *text)
{
        int count = 0;

        while ((text = strchr(text, '\n')) != NULL && *++text != '\0')
                count++;
        return count + 1;
}

/* Makes the call of a line, "path json". Returns false if the next ones would fail as well. */
static bool
make_call(struct app *app, const char *line, int number, int left)
{
        size_t size = strcspn(line, " ");
        struct account_request request = {.path = arena_copy(app->arena, line, size)};
        struct account_answer answer;

        if (line[size] == '\0')
                return true;
        request.json = line + size + 1;
        if (account_call(app, &request, &answer) == 0)
                return true;

        /* Z2. An error: leave a line for the log, and stop if the next ones would fail as well. */
        if (strcmp(request.path, CUSTOM_TYPING_PATH) == 0) {
                tell_typing(app);
                return true;
        }
        if (app->err.errcode != 0 && app->err.kind == ERR_REQUEST) {
                tell_message(app, number, 0); /* about this message alone */
                return true;
        }
        tell_message(app, number, left);
        return false;
}

static int
late(struct app *app, const char *text)
{
        int count = count_lines(text);
        bool goes_on = true;

        if (app_open_state(app) != 0)
                return -1;

        /* Z1. Make each call, in order. */
        for (int i = 0; i < count && goes_on && *text != '\0'; i++) {
                size_t size = strcspn(text, "\n");

                goes_on = make_call(app, arena_copy(app->arena, text, size), i + 1, count - i - 1);
                text += size + (text[size] == '\n' ? 1 : 0);
        }
        return 0;
}

static int
wechat_late(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "wechat.cgi runs this program; nobody else asks");
}

static const struct app_program program = {
    .name = "wechat-late.cgi",
    .purpose = "The program that wechat.cgi runs for what it sends behind its answer: a handler's\n"
               "late reply, more replies, \"typing\". A web server gets 404 from it.",
    .methods = "GET, POST",
    .handle = wechat_late,
    .handle_error = app_answer_error_json,
    .local = late,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
};

PROGRAM_MAIN(program)
