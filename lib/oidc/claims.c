#include "oidc/claims.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "conf/conf.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/json_check.h"
#include "format/json_find.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/role.h"
#include "wechat/api.h"

enum { USERNAME_DIGITS = 12, EMAIL_MAX = 254 };

/* ---- sub ---- */

int
claims_subject(struct arena *arena, const struct clients_item *client, const char *salt,
    const struct claims_person *person, const char **subject, struct err *err)
{
        switch (client->subject) {
        case SUBJECT_UNIONID:
                *subject = pairs_get(person->user, "unionid");
                return *subject != NULL
                           ? 0
                           : err_set(err, ERR_CONFIG,
                                 "oidc: WeChat gives no unionid for subject_type unionid: bind the "
                                 "account on the Open Platform (open.weixin.qq.com)");
        case SUBJECT_PAIRWISE:
                *subject = digest_hmac_text(
                    arena, salt, arena_printf(arena, "sub %s %s", client->id, person->openid));
                return 0;
        case SUBJECT_OPENID:
        default:
                *subject = person->openid;
                return 0;
        }
}

/* A name for programs that take only ASCII, which says nothing about the person. */
static const char *
username(struct arena *arena, const char *subject)
{
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(subject, strlen(subject), hex);
        return arena_printf(arena, "wx%.*s", USERNAME_DIGITS, hex);
}

/* ---- profile ---- */

/* Adds a text if there is one. */
static void
add(struct pairs *claims, const char *name, const char *value)
{
        if (value != NULL && *value != '\0')
                pairs_add(claims, name, value);
}

/* WeChat gave addresses with http for years, and they answer to https, too. */
static const char *
https(struct arena *arena, const char *address)
{
        static const char plain[] = "http://";

        return address != NULL && text_starts_with(address, plain) &&
                       strncmp(address, "http://127.0.0.1", 16) != 0
                   ? arena_printf(arena, "https://%s", address + strlen(plain))
                   : address;
}

static const char *
gender(const struct pairs *user)
{
        switch (pairs_get_number(user, "sex", 0)) {
        case 1:
                return "male";
        case 2:
                return "female";
        default:
                return NULL;
        }
}

/* zh_CN as zh-CN (BCP 47). */
static const char *
locale(struct arena *arena, const char *language)
{
        char *tag = arena_strdup(arena, language);

        if (tag != NULL)
                tag[strcspn(tag, "_")] = strchr(tag, '_') == NULL ? '\0' : '-';
        return tag;
}

static void
fill_profile(const struct conf *conf, const char *subject, const struct claims_person *person,
    struct pairs *claims)
{
        const struct pairs *user = person->user;
        struct arena *arena = claims->arena;
        const char *name = display_name_get(user), *login = username(arena, subject);
        long long updated = pairs_get_number(user, "last_sign_in", 0);

        add(claims, "name", name == NULL || *name == '\0' ? login : name);
        add(claims, "nickname", name);
        add(claims, "preferred_username", login);
        add(claims, "picture", https(arena, own_picture_address(arena, conf, user)));
        add(claims, "gender", gender(user));
        add(claims, "locale", locale(arena, person->language));
        if (updated > 0)
                pairs_add_number(claims, "updated_at", updated);
}

/* ---- the others ---- */

/* Returns the host of site_url, without its port. */
static const char *
site_host(struct arena *arena, const struct conf *conf)
{
        const char *host = strstr(conf->site_url, "://");

        host = host == NULL ? conf->site_url : host + 3;
        return arena_copy(arena, host, strcspn(host, ":/"));
}

static void
fill_email(const struct conf *conf, const struct clients_item *client, const char *subject,
    const struct claims_person *person, struct pairs *claims)
{
        struct arena *arena = claims->arena;

        if (client->email == EMAIL_FILE && person->email != NULL) {
                pairs_add(claims, "email", person->email);
                pairs_add_typed(claims, "email_verified", "true", PAIR_BOOL);
        } else if (client->email == EMAIL_PLACEHOLDER) {
                pairs_add(claims, "email",
                    arena_printf(
                        arena, "%s@noreply.%s", username(arena, subject), site_host(arena, conf)));
        }
}

static void
fill_groups(const struct pairs *user, struct pairs *claims)
{
        struct pairs roles;

        pairs_init(&roles, claims->arena);
        role_list(user, &roles);
        for (size_t i = 0; i < roles.count; i++)
                pairs_add_typed(claims, "groups", roles.items[i].value, PAIR_ITEM);
}

void
claims_fill(const struct conf *conf, const struct clients_item *client, const char *scope,
    const char *subject, const struct claims_person *person, struct pairs *claims)
{
        if (text_has_word(scope, "profile"))
                fill_profile(conf, subject, person, claims);
        if (text_has_word(scope, "email"))
                fill_email(conf, client, subject, person, claims);
        if (text_has_word(scope, "groups"))
                fill_groups(person->user, claims);
        for (size_t i = 0; i < client->extra_claims.count; i++)
                pairs_add_typed(claims, client->extra_claims.items[i].name,
                    client->extra_claims.items[i].value, client->extra_claims.items[i].type);
}

/* ---- the owner's addresses ---- */

static bool
is_email(const char *text)
{
        const char *at = strchr(text, '@');

        if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
            strchr(at, '.') == NULL || strlen(text) > EMAIL_MAX)
                return false;
        for (; *text != '\0'; text++)
                if (*text < 0x21 || *text > 0x7e || strchr("<>()[]\\,;:\"", *text) != NULL)
                        return false;
        return true;
}

int
claims_parse_emails(struct arena *arena, const char *text, size_t size, const char *file,
    struct pairs *emails, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};
        struct pairs read;

        pairs_init(&read, arena);
        if (json_check(arena, text, size, &inner) != 0 ||
            json_parse_tree(arena, text, size, &read, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        for (size_t i = 0; i < read.count; i++)
                if (read.items[i].type != PAIR_TEXT || !is_email(read.items[i].value) ||
                    !text_is_id(read.items[i].name, 1, WECHAT_OPENID_MAX))
                        return err_set(err, ERR_CONFIG,
                            "%s, line %d: \"%.64s\" must be an openid with a mail address", file,
                            json_find_line(text, read.items[i].name), read.items[i].name);
        for (size_t i = 0; i < read.count; i++)
                pairs_add(emails, read.items[i].name, read.items[i].value);
        return 0;
}
