#include "web/describe.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "format/json_build.h"
#include "host/sandbox.h"
#include "web/host.h"

/* Adds an array of the words in text, which commas and spaces separate. */
static void
add_words(struct pairs *members, const char *name, const char *text)
{
        pairs_add_typed(members, name, "", PAIR_ARRAY);
        for (text += strspn(text, ", "); *text != '\0'; text += strspn(text, ", ")) {
                size_t size = strcspn(text, ", ");

                pairs_add_typed(members, name, arena_copy(members->arena, text, size), PAIR_ITEM);
                text += size;
        }
}

static void
add_needs(struct pairs *members, unsigned needs)
{
        static const struct {
                unsigned need;
                const char *name;
        } names[] = {{SANDBOX_PAGES, "pages"}, {SANDBOX_READ_STATE, "read_state"},
            {SANDBOX_WRITE_STATE, "write_state"}, {SANDBOX_NETWORK, "network"},
            {SANDBOX_GO_ON, "go_on"}, {SANDBOX_PRIVATE_FILES, "private_files"},
            {SANDBOX_SITE, "site"}, {SANDBOX_FILES, "files"}, {SANDBOX_PROGRAMS, "programs"}};

        pairs_add_typed(members, "needs", "", PAIR_ARRAY);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if ((needs & names[i].need) != 0)
                        pairs_add_typed(members, "needs", names[i].name, PAIR_ITEM);
}

int
describe_program(
    struct arena *arena, const struct app_program *program, char **json, struct err *err)
{
        struct pairs members;

        pairs_init(&members, arena);
        pairs_add(&members, "name", program->name);
        if (program->methods == NULL)
                pairs_add_typed(&members, "methods", "", PAIR_NULL);
        else
                add_words(&members, "methods", program->methods);
        add_needs(&members, host_needs(program));
        add_words(&members, "links", program->links == NULL ? "" : program->links);
        pairs_add_typed(
            &members, "cross_origin", program->cross_origin ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(
            &members, "without_settings", program->without_settings ? "true" : "false", PAIR_BOOL);
        return json_build(arena, &members, json, err);
}
