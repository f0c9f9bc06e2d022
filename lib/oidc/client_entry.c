#include "oidc/client_entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/text.h"
#include "format/url.h"
#include "oidc/client_values.h"

/* An entry as it is written: the client, and what is still text. */
struct entry {
        struct clients_item item;
        struct pairs grant_types;
        const char *auth_method, *algorithm, *subject, *email;
        bool allow_http;
};

/* ---- the table of members ---- */

enum shape { A_TEXT, A_LIST, A_FLAG, A_TIME, AN_OBJECT };

struct member {
        const char *name;
        enum shape shape;
        size_t offset; /* in struct entry */
        const char *(*check)(struct arena *arena, const char *value);
        long long least, most; /* of A_TIME, in seconds */
};

#define AT(name) offsetof(struct entry, name)

static const struct member members[] = {
    {"client_id", A_TEXT, AT(item.id), client_value_id, 0, 0},
    {"client_name", A_TEXT, AT(item.name), client_value_name, 0, 0},
    {"client_uri", A_TEXT, AT(item.uri), client_value_web_uri, 0, 0},
    {"logo_uri", A_TEXT, AT(item.logo), client_value_site_picture, 0, 0},
    {"client_secret_sha256", A_TEXT, AT(item.secret_sha256), client_value_hash, 0, 0},
    {"token_endpoint_auth_method", A_TEXT, AT(auth_method), client_value_method, 0, 0},
    {"redirect_uris", A_LIST, AT(item.redirect_uris), client_value_uri, 0, 0},
    {"post_logout_redirect_uris", A_LIST, AT(item.logout_uris), client_value_uri, 0, 0},
    {"backchannel_logout_uri", A_TEXT, AT(item.back_channel), client_value_web_uri, 0, 0},
    {"backchannel_logout_session_required", A_FLAG, AT(item.back_channel_session), NULL, 0, 0},
    {"frontchannel_logout_uri", A_TEXT, AT(item.front_channel), client_value_web_uri, 0, 0},
    {"frontchannel_logout_session_required", A_FLAG, AT(item.front_channel_session), NULL, 0, 0},
    {"grant_types", A_LIST, AT(grant_types), client_value_grant, 0, 0},
    {"scope", A_TEXT, AT(item.scope), client_value_scope_words, 0, 0},
    {"id_token_signed_response_alg", A_TEXT, AT(algorithm), client_value_algorithm, 0, 0},
    {"subject_type", A_TEXT, AT(subject), client_value_subject, 0, 0},
    {"email", A_TEXT, AT(email), client_value_email, 0, 0},
    {"skip_consent", A_FLAG, AT(item.skip_consent), NULL, 0, 0},
    {"require_pkce", A_FLAG, AT(item.require_pkce), NULL, 0, 0},
    {"allow_plain_pkce", A_FLAG, AT(item.allow_plain_pkce), NULL, 0, 0},
    {"allow_http", A_FLAG, AT(allow_http), NULL, 0, 0},
    {"id_token_claims", A_FLAG, AT(item.id_token_claims), NULL, 0, 0},
    {"allowed_users", A_LIST, AT(item.allowed_users), client_value_openid, 0, 0},
    {"required_roles", A_LIST, AT(item.required_roles), client_value_role, 0, 0},
    {"extra_claims", AN_OBJECT, AT(item.extra_claims), NULL, 0, 0},
    {"id_token_seconds", A_TIME, AT(item.id_token_seconds), NULL, 60, 86400},
    {"access_token_seconds", A_TIME, AT(item.access_token_seconds), NULL, 60, 86400},
    {"refresh_token_seconds", A_TIME, AT(item.refresh_token_seconds), NULL, 3600, 180 * 86400},
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static void
begin(struct arena *arena, struct entry *entry)
{
        *entry = (struct entry){
            .item = {.id = "",
                .name = "",
                .uri = "",
                .logo = "",
                .back_channel = "",
                .front_channel = "",
                .secret_sha256 = "",
                .scope = "openid profile email",
                .id_token_claims = true,
                .id_token_seconds = 600,
                .access_token_seconds = 3600,
                .refresh_token_seconds = 30 * 86400},
            .auth_method = "client_secret_basic",
            .algorithm = "RS256",
            .subject = "openid",
            .email = "none",
        };
        for (size_t i = 0; i < MEMBERS; i++)
                if (members[i].shape == A_LIST || members[i].shape == AN_OBJECT)
                        pairs_init(
                            (struct pairs *)(void *)((char *)entry + members[i].offset), arena);
}

/* Returns the member that name belongs to, which may be a path. NULL: there is none. */
static const struct member *
find_member(const char *name)
{
        size_t size = strcspn(name, "/");

        for (size_t i = 0; i < MEMBERS; i++)
                if (strlen(members[i].name) == size && memcmp(members[i].name, name, size) == 0)
                        return &members[i];
        return NULL;
}

static int
refuse_name(struct arena *arena, const char *name, struct err *err)
{
        const char *names[MEMBERS];

        for (size_t i = 0; i < MEMBERS; i++)
                names[i] = members[i].name;
        return err_set(err, ERR_CONFIG, "there is no \"%.40s\"%s", name,
            hint_name(arena, name, names, MEMBERS));
}

static int
check_value(struct arena *arena, const struct member *member, const char *value, struct err *err)
{
        const char *expected = member->check(arena, value);

        return expected == NULL
                   ? 0
                   : err_set(err, ERR_CONFIG, "\"%s\": must be %s", member->name, expected);
}

static int
read_time(const struct member *member, const struct pair *pair, long long *seconds, struct err *err)
{
        char *end;

        *seconds = strtoll(pair->value, &end, 10);
        return pair->type == PAIR_NUMBER && *end == '\0' && *seconds >= member->least &&
                       *seconds <= member->most
                   ? 0
                   : err_set(err, ERR_CONFIG, "\"%s\" must be %lld to %lld seconds", member->name,
                         member->least, member->most);
}

static int
read_list(struct arena *arena, const struct member *member, const struct pair *pair,
    struct pairs *list, struct err *err)
{
        if (pair->type == PAIR_ARRAY && strcmp(pair->name, member->name) == 0)
                return 0;
        if (pair->type != PAIR_ITEM || list->count == CLIENTS_URIS_MAX)
                return err_set(err, ERR_CONFIG, "\"%s\" must be an array of at most %d texts",
                    member->name, CLIENTS_URIS_MAX);
        pairs_add(list, member->name, pair->value);
        return check_value(arena, member, pair->value, err);
}

/* Claims that say something about the token, or that we make ourselves. */
static bool
is_own_claim(const char *name)
{
        return text_has_word(
            "iss sub aud exp iat nbf jti auth_time nonce at_hash c_hash acr amr azp "
            "sid events scope client_id active name nickname preferred_username "
            "picture gender locale updated_at email email_verified groups",
            name);
}

static int
read_claim(
    const struct member *member, const struct pair *pair, struct pairs *claims, struct err *err)
{
        const char *name = pair->name + strlen(member->name);

        if (*name == '/')
                name++;
        if (*name == '\0' || strchr(name, '/') != NULL || strchr(name, ' ') != NULL ||
            *pair->value == '\0' || pair->type > PAIR_BOOL || is_own_claim(name) ||
            claims->count == CLIENTS_URIS_MAX)
                return err_set(err, ERR_CONFIG,
                    "\"%s\" must be an object of texts, numbers, true and false, whose names are "
                    "not those of other claims",
                    member->name);
        pairs_add_typed(claims, name, pair->value, pair->type);
        return 0;
}

static int
read_member(struct arena *arena, const struct member *member, const struct pair *pair,
    struct entry *entry, struct err *err)
{
        void *place = (char *)entry + member->offset;

        switch (member->shape) {
        case A_LIST:
                return read_list(arena, member, pair, place, err);
        case AN_OBJECT:
                return read_claim(member, pair, place, err);
        case A_TIME:
                return read_time(member, pair, place, err);
        case A_FLAG:
                if (pair->type != PAIR_BOOL)
                        return err_set(
                            err, ERR_CONFIG, "\"%s\" must be true or false", member->name);
                *(bool *)place = strcmp(pair->value, "true") == 0;
                return 0;
        case A_TEXT:
        default:
                if (pair->type != PAIR_TEXT || strcmp(pair->name, member->name) != 0)
                        return err_set(err, ERR_CONFIG, "\"%s\" must be a text", member->name);
                *(const char **)place = pair->value;
                return check_value(arena, member, pair->value, err);
        }
}

/* ---- what goes together ---- */

/* Checks an address for http that others could read on the way, and for a scheme that another app
 * could have taken. */
static int
check_way(struct arena *arena, const struct entry *entry, const char *name, const char *uri,
    struct err *err)
{
        if (text_starts_with(uri, "http://") && !entry->allow_http &&
            !url_is_loopback(url_origin(arena, uri)))
                return err_set(err, ERR_CONFIG,
                    "\"%s\" has an address with http, which others can read on the way: use https; "
                    "in a network of your own, \"allow_http\": true",
                    name);
        if (!client_value_is_web(uri) && !entry->item.require_pkce)
                return err_set(err, ERR_CONFIG,
                    "\"%s\" has an address of an app, and so the client needs \"require_pkce\": "
                    "true",
                    name);
        return 0;
}

static bool
has_origin(struct arena *arena, const struct pairs *uris, const char *origin)
{
        for (size_t i = 0; i < uris->count; i++) {
                const char *other = url_origin(arena, uris->items[i].value);

                if (other != NULL && strcmp(other, origin) == 0)
                        return true;
        }
        return false;
}

/* The addresses by which the program is told of a sign-out. A browser opens the one of the front
 * channel in a frame: it must be the program's (Front-Channel Logout 1.0, section 2). */
static int
check_notices(struct arena *arena, const struct entry *entry, struct err *err)
{
        const struct clients_item *item = &entry->item;

        if (*item->back_channel != '\0' &&
            check_way(arena, entry, "backchannel_logout_uri", item->back_channel, err) != 0)
                return -1;
        if (*item->front_channel == '\0')
                return 0;
        if (!has_origin(arena, &item->redirect_uris, url_origin(arena, item->front_channel)))
                return err_set(err, ERR_CONFIG,
                    "\"frontchannel_logout_uri\" must have scheme, host and port of one of "
                    "\"redirect_uris\"");
        return check_way(arena, entry, "frontchannel_logout_uri", item->front_channel, err);
}

static int
check_ways(struct arena *arena, const struct entry *entry, struct err *err)
{
        static const struct {
                const char *name;
                size_t offset;
        } lists[] = {{"redirect_uris", AT(item.redirect_uris)},
            {"post_logout_redirect_uris", AT(item.logout_uris)}};

        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
                const struct pairs *list = (const void *)((const char *)entry + lists[i].offset);

                for (size_t j = 0; j < list->count; j++)
                        if (check_way(arena, entry, lists[i].name, list->items[j].value, err) != 0)
                                return -1;
        }
        return check_notices(arena, entry, err);
}

static int
check_together(const struct clients_item *item, struct err *err)
{
        if (*item->id == '\0')
                return err_set(err, ERR_CONFIG, "it has no \"client_id\"");
        if (item->redirect_uris.count == 0)
                return err_set(err, ERR_CONFIG, "it has no \"redirect_uris\"");
        if (item->is_public && *item->secret_sha256 != '\0')
                return err_set(err, ERR_CONFIG,
                    "a client with \"token_endpoint_auth_method\": \"none\" has no secret: delete "
                    "\"client_secret_sha256\", or the method");
        if (!item->is_public && *item->secret_sha256 == '\0')
                return err_set(err, ERR_CONFIG,
                    "it has no \"client_secret_sha256\"; if it cannot keep a secret, write "
                    "\"token_endpoint_auth_method\": \"none\"");
        if (item->is_public && item->allow_plain_pkce)
                return err_set(err, ERR_CONFIG,
                    "\"allow_plain_pkce\" protects nobody in a client without a secret: delete it");
        if (text_has_word(item->scope, "offline_access") && !item->may_refresh)
                return err_set(err, ERR_CONFIG,
                    "offline_access in \"scope\" needs \"grant_types\": [\"authorization_code\", "
                    "\"refresh_token\"]");
        return 0;
}

/* Finds a word in a list of words; returns its place, from 0. */
static int
place_of(const char *word, const char *const words[], int count)
{
        int place = 0;

        while (place < count - 1 && strcmp(words[place], word) != 0)
                place++;
        return place;
}

static int
settle(struct arena *arena, struct entry *entry, struct err *err)
{
        static const char *const subjects[] = {"openid", "unionid", "pairwise"};
        static const char *const emails[] = {"none", "file", "placeholder"};
        struct clients_item *item = &entry->item;

        if (*item->name == '\0')
                item->name = item->id;
        item->is_public = strcmp(entry->auth_method, "none") == 0;
        item->require_pkce |= item->is_public;
        for (size_t i = 0; i < entry->grant_types.count; i++)
                item->may_refresh |=
                    strcmp(entry->grant_types.items[i].value, "refresh_token") == 0;
        (void)key_algorithm_read(entry->algorithm, &item->algorithm);
        item->subject = (enum clients_subject)place_of(entry->subject, subjects, 3);
        item->email = (enum clients_email)place_of(entry->email, emails, 3);
        return check_together(item, err) != 0 ? -1 : check_ways(arena, entry, err);
}

/* ---- an entry ---- */

int
client_entry_read(
    struct arena *arena, const struct pairs *fields, struct clients_item *item, struct err *err)
{
        struct entry entry;

        begin(arena, &entry);
        for (size_t i = 0; i < fields->count; i++) {
                const struct member *member = find_member(fields->items[i].name);

                if (member == NULL)
                        return refuse_name(arena, fields->items[i].name, err);
                if (read_member(arena, member, &fields->items[i], &entry, err) != 0)
                        return -1;
        }
        if (settle(arena, &entry, err) != 0)
                return -1;
        *item = entry.item;
        return 0;
}
