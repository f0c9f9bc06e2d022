#include "oidc/request.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/url.h"
#include "oidc/clients.h"

/* What is looked at, or kept until the visitor has signed in. */
static const char *const names[] = {"client_id", "redirect_uri", "response_type", "response_mode",
    "scope", "state", "nonce", "prompt", "max_age", "id_token_hint", "claims", "code_challenge",
    "code_challenge_method", "ui_locales", "request", "request_uri", "registration"};

enum { NAMES = sizeof(names) / sizeof(names[0]), AGE_DIGITS = 9 };

/* ---- the program ---- */

int
request_find_client(const struct clients *clients, const struct pairs *given,
    struct request *request, struct err *err)
{
        const char *id = pairs_get_once(given, "client_id");
        const char *uri = pairs_get_once(given, "redirect_uri");
        const char *mode = pairs_get_once(given, "response_mode");

        memset(request, 0, sizeof(*request));
        request->client = id == NULL ? NULL : clients_find(clients, id);
        if (request->client == NULL)
                return err_set(err, ERR_REQUEST, "authorize: client_id is none of oidc_clients");
        if (uri == NULL || !clients_may_redirect(request->client, uri))
                return err_set(err, ERR_REQUEST,
                    "authorize: redirect_uri is none of redirect_uris of the client %s",
                    request->client->id);
        request->redirect_uri = uri;
        request->state = pairs_get_once(given, "state");
        request->by_form = mode != NULL && strcmp(mode, "form_post") == 0;
        return 0;
}

/* ---- the parameters ---- */

static bool
is_given(const struct pairs *given, const char *name)
{
        return pairs_count(given, name) > 0;
}

static const char *
check_response(const struct pairs *given)
{
        const char *type, *mode = pairs_get(given, "response_mode");

        for (size_t i = 0; i < NAMES; i++)
                if (pairs_count(given, names[i]) > 1 ||
                    strlen(pairs_get_text(given, names[i])) > REQUEST_VALUE_MAX)
                        return "invalid_request";
        type = pairs_get(given, "response_type");
        if (type == NULL ||
            (mode != NULL && strcmp(mode, "query") != 0 && strcmp(mode, "form_post") != 0))
                return "invalid_request";
        return strcmp(type, "code") == 0 ? NULL : "unsupported_response_type";
}

static bool
is_challenge(const char *text)
{
        size_t size = strlen(text);

        if (size < REQUEST_CHALLENGE_MIN || size > REQUEST_CHALLENGE_MAX)
                return false;
        for (; *text != '\0'; text++) {
                const char one[] = {*text, '\0'};

                if (!text_is_id(one, 1, 1) && *text != '.' && *text != '~')
                        return false;
        }
        return true;
}

/* A challenge without a method is plain (RFC 7636, section 4.3). */
static const char *
read_challenge(const struct pairs *given, struct request *request)
{
        const char *method = pairs_get(given, "code_challenge_method");

        request->challenge = pairs_get_text(given, "code_challenge");
        if (*request->challenge == '\0')
                return request->client->require_pkce || method != NULL ? "invalid_request" : NULL;
        request->is_plain = method == NULL || strcmp(method, "plain") == 0;
        if (!is_challenge(request->challenge))
                return "invalid_request";
        if (request->is_plain)
                return request->client->allow_plain_pkce ? NULL : "invalid_request";
        return strcmp(method, "S256") == 0 && strlen(request->challenge) == REQUEST_CHALLENGE_MIN
                   ? NULL
                   : "invalid_request";
}

/* Words that are unknown are ignored, such as select_account. */
static const char *
read_prompt(const struct pairs *given, struct request *request)
{
        const char *prompt = pairs_get_text(given, "prompt");

        request->asks_none = text_has_word(prompt, "none");
        request->asks_login =
            text_has_word(prompt, "login") || text_has_word(prompt, "select_account");
        request->asks_consent = text_has_word(prompt, "consent");
        return request->asks_none && strcmp(prompt, "none") != 0 ? "invalid_request" : NULL;
}

static const char *
read_max_age(const struct pairs *given, struct request *request)
{
        const char *text = pairs_get_text(given, "max_age");
        size_t size = strlen(text);

        request->max_age = -1;
        if (size == 0)
                return NULL;
        if (size > AGE_DIGITS || strspn(text, "0123456789") != size)
                return "invalid_request";
        request->max_age = pairs_get_number(given, "max_age", -1);
        return NULL;
}

/* ---- the parameter claims (section 5.5) ---- */

/* Returns the names below "id_token" or "userinfo", as words. Values and "essential" make no
 * difference: what is there is given, and what is not is no error (section 5.5.1). */
static char *
list_claims(struct arena *arena, const struct pairs *tree, const char *part)
{
        struct pairs inner;
        struct buf words;

        pairs_init(&inner, arena);
        pairs_get_below(tree, part, &inner);
        buf_init(&words, arena);
        for (size_t i = 0; i < inner.count; i++) {
                const char *name = inner.items[i].name;
                const char *word = arena_copy(arena, name, strcspn(name, "/"));

                if (!text_is_id(word, 1, DIGEST_BASE64URL_SIZE) ||
                    (words.size > 0 && text_has_word(words.data, word)))
                        continue;
                if (words.size > 0)
                        buf_add_byte(&words, ' ');
                buf_add_text(&words, word);
        }
        return buf_finish(&words);
}

static const char *
read_claims(struct arena *arena, const struct pairs *given, struct request *request)
{
        const char *text = pairs_get_text(given, "claims");
        struct err ignored = {.kind = ERR_NONE};
        struct pairs tree;

        pairs_init(&tree, arena);
        if (*text != '\0' && json_parse_tree(arena, text, strlen(text), &tree, &ignored) != 0)
                return "invalid_request";
        request->id_token_claims = list_claims(arena, &tree, "id_token");
        request->userinfo_claims = list_claims(arena, &tree, "userinfo");
        return NULL;
}

/* The scope that a claim belongs to, if it is not profile (section 5.4). */
static const char *
scope_of(const char *claim)
{
        return text_starts_with(claim, "email") ? "email"
               : strcmp(claim, "groups") == 0   ? "groups"
                                                : "profile";
}

static char *
add_scopes(struct arena *arena, char *scope, const char *claims)
{
        while (*claims != '\0') {
                size_t size = strcspn(claims, " ");

                scope =
                    arena_printf(arena, "%s %s", scope, scope_of(arena_copy(arena, claims, size)));
                claims += size + (claims[size] == ' ');
        }
        return scope;
}

/* ---- all of it ---- */

static const char *
language_of(const char *locales)
{
        const char *list = locales == NULL ? "" : locales;
        const char *language = *list == '\0' ? "" : text_language(list, "");

        return *language == '\0' ? NULL : language;
}

/* ui_locales has tags separated by blanks; Accept-Language has commas. */
static char *
with_commas(struct arena *arena, const char *words)
{
        char *list = arena_strdup(arena, words);

        for (char *at = list; *at != '\0'; at++)
                if (*at == ' ')
                        *at = ',';
        return list;
}

const char *
request_check(struct arena *arena, const struct pairs *given, struct request *request)
{
        char *approval;
        const char *error = is_given(given, "request")        ? "request_not_supported"
                            : is_given(given, "request_uri")  ? "request_uri_not_supported"
                            : is_given(given, "registration") ? "registration_not_supported"
                                                              : check_response(given);

        if (error != NULL)
                return error;
        if (!text_has_word(pairs_get_text(given, "scope"), "openid"))
                return "invalid_scope";
        request->scope = clients_scope(arena, request->client, pairs_get(given, "scope"));
        request->nonce = pairs_get_text(given, "nonce");
        request->hint = pairs_get(given, "id_token_hint");
        request->language = language_of(with_commas(arena, pairs_get_text(given, "ui_locales")));
        if ((error = read_challenge(given, request)) != NULL ||
            (error = read_prompt(given, request)) != NULL ||
            (error = read_max_age(given, request)) != NULL ||
            (error = read_claims(arena, given, request)) != NULL)
                return error;
        approval = add_scopes(arena, arena_strdup(arena, request->scope), request->id_token_claims);
        approval = add_scopes(arena, approval, request->userinfo_claims);
        request->approval = clients_scope(arena, request->client, approval);
        return NULL;
}

char *
request_format(struct arena *arena, const struct pairs *given)
{
        struct pairs kept;

        pairs_init(&kept, arena);
        for (size_t i = 0; i < NAMES; i++)
                pairs_add(&kept, names[i], pairs_get(given, names[i]));
        return url_build_form(arena, &kept);
}

bool
request_is_within(struct arena *arena, const char *part, const char *whole)
{
        while (*part != '\0') {
                size_t size = strcspn(part, " ");

                if (size > 0 && !text_has_word(whole, arena_copy(arena, part, size)))
                        return false;
                part += size + (part[size] == ' ');
        }
        return true;
}

bool
request_is_verified(struct arena *arena, const char *challenge, bool is_plain, const char *verifier)
{
        uint8_t digest[DIGEST_SIZE];

        if (*challenge == '\0')
                return verifier == NULL;
        if (verifier == NULL || !is_challenge(verifier))
                return false;
        if (is_plain)
                return digest_equal(challenge, verifier);
        digest_sha256(verifier, strlen(verifier), digest);
        return digest_equal(challenge, digest_base64url(arena, digest, DIGEST_SIZE));
}
