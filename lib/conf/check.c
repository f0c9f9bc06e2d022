#include "conf/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/address.h"
#include "format/client.h"
#include "format/color.h"
#include "base/text.h"
#include "format/url.h"
#include "format/redis_url.h"

enum { WORDS_MAX = 255, LABEL_MAX = 255, LINK_MAX = 2000 };
enum { APPID_MAX = 64, SECRET_MAX = 128, PUSH_TOKEN_MAX = 32, ORIGIN_MAX = 255 };
enum { HANDLER_SECONDS_MAX = 300 };
enum { OWNER_MIN = 6, OWNER_MAX = 64 };

const char *
check_appid(const char *value)
{
        return text_is_id(value, 6, APPID_MAX)
                   ? NULL
                   : "6 to 64 letters and digits, e.g. wx0123456789abcdef";
}

const char *
check_secret(const char *value)
{
        return text_is_id(value, 16, SECRET_MAX)
                   ? NULL
                   : "the AppSecret: 16 to 128 letters, digits, - and _";
}

const char *
check_other_appid(const char *value)
{
        return *value == '\0' ? NULL : check_appid(value);
}

const char *
check_other_secret(const char *value)
{
        return *value == '\0' ? NULL : check_secret(value);
}

const char *
check_outside(const char *value)
{
        return strcmp(value, "qr") == 0 || strcmp(value, "direct") == 0 ||
                       strcmp(value, "both") == 0
                   ? NULL
                   : "qr, direct or both";
}

const char *
check_day(const char *value)
{
        return *value == '\0' || text_beijing_day(value) >= 0 ? NULL : "a day, such as 2026-12-24";
}

const char *
check_dev_origins(const char *value)
{
        char origin[ORIGIN_MAX + 1];

        if (strcmp(value, "*") == 0)
                return NULL;
        for (; *value != '\0'; value += strspn(value, " ")) {
                size_t size = strcspn(value, " ");

                if (size >= sizeof(origin))
                        return "origins of 255 characters at most";
                memcpy(origin, value, size);
                origin[size] = '\0';
                if (!url_is_any_origin(origin))
                        return "origins such as http://192.168.1.5:5173, without a path or a "
                               "slash at the end, divided by blanks";
                value += size;
        }
        return NULL;
}

const char *
check_origin(const char *value)
{
        return url_is_origin(value) ? NULL
                                    : "https://host, without a path or a slash at the end (http:// "
                                      "only for localhost, 127.0.0.1 and [::1])";
}

/* An origin and a path (OpenID Connect Discovery, section 3): what follows it begins with a slash.
 */
const char *
check_issuer(const char *value)
{
        static const char expected[] =
            "an address such as https://www.example.com/oidc, without a slash at the end";
        const char *host = strstr(value, "://");
        char origin[ORIGIN_MAX + 1];
        size_t size;

        if (*value == '\0')
                return NULL;
        size = host == NULL ? 0 : (size_t)(host + 3 - value) + strcspn(host + 3, "/");
        if (size == 0 || size > ORIGIN_MAX)
                return expected;
        memcpy(origin, value, size);
        origin[size] = '\0';
        return check_origin(origin) == NULL &&
                       (value[size] == '\0' || check_path(value + size) == NULL)
                   ? NULL
                   : expected;
}

const char *
check_path(const char *value)
{
        return url_is_local(value) && value[strcspn(value, "?#%;,\"<>")] == '\0' &&
                       strstr(value, "/.") == NULL && value[strlen(value) - 1] != '/'
                   ? NULL
                   : "a path such as /cgi-bin, without a slash at the end";
}

const char *
check_local(const char *value)
{
        return *value == '\0' || url_is_local(value) ? NULL
                                                     : "a page of this site, such as /index.html";
}

const char *
check_scope(const char *value)
{
        return strcmp(value, "snsapi_userinfo") == 0 || strcmp(value, "snsapi_base") == 0
                   ? NULL
                   : "snsapi_userinfo or snsapi_base";
}

const char *
check_language(const char *value)
{
        return strcmp(value, "zh_CN") == 0 || strcmp(value, "zh_TW") == 0 ||
                       strcmp(value, "en") == 0
                   ? NULL
                   : "zh_CN, zh_TW or en";
}

const char *
check_seconds(const char *value)
{
        size_t size = strspn(value, "0123456789");
        long long seconds = size <= 9 ? strtoll(value, NULL, 10) : 0;

        return size >= 1 && value[size] == '\0' && seconds >= 60 && seconds <= 366LL * 86400
                   ? NULL
                   : "60 to 31622400 seconds";
}

const char *
check_idle(const char *value)
{
        return strcmp(value, "0") == 0 || check_seconds(value) == NULL
                   ? NULL
                   : "0, or 60 to 31622400 seconds";
}

const char *
check_push_token(const char *value)
{
        return *value == '\0' ||
                       (text_is_id(value, 3, PUSH_TOKEN_MAX) && value[strcspn(value, "-_")] == '\0')
                   ? NULL
                   : "the Token of 消息与事件推送: 3 to 32 letters and digits";
}

const char *
check_aes_key(const char *value)
{
        size_t size =
            strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

        return *value == '\0' || (size == 43 && value[size] == '\0')
                   ? NULL
                   : "the EncodingAESKey of 消息与事件推送: 43 letters and digits";
}

const char *
check_push_mode(const char *value)
{
        return strcmp(value, "plain") == 0 || strcmp(value, "compatible") == 0 ||
                       strcmp(value, "safe") == 0
                   ? NULL
                   : "plain (明文模式), compatible (兼容模式) or safe (安全模式)";
}

const char *
check_handler_seconds(const char *value)
{
        size_t size = strspn(value, "0123456789");
        long seconds = size <= 3 ? strtol(value, NULL, 10) : 0;

        return size >= 1 && value[size] == '\0' && seconds >= 1 && seconds <= HANDLER_SECONDS_MAX
                   ? NULL
                   : "1 to 300 seconds";
}

const char *
check_people(const char *value)
{
        return strcmp(value, "everyone") == 0 || strcmp(value, "followers") == 0 ||
                       strcmp(value, "approved") == 0
                   ? NULL
                   : "everyone, followers or approved";
}

const char *
check_late(const char *value)
{
        return strcmp(value, "wait") == 0 || strcmp(value, "send") == 0 ? NULL : "wait or send";
}

const char *
check_journal(const char *value)
{
        return text_has_word("full kinds off", value) && strchr(value, ' ') == NULL
                   ? NULL
                   : "full, kinds or off";
}

const char *
check_consent(const char *value)
{
        return strcmp(value, "ask") == 0 || strcmp(value, "off") == 0 ? NULL : "ask or off";
}

const char *
check_days(const char *value)
{
        size_t size = strspn(value, "0123456789");

        return size >= 1 && size <= 4 && value[size] == '\0' && strtol(value, NULL, 10) <= 3660
                   ? NULL
                   : "0 to 3660 days";
}

/* The value is not repeated: it may hold a password. */
const char *
check_state(const char *value)
{
        static const char *const wrong[] = {"files, or an address such as "
                                            "redis://user:password@127.0.0.1:6379/0?prefix=shop",
            "redis://… without TLS: for an encrypted connection use a socket or stunnel, as in "
            "docs/en/redis.md"};

        if (strcmp(value, "files") == 0)
                return NULL;
        if (text_starts_with(value, "rediss:"))
                return wrong[1];
        return redis_url_is_meant(value) ? redis_url_check(value) : wrong[0];
}

const char *
check_wait(const char *value)
{
        return value[0] >= '0' && value[0] <= '9' && value[1] == '\0' ? NULL : "0 to 9";
}

const char *
check_folder(const char *value)
{
        return *value != '\0' ? NULL : "a folder";
}

const char *
check_sandbox(const char *value)
{
        return strcmp(value, "files") == 0 || strcmp(value, "strict") == 0 ||
                       strcmp(value, "off") == 0
                   ? NULL
                   : "files, strict or off";
}

const char *
check_clients(const char *value)
{
        return client_is_list(value) ? NULL
                                     : "name:secret, or several divided by blanks: letters, "
                                       "digits, - and _, secrets of 32 to 128 characters";
}

const char *
check_names(const char *value)
{
        static const char letters[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ ";

        return value[strspn(value, letters)] == '\0' ? NULL : "names, or several divided by blanks";
}

/* Openids as in an answer of WeChat's. */
const char *
check_owners(const char *value)
{
        static const char wanted[] = "openids, or several divided by blanks, such as "
                                     "oAbCdEfGhIjKlMnOpQrStUvWxYz0";

        if (check_names(value) != NULL)
                return wanted;
        for (value += strspn(value, " "); *value != '\0'; value += strspn(value, " ")) {
                size_t size = strcspn(value, " ");

                if (size < OWNER_MIN || size > OWNER_MAX)
                        return wanted;
                value += size;
        }
        return NULL;
}

const char *
check_sign_in(const char *value)
{
        static const char *const ways[] = {"authorize", "message", "scene"};
        enum { WAYS = sizeof(ways) / sizeof(ways[0]) };
        size_t found = 0, words = 0;

        for (size_t i = 0; i < WAYS; i++)
                found += text_has_word(value, ways[i]);
        for (const char *at = value; *at != '\0'; at += strspn(at, " ")) {
                at += strcspn(at, " ");
                words++;
        }
        return words >= 1 && words == found && *value != ' '
                   ? NULL
                   : "authorize, message or scene, or several of them, separated by blanks";
}

const char *
check_words(const char *value)
{
        return *value != '\0' && strlen(value) <= WORDS_MAX
                   ? NULL
                   : "one or more words, 255 bytes at most";
}

const char *
check_line(const char *value)
{
        return strlen(value) <= LABEL_MAX ? NULL : "a text of 255 bytes at most";
}

const char *
check_link(const char *value)
{
        static const char wanted[] = "an https address";
        const char *host = strstr(value, "://");
        char origin[ORIGIN_MAX + 1];
        size_t size;

        if (*value == '\0')
                return NULL;
        if (host == NULL || strlen(value) > LINK_MAX || value[strcspn(value, " \"<>\\")] != '\0')
                return wanted;
        size = (size_t)(host + 3 - value) + strcspn(host + 3, "/?#");
        if (size > ORIGIN_MAX)
                return wanted;
        memcpy(origin, value, size);
        origin[size] = '\0';
        return url_is_origin(origin) ? NULL : wanted;
}

const char *
check_picture(const char *value)
{
        return check_local(value) == NULL || check_link(value) == NULL
                   ? NULL
                   : "a path of this site, such as /picture.png, or an https address";
}

const char *
check_color(const char *value)
{
        struct color color;

        return *value == '\0' || color_parse(value, &color) ? NULL : "a colour such as #c8102e";
}

const char *
check_style(const char *value)
{
        return check_local(value) == NULL ? NULL : "a path of this site, such as /pages.css";
}

/* An address that needs no quotes. */
static bool
is_mail(const char *value)
{
        static const char letters[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_+@";
        const char *at = strchr(value, '@');

        return at != NULL && at > value && strchr(at + 1, '@') == NULL &&
               strlen(value) <= LABEL_MAX && value[strspn(value, letters)] == '\0' &&
               at[1] != '.' && strchr(at, '.') != NULL && value[strlen(value) - 1] != '.';
}

const char *
check_contact(const char *value)
{
        return check_local(value) == NULL || check_link(value) == NULL || is_mail(value)
                   ? NULL
                   : "a mail address, a page of this site, such as /contact.html, or an https "
                     "address";
}

const char *
check_proxies(const char *value)
{
        return address_is_list(value) ? NULL
                                      : "addresses or networks, such as 127.0.0.1 10.0.0.0/8, "
                                        "separated by blanks";
}

const char *
check_switch(const char *value)
{
        return strcmp(value, "on") == 0 || strcmp(value, "off") == 0 ? NULL : "on or off";
}

const char *
check_sendfile(const char *value)
{
        static const char accel[] = "X-Accel-Redirect ";

        return strcmp(value, "off") == 0 || strcmp(value, "X-Sendfile") == 0 ||
                       (text_starts_with(value, accel) && check_path(value + strlen(accel)) == NULL)
                   ? NULL
                   : "off, X-Sendfile, or X-Accel-Redirect with a path, such as X-Accel-Redirect "
                     "/private-files";
}

const char *
check_any(const char *value)
{
        (void)value;
        return NULL;
}
