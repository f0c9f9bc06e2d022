#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hint.h"
#include "conf/keys.h"
#include "conf/line.h"
#include "conf/together.h"
#include "base/text.h"
#include "format/url.h"

enum { DAY_SECONDS = 86400, DEV_DAYS_MAX = 30 };

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
        for (size_t i = 0; i < conf_key_count; i++)
                set_value(arena, &conf_keys[i], folder,
                    conf_keys[i].standard == NULL ? "" : conf_keys[i].standard, conf);
}

struct reader {
        struct arena *arena;
        const char *file;
        char *folder;
        struct conf *conf;
        struct err *err;
        bool *given; /* for each key */
};

/* NAME_SHOWN: longer than any key. A longer name may be a secret pasted in the wrong place. */
enum { NAME_SHOWN = 30 };

/* Returns the number of the key with that name; conf_key_count and err if there is none. */
static size_t
find_key(struct arena *arena, const char *name, struct err *err)
{
        const char **names = arena_alloc(arena, conf_key_count * sizeof(*names));

        for (size_t i = 0; i < conf_key_count; i++) {
                names[i] = conf_keys[i].name;
                if (strcmp(names[i], name) == 0)
                        return i;
        }
        err_set(err, ERR_CONFIG, "unknown key %s%s", strlen(name) <= NAME_SHOWN ? name : "",
            hint_name(arena, name, names, conf_key_count));
        return conf_key_count;
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
        if (i == conf_key_count)
                return -1;
        if (r->given[i])
                return err_set(err, ERR_CONFIG, "%s is given twice: remove one", name);
        /* In the example these are empty. */
        if (conf_keys[i].standard == conf_for_authorize && *value == '\0')
                return 0;
        r->given[i] = true;
        wanted = check_value(r->arena, &conf_keys[i], value);
        if (wanted != NULL)
                return err_set(err, ERR_CONFIG, "%s must be %s", name, wanted);
        set_value(r->arena, &conf_keys[i], r->folder, value, r->conf);
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

int
conf_parse(
    struct arena *arena, const char *text, const char *file, struct conf *conf, struct err *err)
{
        struct reader r = {arena, file, NULL, conf, err, NULL};
        const char *slash = strrchr(file, '/');
        int number = 1;

        r.given = arena_alloc(arena, conf_key_count * sizeof(*r.given));
        memset(r.given, 0, conf_key_count * sizeof(*r.given));
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
        for (size_t i = 0; i < conf_key_count; i++)
                if (!r.given[i] &&
                    (conf_keys[i].standard == NULL ||
                        (conf_keys[i].standard == conf_for_authorize &&
                            (conf_has_way(conf, "authorize") || conf_has_way(conf, "scene")))))
                        return err_set(
                            err, ERR_CONFIG, "%s: %s is not set", file, conf_keys[i].name);
        if (together_check(conf, file, err) != 0)
                return -1;
        if (*conf->home == '\0')
                conf->home = conf_program(arena, conf, "me.cgi");
        return 0;
}

static bool
is_to_fill_in(const struct conf_key *key)
{
        return key->standard == NULL || key->standard == conf_for_authorize;
}

char *
conf_example(struct arena *arena)
{
        struct buf example;

        buf_init(&example, arena);
        buf_add_text(&example,
            "# 设置文件。复制为 wechat.conf，填好前三项，权限设为 600（chmod 600 wechat.conf）。\n"
            "# 它所在的文件夹 wechat 要放在网站根目录旁边，绝不能放在网站根目录里面：\n"
            "# 网站根目录是 /home/you/public_html 时，放在 /home/you/wechat。\n"
            "# 每行一项：名称 = 值，值不加引号。以 # 开头的行是注释；\n"
            "# 要改的设置前面有 # 时，先删掉这个 #。\n"
            "# 用 UTF-8 保存。相对路径从本文件所在的文件夹算起。\n"
            "# The settings. Copy this file to wechat.conf, fill in the first three settings, and "
            "set\n"
            "# its mode to 600 (chmod 600 wechat.conf). Put the folder wechat that holds it beside "
            "the\n"
            "# document root, never inside: as /home/you/wechat beside /home/you/public_html.\n"
            "# Each line is one setting: key = value, without quotation marks. A line that begins\n"
            "# with # is a comment; to change a setting that has a # in front, first remove that "
            "#.\n"
            "# Save the file as UTF-8. Relative paths start at the folder of this file.\n");
        for (size_t i = 0; i < conf_key_count; i++) {
                const char *line = conf_keys[i].meaning;

                while (line != NULL) {
                        size_t size = strcspn(line, "\n");

                        buf_add_text(&example, line == conf_keys[i].meaning ? "\n# " : "# ");
                        buf_add(&example, line, size);
                        buf_add_byte(&example, '\n');
                        line = line[size] == '\0' ? NULL : line + size + 1;
                }
                buf_add_text(&example, is_to_fill_in(&conf_keys[i]) ? "" : "#");
                buf_add_text(&example, conf_keys[i].name);
                buf_add_text(&example, " =");
                if (conf_keys[i].standard != NULL && *conf_keys[i].standard != '\0')
                        buf_add_text(&example, arena_printf(arena, " %s", conf_keys[i].standard));
                buf_add_byte(&example, '\n');
        }
        return example.data;
}

bool
conf_has_way(const struct conf *conf, const char *way)
{
        return text_has_word(conf->sign_in, way);
}

bool
conf_can_call(const struct conf *conf)
{
        return *conf->appid != '\0' && *conf->secret != '\0';
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
