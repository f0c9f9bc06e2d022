/* request of oidc: authorization requests, in the order of their checks; PKCE. */
#include "table.h"

#include <string.h>

#include "base/err.h"
#include "base/pairs.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "oidc/request.h"

/* Of RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define PKCE "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
#define SHOP "client_id=shop&redirect_uri=https%3A%2F%2Fa.example%2Fcb"
#define CODE "&response_type=code&scope=openid"

static const char file[] =
    "[{\"client_id\": \"shop\", \"client_secret_sha256\": "
    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
    "\"scope\": \"openid profile email\", \"redirect_uris\": [\"https://a.example/cb\"]},"
    "{\"client_id\": \"page\", \"token_endpoint_auth_method\": \"none\","
    "\"redirect_uris\": [\"http://127.0.0.1/cb\"]}]";

static struct clients
read_clients(struct arena *arena)
{
        struct err err = {.kind = ERR_NONE};
        struct clients clients;

        if (clients_parse(arena, file, strlen(file), "clients.json", &clients, &err) != 0)
                fail_msg("%s", err.text);
        return clients;
}

/* Reads a query. Returns "page", the error for the program, or "ok". */
static const char *
check(struct arena *arena, const char *query, struct request *request)
{
        static struct clients clients;
        struct err err = {.kind = ERR_NONE};
        struct pairs given;
        const char *error;

        clients = read_clients(arena);
        pairs_init(&given, arena);
        assert_null(url_read_form(arena, query, strlen(query), &given));
        if (request_find_client(&clients, &given, request, &err) != 0)
                return "page";
        error = request_check(arena, &given, request);
        return error == NULL ? "ok" : error;
}

static void
requests_are_checked_in_order(void **state)
{
        static const struct {
                const char *query, *answer;
        } rows[] = {{SHOP CODE, "ok"}, {SHOP CODE PKCE, "ok"}, {"", "page"},
            {"client_id=nobody&redirect_uri=https%3A%2F%2Fa.example%2Fcb&request=x", "page"},
            {"client_id=shop", "page"}, {SHOP "%2F" CODE "&request=x", "page"},
            {SHOP "&client_id=shop" CODE, "page"},
            {SHOP "&redirect_uri=https%3A%2F%2Fa.example%2Fcb", "page"},
            {SHOP "&request=x", "request_not_supported"},
            {SHOP "&request_uri=x", "request_uri_not_supported"},
            {SHOP "&registration=x", "registration_not_supported"}, {SHOP, "invalid_request"},
            {SHOP CODE "&nonce=1&nonce=1", "invalid_request"},
            {SHOP CODE "&state=1&state=2", "invalid_request"},
            {SHOP "&response_type=token&scope=x", "unsupported_response_type"},
            {SHOP "&response_type=code+token&scope=openid", "unsupported_response_type"},
            {SHOP CODE "&response_mode=fragment", "invalid_request"},
            {SHOP CODE "&response_mode=form_post", "ok"},
            {SHOP "&response_type=code", "invalid_scope"},
            {SHOP "&response_type=code&scope=profile&max_age=x", "invalid_scope"},
            {SHOP CODE "+openid+unheard_of", "ok"},
            {SHOP CODE "&code_challenge=" CHALLENGE, "invalid_request"},
            {SHOP CODE "&code_challenge_method=S256", "invalid_request"},
            {SHOP CODE "&code_challenge=x&code_challenge_method=S256", "invalid_request"},
            {SHOP CODE "&code_challenge=" CHALLENGE "&code_challenge_method=s256",
                "invalid_request"},
            {SHOP CODE "&code_challenge=" CHALLENGE "A&code_challenge_method=S256",
                "invalid_request"},
            {SHOP CODE "&prompt=none", "ok"}, {SHOP CODE "&prompt=none+login", "invalid_request"},
            {SHOP CODE "&prompt=login+consent", "ok"}, {SHOP CODE "&max_age=0", "ok"},
            {SHOP CODE "&max_age=-1", "invalid_request"},
            {SHOP CODE "&max_age=1e3", "invalid_request"},
            {SHOP CODE "&max_age=99999999999999999999", "invalid_request"},
            {SHOP CODE "&claims=%7B%7D", "ok"}, {SHOP CODE "&claims=x", "invalid_request"},
            {SHOP CODE "&claims=%5B%5D", "invalid_request"},
            {SHOP CODE "&display=touch&acr_values=1&extra=1", "ok"},
            {"client_id=page&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcb" CODE,
                "invalid_request"},
            {"client_id=page&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcb" CODE PKCE, "ok"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct request request;

                ROW(strcmp(check(*state, rows[i].query, &request), rows[i].answer) == 0, i,
                    rows[i].query);
        }
        END_ROWS();
}

static void
what_is_asked_for_is_read(void **state)
{
        struct request r;

        assert_string_equal(check(*state,
                                SHOP "&response_type=code&scope=openid+groups+profile+openid"
                                     "&state=a%20b&nonce=n&prompt=login&max_age=60&ui_locales=fr+en"
                                     "&response_mode=form_post" PKCE
                                     "&claims=%7B%22userinfo%22%3A%7B%22email%22%3Anull%2C"
                                     "%22groups%22%3A%7B%22essential%22%3Atrue%7D%7D%7D",
                                &r),
            "ok");
        assert_string_equal(r.scope, "openid profile");
        assert_string_equal(r.approval, "openid profile email");
        assert_string_equal(r.userinfo_claims, "email groups");
        assert_string_equal(r.id_token_claims, "");
        assert_string_equal(r.state, "a b");
        assert_string_equal(r.language, "en");
        assert_true(r.asks_login && !r.asks_none && !r.asks_consent && r.by_form && !r.is_plain);
        assert_int_equal(r.max_age, 60);
        assert_string_equal(check(*state, SHOP CODE, &r), "ok");
        assert_null(r.state);
        assert_null(r.language);
        assert_string_equal(r.nonce, "");
        assert_int_equal(r.max_age, -1);
}

/* An error can be answered as soon as client and address are known. */
static void
a_mistake_has_its_state_and_mode(void **state)
{
        struct request r;

        assert_string_equal(
            check(*state, SHOP "&state=s&response_mode=form_post", &r), "invalid_request");
        assert_string_equal(r.state, "s");
        assert_true(r.by_form);
        assert_string_equal(check(*state, SHOP "&state=s&state=t", &r), "invalid_request");
        assert_null(r.state);
}

static void
a_verifier_belongs_to_its_challenge(void **state)
{
        static const struct {
                const char *challenge, *verifier;
                bool is_plain, good;
        } rows[] = {{CHALLENGE, VERIFIER, false, true}, {CHALLENGE, CHALLENGE, false, false},
            {CHALLENGE, NULL, false, false}, {CHALLENGE, "", false, false},
            {CHALLENGE, VERIFIER "x", false, false}, {VERIFIER, VERIFIER, true, true},
            {VERIFIER, CHALLENGE, true, false}, {VERIFIER, VERIFIER, false, false},
            {"", NULL, false, true}, {"", VERIFIER, false, false}, {"", "", false, false}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(request_is_verified(*state, rows[i].challenge, rows[i].is_plain,
                        rows[i].verifier) == rows[i].good,
                    i, rows[i].verifier == NULL ? "none" : rows[i].verifier);
        END_ROWS();
}

static void
a_scope_may_only_become_smaller(void **state)
{
        static const struct {
                const char *part, *whole;
                bool within;
        } rows[] = {{"", "openid", true}, {"openid", "openid", true}, {"b a", "a b c", true},
            {"  a  ", "a", true}, {"a d", "a b c", false}, {"aa", "a aaa", false},
            {"a", "", false}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(request_is_within(*state, rows[i].part, rows[i].whole) == rows[i].within, i,
                    rows[i].part);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(requests_are_checked_in_order),
            TEST(what_is_asked_for_is_read), TEST(a_mistake_has_its_state_and_mode),
            TEST(a_verifier_belongs_to_its_challenge), TEST(a_scope_may_only_become_smaller)};

        return RUN(tests);
}
