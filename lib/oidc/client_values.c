#include "oidc/client_values.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/check.h"
#include "format/digest.h"
#include "format/key.h"
#include "format/url.h"
#include "gate/access.h"
#include "oidc/clients.h"
#include "wechat/api.h"

static const char known_scopes[] = "openid profile email groups offline_access";

const char *
client_value_id(struct arena *arena, const char *value)
{
        size_t size = strlen(value);

        (void)arena;
        return size > 0 && size <= CLIENTS_ID_MAX &&
                       strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~") == size
                   ? NULL
                   : "1 to 64 letters, digits, '-', '.', '_' and '~'";
}

const char *
client_value_name(struct arena *arena, const char *value)
{
        return *value != '\0' && strlen(value) <= CLIENTS_NAME_MAX &&
                       strcmp(text_clean(arena, value), value) == 0
                   ? NULL
                   : "a text of one line, of 1 to 120 bytes";
}

const char *
client_value_site_picture(struct arena *arena, const char *value)
{
        (void)arena;
        return check_picture(value);
}

const char *
client_value_hash(struct arena *arena, const char *value)
{
        (void)arena;
        return strlen(value) == DIGEST_HEX_SIZE &&
                       strspn(value, "0123456789abcdef") == DIGEST_HEX_SIZE
                   ? NULL
                   : "the SHA-256 of the secret, 64 digits of 0-9 a-f; wechat client secret makes "
                     "another secret";
}

const char *
client_value_scope_words(struct arena *arena, const char *value)
{
        static const char expected[] =
            "words of openid, profile, email, groups and offline_access, with openid";

        if (!text_has_word(value, "openid"))
                return expected;
        for (const char *at = value; *at != '\0'; at += strspn(at, " ")) {
                size_t size = strcspn(at, " ");

                if (!text_has_word(known_scopes, arena_copy(arena, at, size)))
                        return expected;
                at += size;
        }
        return NULL;
}

const char *
client_value_openid(struct arena *arena, const char *value)
{
        (void)arena;
        return text_is_id(value, 1, WECHAT_OPENID_MAX) ? NULL
                                                       : "openids, of letters, digits, '-' and '_'";
}

const char *
client_value_role(struct arena *arena, const char *value)
{
        (void)arena;
        return *value != '\0' && strlen(value) <= ACCESS_ROLE_MAX &&
                       value[strcspn(value, " ,\t\r\n")] == '\0'
                   ? NULL
                   : "roles: texts of 1 to 64 bytes, without blanks and commas";
}

/* Is the scheme, of size bytes, one that an app of its own can have (RFC 8252, section 7.1): a
 * domain turned around? So javascript: and data: are none. */
static bool
is_own_scheme(const char *uri, size_t size)
{
        return size >= 3 && uri[0] >= 'a' && uri[0] <= 'z' && memchr(uri, '.', size) != NULL &&
               strspn(uri, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == size &&
               uri[size + 1] == '/';
}

bool
client_value_is_web(const char *uri)
{
        return text_starts_with(uri, "https://") || text_starts_with(uri, "http://");
}

const char *
client_value_uri(struct arena *arena, const char *value)
{
        size_t scheme = strcspn(value, ":");

        if (strlen(value) > CLIENTS_URI_MAX)
                return "addresses of at most 2000 bytes";
        for (const char *at = value; *at != '\0'; at++)
                if (*at < 0x21 || *at > 0x7e || strchr("*#\\\"<>", *at) != NULL)
                        return "full addresses, without wildcards, fragments (#), blanks and "
                               "characters that have to be encoded";
        if (value[scheme] == ':' && (client_value_is_web(value) ? url_origin(arena, value) != NULL
                                                                : is_own_scheme(value, scheme)))
                return NULL;
        return "full addresses, such as https://app.example.com/callback, with host in lower case, "
               "or com.example.app:/callback";
}

const char *
client_value_web_uri(struct arena *arena, const char *value)
{
        return client_value_is_web(value) && client_value_uri(arena, value) == NULL
                   ? NULL
                   : "a full address, such as https://app.example.com/logout";
}

const char *
client_value_grant(struct arena *arena, const char *value)
{
        (void)arena;
        return text_has_word("authorization_code refresh_token", value)
                   ? NULL
                   : "[\"authorization_code\"] or [\"authorization_code\", \"refresh_token\"]";
}

const char *
client_value_method(struct arena *arena, const char *value)
{
        (void)arena;
        return text_has_word("client_secret_basic client_secret_post none", value)
                   ? NULL
                   : "client_secret_basic, client_secret_post or none";
}

const char *
client_value_algorithm(struct arena *arena, const char *value)
{
        enum key_algorithm algorithm;

        (void)arena;
        return key_algorithm_read(value, &algorithm) ? NULL : "RS256 or ES256";
}

const char *
client_value_subject(struct arena *arena, const char *value)
{
        (void)arena;
        return text_has_word("openid unionid pairwise", value) ? NULL
                                                               : "openid, unionid or pairwise";
}

const char *
client_value_email(struct arena *arena, const char *value)
{
        (void)arena;
        return text_has_word("none file placeholder", value) ? NULL : "none, file or placeholder";
}
