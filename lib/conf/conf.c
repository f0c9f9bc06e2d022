#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
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
        int *given;                     /* for each key its line; 0: not given */
        struct conf_mistake now;        /* what is wrong with the line */
        struct conf_mistakes *mistakes; /* NULL: stop at the first */
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

/* Returns the key that name was probably meant to be; NULL: none. */
static const char *
find_meant_key(struct arena *arena, const char *name)
{
        const char **names = arena_alloc(arena, conf_key_count * sizeof(*names));
        const char *hint;

        for (size_t i = 0; i < conf_key_count; i++)
                names[i] = conf_keys[i].name;
        hint = hint_name(arena, name, names, conf_key_count);
        for (size_t i = 0; i < conf_key_count; i++)
                if (strcmp(hint, arena_printf(arena, ": did you mean %s?", names[i])) == 0)
                        return names[i];
        return NULL;
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
slip(struct reader *r, enum conf_slip kind, const char *key)
{
        r->now = (struct conf_mistake){.slip = kind, .key = key};
        return -1;
}

static int
read_setting(struct reader *r, const char *line, size_t size, int number, struct err *err)
{
        const char *wanted;
        char *name, *value;
        size_t i;

        r->now = (struct conf_mistake){.slip = CONF_FORM};
        if (line_split(r->arena, line, size, &name, &value, err) != 0)
                return -1;
        use_present_names(r, &name, &value);
        i = find_key(r->arena, name, err);
        if (i == conf_key_count)
                return slip(r, CONF_UNKNOWN, find_meant_key(r->arena, name));
        if (r->given[i] != 0) {
                err_set(err, ERR_CONFIG, "%s is given twice: remove one", name);
                return slip(r, CONF_TWICE, conf_keys[i].name);
        }
        /* In the example these are empty. */
        if (conf_keys[i].standard == conf_for_authorize && *value == '\0')
                return 0;
        r->given[i] = number;
        wanted = check_value(r->arena, &conf_keys[i], value);
        if (wanted != NULL) {
                err_set(err, ERR_CONFIG, "%s must be %s", name, wanted);
                return slip(r, CONF_VALUE, conf_keys[i].name);
        }
        set_value(r->arena, &conf_keys[i], r->folder, value, r->conf);
        return 0;
}

/* Keeps a mistake, of which r->now says what it is. Returns whether to go on. */
static bool
keep_mistake(struct reader *r, int line)
{
        struct conf_mistakes *all = r->mistakes;
        struct conf_mistake *items;

        if (all == NULL)
                return false;
        items = arena_alloc(r->arena, (all->count + 1) * sizeof(*items));
        if (all->count > 0)
                memcpy(items, all->items, all->count * sizeof(*items));
        r->now.line = line;
        items[all->count] = r->now;
        *all = (struct conf_mistakes){items, all->count + 1};
        return true;
}

/* Returns whether to go on. */
static bool
read_line(struct reader *r, const char *line, size_t size, int number)
{
        struct err inner;

        if (read_setting(r, line, size, number, &inner) == 0)
                return true;
        err_set(r->err, inner.kind, "%s, line %d: %s", r->file, number, inner.text);
        return keep_mistake(r, number);
}

/* Returns whether to go on. */
static bool
read_lines(struct reader *r, const char *text)
{
        for (int number = 1; *text != '\0'; number++) {
                size_t blank = strspn(text, " \t");
                size_t size = strcspn(text + blank, "\n");

                text += blank;
                if (size > 0 && *text != '#' && strspn(text, " \t\r") < size &&
                    !read_line(r, text, size, number))
                        return false;
                text += size;
                text += *text == '\n';
        }
        return true;
}

static bool
is_missing(const struct reader *r, size_t i)
{
        return r->given[i] == 0 &&
               (conf_keys[i].standard == NULL ||
                   (conf_keys[i].standard == conf_for_authorize &&
                       (conf_has_way(r->conf, "authorize") || conf_has_way(r->conf, "scene"))));
}

/* Checks what all lines together have to say. Returns whether to go on. */
static bool
check_all(struct reader *r)
{
        const char *key;

        for (size_t i = 0; i < conf_key_count; i++) {
                if (!is_missing(r, i))
                        continue;
                err_set(r->err, ERR_CONFIG, "%s: %s is not set", r->file, conf_keys[i].name);
                slip(r, CONF_MISSING, conf_keys[i].name);
                if (!keep_mistake(r, 0))
                        return false;
        }
        for (size_t i = 0; i < TOGETHER_RULES; i++) {
                if (together_check(r->conf, i, r->file, &key, r->err) == 0)
                        continue;
                slip(r, CONF_TOGETHER, key);
                if (!keep_mistake(r, r->given[conf_find_key(key) - conf_keys]))
                        return false;
        }
        return true;
}

static int
parse(struct arena *arena, const char *text, const char *file, struct conf *conf,
    struct conf_mistakes *mistakes, struct err *err)
{
        struct reader r = {
            .arena = arena, .file = file, .conf = conf, .err = err, .mistakes = mistakes};
        const char *slash = strrchr(file, '/');

        r.given = arena_alloc(arena, conf_key_count * sizeof(*r.given));
        memset(r.given, 0, conf_key_count * sizeof(*r.given));
        r.folder = slash == NULL ? arena_strdup(arena, ".")
                                 : arena_copy(arena, file, (size_t)(slash - file));
        if (!read_lines(&r, text) || !check_all(&r))
                return -1;
        if (*conf->home == '\0')
                conf->home = conf_program(arena, conf, "me.cgi");
        return 0;
}

int
conf_parse(
    struct arena *arena, const char *text, const char *file, struct conf *conf, struct err *err)
{
        return parse(arena, text, file, conf, NULL, err);
}

void
conf_review(struct arena *arena, const char *text, const char *file, struct conf *conf,
    struct conf_mistakes *mistakes)
{
        struct err latest;

        *mistakes = (struct conf_mistakes){NULL, 0};
        (void)parse(arena, text, file, conf, mistakes, &latest);
}

const struct conf_key *
conf_find_key(const char *name)
{
        for (size_t i = 0; i < conf_key_count; i++)
                if (strcmp(conf_keys[i].name, name) == 0)
                        return &conf_keys[i];
        return NULL;
}

/* A default is the table's own text. */
bool
conf_is_given(const struct conf *conf, const char *key)
{
        const struct conf_key *found = conf_find_key(key);
        const char *value;

        memcpy(&value, (const char *)conf + found->offset, sizeof(value));
        return value != found->standard;
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

const char *
conf_site_secret(const struct conf *conf)
{
        return *conf->secret != '\0' ? conf->secret : conf->push_token;
}

long long
conf_journal_days(const struct conf *conf)
{
        return strcmp(conf->journal, "off") == 0 ? 0 : conf->events_days;
}

bool
conf_keeps_texts(const struct conf *conf)
{
        return strcmp(conf->journal, "full") == 0 && conf->events_days > 0;
}

bool
conf_asks_consent(const struct conf *conf)
{
        return strcmp(conf->consent, "ask") == 0;
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

const char *
conf_files(const struct conf *conf)
{
        return conf->state_dir;
}

bool
conf_has_files(const struct conf *conf)
{
        return strcmp(conf->state, "files") == 0;
}

char *
conf_state(struct arena *arena, const struct conf *conf)
{
        const char *state = conf->state;

        if (conf_has_files(conf))
                return arena_strdup(arena, conf->state_dir);
        state = url_add_query(arena, state, arena_printf(arena, "wait=%lld", conf->state_wait));
        return text_starts_with(state, "redis-sentinel:")
                   ? arena_printf(arena, "%s&folder=%s", state, url_encode(arena, conf_files(conf)))
                   : arena_strdup(arena, state);
}

char *
conf_program(struct arena *arena, const struct conf *conf, const char *program)
{
        return arena_printf(arena, "%s/%s", conf->cgi_path, program);
}

const char *
conf_issuer(struct arena *arena, const struct conf *conf)
{
        return *conf->oidc_issuer != '\0'
                   ? conf->oidc_issuer
                   : conf_url(arena, conf, conf_program(arena, conf, "oidc.cgi"));
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
