/* wechat qr: a QR code of the account, with a scene that pushes name (subscribe, SCAN). */
#include "format/qr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "format/json.h"
#include "format/json_build.h"
#include "format/qr_png.h"
#include "input.h"
#include "output.h"
#include "wechat/api.h"
#include "wechat/qrcode.h"
#include "wechat/account_api.h"

enum { QR_SIDE_PIXELS = 8 };

/* ---- the request ---- */

static int
refuse_flaw(const struct run *run, enum qrcode_flaw flaw, int seconds)
{
        if (flaw == QRCODE_LENGTH)
                return refuse_usage(run, "SCENE has 1 to %d characters", "SCENE 有 1 到 %d 个字符",
                    QRCODE_SCENE_MAX);
        return refuse_usage(run,
            "a scene that is a number is 1 to %lld, without zeros in front: another one needs a "
            "letter in it",
            "数字场景是 1 到 %lld，前面不带零；别的场景里要有字母", qrcode_number_max(seconds));
}

static int
read_request(const struct run *run, struct pairs *fields)
{
        const char *days = option(run, "--days");
        bool permanent = option(run, "--permanent") != NULL;
        long long count = days == NULL || strlen(days) > 3 ? 0 : strtoll(days, NULL, 10);
        enum qrcode_flaw flaw;
        int seconds;

        if (days != NULL && permanent)
                return refuse_usage(
                    run, "either --days or --permanent", "--days 和 --permanent 只能用一个");
        if (days == NULL)
                count = QRCODE_DAYS_MAX;
        else if (days[strspn(days, "0123456789")] != '\0' || count < 1 || count > QRCODE_DAYS_MAX)
                return refuse_usage(run, "--days is 1 to %d: for longer use --permanent",
                    "--days 是 1 到 %d；更久请用 --permanent", QRCODE_DAYS_MAX);
        seconds = permanent ? 0 : (int)count * 86400;
        flaw = qrcode_request(run->arguments[0], seconds, fields);
        return flaw == QRCODE_GOOD ? STATUS_DONE : refuse_flaw(run, flaw, seconds);
}

/* ---- the picture ---- */

static int
write_svg(struct run *run, const char *url, const char *out)
{
        char *path, *svg;
        int size;

        if (qr_path(run->arena, url, &path, &size, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        svg = arena_printf(run->arena,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n"
            "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>\n"
            "<path d=\"%s\"/>\n"
            "</svg>\n",
            size, size, size, size, path);
        return write_file(run, out, svg, strlen(svg));
}

static int
write_png(struct run *run, const char *url, const char *out)
{
        struct qr_code code;
        char *png;
        size_t size;

        if (qr_encode(run->arena, url, &code, &run->app.err) != 0 ||
            qr_png(run->arena, &code, QR_SIDE_PIXELS, &png, &size, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        return write_file(run, out, png, size);
}

static bool
is_dark(const struct qr_code *code, int x, int y)
{
        return x >= 0 && y >= 0 && x < code->width && y < code->width &&
               code->is_dark[y * code->width + x] != 0;
}

/* Draws the code on a terminal, two modules above each other in a character: white on black,
 * whatever the terminal's own colours are. */
static void
draw(struct run *run, const char *url)
{
        struct qr_code code;
        struct err ignored;
        struct buf drawn;

        if (qr_encode(run->arena, url, &code, &ignored) != 0)
                return;
        buf_init(&drawn, run->arena);
        for (int y = -QR_MARGIN; y < code.width + QR_MARGIN; y += 2) {
                buf_add_text(&drawn, "\033[40;97m");
                for (int x = -QR_MARGIN; x < code.width + QR_MARGIN; x++) {
                        bool upper = is_dark(&code, x, y), lower = is_dark(&code, x, y + 1);

                        buf_add_text(&drawn, upper ? (lower ? " " : "▄") : (lower ? "▀" : "█"));
                }
                buf_add_text(&drawn, "\033[0m\n");
        }
        printf("%s", drawn.data);
}

/* ---- the command ---- */

/* Which kind of picture is FILE to be? NULL is a kind, too. Returns STATUS_USAGE for another one.
 */
static int
check_out(const struct run *run, const char *out)
{
        if (out == NULL || strcasecmp(extension(out), "svg") == 0 ||
            strcasecmp(extension(out), "png") == 0)
                return STATUS_DONE;
        return refuse_usage(run, "-o writes FILE.svg or FILE.png", "-o 写 .svg 或 .png 文件");
}

static int
show(struct run *run, const struct account_answer *answer, const struct pairs *fields)
{
        const char *out = option(run, "-o"), *url;
        long long seconds = pairs_get_number(fields, "expire_seconds", 0);

        if (api_parse_qrcode(fields, &url, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        if (out != NULL &&
            (strcasecmp(extension(out), "svg") == 0 ? write_svg(run, url, out)
                                                    : write_png(run, url, out)) != STATUS_DONE)
                return STATUS_REFUSED;
        print_answer(run, answer);
        say(run, "url: %s\nticket: %s", "网址：%s\nticket：%s", url,
            pairs_get_text(fields, "ticket"));
        if (seconds > 0)
                say(run, "valid until: %s (Beijing time)", "有效期到：%s（北京时间）",
                    text_beijing_time(run->arena, run->app.now + seconds));
        else
                say(run, "permanent", "永久有效");
        if (out != NULL)
                say(run, "picture: %s", "图片：%s", out);
        else if (run->is_shown && !run->json)
                draw(run, url);
        return STATUS_DONE;
}

int
run_qr(struct run *run)
{
        struct account_request request = {.path = "/cgi-bin/qrcode/create"};
        struct pairs asked, fields;
        struct account_answer answer;
        char *json;
        int status = check_out(run, option(run, "-o"));

        pairs_init(&asked, run->arena);
        pairs_init(&fields, run->arena);
        if (status == STATUS_DONE)
                status = read_request(run, &asked);
        if (status != STATUS_DONE)
                return status;
        if (json_build_tree(run->arena, &asked, &json, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        request.json = json;
        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        if (json_parse(run->arena, answer.body, answer.size, &fields, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        return show(run, &answer, &fields);
}
