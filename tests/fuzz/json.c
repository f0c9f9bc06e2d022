/* json: read flat, as a tree, and as an array; JSON built from a tree reads as the same tree. */
#include "fuzz.h"

#include "format/json.h"
#include "format/json_build.h"
#include "format/json_check.h"

/* is_exact: no name has a '/', which would be read as one more level, perhaps one too many. */
static void
check_tree(struct arena *arena, const struct pairs *tree, bool is_exact)
{
        struct pairs again, third;
        struct err err;
        char *text, *second;

        pairs_init(&again, arena);
        pairs_init(&third, arena);
        CHECK(json_build_tree(arena, tree, &text, &err) == 0);
        if (json_parse_tree(arena, text, strlen(text), &again, &err) != 0) {
                CHECK(!is_exact);
                return;
        }
        CHECK(json_build_tree(arena, &again, &second, &err) == 0);
        CHECK(json_parse_tree(arena, second, strlen(second), &third, &err) == 0);
        CHECK(fuzz_same(&again, &third));
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct json_element *elements;
        struct pairs flat, tree;
        bool is_flat, is_tree;
        size_t count;

        pairs_init(&flat, arena);
        pairs_init(&tree, arena);
        is_flat = json_parse(arena, text, size, &flat, &err) == 0;
        CHECK(is_flat || (fuzz_is_error(&err) && flat.count == 0));
        is_tree = json_parse_tree(arena, text, size, &tree, &err) == 0;
        CHECK(is_tree == is_flat);
        for (size_t i = 0; i < tree.count; i++) {
                CHECK(fuzz_is_clean(tree.items[i].name, ""));
                CHECK(fuzz_is_clean(tree.items[i].value, "\t\r\n"));
        }
        if (is_tree)
                check_tree(
                    arena, &tree, strchr(text, '/') == NULL && strstr(text, "\\u002") == NULL);
        if (json_check(arena, text, size, &err) != 0)
                CHECK(fuzz_is_error(&err) && strncmp(err.text, "line ", 5) == 0);
        else if (text[strspn(text, " \t\r\n")] == '{')
                CHECK(is_tree); /* valid JSON is read */
        if (json_parse_array(arena, text, size, &elements, &count, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_UPSTREAM);
                CHECK(strncmp(err.text, "line ", 5) == 0);
        } else {
                CHECK(!is_flat);
                for (size_t i = 0; i < count; i++)
                        CHECK(elements[i].line >= 1);
        }
}
