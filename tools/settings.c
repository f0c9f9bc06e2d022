/*
 * Prints what is generated from the table of settings, for `make settings`: settings FORM.
 *
 *   example  wechat.conf.example
 *   en, zh   docs/en/settings.md, docs/zh/settings.md
 *   man      the list of settings in man/wechat.conf.5
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "conf/keys.h"
#include "conf/meaning.h"

/* The headings of the pages: a group lasts until the next one's first key. */
static const struct group {
        const char *first;
        const char *en, *zh;
} groups[] = {{"appid", "The account and the site", "公众号和网站"},
    {"website_appid", "Website application and mini program", "网站应用和小程序"},
    {"list", "The list page and the menu", "列表页和菜单"},
    {"private_dir", "Protected files", "只给登录的人看的文件"},
    {"dev_origins", "Local development", "本地开发"},
    {"introspection_clients", "Programs that check tokens", "查询令牌的程序"},
    {"sign_in_words", "Sign in by message", "用消息登录"},
    {"service_keys", "Programs that use the account", "使用公众号的程序"},
    {"owners", "Owners and people", "站长和访客"}, {"language", "The pages", "页面"},
    {"session_seconds", "How long a sign-in lasts", "登录有效多久"},
    {"push_token", "Messages and events", "消息和事件"}, {"journal", "Privacy", "隐私"},
    {"state", "Files, addresses and the host", "文件、地址和主机"}};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

static const struct group *
find_group(const char *first)
{
        for (size_t i = 0; i < GROUPS; i++)
                if (strcmp(groups[i].first, first) == 0)
                        return &groups[i];
        return NULL;
}

static bool
is_key(const char *name, size_t size)
{
        for (size_t i = 0; i < conf_key_count; i++)
                if (strlen(conf_keys[i].name) == size && memcmp(conf_keys[i].name, name, size) == 0)
                        return true;
        return false;
}

/* ---- Markdown ---- */

static const char word_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                 "_./:#*?=-@%";

/* Is the word one that stands between backticks: a key, an address, a path, a file? */
static bool
is_code(const char *word)
{
        static const char *const parts[] = {"_", "*", "@", ":", ".cgi", ".json", ".html", ".conf"};
        static const char *const beginnings[] = {"/", "#"};

        if (strcspn(word, ".:?=-%") == 0)
                return false;
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                if (strstr(word, parts[i]) != NULL)
                        return true;
        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
                if (text_starts_with(word, beginnings[i]))
                        return strlen(word) > 1;
        return *word >= '0' && *word <= '9' && strchr(word, '.') != NULL;
}

/* A page of the documents becomes a link to the one beside this. */
static bool
add_link(struct buf *out, const char *word)
{
        const char *name = strrchr(word, '/'), *end = strstr(word, ".md");

        if (!text_starts_with(word, "docs/") || end == NULL || end[3] != '\0')
                return false;
        buf_add_text(
            out, arena_printf(out->arena, "[%.*s](%s)", (int)(end - name - 1), name + 1, name + 1));
        return true;
}

static size_t
word_size(const char *text)
{
        static const char *const commands[] = {"openssl rand -hex 32", "wechat menu set"};
        size_t size = strspn(text, word_bytes);

        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                if (text_starts_with(text, commands[i]))
                        return strlen(commands[i]);

        while (size > 1 && strchr(".:?", text[size - 1]) != NULL)
                size--;
        return size;
}

/* Does a sentence begin there, with the name of a value: "qr: the page shows a QR code"? */
static bool
is_value(const char *whole, const char *text, size_t size)
{
        static const char *const before[] = {". ", "; ", "。", "；"};
        bool begins = text == whole;

        for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
                size_t length = strlen(before[i]);

                begins = begins || ((size_t)(text - whole) >= length &&
                                       memcmp(text - length, before[i], length) == 0);
        }
        return begins && *text >= 'a' && *text <= 'z' &&
               (text[size] == ':' || text_starts_with(text + size, "："));
}

/* Adds the word at text, and what follows a key: "sign_in = authorize". Returns the size. */
static size_t
add_word(struct buf *out, const char *whole, const char *text)
{
        size_t size = word_size(text);
        bool is_line = is_key(text, size) && text_starts_with(text + size, " = ");
        const char *word;

        if (is_line)
                size += 3 + word_size(text + size + 3);
        else if (size > 1 && text[size - 1] == '/')
                size += strcspn(text + size, " "); /* a name in Chinese */
        word = arena_copy(out->arena, text, size);
        if (add_link(out, word))
                return size;
        buf_add_text(out, strchr(word, ' ') != NULL || is_code(word) || is_value(whole, text, size)
                              ? arena_printf(out->arena, "`%s`", word)
                              : word);
        return size;
}

static void
add_marked(struct buf *out, const char *whole)
{
        for (const char *text = whole; *text != '\0';) {
                size_t size = strcspn(text, word_bytes);

                buf_add(out, text, size);
                text += size;
                if (*text != '\0')
                        text += add_word(out, whole, text);
        }
}

static void
add_facts(struct buf *out, const struct conf_key *key, bool chinese)
{
        const char *standard = key->standard;
        const char *form = key->kind == NUMBER ? (chinese ? "整数。" : "A whole number.")
                           : key->kind == FILE_PATH
                               ? (chinese ? "路径，相对路径从 `wechat.conf` 所在的文件夹算起。"
                                          : "A path; a relative one begins at the folder of "
                                            "`wechat.conf`.")
                               : "";

        if (standard == NULL || standard == conf_for_authorize)
                return;
        buf_add_byte(out, '\n');
        if (*standard == '\0')
                buf_add_text(out, chinese ? "默认空着。" : "Empty by default.");
        else
                buf_add_text(out, arena_printf(out->arena,
                                      chinese ? "默认：`%s`。" : "Default: `%s`.", standard));
        buf_add_text(out, *form == '\0' || chinese ? "" : " ");
        buf_add_text(out, form);
        buf_add_byte(out, '\n');
}

static const char intro_en[] =
    "# Settings\n"
    "\n"
    "[中文](../zh/settings.md)\n"
    "\n"
    "Every setting of `wechat.conf`, its meaning and its default. This page is made from the "
    "programs' own table.\n"
    "\n"
    "## The file\n"
    "\n"
    "Each line is one setting, without quotation marks. A line that begins with `#` is a "
    "comment. Save the file as UTF-8.\n"
    "\n"
    "```conf\n"
    "# A comment.\n"
    "session_seconds = 86400\n"
    "theme_color = #c8102e\n"
    "```\n"
    "\n"
    "- The file belongs outside the document root, with mode 600, and to the user that the "
    "programs run as.\n"
    "- A mistake is never ignored: visitors see that the site is not set up, and the error log "
    "names file and line.\n"
    "- A change counts from the next request.\n"
    "- `wechat.conf.example` has the same settings, to fill in. `check.cgi` checks them.\n";

static const char intro_zh[] =
    "# 设置\n"
    "\n"
    "[English](../en/settings.md)\n"
    "\n"
    "`wechat.conf` 里的全部设置，各是什么意思，默认是什么。这一页由程序自己的设置表生成。\n"
    "\n"
    "## 文件\n"
    "\n"
    "每行一项，值不加引号。以 `#` 开头的行是注释。用 UTF-8 保存。\n"
    "\n"
    "```conf\n"
    "# 注释。\n"
    "session_seconds = 86400\n"
    "theme_color = #c8102e\n"
    "```\n"
    "\n"
    "- 文件放在网站根目录外面，权限 600，属于运行程序的用户。\n"
    "- 有错误不会被忽略：访客看到网站还没有设置好，错误日志里写着文件和行号。\n"
    "- 修改以后，从下一个请求起生效。\n"
    "- `wechat.conf.example` 里是同样的设置，可以直接填写。`check.cgi` 会检查它们。\n";

static void
add_page(struct buf *out, bool chinese)
{
        buf_add_text(out, chinese ? intro_zh : intro_en);
        for (size_t i = 0; i < conf_key_count; i++) {
                const struct conf_key *key = &conf_keys[i];
                const struct group *group = find_group(key->name);

                if (group != NULL)
                        buf_add_text(out,
                            arena_printf(out->arena, "\n## %s\n", chinese ? group->zh : group->en));
                buf_add_text(out, arena_printf(out->arena, "\n### `%s`\n\n", key->name));
                add_marked(out, conf_meaning(out->arena, key, chinese));
                buf_add_byte(out, '\n');
                add_facts(out, key, chinese);
        }
}

static void
add_en(struct buf *out)
{
        add_page(out, false);
}

static void
add_zh(struct buf *out)
{
        add_page(out, true);
}

/* ---- mdoc ---- */

/* Each sentence has a line of its own; a line must not begin with a dot. */
static void
add_sentences(struct buf *out, const char *text)
{
        for (; *text != '\0'; text++) {
                if (*text == '\\')
                        buf_add_text(out, "\\e");
                else if (*text == ' ' && strchr(".?!", text[-1]) != NULL)
                        buf_add_byte(out, '\n');
                else
                        buf_add_byte(out, *text);
        }
        buf_add_byte(out, '\n');
}

static void
add_man(struct buf *out)
{
        for (size_t i = 0; i < conf_key_count; i++) {
                const struct conf_key *key = &conf_keys[i];
                const struct group *group = find_group(key->name);

                if (group != NULL)
                        buf_add_text(out, arena_printf(out->arena, "%s.Ss %s\n.Bl -tag -width Ds\n",
                                              i == 0 ? "" : ".El\n", group->en));
                buf_add_text(out, arena_printf(out->arena, ".It Ic %s\n", key->name));
                add_sentences(out, conf_meaning(out->arena, key, false));
                if (key->standard != NULL && *key->standard != '\0')
                        buf_add_text(
                            out, arena_printf(out->arena, "Default:\n.Ql %s\n", key->standard));
        }
        buf_add_text(out, ".El\n");
}

static void
add_example(struct buf *out)
{
        buf_add_text(out, conf_example(out->arena));
}

static const struct {
        const char *name;
        void (*add)(struct buf *out);
} forms[] = {{"example", add_example}, {"en", add_en}, {"zh", add_zh}, {"man", add_man}};

/* A heading whose key is gone would put its settings under the one before. */
static bool
groups_are_there(void)
{
        for (size_t i = 0; i < GROUPS; i++)
                if (!is_key(groups[i].first, strlen(groups[i].first))) {
                        (void)fprintf(stderr,
                            "settings: the group \"%s\" begins with %s, which is no "
                            "setting\n",
                            groups[i].en, groups[i].first);
                        return false;
                }
        return true;
}

int
main(int argc, char **argv)
{
        struct arena *arena = arena_new(abort);
        struct buf out;
        size_t i = 0;

        while (i < sizeof(forms) / sizeof(forms[0]) &&
               (argc != 2 || strcmp(forms[i].name, argv[1]) != 0))
                i++;
        if (arena == NULL || i == sizeof(forms) / sizeof(forms[0]) || !groups_are_there()) {
                (void)fputs("usage: settings example|en|zh|man\n", stderr);
                return 2;
        }
        buf_init(&out, arena);
        forms[i].add(&out);
        i = fputs(buf_finish(&out), stdout) >= 0 && fflush(stdout) == 0 ? 0 : 1;
        arena_free(arena);
        return (int)i;
}
