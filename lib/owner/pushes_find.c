#include "owner/pushes_find.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/json.h"
#include "state/state.h"
#include "web/app.h"

/* The latest matching lines, in a ring. */
struct search {
        struct app *app;
        const struct pushes_query *query;
        struct pushes_found *found;
        struct arena *arena; /* of one line */
        const char *word;    /* the openid, as it stands in a line; NULL: any */
        struct push_line ring[PUSHES_PAGE];
        size_t matched;
        long long number;
};

/* ---- what is shown of a push ---- */

static void
set_kind(const struct pairs *push, char *kind, size_t size)
{
        const char *type = text_lower(push->arena, pairs_get_text(push, "MsgType"));

        if (strcmp(type, "event") == 0)
                (void)snprintf(kind, size, "event.%.*s", PUSHES_KIND_MAX,
                    text_lower(push->arena, pairs_get_text(push, "Event")));
        else
                (void)snprintf(kind, size, "%.*s", PUSHES_KIND_MAX, type);
}

/* Returns what a push says: the member that it has, of those that say something to people. */
static const char *
text_of(const struct pairs *push)
{
        static const char *const members[] = {
            "Content", "Recognition", "Label", "Title", "EventKey"};
        const char *url = pairs_get_text(push, "Url");

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
                const char *text = pairs_get_text(push, members[i]);

                if (*text == '\0')
                        continue;
                return strcmp(members[i], "Title") == 0 && *url != '\0'
                           ? arena_printf(push->arena, "%s\n%s", text, url)
                           : text;
        }
        return "";
}

static const char *
sender_of(const struct pairs *push)
{
        const char *user = pairs_get(push, "OpenID");

        return user == NULL ? pairs_get_text(push, "FromUserName") : user;
}

/* ---- the search ---- */

static void
gather_kind(struct search *search, const char *kind)
{
        struct pushes_found *found = search->found;

        for (size_t i = 0; i < found->kinds_count; i++)
                if (strcmp(found->kinds[i], kind) == 0)
                        return;
        if (found->kinds_count < PUSHES_KINDS_MAX)
                found->kinds[found->kinds_count++] = arena_strdup(search->app->arena, kind);
}

static bool
is_wanted(const struct pushes_query *query, const char *kind, const char *openid)
{
        if (*query->openid != '\0' && strcmp(query->openid, openid) != 0)
                return false;
        if (strcmp(query->kind, "message") == 0)
                return !text_starts_with(kind, "event.");
        return *query->kind == '\0' || strcmp(query->kind, kind) == 0;
}

static void
keep(struct search *search, const struct pairs *push, const char *kind)
{
        struct push_line *line = &search->ring[search->matched++ % search->query->most];
        const char *text = text_clean_lines(push->arena, text_of(push));
        char *room = line->text;
        size_t size;

        if (room == NULL)
                room = arena_alloc(search->app->arena, PUSHES_TEXT_MAX + 1);
        *line = (struct push_line){.number = search->number,
            .time = pairs_get_number(push, "CreateTime", 0),
            .text = room};
        (void)snprintf(line->openid, sizeof(line->openid), "%s", sender_of(push));
        (void)snprintf(line->kind, sizeof(line->kind), "%s", kind);
        size = text_cut(text, PUSHES_TEXT_MAX);
        memcpy(line->text, text, size);
        line->text[size] = '\0';
}

/* Lines that are no JSON are left out. */
static bool
visit(void *context, const char *text, size_t size)
{
        struct search *search = context;
        const struct pushes_query *query = search->query;
        struct pairs push;
        struct err err;

        search->number++;
        if (query->before > 0 && search->number >= query->before)
                return false;
        if (search->word != NULL && strstr(text, search->word) == NULL)
                return true;
        pairs_init(&push, search->arena);
        if (json_parse_tree(search->arena, text, size, &push, &err) == 0) {
                char kind[PUSHES_KIND_MAX + 8];

                set_kind(&push, kind, sizeof(kind));
                gather_kind(search, kind);
                if (is_wanted(query, kind, sender_of(&push)))
                        keep(search, &push, kind);
        }
        arena_reset(search->arena);
        return true;
}

int
pushes_find(struct app *app, const struct pushes_query *query, struct pushes_found *found)
{
        struct search *search = arena_alloc(app->arena, sizeof(*search));
        int result;

        *found = (struct pushes_found){.count = 0};
        *search = (struct search){.app = app, .query = query, .found = found};
        search->arena = arena_begin(app->arena);
        if (*query->openid != '\0')
                search->word = arena_printf(app->arena, "\"%s\"", query->openid);
        result = state_read_day(app->state, query->day, visit, search, &app->err);
        arena_free(search->arena);
        if (result != 0)
                return -1;
        found->count = search->matched < query->most ? search->matched : query->most;
        found->more = search->matched > query->most;
        found->lines = arena_alloc(app->arena, (found->count + 1) * sizeof(*found->lines));
        for (size_t i = 0; i < found->count; i++)
                found->lines[i] = search->ring[(search->matched - 1 - i) % query->most];
        return 0;
}
