/* editable: the files that owners edit: every entry is checked, and each mistake has its line. */
#include "table.h"

#include "format/json_file.h"
#include "owner/editable.h"

static void
each_entry_is_checked(void **state)
{
        static const struct {
                const char *name, *text;
                size_t entries;
                const char *mistakes; /* "2:text | 4:text" */
        } rows[] = {{"replies", "[\n{\"reply\": null},\n{\"reply\": {\"text\": \"a\"}}]", 2, ""},
            {"replies", "[]", 0, ""}, {"replies", "", 0, "1:there is nothing in it"},
            {"replies", "{}", 0, "1:an array, [ … ], must begin here"},
            {"replies", "\n\n[{\"reply\": null},\n null]", 0,
                "4:an object, { … }, must begin here"},
            {"replies", "[\n{\"reply\": null}\n{\"reply\": null}]", 0, "2:add a comma after }"},
            {"replies",
                "[\n{\"replay\": null},\n{\"reply\": null},\n{\"message\": \"\", \"reply\": "
                "null},\n\n{}]",
                4,
                "2:there is no \"replay\": did you mean reply? | 4:\"message\" must be a text | "
                "6:it has no \"reply\" (no answer at all: \"reply\": null)"},
            {"list",
                "[\n{\"id\": \"a\", \"text\": \"A\"},\n{\"id\": \"!\", \"text\": \"B\"},\n{\"id\": "
                "\"c\"},\n{\"id\": \"a\", \"text\": \"D\"}]",
                4, "3:\"id\" must be 1 to 64 letters, digits, - and _ | 4:it has no \"text\""},
            {"list", "[{\"id\": \"a\", \"text\": \"A\"},\n{\"id\": \"a\", \"text\": \"B\"}]", 2,
                "2:another item has the \"id\" a"},
            {"list", "[{\"id\": \"a\", \"text\": {\"en\": \"A\"}, \"unread\": {\"x\": 2}}]", 1, ""},
            {"access", "[{\"folder\": \"/\"}, {\"folder\": \"/a\", \"roles\": [\"staff\"]}]", 2,
                ""},
            {"access",
                "[{\"folder\": \"/\"},\n{\"folder\": \"x\"},\n{\"folder\": \"/\"},\n{\"folder\": "
                "\"/a\", \"roles\": []}]",
                4,
                "2:\"folder\" must be a path below private_dir, such as / or /reports, without "
                "backslashes, and without names that begin with a dot | 3:another entry has the "
                "\"folder\" / | 4:\"roles\" must name a role; without \"roles\", everybody who is "
                "signed in may read the folder"},
            {"oidc_clients", "[{\"client_id\": \"a b\"},\n{\"client_id\": \"a\"}]", 2,
                "1:\"client_id\": must be 1 to 64 letters, digits, '-', '.', '_' and '~' | 2:it has "
                "no \"redirect_uris\""},
            {"menu", "{\"button\": [{\"type\": \"click\", \"name\": \"a\", \"key\": \"k\"}]}", 1,
                ""},
            {"menu", "{\"button\": [{\"name\": \"a\"}]}", 1, "1:the button has no type: add one"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                const struct editable *kind = editable_find(rows[i].name);
                const char *all = "";
                struct json_file file;
                size_t entries;

                json_file_read(*state, rows[i].text, strlen(rows[i].text), &file);
                entries = kind->check(&file);
                for (size_t n = 0; n < file.count; n++)
                        all = arena_printf(*state, "%s%s%d:%s", all, n == 0 ? "" : " | ",
                            file.mistakes[n].line, file.mistakes[n].en);
                ROW(same(all, rows[i].mistakes), i, all);
                ROW(entries == rows[i].entries, i, "entries");
        }
        END_ROWS();
}

/* More mistakes than are kept are no fault. */
static void
many_mistakes_are_cut_off(void **state)
{
        const char *text = "[{}";
        struct json_file file;

        for (int i = 0; i < 2 * JSON_MISTAKES_MAX; i++)
                text = arena_printf(*state, "%s,\n{}", text);
        text = arena_printf(*state, "%s]", text);
        json_file_read(*state, text, strlen(text), &file);
        assert_int_equal(editable_find("replies")->check(&file), 2 * JSON_MISTAKES_MAX + 1);
        assert_int_equal(file.count, JSON_MISTAKES_MAX);
}

static void
only_the_files_of_the_table_are_known(void **state)
{
        static const char *const names[] = {
            "", "handler", "secret", "wechat.conf", "replies.json", "../replies", "Replies"};

        (void)state;
        for (size_t i = 0; i < COUNT(names); i++)
                ROW(editable_find(names[i]) == NULL, i, names[i]);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(each_entry_is_checked),
            TEST(many_mistakes_are_cut_off), TEST(only_the_files_of_the_table_are_known)};

        return RUN(tests);
}
