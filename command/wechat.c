/* wechat: WeChat's calls in the account's name, for a shell and for cron. The commands are a table:
 * a row and a function make one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "base/arena.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "help.h"
#include "host/memory.h"
#include "output.h"
#include "settings.h"
#include "web/environment.h"

#ifndef WECHAT_VERSION
#define WECHAT_VERSION "unknown"
#endif

extern char **environ;

static const struct option api_options[] = {
    {"--data", "JSON|@FILE", "the body; @- reads stdin", "请求体；@- 从标准输入读"},
    {"-F", "NAME=@FILE", "a form with a file", "带文件的表单"},
    {"-o", "FILE", "writes the answer to a file", "把回答写到文件里"}, {.name = NULL}};

static const struct option qr_options[] = {
    {"--days", "N", "valid for 1 to 30 days; 30 by default", "有效 1 到 30 天，默认 30 天"},
    {"--permanent", NULL, "valid for ever; 100,000 such codes at most",
        "永久有效；最多 100,000 个"},
    {"-o", "FILE", "writes the picture, FILE.svg or FILE.png", "写成图片，.svg 或 .png"},
    {.name = NULL}};

static const struct option followers_options[] = {
    {"--export", "FILE",
        "writes a CSV file with what WeChat says about each; continues where it stopped",
        "写成 CSV 文件，含每个人的资料；中断以后接着写"},
    {.name = NULL}};

static const struct option send_options[] = {
    {"--image", "FILE", "a picture in place of TEXT", "发图片，不发文字"}, {.name = NULL}};

static const struct option template_options[] = {
    {"--url", "URL", "the page that a tap opens", "点开的网页"},
    {"--miniprogram", "APPID/PAGE", "the mini program's page that a tap opens", "点开的小程序页面"},
    {.name = NULL}};

static const struct option media_options[] = {
    {"--thumb", NULL, "as the small picture of a video (JPEG, 64 KB)",
        "作为视频的缩略图（JPEG，64 KB）"},
    {.name = NULL}};

static const struct option check_options[] = {
    {"--handler", NULL, "runs the handler once, with a test message",
        "用一条测试消息运行一次 handler"},
    {.name = NULL}};

static const struct option keys_options[] = {
    {"--alg", "RS256|ES256", "the algorithm; RS256 by default", "算法，默认 RS256"},
    {.name = NULL}};

static const struct option client_options[] = {
    {"--redirect", "URI...", "where it takes people back; may be given more than once",
        "登录后回到它的哪个地址；可以写几次"},
    {"--logout", "URI...", "where people go after signing out there; the same",
        "退出后去它的哪个地址；可以写几次"},
    {"--back-channel", "URI", "which of its addresses is called when somebody signs out here",
        "用户在本站退出时，通知它的哪个地址"},
    {"--front-channel", "URI", "the same, by the browser, in a frame",
        "同上，由浏览器在框架里打开"},
    {"--public", NULL, "it cannot keep a secret: an app, a page with scripts only",
        "它不能保存密钥：手机应用、只有脚本的网页"},
    {"--scope", "WORDS", "what it may ask for; by default: openid profile email",
        "它可以请求什么，默认 openid profile email"},
    {"--email", "none|file|placeholder", "which mail address it gets; by default none",
        "给它哪个邮箱，默认 none"},
    {"--alg", "RS256|ES256", "how its ID tokens are signed; RS256 by default",
        "ID 令牌的签名算法，默认 RS256"},
    {"--skip-consent", NULL, "it is your own: people are not asked", "它是您自己的：不询问访客"},
    {"--id", "ID", "its client_id; by default NAME with random digits",
        "它的 client_id，默认是名字加随机数字"},
    {.name = NULL}};

const struct option common_options[] = {
    {"--json", NULL, "WeChat's answer as JSON, for programs", "微信回答的 JSON，给程序用"},
    {"--conf", "FILE", "the settings file", "设置文件"}, {"--help", NULL, "this help", "显示帮助"},
    {.name = NULL}};

const struct option first_options[] = {{"--version", NULL, "the version", "显示版本"},
    {"--completion", NULL, "a script for bash that completes words", "bash 的补全脚本"},
    {.name = NULL}};

const struct command commands[] = {
    {"api", "METHOD PATH", api_options, "any call: GET /cgi-bin/menu/get",
        "任何接口：GET /cgi-bin/menu/get", run_api, false},
    {"menu get", "", NULL, "prints the menu, as a file for menu set",
        "显示菜单，就是 menu set 要的文件", run_menu_get, false},
    {"menu set", "[FILE]", NULL, "checks the file (or that of the setting menu), and sets the menu",
        "检查文件（不写就用设置 menu 里的），设置菜单", run_menu_set, false},
    {"menu delete", "", NULL, "deletes the menu", "删除菜单", run_menu_delete, false},
    {"qr", "SCENE", qr_options, "makes a QR code of the account", "生成公众号的带参数二维码",
        run_qr, false},
    {"user", "OPENID", NULL, "what WeChat says about a follower", "一个关注者的资料", run_user,
        false},
    {"followers", "", followers_options, "lists all followers", "列出全部关注者", run_followers,
        false},
    {"send", "OPENID [TEXT]", send_options, "sends a message (customer service)", "发客服消息",
        run_send, false},
    {"template", "OPENID ID FILE", template_options, "sends a template message; FILE has its data",
        "发模板消息；FILE 里是 data", run_template, false},
    {"media upload", "FILE", media_options, "uploads a picture, voice or video for three days",
        "上传图片、语音、视频，保存三天", run_media_upload, false},
    {"token", "", NULL, "prints the access_token: show it to nobody",
        "显示 access_token，不要给别人看", run_token, false},
    {"check", "", check_options, "is all well? What is not, and what to do",
        "一切正常吗？哪里不对，该怎么办", run_check, true},
    {"state copy", "FROM TO", NULL, "copies people, sessions, journal: files redis, or back",
        "复制用户、登录和日志：files redis，或者反过来", run_state_copy, false},
    {"keys list", "", NULL, "lists the keys that sign ID tokens (OpenID Connect)",
        "列出 ID 令牌的签名密钥（OpenID Connect）", run_keys_list, false},
    {"keys make", "", keys_options, "makes the first key of an algorithm, which signs at once",
        "生成一种算法的第一个密钥，马上开始签名", run_keys_make, false},
    {"keys rotate", "", keys_options, "makes the next key, which signs a day later",
        "生成下一个密钥，一天后开始签名", run_keys_rotate, false},
    {"keys replace", "", keys_options, "makes a key at once, and deletes those that became known",
        "马上换密钥，删除已经泄露的", run_keys_replace, false},
    {"client add", "NAME", client_options,
        "adds a program that signs people in; prints its id and secret",
        "添加一个用本站登录的程序，显示它的编号和密钥", run_client_add, false},
    {"client list", "", NULL, "lists these programs", "列出这些程序", run_client_list, false},
    {"client check", "", NULL, "checks their file", "检查它们的文件", run_client_check, false},
    {"client secret", "ID", NULL, "makes a new secret, and prints it", "换一个新密钥并显示",
        run_client_secret, false},
    {"client remove", "ID", NULL, "removes one", "删除一个", run_client_remove, false},
    {.words = NULL}};

/* ---- the process ---- */

/* Instead of the library's, which answers a web server. */
void
memory_exhausted(void)
{
        static const char line[] = "wechat: out of memory\n";

        if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
                _exit(STATUS_REFUSED);
        _exit(STATUS_REFUSED);
}

/* A web server that takes this for a CGI program passes what a visitor wrote into the address as
 * arguments (RFC 3875, section 4.4). */
static int
refuse_web_server(void)
{
        (void)fputs("Status: 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                    "Not found.\n",
            stdout);
        (void)fputs("wechat: run by a web server (GATEWAY_INTERFACE is set): did nothing. From a "
                    "program of your own: env -u GATEWAY_INTERFACE wechat …\n",
            stderr);
        return STATUS_REFUSED;
}

/* As LC_ALL, LC_MESSAGES or LANG says, the first that is set: zh_TW.UTF-8 is zh-TW on the web. */
static const char *
find_language(struct arena *arena, char *const *environment)
{
        static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                const char *value = environment_get(environment, names[i]);
                char *tag, *mark;

                if (value == NULL || *value == '\0')
                        continue;
                tag = arena_copy(arena, value, strcspn(value, ".@"));
                mark = strchr(tag, '_');
                if (mark != NULL)
                        *mark = '-';
                return text_language(tag, "en");
        }
        return "en";
}

static int
execute(struct run *run)
{
        const char *why = run->command->opens_settings ? NULL : settings_open(run);

        return why == NULL ? run->command->execute(run) : refuse(run, ERR_CONFIG, "%s", "%s", why);
}

static int
run_words(struct run *run)
{
        switch (arguments_read(run)) {
        case WISH_RUN:
                run->json = option(run, "--json") != NULL;
                return execute(run);
        case WISH_HELP:
                print_help(run);
                return STATUS_DONE;
        case WISH_VERSION:
                printf("wechat (wechat-cgi) %s\n", WECHAT_VERSION);
                return STATUS_DONE;
        case WISH_COMPLETION:
                print_completion();
                return STATUS_DONE;
        case WISH_NOTHING:
        default:
                return STATUS_USAGE;
        }
}

static int
run_in(struct run *run, char *const *environment)
{
        int status;

        pairs_init(&run->options, run->arena);
        run->language = find_language(run->arena, environment);
        run->chinese = strcmp(run->language, "en") != 0;
        run->home = arena_strdup(run->arena, environment_get(environment, "HOME"));
        run->named = arena_strdup(run->arena, environment_get(environment, "WECHAT_CONF"));
        status = run_words(run);
        return fflush(stdout) == 0 && ferror(stdout) == 0 ? status : refuse_file(run, "stdout");
}

int
main(int argc, char **argv)
{
        static char *const nothing[] = {NULL};
        char *const *environment = environ == NULL ? nothing : environ;
        bool has_progress = false;
        struct run run = {.words = argv,
            .is_shown = isatty(STDOUT_FILENO) == 1,
            .is_watched = isatty(STDERR_FILENO) == 1,
            .has_progress = &has_progress,
            .umask = umask(077)};
        int status;

        if (environment_get(environment, "GATEWAY_INTERFACE") != NULL)
                return refuse_web_server();
        run.arena = arena_new(memory_exhausted);
        if (run.arena == NULL)
                memory_exhausted();
        status = argc < 1 ? STATUS_USAGE : run_in(&run, environment);
        host_close(&run.host);
        arena_free(run.arena);
        return status;
}
