#include "push/signin_request.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/hint.h"
#include "base/text.h"
#include "format/page.h"
#include "signin/attempts.h"
#include "signin/code_page.h"
#include "signin/desktop.h"
#include "signin/passcode.h"
#include "signin/scene.h"
#include "signin/waiting.h"
#include "wechat/message.h"
#include "wechat/reply.h"

/* REQUEST_MAX: a longer text is no request. LINES_MAX: of a reply. TIME_AT: where the time begins
 * in "2026-11-24 17:30". */
enum { REQUEST_MAX = 255, LINES_MAX = 4, TIME_AT = 11 };
static const char menu_key[] = "SIGN_IN";

/* Returns the text in lower case, without what surrounds its words; full-width characters become
 * the ASCII ones that were meant. */
static char *
plain(struct arena *arena, const char *text)
{
        static const char around[] = " \t\r\n.,!?:;'\"()[]<>";
        struct buf buf;
        size_t size, begin;

        buf_init(&buf, arena);
        for (; *text != '\0'; text += size) {
                char ascii = hint_ascii(text, &size);

                if (ascii != 0)
                        buf_add_byte(&buf, ascii);
                else
                        buf_add(&buf, text, size = size == 0 ? 1 : size);
        }
        buf_add_byte(&buf, '\0');
        begin = strspn(buf.data, around);
        for (size = strlen(buf.data); size > begin && strchr(around, buf.data[size - 1]) != NULL;)
                size--;
        return text_lower(arena, arena_copy(arena, buf.data + begin, size - begin));
}

/* Does text consist of the word, and perhaps a number behind it? */
static bool
is_word(const char *text, const char *word, int *number)
{
        const char *rest;

        *number = 0;
        if (!text_starts_with(text, word))
                return false;
        rest = text + strlen(word);
        rest += strspn(rest, " ");
        if (*rest == '\0')
                return true;
        if (strspn(rest, "0123456789") != 2 || strlen(rest) != 2)
                return false;
        *number = (int)strtol(rest, NULL, 10);
        return *number >= CODE_PAGE_NUMBER_LEAST;
}

/* The first language that has the word; a word that the owner added is the site's language. */
static const char *
language_of(struct app *app, const char *word)
{
        const char *const languages[] = {app->conf.language, "zh_CN", "zh_TW", "en"};
        struct pairs words;

        for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
                if (app_read_words(app, languages[i], &words) == 0 &&
                    text_has_word(pairs_get_text(&words, "code.words"), word))
                        return languages[i];
        err_clear(&app->err);
        return app->conf.language;
}

static bool
parse_text(struct app *app, const char *content, struct signin_request *request)
{
        const char *words = app->conf.sign_in_words;
        char *text;

        if (strlen(content) > REQUEST_MAX)
                return false;
        text = plain(app->arena, content);
        for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
                size_t size = strcspn(words, " ");
                char *word = text_lower(app->arena, arena_copy(app->arena, words, size));

                if (is_word(text, word, &request->number)) {
                        request->language = language_of(app, word);
                        return true;
                }
                words += size;
        }
        return false;
}

bool
signin_request_parse(struct app *app, const struct message *message, struct signin_request *request)
{
        *request = (struct signin_request){app->conf.language, 0, NULL};
        /* The mini program's users have other openids. */
        if (strcmp(message->account.token, app->conf.push_token) != 0)
                return false;
        if (conf_has_way(&app->conf, "scene"))
                request->user_code = scene_parse(message->scene);
        if (request->user_code != NULL)
                return true;
        if (!conf_has_way(&app->conf, "message"))
                return false;
        if (strcmp(message->event, "click") == 0)
                return strcmp(pairs_get_text(&message->fields, "EventKey"), menu_key) == 0;
        return strcmp(message->type, "text") == 0 &&
               parse_text(app, pairs_get_text(&message->fields, "Content"), request);
}

static void
add_values(struct app *app, const struct passcode *passcode, struct pairs *values)
{
        long long left = passcode->expires - app->now;
        bool minutes = left >= 60;

        pairs_add(values, "code",
            arena_printf(app->arena, "%.3s %s", passcode->code, passcode->code + 3));
        pairs_add(values, minutes ? "minutes" : "seconds",
            arena_printf(app->arena, "%lld", minutes ? left / 60 : left));
        pairs_add(values, minutes ? "seconds" : "minutes", "");
        pairs_add(values, "number",
            passcode->number == 0 ? "" : arena_printf(app->arena, "%d", passcode->number));
        pairs_add(values, "link", code_page_link(app, passcode->token));
}

/* Makes a reply from lines, given by the names of their words; NULL stands behind the last. */
static int
format(struct app *app, const char *language, const char *const lines[LINES_MAX],
    const struct pairs *values, char **text)
{
        struct pairs words;
        struct buf buf;
        char *line;

        if (app_read_words(app, language, &words) != 0)
                return -1;
        buf_init(&buf, app->arena);
        for (size_t i = 0; i < LINES_MAX && lines[i] != NULL; i++) {
                const char *word = pairs_get(&words, lines[i]);

                if (word == NULL)
                        return err_set(&app->err, ERR_CONFIG, "%s/words/%s.txt: %s is missing",
                            app->conf.html_dir, language, lines[i]);
                if (page_render_text(app->arena, word, values, &line, &app->err) != 0)
                        return -1;
                buf_add_text(&buf, i == 0 ? "" : "\n");
                buf_add_text(&buf, line);
        }
        buf_add_byte(&buf, '\0');
        *text = buf.data;
        return 0;
}

static int
answer_word(struct app *app, const struct message *message, const struct signin_request *request,
    struct pairs *values, char **text)
{
        const char *lines[LINES_MAX] = {"reply.code", "reply.where", "reply.link"};
        struct passcode passcode;

        if (passcode_issue(app, message->openid, request->number, &passcode) != 0)
                return -1;
        add_values(app, &passcode, values);
        if (request->number == 0 && attempts_site_is_bound(app)) {
                lines[2] = "reply.bound";
                lines[3] = "reply.link";
        }
        return format(app, request->language, lines, values, text);
}

/* A code that nobody waits for any more is answered, too: the follower may have been slow. */
static int
answer_scan(struct app *app, const struct message *message, const struct signin_request *request,
    struct pairs *values, char **text)
{
        static const char *const waits[LINES_MAX] = {"reply.scan", "reply.tap"};
        static const char *const gone[LINES_MAX] = {"reply.gone"};
        struct waiting waiting;
        const char *token;

        if (scene_read(app, request->user_code, &waiting) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return format(app, request->language, gone, values, text);
        }
        if (scene_scan(app, &waiting, message->openid, &token) != 0)
                return -1;
        pairs_add(values, "browser", waiting.browser);
        pairs_add(values, "time",
            text_beijing_time(app->arena, waiting.expires - DESKTOP_SECONDS) + TIME_AT);
        pairs_add(values, "link",
            arena_printf(app->arena, "%s?t=%s",
                conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "scan.cgi")),
                token));
        return format(app, request->language, waits, values, text);
}

int
signin_request_answer(struct app *app, const struct message *message,
    const struct signin_request *request, const char **reply)
{
        struct pairs values, text;
        size_t lost;
        char *lines = NULL;
        int result;

        pairs_init(&values, app->arena);
        pairs_add(&values, "site", strstr(app->conf.site_url, "://") + 3);
        result = request->user_code == NULL ? answer_word(app, message, request, &values, &lines)
                                            : answer_scan(app, message, request, &values, &lines);
        if (result != 0)
                return -1;
        pairs_init(&text, app->arena);
        pairs_add(&text, "text", lines);
        *reply = reply_format(app->arena, &text, message, &values, app->now, &lost);
        return 0;
}
