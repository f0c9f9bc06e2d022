#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/check.h"
#include "base/err.h"
#include "base/hint.h"
#include "conf/line.h"
#include "base/text.h"
#include "format/url.h"

enum { DAY_SECONDS = 86400, DEV_DAYS_MAX = 30 };

enum conf_kind { TEXT, NUMBER, FILE_PATH };

static const struct conf_key {
        const char *name;
        enum conf_kind kind;
        size_t offset;
        const char *standard; /* the default; NULL: required */
        const char *(*check)(const char *value);
        const char *meaning; /* lines for wechat.conf.example */
} keys[] = {
    {"appid", TEXT, offsetof(struct conf, appid), NULL, check_appid,
        "公众号的 AppID（微信开发者平台 → 我的业务 → 公众号或服务号）。必填。\n"
        "The account's AppID, from WeChat's platform for developers (微信开发者平台 → 我的业务 →\n"
        "公众号 or 服务号). Must be set."},
    {"secret", TEXT, offsetof(struct conf, secret), NULL, check_secret,
        "公众号的 AppSecret，在同一页。必填；不要告诉任何人。\n"
        "The account's AppSecret, from the same page. Must be set; show it to nobody."},
    {"site_url", TEXT, offsetof(struct conf, site_url), NULL, check_origin,
        "网站自己的地址，末尾没有斜杠，例如 https://www.example.com。必填。\n"
        "The site's own origin, without a slash at the end. Must be set."},
    {"cgi_path", TEXT, offsetof(struct conf, cgi_path), "/cgi-bin", check_path,
        "这些程序在网站上的路径。\n"
        "Where the programs are on the site."},
    {"home", TEXT, offsetof(struct conf, home), "", check_local,
        "登录后的去处；空着就是个人主页 me.cgi。\n"
        "Where a sign-in lands when no page was asked for; empty: the personal page, me.cgi."},
    {"scope", TEXT, offsetof(struct conf, scope), "snsapi_userinfo", check_scope,
        "snsapi_userinfo：询问用户，取得昵称和头像；snsapi_base：不询问，只有 openid。\n"
        "snsapi_userinfo asks the visitor and gets nickname and avatar; snsapi_base asks nothing\n"
        "and gets the openid only."},
    {"outside_wechat", TEXT, offsetof(struct conf, outside_wechat), "qr", check_outside,
        "在微信以外的浏览器里登录：qr 显示二维码，用手机微信扫一扫；direct 也直接去微信授权页，没有"
        "二维码；\n"
        "both 直接去授权页，login.cgi?qr=1 显示二维码。direct 和 both 只用于模拟器。\n"
        "Signing in outside WeChat: qr shows a QR code for the phone; direct goes to WeChat's\n"
        "page all the same, and there are no QR codes; both goes there too, and shows a code for\n"
        "login.cgi?qr=1. direct and both are for the simulator only."},
    {"website_appid", TEXT, offsetof(struct conf, website_appid), "", check_other_appid,
        "微信开放平台“网站应用”的 AppID；有了它，电脑上的登录改用微信自己的二维码页。\n"
        "The AppID of a website application of the open platform: with it a computer signs in by\n"
        "WeChat's own QR page."},
    {"website_secret", TEXT, offsetof(struct conf, website_secret), "", check_other_secret,
        "网站应用的 AppSecret。\n"
        "Its AppSecret."},
    {"mini_appid", TEXT, offsetof(struct conf, mini_appid), "", check_other_appid,
        "小程序的 AppID；空着就没有小程序登录。\n"
        "The mini program's AppID; empty: mini programs do not sign in here."},
    {"mini_secret", TEXT, offsetof(struct conf, mini_secret), "", check_other_secret,
        "小程序的 AppSecret。\n"
        "Its AppSecret."},
    {"mini_push_token", TEXT, offsetof(struct conf, mini_push_token), "", check_push_token,
        "接收小程序的消息：小程序后台“消息推送”里的 Token，要与 push_token 不同；空着就不接收。\n"
        "The mini program's messages: the Token of its message push (消息推送), another one than\n"
        "push_token; empty: none are received."},
    {"mini_encoding_aes_key", TEXT, offsetof(struct conf, mini_encoding_aes_key), "", check_aes_key,
        "小程序“消息推送”里的 EncodingAESKey；安全模式和兼容模式必填，明文模式空着。\n"
        "Its EncodingAESKey: needed in safe and compatible mode, empty in plain mode."},
    {"list", FILE_PATH, offsetof(struct conf, list), "", check_any,
        "列表页的内容文件（JSON）；空着就没有列表页。写法见 README。\n"
        "The file of the list page's items (JSON); empty: there is no list page. The README says\n"
        "how to write it."},
    {"dev_origins", TEXT, offsetof(struct conf, dev_origins), "", check_dev_origins,
        "本地开发：可以从这些来源使用登录，例如 http://192.168.1.5:5173，用空格分开；* "
        "表示任何来源，"
        "\n"
        "只在 site_url 是本机时可用。开发完请清空。\n"
        "Local development: the origins whose pages may use the sign-in, divided by blanks; * is "
        "any,\n"
        "only while site_url is this computer. Empty it when done."},
    {"dev_origins_until", TEXT, offsetof(struct conf, dev_origins_until), "", check_day,
        "dev_origins 有效到哪一天（北京时间，含当天），例如 2026-12-24，最多 30 "
        "天以后；过了这一天，dev_origins "
        "就不再起作用。\n"
        "site_url 是本机时可以不填。\n"
        "The last day of dev_origins, in Beijing, such as 2026-12-24, 30 days ahead at most. After "
        "it\n"
        "dev_origins is ignored. Not needed while site_url is this computer."},
    {"introspection_clients", TEXT, offsetof(struct conf, introspection_clients), "", check_clients,
        "可以用 RFC 7662 询问 validate.cgi 的程序：名字:密钥，几个之间用空格分开。密钥 32 到 128 "
        "个字母、数字、"
        "\n"
        "- 和 _，例如用 openssl rand -hex 32 生成；换密钥时，同一个名字可以写两次。空着就没有。\n"
        "Programs that may ask validate.cgi by RFC 7662: name:secret, several divided by blanks. "
        "A\n"
        "secret is 32 to 128 letters, digits, - and _, such as openssl rand -hex 32 makes; while "
        "it\n"
        "is being changed the name may stand there twice. Empty: none."},
    {"language", TEXT, offsetof(struct conf, language), "zh_CN", check_language,
        "页面的语言：zh_CN、zh_TW 或 en；访客浏览器要求其中另一种时，以浏览器为准。\n"
        "The pages' language: zh_CN, zh_TW or en; a visitor's browser that asks for another of\n"
        "these gets that."},
    {"session_seconds", NUMBER, offsetof(struct conf, session_seconds), "604800", check_seconds,
        "一次登录有效多少秒（60 到 31622400）。\n"
        "How long a sign-in lasts, in seconds (60 to 31622400)."},
    {"push_token", TEXT, offsetof(struct conf, push_token), "", check_push_token,
        "接收消息：同一页“消息与事件推送”里的 Token（3 到 32 个字母和数字）；空着就不接收。\n"
        "Messages: the Token of 消息与事件推送 on the same page (3 to 32 letters and digits);\n"
        "empty: none are received."},
    {"encoding_aes_key", TEXT, offsetof(struct conf, encoding_aes_key), "", check_aes_key,
        "“消息与事件推送”里的 EncodingAESKey（43 个字符）；明文模式不需要。\n"
        "Its EncodingAESKey (43 characters); not needed in plain mode."},
    {"encoding_aes_key_previous", TEXT, offsetof(struct conf, encoding_aes_key_previous), "",
        check_aes_key,
        "更换密钥时，换下来的那一个：微信在一段时间里还会用它。\n"
        "While the key is being changed, the one before it: WeChat uses that for a while."},
    {"push_mode", TEXT, offsetof(struct conf, push_mode), "plain", check_push_mode,
        "消息加解密方式，与“消息与事件推送”一致：plain 明文，compatible 兼容，safe 安全（推荐）。\n"
        "The mode that 消息与事件推送 says: plain, compatible or safe (recommended)."},
    {"replies", FILE_PATH, offsetof(struct conf, replies), "", check_any,
        "自动回复的规则文件（JSON）；空着就没有。写法见 README。\n"
        "The file of rules for replies (JSON); empty: none. The README says how to write it."},
    {"handler", FILE_PATH, offsetof(struct conf, handler), "", check_any,
        "处理消息的程序（PHP、Python、shell……）；空着就没有。\n"
        "A program that gets each push and may reply (PHP, Python, shell, …); empty: none."},
    {"events_days", NUMBER, offsetof(struct conf, events_days), "30", check_days,
        "推送日志保留多少天（0 到 3660）；0 就不记。\n"
        "How many days the journal of pushes is kept (0 to 3660); 0: none is."},
    {"state_dir", FILE_PATH, offsetof(struct conf, state_dir), "wechat-state", check_folder,
        "存放登录和用户的文件夹，只有程序自己可以读；绝不能放在网页目录里。相对路径从本文件所在处算"
        "起。\n"
        "The folder for sign-ins and users, readable by the programs only; never inside the\n"
        "document root. A relative path starts where this file is."},
    {"html_dir", FILE_PATH, offsetof(struct conf, html_dir), "wechat-html", check_folder,
        "页面模板所在的文件夹。\n"
        "The folder of the page templates."},
    {"open_url", TEXT, offsetof(struct conf, open_url), "https://open.weixin.qq.com", check_origin,
        "微信授权页的地址；只有用模拟器时才改。\n"
        "Where WeChat's authorization page is; changed only for the simulator."},
    {"api_url", TEXT, offsetof(struct conf, api_url), "https://api.weixin.qq.com", check_origin,
        "微信接口的地址；只有用模拟器时才改。\n"
        "Where WeChat's API is; changed only for the simulator."},
    {"ca_file", FILE_PATH, offsetof(struct conf, ca_file), "", check_any,
        "信任的根证书文件(PEM)；空着就用主机自己的。\n"
        "The file of trusted certificate authorities (PEM); empty: the host's own."},
    {"sandbox", TEXT, offsetof(struct conf, sandbox), "files", check_sandbox,
        "files：读完设置之后，程序放弃自己用不着的文件和端口；strict：还放弃系统调用，让每个请求多"
        "花一点"
        "时间；off：都不放弃。错误日志里出现 “ended at system call” 时，改为 files。\n"
        "files: having read its settings a program gives up the files and ports that it does not\n"
        "need; strict: the system calls as well, which costs each request a little; off: nothing.\n"
        "Where the error log says \"ended at system call\", change it to files."},
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static void
set_value(struct arena *arena, const struct conf_key *key, const char *folder, const char *value,
    struct conf *conf)
{
        void *member = (char *)conf + key->offset;

        if (key->kind == NUMBER) {
                long long number = strtoll(value, NULL, 10);

                memcpy(member, &number, sizeof(number));
                return;
        }
        if (key->kind == FILE_PATH && *value != '\0' && *value != '/')
                value = arena_printf(arena, "%s/%s", folder, value);
        memcpy(member, &value, sizeof(value));
}

void
conf_init(struct arena *arena, const char *folder, struct conf *conf)
{
        memset(conf, 0, sizeof(*conf));
        for (size_t i = 0; i < KEY_COUNT; i++)
                set_value(arena, &keys[i], folder, keys[i].standard == NULL ? "" : keys[i].standard,
                    conf);
}

struct reader {
        struct arena *arena;
        const char *file;
        char *folder;
        struct conf *conf;
        struct err *err;
        bool given[KEY_COUNT];
};

/* NAME_SHOWN: longer than any key. A longer name may be a secret pasted in the wrong place. */
enum { NAME_SHOWN = 30 };

/* Returns the number of the key with that name; KEY_COUNT and err if there is none. */
static size_t
find_key(struct arena *arena, const char *name, struct err *err)
{
        const char *names[KEY_COUNT];

        for (size_t i = 0; i < KEY_COUNT; i++) {
                names[i] = keys[i].name;
                if (strcmp(names[i], name) == 0)
                        return i;
        }
        err_set(err, ERR_CONFIG, "unknown key %s%s", strlen(name) <= NAME_SHOWN ? name : "",
            hint_name(arena, name, names, KEY_COUNT));
        return KEY_COUNT;
}

/* Returns what value must be; NULL: it is valid. */
static const char *
check_value(struct arena *arena, const struct conf_key *key, const char *value)
{
        const char *wanted = key->check(value);
        size_t size;

        for (const char *p = value; *p != '\0'; p++)
                if ((unsigned char)*p < 0x20 || *p == 0x7f)
                        return "text without control characters";
        if (key->kind == FILE_PATH && hint_ascii(value, &size) == '/')
                return "a path with / in place of the full-width one";
        for (const char *p = value; wanted != NULL && *p != '\0'; p += size == 0 ? 1 : size)
                if (hint_ascii(p, &size) != 0)
                        return arena_printf(arena,
                            "%s; type the character %.*s as half-width (ASCII)", wanted, (int)size,
                            p);
        return wanted;
}

/* Keys of earlier versions, and the values that were renamed. */
static const struct {
        const char *key, *key_now, *value, *value_now;
} renamed[] = {{"wall", "sandbox", "on", "strict"}};

static void
use_present_names(struct reader *r, char **key, char **value)
{
        for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++) {
                if (strcmp(*key, renamed[i].key) != 0)
                        continue;
                *key = arena_strdup(r->arena, renamed[i].key_now);
                if (strcmp(*value, renamed[i].value) == 0)
                        *value = arena_strdup(r->arena, renamed[i].value_now);
                r->conf->renamed = renamed[i].key;
                r->conf->renamed_now = arena_printf(r->arena, "%s = %s", *key, *value);
        }
}

static int
read_setting(struct reader *r, const char *line, size_t size, struct err *err)
{
        const char *wanted;
        char *name, *value;
        size_t i;

        if (line_split(r->arena, line, size, &name, &value, err) != 0)
                return -1;
        use_present_names(r, &name, &value);
        i = find_key(r->arena, name, err);
        if (i == KEY_COUNT)
                return -1;
        if (r->given[i])
                return err_set(err, ERR_CONFIG, "%s is given twice: remove one", name);
        r->given[i] = true;
        wanted = check_value(r->arena, &keys[i], value);
        if (wanted != NULL)
                return err_set(err, ERR_CONFIG, "%s must be %s", name, wanted);
        set_value(r->arena, &keys[i], r->folder, value, r->conf);
        return 0;
}

static int
read_line(struct reader *r, const char *line, size_t size, int number)
{
        struct err inner;

        if (read_setting(r, line, size, &inner) == 0)
                return 0;
        return err_set(r->err, inner.kind, "%s, line %d: %s", r->file, number, inner.text);
}

/* Checks settings that depend on each other. */
static int
check_together(const struct conf *conf, const char *file, struct err *err)
{
        if ((*conf->website_appid == '\0') != (*conf->website_secret == '\0'))
                return err_set(
                    err, ERR_CONFIG, "%s: website_appid and website_secret go together", file);
        if ((*conf->mini_appid == '\0') != (*conf->mini_secret == '\0'))
                return err_set(err, ERR_CONFIG, "%s: mini_appid and mini_secret go together", file);
        if (*conf->mini_push_token == '\0' ? *conf->mini_encoding_aes_key != '\0'
                                           : *conf->mini_appid == '\0')
                return err_set(err, ERR_CONFIG,
                    "%s: mini_push_token needs mini_appid, mini_encoding_aes_key needs both", file);
        if (*conf->mini_push_token != '\0' && strcmp(conf->mini_push_token, conf->push_token) == 0)
                return err_set(err, ERR_CONFIG,
                    "%s: mini_push_token must differ from push_token: it tells the two apart",
                    file);
        if (strcmp(conf->dev_origins, "*") == 0 && !url_is_loopback(conf->site_url))
                return err_set(err, ERR_CONFIG,
                    "%s: dev_origins = * is allowed only if site_url is this computer", file);
        return 0;
}

int
conf_parse(
    struct arena *arena, const char *text, const char *file, struct conf *conf, struct err *err)
{
        struct reader r = {arena, file, NULL, conf, err, {false}};
        const char *slash = strrchr(file, '/');
        int number = 1;

        r.folder = slash == NULL ? arena_strdup(arena, ".")
                                 : arena_copy(arena, file, (size_t)(slash - file));
        for (; *text != '\0'; number++) {
                size_t blank = strspn(text, " \t");
                size_t size = strcspn(text + blank, "\n");

                text += blank;
                if (size > 0 && *text != '#' && strspn(text, " \t\r") < size &&
                    read_line(&r, text, size, number) != 0)
                        return -1;
                text += size;
                text += *text == '\n';
        }
        for (size_t i = 0; i < KEY_COUNT; i++)
                if (keys[i].standard == NULL && !r.given[i])
                        return err_set(err, ERR_CONFIG, "%s: %s is not set", file, keys[i].name);
        if (check_together(conf, file, err) != 0)
                return -1;
        if (*conf->home == '\0')
                conf->home = conf_program(arena, conf, "me.cgi");
        return 0;
}

char *
conf_example(struct arena *arena)
{
        struct buf example;

        buf_init(&example, arena);
        buf_add_text(&example,
            "# 设置。复制为 wechat.conf，填好前三项，chmod 600 wechat.conf。它所在的文件夹 wechat "
            "放在网站\n"
            "# 根目录的旁边，例如 /home/you/public_html 旁边的 "
            "/home/you/wechat，绝不能放在网站根目录里。\n"
            "# The settings. Copy to wechat.conf, fill in the first three, chmod 600 wechat.conf. "
            "The folder\n"
            "# wechat that it is in belongs beside the document root, as /home/you/wechat is "
            "beside\n"
            "# /home/you/public_html, and never inside.\n"
            "# 每行一项：名称 = 值。注释单独成行，以 # 开头；值不加引号。用 UTF-8 保存。\n"
            "# Lines are `key = value`, without quotation marks; a line that begins with # is a "
            "comment.\n# Save it as UTF-8.\n");
        for (size_t i = 0; i < KEY_COUNT; i++) {
                const char *line = keys[i].meaning;

                while (line != NULL) {
                        size_t size = strcspn(line, "\n");

                        buf_add_text(&example, line == keys[i].meaning ? "\n# " : "# ");
                        buf_add(&example, line, size);
                        buf_add_byte(&example, '\n');
                        line = line[size] == '\0' ? NULL : line + size + 1;
                }
                buf_add_text(
                    &example, arena_printf(arena, "%s%s =%s%s\n",
                                  keys[i].standard == NULL ? "" : "#", keys[i].name,
                                  keys[i].standard == NULL || *keys[i].standard == '\0' ? "" : " ",
                                  keys[i].standard == NULL ? "" : keys[i].standard));
        }
        return example.data;
}

int
conf_is_secure(const struct conf *conf)
{
        return text_starts_with(conf->site_url, "https://");
}

char *
conf_url(struct arena *arena, const struct conf *conf, const char *path)
{
        return arena_printf(arena, "%s%s", conf->site_url, path);
}

char *
conf_program(struct arena *arena, const struct conf *conf, const char *program)
{
        return arena_printf(arena, "%s/%s", conf->cgi_path, program);
}

const char *
conf_avatar_origin(const struct conf *conf)
{
        return url_is_loopback(conf->api_url) ? conf->api_url : NULL;
}

/* Up to the last second of dev_origins_until. */
static bool
is_over(const struct conf *conf, long long now)
{
        return *conf->dev_origins_until != '\0' &&
               now >= text_beijing_day(conf->dev_origins_until) + DAY_SECONDS;
}

int
conf_check_time(
    struct arena *arena, struct conf *conf, const char *file, long long now, struct err *err)
{
        if (*conf->dev_origins == '\0')
                return 0;
        if (*conf->dev_origins_until == '\0' && !url_is_loopback(conf->site_url))
                return err_set(err, ERR_CONFIG,
                    "%s: dev_origins needs dev_origins_until, the last day on which these pages "
                    "may use the sign-in, such as %.10s",
                    file, text_beijing_time(arena, now + 7LL * DAY_SECONDS));
        if (*conf->dev_origins_until != '\0' &&
            text_beijing_day(conf->dev_origins_until) > now + (long long)DEV_DAYS_MAX * DAY_SECONDS)
                return err_set(err, ERR_CONFIG,
                    "%s: dev_origins_until must be a day within the next %d days", file,
                    (int)DEV_DAYS_MAX);
        if (is_over(conf, now))
                conf->dev_origins = "";
        return 0;
}

bool
conf_is_dev_origin(const struct conf *conf, const char *origin)
{
        const char *at = conf->dev_origins;
        size_t size = strlen(origin);

        if (!url_is_any_origin(origin))
                return false;
        if (strcmp(at, "*") == 0)
                return true;
        for (; *at != '\0'; at += strspn(at, " ")) {
                size_t word = strcspn(at, " ");

                if (word == size && memcmp(at, origin, size) == 0)
                        return true;
                at += word;
        }
        return false;
}
