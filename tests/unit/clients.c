/* clients_file, clients, clients_text: the file of the programs that sign people in, its mistakes,
 * which addresses and secrets are a client's, and changes of the file's text. */
#include "table.h"

#include "format/digest.h"
#include "format/json_file.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "oidc/clients_text.h"

/* SHA-256 of "secret". */
#define HASH "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
#define SECRET "\"client_secret_sha256\": \"" HASH "\""
#define HEAD "\"client_id\": \"a\", " SECRET ", "
#define URIS "\"redirect_uris\": [\"https://a.example/cb\"]"
#define PUBLIC "\"client_id\": \"a\", \"token_endpoint_auth_method\": \"none\", "

static struct clients
parse(void **state, const char *text)
{
        struct clients clients = {NULL, 0};
        struct err err = {.kind = ERR_NONE};

        if (clients_parse(*state, text, strlen(text), "clients.json", &clients, &err) != 0)
                fail_msg("%s", err.text);
        return clients;
}

static void
an_entry_has_defaults(void **state)
{
        struct clients clients = parse(state, "[{" HEAD URIS "}]");
        const struct clients_item *client = clients_find(&clients, "a");

        assert_null(clients_find(&clients, ""));
        assert_null(clients_find(&clients, "A"));
        assert_string_equal(client->name, "a");
        assert_string_equal(client->scope, "openid profile email");
        assert_string_equal(client->logo, "");
        assert_false(client->is_public || client->may_refresh || client->skip_consent ||
                     client->allow_plain_pkce || client->require_pkce);
        assert_true(client->id_token_claims);
        assert_int_equal(client->algorithm, KEY_RS256);
        assert_int_equal(client->subject, SUBJECT_OPENID);
        assert_int_equal(client->email, EMAIL_NONE);
        assert_int_equal(client->id_token_seconds, 600);
        assert_int_equal(client->access_token_seconds, 3600);
        assert_int_equal(client->refresh_token_seconds, 30 * 86400);
        assert_int_equal(client->allowed_users.count + client->required_roles.count +
                             client->extra_claims.count + client->logout_uris.count,
            0);
        clients = parse(state, "[]");
        assert_int_equal(clients.count, 0);
        assert_null(clients_find(&clients, "a"));
}

static void
an_entry_says_all(void **state)
{
        static const char text[] =
            "[{\"client_id\": \"x\", \"client_name\": \"相册\", \"client_uri\": "
            "\"https://p.example/\",\n"
            "\"logo_uri\": \"/logo.png\", \"token_endpoint_auth_method\": \"none\",\n"
            "\"redirect_uris\": [\"app.immich:///oauth-callback\", "
            "\"https://p.example/auth/login\"],\n"
            "\"post_logout_redirect_uris\": [\"https://p.example/\"],\n"
            "\"grant_types\": [\"authorization_code\", \"refresh_token\"],\n"
            "\"scope\": \"openid profile groups offline_access\",\n"
            "\"id_token_signed_response_alg\": \"ES256\", \"subject_type\": \"pairwise\",\n"
            "\"email\": \"placeholder\",\n"
            "\"skip_consent\": true, \"id_token_claims\": false, \"allowed_users\": [\"o1\", "
            "\"o2\"],\n"
            "\"required_roles\": [\"staff\"], \"extra_claims\": {\"immich_role\": \"user\", \"n\": "
            "3, "
            "\"b\": true},\n"
            "\"id_token_seconds\": 60, \"access_token_seconds\": 120, \"refresh_token_seconds\": "
            "3600}]";
        struct clients clients = parse(state, text);
        const struct clients_item *client = clients_find(&clients, "x");

        assert_string_equal(client->name, "相册");
        assert_string_equal(client->uri, "https://p.example/");
        assert_string_equal(client->logo, "/logo.png");
        assert_true(client->is_public && client->require_pkce && client->may_refresh &&
                    client->skip_consent);
        assert_false(client->id_token_claims);
        assert_int_equal(client->algorithm, KEY_ES256);
        assert_int_equal(client->subject, SUBJECT_PAIRWISE);
        assert_int_equal(client->email, EMAIL_PLACEHOLDER);
        assert_int_equal(client->allowed_users.count, 2);
        assert_string_equal(client->required_roles.items[0].value, "staff");
        assert_int_equal(client->extra_claims.count, 3);
        assert_string_equal(pairs_get(&client->extra_claims, "immich_role"), "user");
        assert_int_equal(client->extra_claims.items[2].type, PAIR_BOOL);
        assert_int_equal(client->id_token_seconds, 60);
        assert_int_equal(client->access_token_seconds, 120);
        assert_int_equal(client->refresh_token_seconds, 3600);
}

/* NULL: it is accepted. */
static const struct {
        const char *text, *error;
} files[] = {
    {"{}", "clients.json, line 1: an array"},
    {"[{" HEAD URIS "}\n{}]", "clients.json, line 1: add a comma"},
    {"[{" HEAD URIS "},\n{" HEAD URIS "}]",
        "clients.json, entry 2 (line 2): another entry has the \"client_id\" a"},
    {"[{" SECRET ", " URIS "}]", "entry 1 (line 1): it has no \"client_id\""},
    {"[{" HEAD "\"scope\": \"openid\"}]", "it has no \"redirect_uris\""},
    {"[{" HEAD "\"redirect_uris\": []}]", "it has no \"redirect_uris\""},
    {"[{" HEAD "\"redirect_uris\": \"https://a.example/\"}]", "\"redirect_uris\" must be an array"},
    {"[{" HEAD URIS ", \"redirect_uri\": []}]",
        "there is no \"redirect_uri\": did you mean redirect_uris?"},
    {"[{" HEAD URIS ", \"client_secret\": \"x\"}]", "there is no \"client_secret\""},
    {"[{\"client_id\": \"a b\", " SECRET ", " URIS "}]", "\"client_id\": must be 1 to 64 letters"},
    {"[{\"client_id\": \"\", " SECRET ", " URIS "}]", "\"client_id\": must be 1 to 64 letters"},
    {"[{\"client_id\": 7, " SECRET ", " URIS "}]", "\"client_id\" must be a text"},
    {"[{\"client_id\": [\"a\"], " SECRET ", " URIS "}]", "\"client_id\" must be a text"},
    {"[{\"client_id\": {\"a\": \"b\"}, " SECRET ", " URIS "}]", "\"client_id\" must be a text"},
    {"[{\"client_id\": null, " SECRET ", " URIS "}]", "\"client_id\" must be a text"},
    {"[{" HEAD URIS ", \"client_name\": \"\"}]", "\"client_name\": must be a text of one line"},
    {"[{" HEAD URIS ", \"client_name\": \"a\\nb\"}]",
        "\"client_name\": must be a text of one line"},
    {"[{" HEAD URIS ", \"logo_uri\": \"http://a.example/x\"}]", "\"logo_uri\": must be a path"},
    {"[{" HEAD URIS ", \"client_uri\": \"javascript:alert(1)\"}]", "\"client_uri\": must be"},
    {"[{\"client_id\": \"a\", " URIS "}]", "it has no \"client_secret_sha256\"; if it cannot keep"},
    {"[{\"client_id\": \"a\", \"client_secret_sha256\": \"secret\", " URIS "}]",
        "\"client_secret_sha256\": must be the SHA-256 of the secret"},
    {"[{" PUBLIC SECRET ", " URIS "}]", "has no secret: delete \"client_secret_sha256\""},
    {"[{" PUBLIC URIS ", \"allow_plain_pkce\": true}]", "\"allow_plain_pkce\" protects nobody"},
    {"[{" PUBLIC URIS "}]", NULL},
    {"[{" HEAD URIS ", \"token_endpoint_auth_method\": \"private_key_jwt\"}]",
        "\"token_endpoint_auth_method\": must be client_secret_basic, client_secret_post or none"},
    {"[{" HEAD URIS ", \"token_endpoint_auth_method\": \"client_secret_post\"}]", NULL},
    {"[{" HEAD URIS ", \"grant_types\": [\"implicit\"]}]", "\"grant_types\": must be"},
    {"[{" HEAD URIS ", \"scope\": \"profile\"}]", "\"scope\": must be words of openid"},
    {"[{" HEAD URIS ", \"scope\": \"openid phone\"}]", "\"scope\": must be words of openid"},
    {"[{" HEAD URIS ", \"scope\": \"openid offline_access\"}]",
        "offline_access in \"scope\" needs"},
    {"[{" HEAD URIS ", \"id_token_signed_response_alg\": \"none\"}]", "must be RS256 or ES256"},
    {"[{" HEAD URIS ", \"subject_type\": \"public\"}]", "must be openid, unionid or pairwise"},
    {"[{" HEAD URIS ", \"subject_type\": \"\"}]", "must be openid, unionid or pairwise"},
    {"[{" HEAD URIS ", \"subject_type\": \"openid unionid\"}]", "must be openid, unionid or"},
    {"[{" HEAD URIS ", \"scope\": \"openid\\nprofile\"}]", "\"scope\": must be words of openid"},
    {"[{" HEAD URIS ", \"email\": \"typed\"}]", "must be none, file or placeholder"},
    {"[{" HEAD URIS ", \"skip_consent\": \"yes\"}]", "\"skip_consent\" must be true or false"},
    {"[{" HEAD URIS ", \"allowed_users\": [\"a b\"]}]", "\"allowed_users\": must be openids"},
    {"[{" HEAD URIS ", \"required_roles\": [\"a,b\"]}]", "\"required_roles\": must be roles"},
    {"[{" HEAD URIS ", \"extra_claims\": {\"sub\": \"x\"}}]", "whose names are not those of other"},
    {"[{" HEAD URIS ", \"extra_claims\": {\"a\": {\"b\": 1}}}]",
        "\"extra_claims\" must be an object"},
    {"[{" HEAD URIS ", \"extra_claims\": {\"a\": null}}]", "\"extra_claims\" must be an object"},
    {"[{" HEAD URIS ", \"extra_claims\": {\"a\": \"\"}}]", "\"extra_claims\" must be an object"},
    {"[{" HEAD URIS ", \"extra_claims\": \"a\"}]", "\"extra_claims\" must be an object"},
    {"[{" HEAD URIS ", \"id_token_seconds\": 59}]", "\"id_token_seconds\" must be 60 to 86400"},
    {"[{" HEAD URIS ", \"id_token_seconds\": 60.5}]", "\"id_token_seconds\" must be 60 to 86400"},
    {"[{" HEAD URIS ", \"id_token_seconds\": \"60\"}]", "\"id_token_seconds\" must be 60 to 86400"},
    {"[{" HEAD URIS ", \"access_token_seconds\": 86401}]", "must be 60 to 86400 seconds"},
    {"[{" HEAD URIS ", \"refresh_token_seconds\": 15552001}]", "must be 3600 to 15552000 seconds"},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": \"https://b.example/out?a=b\"}]", NULL},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": \"http://127.0.0.1:8080/out\"}]", NULL},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": \"http://10.0.0.5/out\"}]",
        "\"backchannel_logout_uri\" has an address with http"},
    {"[{" HEAD URIS ", \"allow_http\": true, \"backchannel_logout_uri\": \"http://10.0.0.5/out\"}]",
        NULL},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": \"https://a.example/#out\"}]",
        "\"backchannel_logout_uri\": must be a full address"},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": \"com.example.app:/out\"}]",
        "\"backchannel_logout_uri\": must be a full address"},
    {"[{" HEAD URIS ", \"backchannel_logout_uri\": [\"https://a.example/\"]}]", "must be a text"},
    {"[{" HEAD URIS ", \"backchannel_logout_session_required\": \"yes\"}]",
        "must be true or false"},
    {"[{" HEAD URIS ", \"frontchannel_logout_uri\": \"https://a.example/out?a=b\", "
     "\"frontchannel_logout_session_required\": true}]",
        NULL},
    {"[{" HEAD URIS ", \"frontchannel_logout_uri\": \"https://b.example/out\"}]",
        "\"frontchannel_logout_uri\" must have scheme, host and port of one of"},
    {"[{" HEAD URIS ", \"frontchannel_logout_uri\": \"https://a.example:444/out\"}]",
        "\"frontchannel_logout_uri\" must have scheme, host and port of one of"},
    {"[{" HEAD URIS ", \"frontchannel_logout_uri\": \"https://a.example/#out\"}]",
        "\"frontchannel_logout_uri\": must be a full address"},
    {"[{" HEAD URIS ", \"post_logout_redirect_uris\": [\"http://a.example/\"]}]",
        "\"post_logout_redirect_uris\" has an address with http"},
};

static void
mistakes_are_said_with_their_line(void **state)
{
        for (size_t i = 0; i < COUNT(files); i++) {
                struct err err = {.kind = ERR_NONE};
                struct clients clients;
                struct json_file file;
                int result = clients_parse(
                    *state, files[i].text, strlen(files[i].text), "clients.json", &clients, &err);

                if (files[i].error == NULL) {
                        ROW(result == 0, i, err.text);
                        continue;
                }
                ROW(result == -1 && err.kind == ERR_CONFIG &&
                        strstr(err.text, files[i].error) != NULL,
                    i, arena_printf(*state, "%s: %s", files[i].text, err.text));
                ROW(strstr(err.text, HASH) == NULL, i, "without a hash");
                json_file_read(*state, files[i].text, strlen(files[i].text), &file);
                (void)clients_check(&file);
                ROW(file.count > 0 && strstr(err.text, file.mistakes[0].en) != NULL, i,
                    file.count > 0 ? file.mistakes[0].en : "no mistake");
        }
        END_ROWS();
}

static void
addresses_are_full_and_safe(void **state)
{
        /* more: what the entry says besides. */
        static const struct {
                const char *uri, *more;
                bool good;
        } rows[] = {{"https://a.example/cb", "", true}, {"https://a.example", "", true},
            {"https://a.example:8443/cb?x=1&y=2", "", true},
            {"https://a.example/wp-admin/admin-ajax.php?action=openid-connect-authorize", "", true},
            {"http://127.0.0.1/cb", "", true}, {"http://127.0.0.1:3000/cb", "", true},
            {"http://localhost:3000/cb", "", true}, {"http://[::1]:1/cb", "", true},
            {"http://192.168.1.5/cb", "", false},
            {"http://192.168.1.5/cb", ", \"allow_http\": true", true},
            {"http://127.0.0.1.evil.example/cb", "", false}, {"https://a.example/cb#", "", false},
            {"https://a.example/#x", "", false}, {"https://*.example/cb", "", false},
            {"https://a.example/*", "", false}, {"https://u@a.example/cb", "", false},
            {"https://u:p@a.example/cb", "", false}, {"https://A.example/cb", "", false},
            {"HTTPS://a.example/cb", "", false}, {"https:a.example", "", false},
            {"https:/a.example", "", false}, {"https://", "", false},
            {"https://a.example/a b", "", false}, {"https://a.example/\\\\x", "", false},
            {"https://a.example/é", "", false}, {"https://a.example/<x>", "", false},
            {"//a.example/cb", "", false}, {"/cb", "", false}, {"", "", false},
            {"javascript:alert(1)", "", false}, {"data:text/html,x", "", false},
            {"javascript.x", "", false}, {"urn:ietf:wg:oauth:2.0:oob", "", false},
            {"com.example.app:/cb", "", false},
            {"com.example.app:/cb", ", \"require_pkce\": true", true},
            {"app.immich:///oauth-callback", ", \"require_pkce\": true", true},
            {"com.example.app:cb", ", \"require_pkce\": true", false},
            {"example:/cb", ", \"require_pkce\": true", false},
            {"javascript:/%0aalert(1)", ", \"require_pkce\": true", false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct clients clients;
                const char *text = arena_printf(
                    *state, "[{%s\"redirect_uris\": [\"%s\"]%s}]", HEAD, rows[i].uri, rows[i].more);

                ROW((clients_parse(*state, text, strlen(text), "c", &clients, &err) == 0) ==
                        rows[i].good,
                    i, arena_printf(*state, "%s: %s", rows[i].uri, err.text));
        }
        END_ROWS();
}

static void
redirects_match_byte_by_byte(void **state)
{
        static const struct {
                const char *uri;
                bool good;
        } rows[] = {{"https://a.example/cb?x=1", true}, {"https://a.example/cb?x=1&", false},
            {"https://a.example/cb?x=1/", false}, {"https://a.example/cb", false},
            {"https://a.example/cb/?x=1", false}, {"https://a.example/CB?x=1", false},
            {"https://A.example/cb?x=1", false}, {"http://a.example/cb?x=1", false},
            {"https://a.example:443/cb?x=1", false}, {"https://a.example./cb?x=1", false},
            {"https://a.example/cb?x=1#f", false}, {"https://a.example@evil.example/cb?x=1", false},
            {"https://a.example/x/../cb?x=1", false}, {"https://a.example/%63b?x=1", false},
            {" https://a.example/cb?x=1", false}, {"", false}, {"https://a.example", false},
            {"http://127.0.0.1/cb", true}, {"http://127.0.0.1:1/cb", true},
            {"http://127.0.0.1:65535/cb", true}, {"http://127.0.0.1:65536/cb", false},
            {"http://127.0.0.1:0/cb", false}, {"http://127.0.0.1:/cb", false},
            {"http://127.0.0.1:99999999999/cb", false}, {"http://127.0.0.1:8x/cb", false},
            {"http://127.0.0.1:80@evil.example/cb", false}, {"http://127.0.0.1:80/cb/", false},
            {"http://127.0.0.1.evil.example/cb", false}, {"http://127.0.0.1:80", false},
            {"https://127.0.0.1:80/cb", false}, {"http://127.0.0.2:80/cb", false},
            {"http://[::1]:9/x?y", true}, {"http://[::1]/x?y", true}, {"http://[::1]9/x?y", false},
            {"http://[::1]:9/cb", false}, {"http://localhost:3000/cb", true},
            {"http://localhost:3001/cb", false}, {"http://localhost/cb", false}};
        struct clients clients = parse(state,
            "[{" HEAD
            "\"redirect_uris\": [\"https://a.example/cb?x=1\", \"http://127.0.0.1:3000/cb\", "
            "\"http://[::1]/x?y\", \"http://localhost:3000/cb\"],"
            "\"post_logout_redirect_uris\": [\"http://127.0.0.1:3000/out\"]}]");

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(clients_may_redirect(&clients.items[0], rows[i].uri) == rows[i].good, i,
                    rows[i].uri);
        ROW(clients_may_return(&clients.items[0], "http://127.0.0.1:3000/out"), 0, "return");
        ROW(!clients_may_return(&clients.items[0], "http://127.0.0.1:3001/out"), 1, "other port");
        ROW(!clients_may_return(&clients.items[0], "https://a.example/cb?x=1"), 2, "a redirect");
        ROW(!clients_may_redirect(&clients.items[0], "http://127.0.0.1:3000/out"), 3, "a return");
        END_ROWS();
}

static void
only_the_id_with_its_secret_is_known(void **state)
{
        static const struct {
                const char *id, *secret;
                int found; /* -1: none */
        } rows[] = {{"a", "secret", 0}, {"a", "Secret", -1}, {"a", "", -1}, {"a", HASH, -1},
            {"p", "secret", -1}, {"p", "", 1}, {"b", "secret", -1}, {"b", "", -1}, {"", "", -1},
            {"A", "secret", -1}};
        struct clients clients = parse(state,
            "[{" HEAD URIS
            "}, {\"client_id\": \"p\", \"token_endpoint_auth_method\": \"none\", " URIS "}]");

        for (size_t i = 0; i < COUNT(rows); i++) {
                const struct clients_item *client =
                    clients_authenticate(&clients, rows[i].id, rows[i].secret);

                ROW(client == (rows[i].found < 0 ? NULL : &clients.items[rows[i].found]), i,
                    rows[i].id);
        }
        END_ROWS();
}

static void
scopes_are_those_of_the_client(void **state)
{
        static const struct {
                const char *asked, *granted;
        } rows[] = {{"openid", "openid"}, {"openid profile groups", "openid profile groups"},
            {"profile openid", "profile openid"}, {"openid openid profile", "openid profile"},
            {"  openid   email  ", "openid"}, {"openid unknown offline_access", "openid"}, {"", ""},
            {"OpenID", ""}, {"user:email", ""}, {"openid\tprofile", ""}};
        struct clients clients =
            parse(state, "[{" HEAD URIS ", \"scope\": \"openid profile groups\"}]");

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *granted = clients_scope(*state, &clients.items[0], rows[i].asked);

                ROW(same(granted, rows[i].granted), i, granted);
        }
        END_ROWS();
}

static void
clients_admit_whom_they_name(void **state)
{
        static const struct {
                const char *more, *openid, *role;
                bool good;
        } rows[] = {{"", "o1", NULL, true},
            {", \"allowed_users\": [\"o1\", \"o2\"]", "o2", NULL, true},
            {", \"allowed_users\": [\"o1\", \"o2\"]", "o3", "staff", false},
            {", \"required_roles\": [\"board\", \"staff\"]", "o1", "staff", true},
            {", \"required_roles\": [\"board\", \"staff\"]", "o1", NULL, false},
            {", \"required_roles\": [\"board\", \"staff\"]", "o1", "Staff", false},
            {", \"allowed_users\": [\"o1\"], \"required_roles\": [\"staff\"]", "o1", NULL, false},
            {", \"allowed_users\": [\"o1\"], \"required_roles\": [\"staff\"]", "o1", "staff",
                true}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct clients clients =
                    parse(state, arena_printf(*state, "[{%s%s}]", HEAD URIS, rows[i].more));
                struct pairs user;

                pairs_init(&user, *state);
                if (rows[i].role != NULL)
                        pairs_add_typed(&user, "roles", rows[i].role, PAIR_ITEM);
                ROW(clients_admit(&clients.items[0], rows[i].openid, &user) == rows[i].good, i,
                    rows[i].more);
        }
        END_ROWS();
}

static void
a_list_has_an_end(void **state)
{
        struct err err = {.kind = ERR_NONE};
        struct clients clients;
        const char *text = "[";

        for (int i = 0; i <= CLIENTS_MAX; i++)
                text = arena_printf(*state, "%s%s{\"client_id\": \"c%d\", %s}", text,
                    i == 0 ? "" : ",", i, SECRET ", " URIS);
        text = arena_printf(*state, "%s]", text);
        assert_int_equal(clients_parse(*state, text, strlen(text), "c", &clients, &err), -1);
        assert_non_null(strstr(err.text, "there are more than 200 clients"));
        text = "\"https://a.example/0\"";
        for (int i = 1; i < CLIENTS_URIS_MAX; i++)
                text = arena_printf(*state, "%s, \"https://a.example/%d\"", text, i);
        parse(state, arena_printf(*state, "[{%s\"redirect_uris\": [%s]}]", HEAD, text));
        text = arena_printf(
            *state, "[{%s\"redirect_uris\": [%s, \"https://a.example/x\"]}]", HEAD, text);
        assert_int_equal(clients_parse(*state, text, strlen(text), "c", &clients, &err), -1);
        assert_non_null(strstr(err.text, "at most 32 texts"));
}

/* ---- changes of the text ---- */

#define ENTRY(id) "{\"client_id\": \"" id "\",\n   " SECRET ", " URIS "}"

static void
changes_leave_the_rest(void **state)
{
        static const char three[] =
            "[\n  " ENTRY("a") " ,\n\n  " ENTRY("b") ",\n\t" ENTRY("c") "\n]\n";
        static const struct {
                const char *text, *id, *changed;
        } rows[] = {{three, "a", "[\n  " ENTRY("b") ",\n\t" ENTRY("c") "\n]\n"},
            {three, "b", "[\n  " ENTRY("a") ",\n\t" ENTRY("c") "\n]\n"},
            {three, "c", "[\n  " ENTRY("a") " ,\n\n  " ENTRY("b") "\n]\n"},
            {"[" ENTRY("a") "]", "a", "[]"}, {"[\n  " ENTRY("a") "\n]\n", "a", "[\n  \n]\n"}};
        struct err err = {.kind = ERR_NONE};
        char *changed;

        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(clients_text_remove(*state, rows[i].text, rows[i].id, &changed, &err) == 0 &&
                        same(changed, rows[i].changed),
                    i, changed);
        }
        assert_int_equal(clients_text_add(*state, "", ENTRY("a"), &changed, &err), 0);
        assert_string_equal(changed, "[\n  " ENTRY("a") "\n]\n");
        assert_int_equal(clients_text_add(*state, " [ ] \n", ENTRY("a"), &changed, &err), 0);
        assert_string_equal(changed, " [\n  " ENTRY("a") "\n] \n");
        assert_int_equal(clients_text_add(*state, three, ENTRY("d"), &changed, &err), 0);
        assert_int_equal(parse(state, changed).count, 4);
        assert_int_equal(strncmp(changed, three, strlen(three) - 3), 0);
        END_ROWS();
}

static void
a_secret_takes_the_place_of_another(void **state)
{
        const char *two = "[" ENTRY("a") ",\n" ENTRY("b") "]";
        char other[DIGEST_HEX_SIZE + 1];
        struct err err = {.kind = ERR_NONE};
        struct clients clients;
        char *changed = NULL;

        digest_sha256_hex("another", 7, other);
        assert_int_equal(clients_text_set_secret(*state, two, "b", other, &changed, &err), 0);
        assert_int_equal(strlen(changed), strlen(two));
        clients = parse(state, changed);
        assert_ptr_equal(clients_authenticate(&clients, "b", "another"), &clients.items[1]);
        assert_null(clients_authenticate(&clients, "b", "secret"));
        assert_ptr_equal(clients_authenticate(&clients, "a", "secret"), &clients.items[0]);
}

static void
changes_that_are_not_possible_are_refused(void **state)
{
        static const char escaped[] =
            "[{\"client_id\": \"a\", \"client_secret\\u005fsha256\": \"" HASH "\", " URIS "}]";
        struct err err = {.kind = ERR_NONE};
        char *changed = NULL;

        assert_int_equal(clients_text_remove(*state, "[" ENTRY("a") "]", "b", &changed, &err), -1);
        assert_int_equal(err.kind, ERR_NOT_FOUND);
        assert_int_equal(clients_text_remove(*state, "[{}]", "b", &changed, &err), -1);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_int_equal(clients_text_add(*state, "{}", ENTRY("a"), &changed, &err), -1);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_int_equal(
            clients_text_set_secret(*state, "[{" PUBLIC URIS "}]", "a", HASH, &changed, &err), -1);
        assert_int_equal(err.kind, ERR_DENIED);
        assert_int_equal(clients_text_set_secret(*state, escaped, "a", HASH, &changed, &err), -1);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_null(changed);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(an_entry_has_defaults), TEST(an_entry_says_all),
            TEST(mistakes_are_said_with_their_line), TEST(addresses_are_full_and_safe),
            TEST(redirects_match_byte_by_byte), TEST(only_the_id_with_its_secret_is_known),
            TEST(scopes_are_those_of_the_client), TEST(clients_admit_whom_they_name),
            TEST(a_list_has_an_end), TEST(changes_leave_the_rest),
            TEST(a_secret_takes_the_place_of_another),
            TEST(changes_that_are_not_possible_are_refused)};

        return RUN(tests);
}
