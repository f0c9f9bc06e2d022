#include "format/redis_url.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/url.h"

static const char tcp[] = "redis://", local[] = "redis+unix://", sentinel[] = "redis-sentinel://";

enum { PORT_DIGITS = 5, PORT_MAX = 65535, DATABASE_DIGITS = 4, PATH_MAX_BYTES = 107, WAIT_MAX = 9 };

/* A part of the address; NULL: it is missing. */
struct part {
        const char *text;
        size_t size;
};

enum form { FORM_TCP = 1, FORM_LOCAL = 2, FORM_SENTINEL = 4, FORM_ANY = 7 };

struct parts {
        enum form form;
        struct part user, password, hosts, path, group, database, prefix, wait, folder;
        struct part sentinel_user, sentinel_password;
};

bool
redis_url_is_meant(const char *text)
{
        return text_starts_with(text, "redis:") || text_starts_with(text, "redis+") ||
               text_starts_with(text, "redis-") || text_starts_with(text, "rediss:");
}

static struct part
cut(const char *from, const char *to)
{
        return (struct part){from, (size_t)(to - from)};
}

/* Cuts user and password off. Returns what is behind them. */
static const char *
cut_user(const char *text, struct parts *parts)
{
        const char *end = text + strcspn(text, "/?"), *at = memchr(text, '@', (size_t)(end - text));
        const char *colon;

        if (at == NULL)
                return text;
        colon = memchr(text, ':', (size_t)(at - text));
        parts->user = cut(text, colon == NULL ? at : colon);
        if (colon != NULL)
                parts->password = cut(colon + 1, at);
        return at + 1;
}

/* Splits host:port, or [host]:port. The host is empty if that is neither. */
static void
split_host(struct part whole, struct part *host, struct part *port)
{
        const char *end = whole.text + whole.size, *from = whole.text, *behind;

        *port = (struct part){NULL, 0};
        if (whole.size > 0 && *from == '[') {
                behind = memchr(from, ']', whole.size);
                *host = behind == NULL ? cut(from, from) : cut(from + 1, behind);
                behind = behind == NULL ? end : behind + 1;
        } else {
                behind = memchr(from, ':', whole.size);
                behind = behind == NULL ? end : behind;
                *host = cut(from, behind);
        }
        if (behind < end && *behind == ':')
                *port = cut(behind + 1, end);
        else if (behind != end)
                host->size = 0;
}

/* Cuts the first of several hosts off, which are separated by commas. Returns false if there is
 * none. */
static bool
next_host(struct part *hosts, struct part *first)
{
        const char *end = hosts->text + hosts->size, *comma = memchr(hosts->text, ',', hosts->size);

        if (hosts->text == end)
                return false;
        *first = cut(hosts->text, comma == NULL ? end : comma);
        *hosts = cut(comma == NULL ? end : comma + 1, end);
        return true;
}

/* Returns NULL, or what is wrong with the part behind the question mark. */
static const char *
cut_query(const char *text, struct parts *parts)
{
        const struct {
                const char *name;
                unsigned forms;
                struct part *part;
        } known[] = {{"prefix=", FORM_ANY, &parts->prefix}, {"db=", FORM_LOCAL, &parts->database},
            {"wait=", FORM_ANY, &parts->wait},
            {"sentinel_user=", FORM_SENTINEL, &parts->sentinel_user},
            {"sentinel_password=", FORM_SENTINEL, &parts->sentinel_password},
            {"folder=", FORM_SENTINEL, &parts->folder}};

        while (*text != '\0') {
                const char *end = text + strcspn(text, "&");
                bool found = false;

                for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && !found; i++) {
                        found = (known[i].forms & parts->form) != 0 &&
                                text_starts_with(text, known[i].name);
                        if (found)
                                *known[i].part = cut(text + strlen(known[i].name), end);
                }
                if (!found)
                        return parts->form == FORM_LOCAL
                                   ? "an address with nothing but db= and prefix= behind the "
                                     "question mark"
                               : parts->form == FORM_SENTINEL
                                   ? "an address with nothing but prefix=, sentinel_user= and "
                                     "sentinel_password= behind the question mark"
                                   : "an address with nothing but prefix= behind the question mark";
                text = *end == '&' ? end + 1 : end;
        }
        return NULL;
}

/* Cuts off what is behind the slash: the database, or group/database. */
static void
cut_names(const char *slash, const char *query, struct parts *parts)
{
        const char *name = slash + 1, *end;

        if (*slash != '/' || query <= name)
                return;
        if (parts->form == FORM_SENTINEL) {
                end = memchr(name, '/', (size_t)(query - name));
                parts->group = cut(name, end == NULL ? query : end);
                name = end == NULL ? query : end + 1;
        }
        if (query > name)
                parts->database = cut(name, query);
}

static const char *
split(const char *text, struct parts *parts)
{
        const struct {
                const char *begin;
                enum form form;
        } forms[] = {{tcp, FORM_TCP}, {local, FORM_LOCAL}, {sentinel, FORM_SENTINEL}};
        const char *query, *slash;
        size_t i = 0;

        *parts = (struct parts){.form = FORM_TCP};
        while (i < sizeof(forms) / sizeof(forms[0]) && !text_starts_with(text, forms[i].begin))
                i++;
        if (i == sizeof(forms) / sizeof(forms[0]))
                return "an address that begins with redis://, redis+unix:// or redis-sentinel://";
        parts->form = forms[i].form;
        text = cut_user(text + strlen(forms[i].begin), parts);
        query = text + strcspn(text, "?");
        if (parts->form == FORM_LOCAL) {
                parts->path = cut(text, query);
        } else {
                slash = text + strcspn(text, "/?");
                parts->hosts = cut(text, slash);
                cut_names(slash, query, parts);
        }
        return *query == '?' ? cut_query(query + 1, parts) : NULL;
}

static bool
is_number(struct part part, size_t digits, long least, long most)
{
        long number;

        if (part.text == NULL)
                return true;
        if (part.size == 0 || part.size > digits || strspn(part.text, "0123456789") < part.size)
                return false;
        number = strtol(part.text, NULL, 10);
        return number >= least && number <= most;
}

static bool
has_only(struct part part, const char *others)
{
        static const char letters[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

        for (size_t i = 0; i < part.size; i++)
                if (strchr(letters, part.text[i]) == NULL && strchr(others, part.text[i]) == NULL)
                        return false;
        return true;
}

static const char *
check_hosts(const struct parts *parts)
{
        struct part hosts = parts->hosts, whole, host, port;
        size_t count = 0;

        while (next_host(&hosts, &whole)) {
                count++;
                split_host(whole, &host, &port);
                if (host.size == 0 || !has_only(host, "-._:"))
                        return "an address with a host: redis://127.0.0.1:6379";
                if (!is_number(port, PORT_DIGITS, 1, PORT_MAX))
                        return "an address with a port from 1 to 65535";
        }
        if (count == 0 || (count > 1 && parts->form != FORM_SENTINEL))
                return "an address with a host: redis://127.0.0.1:6379";
        return count > REDIS_SENTINELS_MAX ? "an address with at most nine Sentinels" : NULL;
}

static const char *
check_place(const struct parts *parts)
{
        const char *wrong;

        if (parts->form == FORM_LOCAL)
                return parts->path.size < 2 || *parts->path.text != '/' ||
                               parts->path.size > PATH_MAX_BYTES
                           ? "an address with the path of a socket: "
                             "redis+unix:///run/redis/redis.sock"
                           : NULL;
        wrong = check_hosts(parts);
        if (wrong == NULL && parts->form == FORM_SENTINEL &&
            (parts->group.size == 0 || !has_only(parts->group, "-._")))
                return "an address with the name of the primary behind the Sentinels: "
                       "redis-sentinel://10.0.0.1,10.0.0.2,10.0.0.3/mymaster";
        return wrong;
}

const char *
redis_url_check(const char *text)
{
        static const char unreserved[] = "-._~%!$&'()*+,;=";
        struct parts parts;
        const char *wrong = split(text, &parts);

        if (strlen(text) > REDIS_URL_MAX)
                return "an address of at most 1000 bytes";
        if (wrong != NULL)
                return wrong;
        if (!has_only(parts.user, unreserved) || !has_only(parts.password, unreserved) ||
            !has_only(parts.sentinel_user, unreserved) ||
            !has_only(parts.sentinel_password, unreserved))
                return "an address with %XX for special characters in user and password, such as "
                       "%40 for @";
        wrong = check_place(&parts);
        if (wrong != NULL)
                return wrong;
        if (!is_number(parts.database, DATABASE_DIGITS, 0, REDIS_DATABASE_MAX))
                return "an address with a number as its database: redis://127.0.0.1:6379/0";
        if (!is_number(parts.wait, 1, 0, WAIT_MAX))
                return "an address with wait=0 to wait=9";
        if (parts.prefix.text != NULL &&
            (parts.prefix.size == 0 || parts.prefix.size > REDIS_PREFIX_MAX ||
                !has_only(parts.prefix, "-_.")))
                return "an address with a prefix of 1 to 32 letters, digits, - _ .";
        return NULL;
}

static const char *
take(struct arena *arena, struct part part, const char *standard)
{
        return part.text == NULL ? standard : arena_copy(arena, part.text, part.size);
}

/* A plus is itself: this is no form. */
static const char *
decode(struct arena *arena, struct part part)
{
        char *text;

        if (part.text == NULL)
                return "";
        text = arena_copy(arena, part.text, part.size);
        for (char *plus = strchr(text, '+'); plus != NULL; plus = strchr(text, '+'))
                text = arena_printf(arena, "%.*s%%2B%s", (int)(plus - text), text, plus + 1);
        return url_decode(arena, text, strlen(text));
}

static struct redis_host
take_host(struct arena *arena, struct part whole, const char *standard_port)
{
        struct part host, port;

        split_host(whole, &host, &port);
        return (struct redis_host){take(arena, host, ""), take(arena, port, standard_port)};
}

static void
take_hosts(struct arena *arena, const struct parts *parts, struct redis_url *url)
{
        struct part hosts = parts->hosts, whole;

        if (parts->form == FORM_TCP) {
                const struct redis_host one = take_host(arena, hosts, "6379");

                url->host = one.host;
                url->port = one.port;
        } else if (parts->form == FORM_SENTINEL) {
                while (url->sentinel_count < REDIS_SENTINELS_MAX && next_host(&hosts, &whole))
                        url->sentinels[url->sentinel_count++] = take_host(arena, whole, "26379");
        }
}

void
redis_url_parse(struct arena *arena, const char *text, struct redis_url *url)
{
        struct parts parts;

        (void)split(text, &parts);
        *url = (struct redis_url){
            .port = "6379",
            .path = take(arena, parts.path, ""),
            .group = take(arena, parts.group, ""),
            .user = decode(arena, parts.user),
            .password = decode(arena, parts.password),
            .sentinel_user = decode(arena, parts.sentinel_user),
            .sentinel_password = decode(arena, parts.sentinel_password),
            .database = (int)strtol(take(arena, parts.database, "0"), NULL, 10),
            .prefix = take(arena, parts.prefix, "wechat"),
            .wait = (int)strtol(take(arena, parts.wait, "0"), NULL, 10),
            .folder = decode(arena, parts.folder),
        };
        take_hosts(arena, &parts, url);
}

static const char *
show_host(struct arena *arena, const char *host, const char *port)
{
        return arena_printf(arena, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s", host, port);
}

char *
redis_url_show(struct arena *arena, const struct redis_url *url)
{
        const char *hosts = "";

        if (url->host != NULL)
                return arena_printf(arena, "%s%s/%d?prefix=%s", tcp,
                    show_host(arena, url->host, url->port), url->database, url->prefix);
        if (url->sentinel_count == 0)
                return arena_printf(
                    arena, "%s%s?db=%d&prefix=%s", local, url->path, url->database, url->prefix);
        for (size_t i = 0; i < url->sentinel_count; i++)
                hosts = arena_printf(arena, "%s%s%s", hosts, i == 0 ? "" : ",",
                    show_host(arena, url->sentinels[i].host, url->sentinels[i].port));
        return arena_printf(
            arena, "%s%s/%s/%d?prefix=%s", sentinel, hosts, url->group, url->database, url->prefix);
}
