/* client: lists of names and secrets, Authorization: Basic, forms. */
#include "table.h"

#include "format/client.h"
#include "format/url.h"
#include "format/digest.h"
#include "base/pairs.h"

#define SECRET "0123456789abcdef0123456789ABCDEF"
#define OTHER "another-secret_of_40_characters_01234567"

static void
lists_are_names_and_long_secrets(void **state)
{
        static const struct {
                const char *list;
                bool good;
        } rows[] = {{"", true}, {"shop:" SECRET, true}, {"shop:" SECRET " wiki:" OTHER, true},
            {"shop:" SECRET "   shop:" OTHER, true}, {"a:" SECRET SECRET SECRET SECRET, true},
            {"a:" SECRET SECRET SECRET SECRET "x", false}, {"shop", false}, {"shop:", false},
            {":" SECRET, false}, {"shop:0123456789abcdef0123456789ABCDE", false}, {SECRET, false},
            {"shop " SECRET, false}, {"shop: " SECRET, false},
            {"shop:" SECRET ",wiki:" OTHER, false}, {"shop:" SECRET ":x", false},
            {"sh/op:" SECRET, false}, {"shop:" SECRET "+", false}, {"shop:" SECRET " wiki", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(client_is_list(rows[i].list) == rows[i].good, i, rows[i].list);
        END_ROWS();
}

static void
names_are_found_whole(void **state)
{
        static const char list[] = "shop:" SECRET "  one-api:" OTHER;
        static const struct {
                const char *name;
                bool known;
        } rows[] = {{"shop", true}, {"one-api", true}, {"sho", false}, {"shopx", false},
            {"one", false}, {"", false}, {SECRET, false}, {"shop:", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(client_has_name(list, rows[i].name, strlen(rows[i].name)) == rows[i].known, i,
                    rows[i].name);
        ROW(!client_has_name("", "shop", 4), 0, "an empty list");
        END_ROWS();
}

static void
only_the_name_with_its_secret_is_known(void **state)
{
        static const char list[] = "shop:" SECRET " wiki:" OTHER " shop:" OTHER;
        static const struct {
                const char *list, *name, *secret;
                bool known;
        } rows[] = {{list, "shop", SECRET, true}, {list, "shop", OTHER, true},
            {list, "wiki", OTHER, true}, {list, "wiki", SECRET, false},
            {list, "sho", SECRET, false}, {list, "shopx", SECRET, false}, {list, "", SECRET, false},
            {list, "shop", "", false}, {list, "", "", false}, {list, "shop:" SECRET, "", false},
            {list, "shop", "0123456789abcdef0123456789ABCDE", false},
            {list, "shop", SECRET " ", false}, {list, "shop", SECRET " wiki:" OTHER, false},
            {list, "SHOP", SECRET, false}, {"", "", "", false}, {"", "shop", SECRET, false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct client client = {rows[i].name, rows[i].secret};

                ROW(client_is_known(*state, rows[i].list, &client) == rows[i].known, i,
                    rows[i].name);
                if (rows[i].known)
                        ROW(client_of_secret(*state, rows[i].list, rows[i].secret) != NULL, i,
                            "by its secret alone");
        }
        END_ROWS();
}

static void
a_secret_names_its_client(void **state)
{
        static const char list[] = "shop:" SECRET " wiki:" OTHER;

        assert_string_equal(client_of_secret(*state, list, SECRET), "shop");
        assert_string_equal(client_of_secret(*state, list, OTHER), "wiki");
        assert_null(client_of_secret(*state, list, ""));
        assert_null(client_of_secret(*state, list, "shop:" SECRET));
        assert_null(client_of_secret(*state, list, SECRET " "));
        assert_null(client_of_secret(*state, "", ""));
}

static void
basic_holds_a_name_and_a_secret(void **state)
{
        static const struct {
                const char *scheme, *pair;
                const char *name, *secret; /* NULL: none is read */
        } rows[] = {{"Basic ", "shop:x", "shop", "x"}, {"basic ", "shop:x", "shop", "x"},
            {"BASIC   ", "shop:x", "shop", "x"}, {"Basic ", "shop:x:y", "shop", "x:y"},
            {"Basic ", "%73hop:a%3Ab+c", "shop", "a:b c"}, {"Basic ", ":", "", ""},
            {"Basic ", "a%zz:b%", "a%zz", "b%"}, {"Basic ", "shop", NULL, NULL},
            {"Basic ", "", NULL, NULL}, {"Bearer ", "shop:x", NULL, NULL},
            {"Basic", "shop:x", NULL, NULL}, {"", "shop:x", NULL, NULL}};
        struct client client;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *header = arena_printf(*state, "%s%s", rows[i].scheme,
                    digest_base64(*state, rows[i].pair, strlen(rows[i].pair)));
                bool read = client_parse_basic(*state, header, &client);

                ROW(read == (rows[i].name != NULL) &&
                        (!read || (same(client.name, rows[i].name) &&
                                      same(client.secret, rows[i].secret))),
                    i, rows[i].pair);
        }
        assert_false(client_parse_basic(*state, "Basic !!!", &client));
        assert_false(client_parse_basic(
            *state, arena_printf(*state, "Basic %s", digest_base64(*state, "a\0:b", 4)), &client));
        END_ROWS();
}

static void
forms_hold_each_once(void **state)
{
        struct client client;
        struct pairs form;

        pairs_init(&form, *state);
        assert_false(client_parse_form(&form, &client));
        pairs_add(&form, "client_id", "shop");
        assert_false(client_parse_form(&form, &client));
        pairs_add(&form, "client_secret", "x");
        assert_true(client_parse_form(&form, &client));
        assert_string_equal(client.name, "shop");
        assert_string_equal(client.secret, "x");
        pairs_add(&form, "client_id", "shop");
        assert_false(client_parse_form(&form, &client));
}

static void
a_client_is_given_in_one_way(void **state)
{
        /* basic: name:secret, or NULL; form: as it is sent. */
        static const struct {
                const char *basic, *form, *name, *secret;
        } rows[] = {{"a:x", "", "a", "x"}, {"a:x", "client_id=a", "a", "x"}, {"a:", "", "a", ""},
            {NULL, "client_id=a&client_secret=x", "a", "x"}, {NULL, "client_id=a", "a", ""},
            {NULL, "client_secret=x", "none", "x"}, {NULL, "", "none", ""},
            {"a:x", "client_secret=x", NULL, NULL}, {"a:x", "client_id=b", NULL, NULL},
            {"a:x", "client_id=a&client_secret=", NULL, NULL},
            {NULL, "client_id=a&client_id=a", NULL, NULL},
            {NULL, "client_id=a&client_secret=x&client_secret=x", NULL, NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *basic = rows[i].basic;
                char *header = basic == NULL ? arena_strdup(*state, "Bearer x")
                                             : arena_printf(*state, "Basic %s",
                                                   digest_base64(*state, basic, strlen(basic)));
                struct client client = {NULL, NULL};
                struct pairs form;
                bool read;

                pairs_init(&form, *state);
                assert_null(url_read_form(*state, rows[i].form, strlen(rows[i].form), &form));
                read = client_read(*state, header, &form, &client);
                ROW(read == (rows[i].name != NULL) &&
                        (!read || (same(client.name == NULL ? "none" : client.name, rows[i].name) &&
                                      same(client.secret, rows[i].secret))),
                    i, rows[i].form);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(lists_are_names_and_long_secrets),
            TEST(names_are_found_whole), TEST(only_the_name_with_its_secret_is_known),
            TEST(a_secret_names_its_client), TEST(basic_holds_a_name_and_a_secret),
            TEST(forms_hold_each_once), TEST(a_client_is_given_in_one_way)};

        return RUN(tests);
}
