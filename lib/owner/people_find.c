#include "owner/people_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "signin/admission.h"
#include "signin/role.h"
#include "state/state.h"
#include "web/app.h"

struct search {
        struct app *app;
        const struct people_query *query;
        struct people_found *found;
        size_t passed; /* matching people between the beginning and the page */
        size_t visited;
};

/* When was the user seen last? */
static long long
seen_last(const struct pairs *user)
{
        static const char *const times[] = {"last_sign_in", "last_seen", "waiting"};
        long long latest = 0;

        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
                long long time = pairs_get_number(user, times[i], 0);

                if (time > latest)
                        latest = time;
        }
        return latest;
}

/* ---- places ---- */

/* Returns less than 0 if one comes before other, 0 if they are the same. */
static int
compare(const struct people_place *one, const struct people_place *other)
{
        if (one->seen != other->seen)
                return one->seen > other->seen ? -1 : 1;
        return strcmp(one->openid, other->openid);
}

bool
people_parse_place(const char *text, struct people_place *place)
{
        char *end;

        *place = (struct people_place){.seen = strtoll(text, &end, 10)};
        if (end == text || *end != '.' || strlen(end + 1) >= sizeof(place->openid) ||
            !api_is_openid(end + 1))
                return false;
        memcpy(place->openid, end + 1, strlen(end + 1));
        return true;
}

char *
people_format_place(struct arena *arena, const struct people_place *place)
{
        return arena_printf(arena, "%lld.%s", place->seen, place->openid);
}

/* Keeps the place among those of the page: of those after a place the first ones, of those before a
 * place the last ones. */
static void
keep(struct people_found *found, const struct people_place *place, bool last)
{
        struct people_place *places = found->places;
        size_t at = found->count;

        while (at > 0 && compare(place, &places[at - 1]) < 0)
                at--;
        if (found->count < PEOPLE_PAGE) {
                memmove(places + at + 1, places + at, (found->count - at) * sizeof(*places));
                found->count++;
        } else if (last && at > 0) {
                at--;
                memmove(places, places + 1, at * sizeof(*places));
        } else if (!last && at < PEOPLE_PAGE) {
                memmove(places + at + 1, places + at, (PEOPLE_PAGE - 1 - at) * sizeof(*places));
        } else {
                return;
        }
        places[at] = *place;
}

/* ---- who matches ---- */

static bool
has_role(const struct pairs *roles, const char *role)
{
        for (size_t i = 0; i < roles->count; i++)
                if (strcmp(roles->items[i].value, role) == 0)
                        return true;
        return false;
}

/* Adds to the roles that somebody has. */
static void
gather(struct search *search, const struct pairs *roles)
{
        struct people_found *found = search->found;

        for (size_t i = 0; i < roles->count; i++) {
                size_t at = 0;

                while (
                    at < found->roles_count && strcmp(found->roles[at], roles->items[i].value) < 0)
                        at++;
                if (found->roles_count == PEOPLE_ROLES_MAX ||
                    (at < found->roles_count &&
                        strcmp(found->roles[at], roles->items[i].value) == 0))
                        continue;
                memmove(found->roles + at + 1, found->roles + at,
                    (found->roles_count++ - at) * sizeof(*found->roles));
                found->roles[at] = arena_strdup(search->app->arena, roles->items[i].value);
        }
}

static bool
is_shown(
    const struct people_query *query, const bool shown[PEOPLE_SHOWS], const struct pairs *roles)
{
        if (query->show == PEOPLE_WITH_ROLE && *query->role != '\0')
                return has_role(roles, query->role);
        return shown[query->show];
}

static bool
has_name(const struct people_query *query, const struct pairs *user, const char *member)
{
        return strstr(text_lower(user->arena, pairs_get_text(user, member)),
                   text_lower(user->arena, query->text)) != NULL;
}

static bool
has_text(const struct people_query *query, const struct pairs *user)
{
        return *query->text == '\0' || has_name(query, user, "display_name") ||
               has_name(query, user, "nickname") ||
               strstr(pairs_get_text(user, "openid"), query->text) != NULL ||
               strstr(pairs_get_text(user, "unionid"), query->text) != NULL;
}

static bool
visit(void *context, const struct pairs *user)
{
        struct search *search = context;
        const struct people_query *query = search->query;
        struct people_found *found = search->found;
        struct people_place place = {.seen = seen_last(user)};
        const char *openid = pairs_get_text(user, "openid");
        bool shown[PEOPLE_SHOWS];
        struct pairs roles;

        search->visited++;
        pairs_init(&roles, user->arena);
        role_list(user, &roles);
        gather(search, &roles);
        shown[PEOPLE_ALL] = true;
        shown[PEOPLE_FOLLOWERS] = admission_is_follower(user);
        shown[PEOPLE_WAITING] = pairs_get(user, "waiting") != NULL;
        shown[PEOPLE_BLOCKED] = pairs_get(user, "blocked") != NULL;
        shown[PEOPLE_WITH_ROLE] = roles.count > 0;
        for (size_t i = 0; i < PEOPLE_SHOWS; i++)
                found->shown[i] += shown[i];
        if (!is_shown(query, shown, &roles) || !has_text(query, user))
                return true;
        found->total++;
        memcpy(place.openid, openid, strlen(openid) + 1);
        if (query->after != NULL && compare(&place, query->after) <= 0)
                search->passed++;
        else if (query->before == NULL || compare(&place, query->before) < 0) {
                search->passed += query->before != NULL;
                keep(found, &place, query->before != NULL);
        }
        return true;
}

int
people_find(struct app *app, const struct people_query *query, struct people_found *found)
{
        struct search search = {.app = app, .query = query, .found = found};

        *found = (struct people_found){.count = 0};
        if (state_each_user(app->state, visit, &search, &app->err) != 0) {
                if (search.visited == 0)
                        return -1;
                found->broken = true;
        }
        found->first = query->before == NULL ? search.passed : search.passed - found->count;
        return 0;
}
