/* hint: the characters and names that a typed one probably stands for. */
#include "table.h"

#include "base/hint.h"

static void
characters_are_meant_as_ascii(void **state)
{
        static const struct {
                const char *text;
                char meant;
        } rows[] = {{"＝", '='}, {"：", ':'}, {"，", ','}, {"＃", '#'}, {"／", '/'}, {"ａ", 'a'},
            {"｛", '{'}, {"～", '~'}, {"！", '!'}, {"“", '"'}, {"”", '"'}, {"„", '"'}, {"「", '"'},
            {"』", '"'}, {"‘", '\''}, {"’", '\''}, {"、", ','}, {"【", '['}, {"—", '-'},
            {"\xe3\x80\x80", ' '}, {"\xc2\xa0", ' '}, {"\xe2\x80\x8b", ' '}, {"=", 0}, {"小", 0},
            {"。", '.'}, {"ü", 0}, {"\xf0\x9f\x8c\xb8", 0}, {"\xff", 0}, {"\xef\xbc", 0}, {"", 0}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t size = 99;
                char meant = hint_ascii(rows[i].text, &size);

                ROW(meant == rows[i].meant && (meant == 0 || size == strlen(rows[i].text)), i,
                    rows[i].text);
        }
        END_ROWS();
}

static void
names_are_meant_as_known_ones(void **state)
{
        static const char *const names[] = {
            "appid", "secret", "site_url", "encoding_aes_key", "push_token", "list", "wall", "key"};
        static const struct {
                const char *typed, *meant; /* NULL: none */
        } rows[] = {{"AppID", "appid"}, {"app_id", "appid"}, {"APPSECRET", "secret"},
            {"AppSecret", "secret"}, {"EncodingAESKey", "encoding_aes_key"},
            {"site-url", "site_url"}, {"siteurl", "site_url"}, {"site_ulr", "site_url"},
            {"Token", "push_token"}, {"secrt", "secret"}, {"lists", "list"}, {"key1", "key"},
            {"colour", NULL}, {"", NULL}, {"x", NULL}, {"wxyz", NULL},
            {"0123456789abcdef0123456789abcdef01234567", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *wanted =
                    rows[i].meant == NULL
                        ? ""
                        : arena_printf(*state, ": did you mean %s?", rows[i].meant);
                const char *hint = hint_name(*state, rows[i].typed, names, COUNT(names));

                ROW(same(hint, wanted), i, arena_printf(*state, "%s%s", rows[i].typed, hint));
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(characters_are_meant_as_ascii), TEST(names_are_meant_as_known_ones)};

        return RUN(tests);
}
