#include "tags.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "call.h"
#include "docs.h"
#include "users.h"

/* The document "tags" has "next", and for each tag "t<id>/name" and the openids "t<id>/members". */
enum {
        FIRST_ID = 100, /* those below are WeChat's own; 2 is there from the start */
        TAGS_MAX = 100,
        NAME_MAX_BYTES = 30,
        MEMBERS_A_CALL = 50,
        TAGS_A_PERSON = 20
};

static int
read_tags(struct app *app, struct pairs *doc)
{
        if (docs_read(app, "tags", doc) != 0)
                return -1;
        if (doc->count == 0) {
                pairs_add_number(doc, "next", FIRST_ID);
                pairs_add(doc, "t2/name", "星标组");
        }
        return 0;
}

static char *
member(const struct pairs *doc, long long id, const char *what)
{
        return arena_printf(doc->arena, "t%lld/%s", id, what);
}

/* Returns the number of the next tag from *at on; 0 after the last. */
static long long
next_tag(const struct pairs *doc, size_t *at)
{
        while (*at < doc->count) {
                const char *path = doc->items[(*at)++].name, *slash = strchr(path, '/');

                if (slash != NULL && strcmp(slash, "/name") == 0)
                        return strtoll(path + 1, NULL, 10);
        }
        return 0;
}

static bool
is_tag(const struct pairs *doc, long long id)
{
        return pairs_get(doc, member(doc, id, "name")) != NULL;
}

static bool
has_member(const struct pairs *doc, long long id, const char *openid)
{
        const char *name = member(doc, id, "members");

        for (size_t i = 0; i < doc->count; i++)
                if (strcmp(doc->items[i].name, name) == 0 &&
                    strcmp(doc->items[i].value, openid) == 0)
                        return true;
        return false;
}

static void
remove_member(struct pairs *doc, long long id, const char *openid)
{
        const char *name = member(doc, id, "members");
        size_t kept = 0;

        for (size_t i = 0; i < doc->count; i++)
                if (strcmp(doc->items[i].name, name) != 0 ||
                    strcmp(doc->items[i].value, openid) != 0)
                        doc->items[kept++] = doc->items[i];
        doc->count = kept;
}

/* Checks a new name for the tag id. Returns 0 or an errcode. */
static int
check_name(const struct pairs *doc, const char *name, long long id)
{
        size_t at = 0, count = 0;

        if (*name == '\0')
                return 45157;
        if (strlen(name) > NAME_MAX_BYTES)
                return 45158;
        for (long long other; (other = next_tag(doc, &at)) != 0; count++)
                if (other != id &&
                    strcmp(pairs_get_text(doc, member(doc, other, "name")), name) == 0)
                        return 45157;
        return id == 0 && count >= TAGS_MAX ? 45056 : 0;
}

int
tags_create(struct call *call)
{
        const char *name = pairs_get_text(&call->body, "tag/name");
        struct pairs doc;
        long long id;
        int wrong;

        if (read_tags(call->app, &doc) != 0)
                return -1;
        wrong = check_name(&doc, name, 0);
        if (wrong != 0)
                return wrong;
        id = pairs_get_number(&doc, "next", FIRST_ID);
        docs_set_number(&doc, "next", id + 1);
        pairs_add(&doc, member(&doc, id, "name"), name);
        pairs_add_number(&call->answer, "tag/id", id);
        pairs_add(&call->answer, "tag/name", name);
        return docs_write(call->app, "tags", &doc);
}

int
tags_get(struct call *call)
{
        struct pairs doc;
        size_t at = 0;

        if (read_tags(call->app, &doc) != 0)
                return -1;
        pairs_add_typed(&call->answer, "tags", "", PAIR_ARRAY);
        for (long long id, i = 0; (id = next_tag(&doc, &at)) != 0; i++) {
                char *prefix = arena_printf(call->app->arena, "tags/%lld", i);

                pairs_add_number(
                    &call->answer, arena_printf(call->app->arena, "%s/id", prefix), id);
                pairs_add(&call->answer, arena_printf(call->app->arena, "%s/name", prefix),
                    pairs_get(&doc, member(&doc, id, "name")));
                pairs_add_number(&call->answer, arena_printf(call->app->arena, "%s/count", prefix),
                    (long long)pairs_count(&doc, member(&doc, id, "members")));
        }
        return 0;
}

/* Reads the tags and the number of the one to change. Returns 0, an errcode, or -1. */
static int
read_one(struct call *call, struct pairs *doc, long long *id)
{
        *id = pairs_get_number(&call->body, "tag/id", 0);
        if (read_tags(call->app, doc) != 0)
                return -1;
        if (*id < FIRST_ID && *id >= 0 && is_tag(doc, *id))
                return 45058;
        return is_tag(doc, *id) ? 0 : 45159;
}

int
tags_update(struct call *call)
{
        const char *name = pairs_get_text(&call->body, "tag/name");
        struct pairs doc;
        long long id;
        int wrong = read_one(call, &doc, &id);

        if (wrong == 0)
                wrong = check_name(&doc, name, id);
        if (wrong != 0)
                return wrong;
        docs_set(&doc, member(&doc, id, "name"), name);
        return docs_write(call->app, "tags", &doc);
}

int
tags_delete(struct call *call)
{
        struct pairs doc;
        long long id;
        int wrong = read_one(call, &doc, &id);

        if (wrong != 0)
                return wrong;
        pairs_remove(&doc, member(&doc, id, "name"));
        pairs_remove(&doc, member(&doc, id, "members"));
        return docs_write(call->app, "tags", &doc);
}

static size_t
count_tags(const struct pairs *doc, const char *openid)
{
        size_t at = 0, count = 0;

        for (long long id; (id = next_tag(doc, &at)) != 0;)
                count += has_member(doc, id, openid);
        return count;
}

/* Reads the tags, and checks tag and openids of a call that changes members. */
static int
read_members(struct call *call, struct pairs *doc, long long *id)
{
        size_t count = call_elements(&call->body, "openid_list");

        *id = pairs_get_number(&call->body, "tagid", 0);
        if (read_tags(call->app, doc) != 0)
                return -1;
        if (count == 0 || count > MEMBERS_A_CALL)
                return 40032;
        if (!is_tag(doc, *id))
                return 45159;
        for (size_t i = 0; i < call->body.count; i++)
                if (strcmp(call->body.items[i].name, "openid_list") == 0 &&
                    users_check(call, call->body.items[i].value) != 0)
                        return 40003;
        return 0;
}

int
tags_add_members(struct call *call)
{
        struct pairs doc;
        long long id;
        int wrong = read_members(call, &doc, &id);

        if (wrong != 0)
                return wrong;
        for (size_t i = 0; i < call->body.count; i++) {
                const char *openid = call->body.items[i].value;

                if (strcmp(call->body.items[i].name, "openid_list") != 0 ||
                    has_member(&doc, id, openid))
                        continue;
                if (count_tags(&doc, openid) >= TAGS_A_PERSON)
                        return 45059;
                pairs_add_typed(&doc, member(&doc, id, "members"), openid, PAIR_ITEM);
        }
        return docs_write(call->app, "tags", &doc);
}

int
tags_remove_members(struct call *call)
{
        struct pairs doc;
        long long id;
        int wrong = read_members(call, &doc, &id);

        if (wrong != 0)
                return wrong;
        for (size_t i = 0; i < call->body.count; i++)
                if (strcmp(call->body.items[i].name, "openid_list") == 0)
                        remove_member(&doc, id, call->body.items[i].value);
        return docs_write(call->app, "tags", &doc);
}

int
tags_add_list(struct app *app, const char *openid, const char *name, struct pairs *answer)
{
        struct pairs doc;
        size_t at = 0, count = 0;

        if (read_tags(app, &doc) != 0)
                return -1;
        pairs_add_typed(answer, name, "", PAIR_ARRAY);
        for (long long id; (id = next_tag(&doc, &at)) != 0;)
                if (has_member(&doc, id, openid))
                        pairs_add_number(
                            answer, arena_printf(app->arena, "%s/%zu", name, count++), id);
        return 0;
}

int
tags_of_user(struct call *call)
{
        const char *openid = pairs_get_text(&call->body, "openid");
        int wrong = users_check(call, openid);

        return wrong != 0 ? wrong : tags_add_list(call->app, openid, "tagid_list", &call->answer);
}

int
tags_users(struct call *call)
{
        long long id = pairs_get_number(&call->body, "tagid", 0), count = 0;
        const char *after = pairs_get_text(&call->body, "next_openid"), *last = "";
        bool begun = *after == '\0';
        struct pairs doc, openids;

        if (read_tags(call->app, &doc) != 0)
                return -1;
        if (!is_tag(&doc, id))
                return 45159;
        pairs_init(&openids, call->app->arena);
        for (size_t i = 0; i < doc.count; i++) {
                if (strcmp(doc.items[i].name, member(&doc, id, "members")) != 0)
                        continue;
                if (begun) {
                        last = doc.items[i].value;
                        pairs_add_typed(&openids, "data/openid", last, PAIR_ITEM);
                        count++;
                }
                begun = begun || strcmp(doc.items[i].value, after) == 0;
        }
        pairs_add_number(&call->answer, "count", count);
        docs_copy(&openids, "data", &call->answer, "data");
        pairs_add(&call->answer, "next_openid", last);
        return 0;
}

int
tags_forget(struct app *app, const char *openid)
{
        struct pairs doc;
        size_t at = 0;

        if (read_tags(app, &doc) != 0)
                return -1;
        for (long long id; (id = next_tag(&doc, &at)) != 0;)
                if (has_member(&doc, id, openid)) {
                        remove_member(&doc, id, openid);
                        at = 0;
                }
        return docs_write(app, "tags", &doc);
}
