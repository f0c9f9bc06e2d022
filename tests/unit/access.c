/* access, media, listing: who may read which folder, which paths are served, types, the names in a
 * folder. */
#include "table.h"

#include "gate/access.h"
#include "gate/listing.h"
#include "gate/media.h"
#include "signin/role.h"

static struct access
parse(void **state, const char *text)
{
        struct access access = {NULL, 0};
        struct err err = {.kind = ERR_NONE};

        assert_int_equal(access_parse(*state, text, strlen(text), "a.json", &access, &err), 0);
        return access;
}

static void
the_longest_folder_counts_alone(void **state)
{
        static const char text[] = "[{\"folder\": \"/reports/2026\"},\n"
                                   " {\"folder\": \"/reports/\", \"roles\": [\"staff\"]},\n"
                                   " {\"folder\": \"/board\", \"roles\": [\"board\", \"chair\"],"
                                   "\"listing\": true, \"scripts\": false}]";
        static const struct {
                const char *path, *folder; /* NULL: none covers it */
        } rows[] = {{"/", NULL}, {"/a.pdf", NULL}, {"/reports", "/reports"},
            {"/reports/", "/reports"}, {"/reports/a.pdf", "/reports"}, {"/reportsx", NULL},
            {"/reports.pdf", NULL}, {"/Reports/a.pdf", NULL}, {"/reports/2026", "/reports/2026"},
            {"/reports/2026/", "/reports/2026"}, {"/reports/2026/x/y", "/reports/2026"},
            {"/reports/20260", "/reports"}, {"/reports/2025/reports/2026", "/reports"},
            {"/board/x", "/board"}, {"/x/board", NULL}};
        struct access access = parse(state, text), all;

        for (size_t i = 0; i < COUNT(rows); i++) {
                const struct access_rule *rule = access_find(&access, rows[i].path);

                ROW(same(rule == NULL ? NULL : rule->folder, rows[i].folder), i, rows[i].path);
        }
        assert_int_equal(access_find(&access, "/reports/2026/")->roles.count, 0);
        assert_int_equal(access_find(&access, "/board/")->roles.count, 2);
        assert_string_equal(access_find(&access, "/board/")->roles.items[1].value, "chair");
        assert_int_equal(access_find(&access, "/board/")->listing, ACCESS_YES);
        assert_int_equal(access_find(&access, "/board/")->scripts, ACCESS_NO);
        assert_int_equal(access_find(&access, "/reports/")->listing, ACCESS_UNSAID);
        access = parse(state, "[{\"folder\": \"/\"}]");
        assert_string_equal(access_find(&access, "/any/thing")->folder, "");
        access = parse(state, "[]");
        assert_null(access_find(&access, "/"));
        access_open_all(*state, &all);
        assert_int_equal(access_find(&all, "/any/thing")->roles.count, 0);
        assert_int_equal(access_find(&all, "/")->scripts, ACCESS_UNSAID);
        END_ROWS();
}

static void
errors_say_entry_and_line(void **state)
{
        static const struct {
                const char *text, *error;
        } rows[] = {{"{}", "a.json, line 1: an array"},
            {"[{\"folder\": \"/\"}\n{}]", "a.json, line 1: add a comma"},
            {"[{}]", "a.json, entry 1 (line 1): it has no \"folder\""},
            {"[{\"folder\": \"/\"},\n{\"folder\": \"reports\"}]",
                "a.json, entry 2 (line 2): \"folder\" must be a path below private_dir"},
            {"[{\"folder\": \"\"}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": \"/a/../b\"}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": \"/.git\"}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": \"/a//b\"}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": \"\\\\a\"}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": 7}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": [\"/a\"]}]", "a.json, entry 1 (line 1): \"folder\" must be"},
            {"[{\"folder\": \"/a\"},\n{\"folder\": \"/a/\"}]",
                "a.json, entry 2 (line 2): another entry has the \"folder\" /a"},
            {"[{\"folder\": \"/a\", \"role\": [\"x\"]}]",
                "a.json, entry 1 (line 1): there is no \"role\": did you mean roles?"},
            {"[{\"folder\": \"/a\", \"roles\": \"staff\"}]",
                "a.json, entry 1 (line 1): \"roles\" must be an array of texts"},
            {"[{\"folder\": \"/a\", \"roles\": {\"a\": 1}}]",
                "a.json, entry 1 (line 1): there is no \"roles/a\""},
            {"[{\"folder\": \"/a\", \"roles\": null}]",
                "a.json, entry 1 (line 1): \"roles\" must be an array"},
            {"[{\"folder\": \"/a\", \"roles\": []}]",
                "a.json, entry 1 (line 1): \"roles\" must name a role"},
            {"[{\"folder\": \"/a\", \"roles\": [\"\"]}]",
                "a.json, entry 1 (line 1): a role must be a text of 1 to 64 bytes"},
            {"[{\"folder\": \"/a\", \"roles\": [\"staff, board\"]}]",
                "a.json, entry 1 (line 1): a role must be"},
            {"[{\"folder\": \"/a\", \"listing\": \"on\"}]",
                "a.json, entry 1 (line 1): \"listing\" must be true or false"},
            {"[{\"folder\": \"/a\", \"scripts\": 1}]",
                "a.json, entry 1 (line 1): \"scripts\" must be true or false"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct access access = {NULL, 99};

                ROW(access_parse(*state, rows[i].text, strlen(rows[i].text), "a.json", &access,
                        &err) == -1 &&
                        err.kind == ERR_CONFIG &&
                        strncmp(err.text, rows[i].error, strlen(rows[i].error)) == 0 &&
                        access.count == 99,
                    i, err.text);
        }
        END_ROWS();
}

static void
roles_are_the_items_of_the_users_file(void **state)
{
        struct access access =
            parse(state, "[{\"folder\": \"/\", \"roles\": [\"staff\", \"编辑\"]}]");
        const struct pairs *wanted = &access_find(&access, "/")->roles;
        static const struct {
                const char *name, *value;
                enum pair_type type;
                bool has;
        } rows[] = {{"roles", "staff", PAIR_ITEM, true}, {"roles", "编辑", PAIR_ITEM, true},
            {"roles", "Staff", PAIR_ITEM, false}, {"roles", "staf", PAIR_ITEM, false},
            {"roles", "staff ", PAIR_ITEM, false}, {"roles", "", PAIR_ITEM, false},
            {"roles", "staff", PAIR_TEXT, false}, {"role", "staff", PAIR_ITEM, false},
            {"privilege", "staff", PAIR_ITEM, false}, {"nickname", "staff", PAIR_TEXT, false}};
        struct pairs user, none;

        pairs_init(&none, *state);
        for (size_t i = 0; i < COUNT(rows); i++) {
                pairs_init(&user, *state);
                pairs_add_typed(&user, "roles", "guest", PAIR_ITEM);
                pairs_add_typed(&user, rows[i].name, rows[i].value, rows[i].type);
                ROW(role_has_one(&user, wanted) == rows[i].has, i, rows[i].value);
        }
        assert_false(role_has_one(&user, &none));
        assert_false(role_has_one(&none, wanted));
        END_ROWS();
}

static void
paths_that_are_served(void **state)
{
        static const struct {
                const char *path;
                bool good;
        } rows[] = {{"/", true}, {"/a", true}, {"/a/", true}, {"/a/b.c", true}, {"/小 b", true},
            {"/a..b", true}, {"/a.", true}, {"/~a", true}, {"/a:b", true}, {"/%2e%2e/a", true},
            {"/\xff", true}, {"", false}, {"a", false}, {"//", false}, {"//a", false},
            {"/a//b", false}, {"/a//", false}, {"/.", false}, {"/..", false}, {"/a/.", false},
            {"/a/./b", false}, {"/a/..", false}, {"/a/../b", false}, {"/../a", false},
            {"/.a", false}, {"/a/.b/c", false}, {"/...", false}, {"/a\\b", false},
            {"/..\\a", false}, {"\\a", false}, {"/a\nb", false}, {"/a\x7f", false},
            {"/\x01", false}, {"/a\t", false}};
        char *longest = arena_alloc(*state, ACCESS_PATH_MAX + 2);

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(access_is_path(rows[i].path) == rows[i].good, i, rows[i].path);
        for (int byte = 1; byte < 256; byte++) {
                char path[] = {'/', 'a', (char)byte, 'b', '\0'}, name[] = {'a', (char)byte, '\0'};
                bool good = byte >= 0x20 && byte != 0x7f && byte != '\\';

                ROW(access_is_path(path) == good, byte, "a byte in a path");
                ROW(access_is_name(name) == good, byte, "a byte in a name");
        }
        ROW(!access_is_name("") && !access_is_name(".") && !access_is_name("..") &&
                !access_is_name(".a") && access_is_name("a.b"),
            0, "names");
        memset(longest, 'a', ACCESS_PATH_MAX);
        *longest = '/';
        ROW(access_is_path(longest), 0, "the longest");
        longest[ACCESS_PATH_MAX] = 'a';
        ROW(!access_is_path(longest), 0, "a byte more");
        END_ROWS();
}

static void
types_come_from_the_end_of_the_name(void **state)
{
        static const struct {
                const char *name, *type;
                bool known, scripts;
        } rows[] = {{"/a.pdf", "application/pdf", true, false},
            {"/b.d/A.PDF", "application/pdf", true, false}, {"a.b.png", "image/png", true, false},
            {"/a.txt", "text/plain; charset=utf-8", true, false},
            {"/a.html", "text/html; charset=utf-8", true, true},
            {"/a.HTM", "text/html; charset=utf-8", true, true},
            {"/a.svg", "image/svg+xml", true, true}, {"/a.xml", "application/xml", true, true},
            {"/a.xhtml", "application/xhtml+xml", true, true},
            {"/a.js", "text/javascript; charset=utf-8", true, false},
            {"/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                true, false},
            {"/a", "application/octet-stream", false, false},
            {"/a.", "application/octet-stream", false, false},
            {"/pdf", "application/octet-stream", false, false},
            {"/a.pdf/b", "application/octet-stream", false, false},
            {"/a.html.bak", "application/octet-stream", false, false},
            {"/a.svgz", "application/octet-stream", false, false},
            {"/a.shtml", "application/octet-stream", false, false},
            {"/a.swf", "application/octet-stream", false, false},
            {"/a.exe", "application/octet-stream", false, false},
            {"/a.html ", "application/octet-stream", false, false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct media media = media_of(rows[i].name);

                ROW(same(media.type, rows[i].type) && media.is_known == rows[i].known &&
                        media.holds_scripts == rows[i].scripts,
                    i, rows[i].name);
        }
        END_ROWS();
}

static void
add(struct listing *listing, const char *name, bool is_folder, long long size)
{
        struct listing_entry entry = {name, is_folder, size, 1764000000};

        listing_add(listing, &entry);
}

static void
names_are_sorted_folders_first(void **state)
{
        struct listing listing;
        struct pairs values;

        listing_init(*state, &listing);
        add(&listing, "b:&\"x.txt", false, 999);
        add(&listing, "z", true, 4096);
        add(&listing, "小", false, 1234567);
        add(&listing, "a", true, 4096);
        add(&listing, "\xff", false, 0);
        add(&listing, "B", false, 2147483648LL);
        pairs_init(&values, *state);
        listing_fill(&listing, &values);
        assert_string_equal(pairs_get(&values, "items/0/text"), "a");
        assert_string_equal(pairs_get(&values, "items/0/link"), "a/");
        assert_string_equal(pairs_get(&values, "items/0/is_folder"), "1");
        assert_null(pairs_get(&values, "items/0/size"));
        assert_string_equal(pairs_get(&values, "items/1/text"), "z");
        assert_string_equal(pairs_get(&values, "items/2/text"), "B");
        assert_string_equal(pairs_get(&values, "items/2/size"), "2.1 GB");
        assert_null(pairs_get(&values, "items/2/is_folder"));
        assert_string_equal(pairs_get(&values, "items/3/link"), "b%3A%26%22x.txt");
        assert_string_equal(pairs_get(&values, "items/3/text"), "b:&\"x.txt");
        assert_string_equal(pairs_get(&values, "items/3/size"), "999 B");
        assert_string_equal(pairs_get(&values, "items/3/date"), "2025-11-25 00:00");
        assert_string_equal(pairs_get(&values, "items/4/link"), "%E5%B0%8F");
        assert_string_equal(pairs_get(&values, "items/4/size"), "1.2 MB");
        assert_string_equal(pairs_get(&values, "items/5/link"), "%FF");
        assert_string_equal(pairs_get(&values, "items/5/text"), "\xef\xbf\xbd");
        assert_string_equal(pairs_get(&values, "items/5/size"), "0 B");
        assert_string_equal(pairs_get(&values, "has_items"), "1");
        assert_null(pairs_get(&values, "more"));
        listing_init(*state, &listing);
        pairs_init(&values, *state);
        listing_fill(&listing, &values);
        assert_null(pairs_get(&values, "has_items"));
}

/* In whatever order the folder gives its names, the first LISTING_MAX are shown. */
static void
a_listing_has_an_end(void **state)
{
        struct listing listing;
        struct pairs values;
        unsigned name = 7;

        listing_init(*state, &listing);
        for (int i = 0; i < 5003; i++) { /* each of 0 to 5002 once */
                name = (name + 2000) % 5003;
                add(&listing, arena_printf(*state, "%04u", name), false, 1);
                if (i == LISTING_MAX - 1)
                        assert_false(listing.has_more);
        }
        assert_true(listing.has_more);
        assert_int_equal(listing.count, LISTING_MAX);
        for (size_t i = 0; i < listing.count; i++)
                ROW(same(listing.entries[i].name, arena_printf(*state, "%04zu", i)), i, "in order");
        pairs_init(&values, *state);
        listing_fill(&listing, &values);
        assert_string_equal(pairs_get(&values, "more"), "1000");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(the_longest_folder_counts_alone),
            TEST(errors_say_entry_and_line), TEST(roles_are_the_items_of_the_users_file),
            TEST(paths_that_are_served), TEST(types_come_from_the_end_of_the_name),
            TEST(names_are_sorted_folders_first), TEST(a_listing_has_an_end)};

        return RUN(tests);
}
