#include "format/redis_url.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/url.h"

static const char tcp[] = "redis://", local[] = "redis+unix://";

enum { PORT_DIGITS = 5, PORT_MAX = 65535, DATABASE_DIGITS = 4, PATH_MAX_BYTES = 107, WAIT_MAX = 9 };

/* A part of the address; NULL: it is missing. */
struct part {
        const char *text;
        size_t size;
};

struct parts {
        bool is_local;
        struct part user, password, host, port, path, database, prefix, wait;
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

/* Cuts host and port off. Returns what is behind them. */
static const char *
cut_host(const char *text, struct parts *parts)
{
        const char *end = text + strcspn(text, "/?"), *port;

        if (*text == '[') {
                const char *close = memchr(text, ']', (size_t)(end - text));

                if (close == NULL)
                        return end;
                parts->host = cut(text + 1, close);
                port = close + 1;
        } else {
                port = text + strcspn(text, ":/?");
                parts->host = cut(text, port);
        }
        if (*port == ':')
                parts->port = cut(port + 1, end);
        else if (port != end)
                parts->host.size = 0;
        return end;
}

/* Returns NULL, or what is wrong with the part behind the question mark. */
static const char *
cut_query(const char *text, struct parts *parts)
{
        while (*text != '\0') {
                const char *end = text + strcspn(text, "&");

                if (text_starts_with(text, "prefix="))
                        parts->prefix = cut(text + strlen("prefix="), end);
                else if (parts->is_local && text_starts_with(text, "db="))
                        parts->database = cut(text + strlen("db="), end);
                else if (text_starts_with(text, "wait="))
                        parts->wait = cut(text + strlen("wait="), end);
                else
                        return parts->is_local
                                   ? "an address with nothing but db= and prefix= behind the "
                                     "question mark"
                                   : "an address with nothing but prefix= behind the question mark";
                text = *end == '&' ? end + 1 : end;
        }
        return NULL;
}

static const char *
split(const char *text, struct parts *parts)
{
        const char *query;

        *parts = (struct parts){.is_local = text_starts_with(text, local)};
        if (!parts->is_local && !text_starts_with(text, tcp))
                return "an address that begins with redis:// or redis+unix://";
        text = cut_user(text + strlen(parts->is_local ? local : tcp), parts);
        if (!parts->is_local)
                text = cut_host(text, parts);
        query = text + strcspn(text, "?");
        if (parts->is_local)
                parts->path = cut(text, query);
        else if (*text == '/' && query > text + 1)
                parts->database = cut(text + 1, query);
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
        if (!has_only(parts.user, unreserved) || !has_only(parts.password, unreserved))
                return "an address with %XX for special characters in user and password, such as "
                       "%40 for @";
        if (parts.is_local)
                wrong =
                    parts.path.size < 2 || *parts.path.text != '/' ||
                            parts.path.size > PATH_MAX_BYTES
                        ? "an address with the path of a socket: redis+unix:///run/redis/redis.sock"
                        : NULL;
        else if (parts.host.size == 0 || !has_only(parts.host, "-._:"))
                wrong = "an address with a host: redis://127.0.0.1:6379";
        else if (!is_number(parts.port, PORT_DIGITS, 1, PORT_MAX))
                wrong = "an address with a port from 1 to 65535";
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

void
redis_url_parse(struct arena *arena, const char *text, struct redis_url *url)
{
        struct parts parts;

        (void)split(text, &parts);
        *url = (struct redis_url){
            .host = parts.is_local ? NULL : take(arena, parts.host, ""),
            .port = take(arena, parts.port, "6379"),
            .path = take(arena, parts.path, ""),
            .user = decode(arena, parts.user),
            .password = decode(arena, parts.password),
            .database = (int)strtol(take(arena, parts.database, "0"), NULL, 10),
            .prefix = take(arena, parts.prefix, "wechat"),
            .wait = (int)strtol(take(arena, parts.wait, "0"), NULL, 10),
        };
}

char *
redis_url_show(struct arena *arena, const struct redis_url *url)
{
        if (url->host == NULL)
                return arena_printf(
                    arena, "%s%s?db=%d&prefix=%s", local, url->path, url->database, url->prefix);
        return arena_printf(arena,
            strchr(url->host, ':') == NULL ? "%s%s:%s/%d?prefix=%s" : "%s[%s]:%s/%d?prefix=%s", tcp,
            url->host, url->port, url->database, url->prefix);
}
