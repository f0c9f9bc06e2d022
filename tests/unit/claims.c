/* claims: what programs learn about a person, by scope and by what is known. */
#include "table.h"

#include "conf/conf.h"
#include "format/json_build.h"
#include "oidc/claims.h"
#include "oidc/clients_file.h"

#define HASH "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
#define ENTRY "\"client_secret_sha256\": \"" HASH "\", \"redirect_uris\": [\"https://a.example/\"]"

static const struct conf conf = {
    .site_url = "https://www.example.com:8443", .cgi_path = "/cgi-bin"};

/* Returns a client whose entry has more members. */
static const struct clients_item *
client_with(struct arena *arena, const char *id, const char *more)
{
        const char *text = arena_printf(arena, "[{\"client_id\": \"%s\", %s%s}]", id, ENTRY, more);
        struct err err = {.kind = ERR_NONE};
        struct clients clients = {NULL, 0};

        if (clients_parse(arena, text, strlen(text), "clients.json", &clients, &err) != 0)
                fail_msg("%s", err.text);
        return clients.items;
}

/* Members as they are read from a user's file, in pairs. */
static struct pairs
user_of(struct arena *arena, const char *const *members)
{
        struct pairs user;

        pairs_init(&user, arena);
        for (; members[0] != NULL; members += 2)
                pairs_add_typed(&user, members[0], members[1],
                    strcmp(members[0], "roles") == 0 ? PAIR_ITEM : PAIR_TEXT);
        return user;
}

static void
claims_are_of_the_scopes(void **state)
{
        static const char *const all[] = {"openid", "o1", "nickname", "小明", "sex", "1",
            "headimgurl", "http://thirdwx.qlogo.cn/x/132", "last_sign_in", "1800000000", "roles",
            "staff", "roles", "board", "note", "secret", "city", "深圳", NULL, NULL};
        static const char *const none[] = {"openid", "o1", NULL, NULL};
        static const char *const empty[] = {
            "nickname", "", "headimgurl", "", "sex", "0", "display_name", "", NULL, NULL};
        static const char *const own[] = {"nickname", "小明", "display_name", "Ming", "sex", "2",
            "headimgurl", "https://thirdwx.qlogo.cn/x/132", "picture",
            "abcdefghijabcdefghijabcdefghijabcdefghijabc", NULL, NULL};
        static const struct {
                const char *more, *scope, *email, *language;
                const char *const *user;
                const char *json;
        } rows[] = {
            {"", "openid", "a@b.cn", "en", all, "{}"},
            {"", "openid profile", NULL, NULL, all,
                "{\"name\":\"小明\",\"nickname\":\"小明\",\"preferred_username\":"
                "\"wx2352da7280f1\","
                "\"picture\":\"https://thirdwx.qlogo.cn/x/132\",\"gender\":\"male\","
                "\"updated_at\":1800000000}"},
            {"", "profile", NULL, "zh_CN", none,
                "{\"name\":\"wx2352da7280f1\",\"preferred_username\":\"wx2352da7280f1\","
                "\"locale\":\"zh-CN\"}"},
            {"", "profile", NULL, "en", empty,
                "{\"name\":\"wx2352da7280f1\",\"preferred_username\":\"wx2352da7280f1\","
                "\"locale\":\"en\"}"},
            {"", "profile", NULL, NULL, own,
                "{\"name\":\"Ming\",\"nickname\":\"Ming\",\"preferred_username\":"
                "\"wx2352da7280f1\","
                "\"picture\":\"https://www.example.com:8443/cgi-bin/picture.cgi/"
                "abcdefghijabcdefghijabcdefghijabcdefghijabc.jpg\",\"gender\":\"female\"}"},
            {"", "groups", NULL, NULL, all, "{\"groups\":[\"staff\",\"board\"]}"},
            {"", "groups", NULL, NULL, none, "{}"},
            {"", "email", "a@b.cn", NULL, all, "{}"},
            {", \"email\": \"file\"", "email", "a@b.cn", NULL, all,
                "{\"email\":\"a@b.cn\",\"email_verified\":true}"},
            {", \"email\": \"file\"", "email", NULL, NULL, all, "{}"},
            {", \"email\": \"file\"", "openid", "a@b.cn", NULL, all, "{}"},
            {", \"email\": \"placeholder\"", "email", "a@b.cn", NULL, all,
                "{\"email\":\"wx2352da7280f1@noreply.www.example.com\"}"},
            {", \"extra_claims\": {\"immich_role\": \"user\", \"n\": 3, \"b\": false}", "openid",
                NULL, NULL, none, "{\"immich_role\":\"user\",\"n\":3,\"b\":false}"},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs user = user_of(*state, rows[i].user), claims;
                const struct claims_person person = {"o1", &user, rows[i].email, rows[i].language};
                struct err err = {.kind = ERR_NONE};
                char *json;

                pairs_init(&claims, *state);
                claims_fill(&conf, client_with(*state, "a", rows[i].more), rows[i].scope, "o1",
                    &person, &claims);
                assert_int_equal(json_build(*state, &claims, &json, &err), 0);
                ROW(same(json, rows[i].json), i, json);
        }
        END_ROWS();
}

static const char *
subject_of(struct arena *arena, const char *id, const char *type, const char *salt,
    const char *openid, const char *unionid)
{
        const char *const members[] = {unionid == NULL ? NULL : "unionid", unionid, NULL, NULL};
        struct pairs user = user_of(arena, members);
        const struct claims_person person = {openid, &user, NULL, NULL};
        struct err err = {.kind = ERR_NONE};
        const char *subject = NULL;

        if (claims_subject(arena,
                client_with(arena, id, arena_printf(arena, ", \"subject_type\": \"%s\"", type)),
                salt, &person, &subject, &err) != 0)
                return err.kind == ERR_CONFIG && strstr(err.text, "Open Platform") != NULL
                           ? "refused"
                           : "another error";
        return subject;
}

static void
subjects_are_of_three_kinds(void **state)
{
        const char *pairwise = subject_of(*state, "a", "pairwise", "salt", "o1", NULL);

        assert_string_equal(subject_of(*state, "a", "openid", "salt", "o1", "u1"), "o1");
        assert_string_equal(subject_of(*state, "a", "unionid", "salt", "o1", "u1"), "u1");
        assert_string_equal(subject_of(*state, "a", "unionid", "salt", "o1", NULL), "refused");
        assert_int_equal(strlen(pairwise), CLAIMS_PAIRWISE_SIZE);
        assert_null(strstr(pairwise, "o1"));
        assert_string_equal(subject_of(*state, "a", "pairwise", "salt", "o1", "u1"), pairwise);
        assert_string_not_equal(subject_of(*state, "b", "pairwise", "salt", "o1", NULL), pairwise);
        assert_string_not_equal(subject_of(*state, "a", "pairwise", "Salt", "o1", NULL), pairwise);
        assert_string_not_equal(subject_of(*state, "a", "pairwise", "salt", "o2", NULL), pairwise);
}

static void
addresses_are_read_from_the_owners_file(void **state)
{
        /* error: NULL: it is read. */
        static const struct {
                const char *text, *error;
        } rows[] = {{"{}", NULL}, {"{\"o1\": \"a@b.cn\",\n\"o-_2\": \"c.d+e@f-g.example\"}", NULL},
            {"[]", "emails.json"}, {"{\"o1\": \"a@b.cn\"", "emails.json, line 1: "},
            {"{\"o1\": \"a@b.cn\",\n\"o2\": \"none\"}",
                "emails.json, line 2: \"o2\" must be an openid with a mail address"},
            {"{\"o1\": \"\"}", "line 1: \"o1\" must be"}, {"{\"o1\": \"@b.cn\"}", "\"o1\" must be"},
            {"{\"o1\": \"a@\"}", "\"o1\" must be"}, {"{\"o1\": \"a@b\"}", "\"o1\" must be"},
            {"{\"o1\": \"a@b@c.cn\"}", "\"o1\" must be"},
            {"{\"o1\": \"a b@c.cn\"}", "\"o1\" must be"},
            {"{\"o1\": \"<a@c.cn>\"}", "\"o1\" must be"}, {"{\"o1\": 7}", "\"o1\" must be"},
            {"{\"o1\": [\"a@b.cn\"]}", "\"o1\" must be"},
            {"{\"o 1\": \"a@b.cn\"}", "\"o 1\" must be"},
            {"{\"o1\": \"a@b.cn\",\n\"o1\": \"c@b.cn\"}", "emails.json, line 2: "}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct pairs emails;
                int result;

                pairs_init(&emails, *state);
                result = claims_parse_emails(
                    *state, rows[i].text, strlen(rows[i].text), "emails.json", &emails, &err);
                if (rows[i].error == NULL)
                        ROW(result == 0 && emails.count == 2 * (i > 0), i, err.text);
                else
                        ROW(result == -1 && emails.count == 0 && err.kind == ERR_CONFIG &&
                                strstr(err.text, rows[i].error) != NULL,
                            i, err.text);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(claims_are_of_the_scopes),
            TEST(subjects_are_of_three_kinds), TEST(addresses_are_read_from_the_owners_file)};

        return RUN(tests);
}
