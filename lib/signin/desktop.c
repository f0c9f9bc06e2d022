#include "signin/desktop.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/signed.h"
#include "format/url.h"

enum { COOKIE_FIELDS = 4 };

static char *
number(struct arena *arena, long long value)
{
        return arena_printf(arena, "%lld", value);
}

static char *
packed(struct arena *arena, const char *text)
{
        return digest_base64url(arena, text, strlen(text));
}

static char *
unpacked(struct arena *arena, const char *text)
{
        return digest_base64url_decode(arena, text, NULL);
}

/* A user code reveals nothing about the device code that it is made from. */
static char *
user_code_of(struct arena *arena, const char *device_code)
{
        return arena_copy(
            arena, digest_hmac_text(arena, device_code, "user code"), DESKTOP_USER_CODE_SIZE);
}

char *
desktop_format_cookie(struct arena *arena, const char *key, const struct desktop *desktop)
{
        const char *const fields[COOKIE_FIELDS] = {"c1", desktop->device_code,
            number(arena, desktop->expires), packed(arena, desktop->next)};

        return signed_format(arena, key, fields, COOKIE_FIELDS);
}

bool
desktop_parse_cookie(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop)
{
        struct desktop d = {.device_code = NULL};
        const char *fields[COOKIE_FIELDS];

        if (!signed_parse(arena, key, text, fields, COOKIE_FIELDS) || strcmp(fields[0], "c1") != 0)
                return false;
        d.device_code = fields[1];
        d.user_code = user_code_of(arena, d.device_code);
        d.expires = strtoll(fields[2], NULL, 10);
        d.next = unpacked(arena, fields[3]);
        if (d.next == NULL || !url_is_local(d.next))
                return false;
        *desktop = d;
        return true;
}

char *
desktop_link(struct app *app, const char *user_code)
{
        return arena_printf(
            app->arena, "%s?%s", conf_program(app->arena, &app->conf, "confirm.cgi"), user_code);
}

/* A field without a value. WeChat may add fields of its own. */
const char *
desktop_parse_link(const struct pairs *query)
{
        for (size_t i = 0; i < query->count; i++)
                if (*query->items[i].value == '\0' &&
                    text_is_id(
                        query->items[i].name, DESKTOP_USER_CODE_SIZE, DESKTOP_USER_CODE_SIZE))
                        return query->items[i].name;
        return NULL;
}

void
desktop_fill(struct app *app, const char *device_code, const char *next, struct desktop *desktop)
{
        *desktop = (struct desktop){.device_code = device_code,
            .user_code = user_code_of(app->arena, device_code),
            .expires = app->now + DESKTOP_SECONDS,
            .next = next};
}

int
desktop_number(const char *user_code)
{
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(user_code, strlen(user_code), hex);
        hex[6] = '\0';
        return 10 + (int)(strtol(hex, NULL, 16) % 90);
}

/* Part of a User-Agent, and the name that people know; the first match counts. Browsers built on
 * others come before these. */
static const struct name {
        const char *token;
        const char *name;
} browsers[] = {{"MicroMessenger/", "WeChat"}, {"Edg/", "Edge"}, {"OPR/", "Opera"},
    {"QQBrowser/", "QQ浏览器"}, {"Vivaldi/", "Vivaldi"}, {"Firefox/", "Firefox"},
    {"Chrome/", "Chrome"}, {"Safari/", "Safari"}},
  systems[] = {{"Windows NT", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"},
      {"iPad", "iPadOS"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};

static const char *
find_name(const struct name *names, size_t count, const char *user_agent)
{
        for (size_t i = 0; i < count; i++)
                if (strstr(user_agent, names[i].token) != NULL)
                        return names[i].name;
        return "";
}

const char *
desktop_browser(struct arena *arena, const char *user_agent)
{
        const char *browser =
            find_name(browsers, sizeof(browsers) / sizeof(browsers[0]), user_agent);
        const char *system = find_name(systems, sizeof(systems) / sizeof(systems[0]), user_agent);

        return arena_printf(
            arena, "%s%s%s", browser, *browser == '\0' || *system == '\0' ? "" : ", ", system);
}

char *
desktop_cookie_key(struct app *app)
{
        return signed_key(app->arena, app->conf.secret, "desktop cookie");
}
