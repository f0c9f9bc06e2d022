#include "state/member.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "base/text.h"

static const char sessions[] = "sessions"; /* items, each "name expires" */

void
member_remove_profile(struct pairs *user)
{
        static const char *const members[] = {
            "nickname", "sex", "province", "city", "country", "headimgurl", "privilege"};

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                pairs_remove(user, members[i]);
}

static bool
fits(const struct pair *pair)
{
        return strlen(pair->value) <= MEMBER_VALUE_MAX;
}

void
member_set(struct pairs *user, const struct pairs *from)
{
        for (size_t i = 0; i < from->count; i++)
                if (from->items[i].type != PAIR_ITEM && fits(&from->items[i]))
                        pairs_remove(user, from->items[i].name);
        for (size_t i = 0; i < from->count; i++) {
                const struct pair *pair = &from->items[i];

                if (pair->type != PAIR_NULL && fits(pair) &&
                    (pair->type != PAIR_ITEM || pairs_count(user, pair->name) <= MEMBER_ITEMS_MAX))
                        pairs_add_typed(user, pair->name, pair->value, pair->type);
        }
}

static bool
is_session(const struct pair *pair)
{
        return strcmp(pair->name, sessions) == 0;
}

static char *
name_of(struct arena *arena, const struct pair *session)
{
        return arena_copy(arena, session->value, strcspn(session->value, " "));
}

static bool
is_named(const struct pair *session, const char *name)
{
        return text_starts_with(session->value, name) && session->value[strlen(name)] == ' ';
}

static bool
is_over(const struct pair *session, long long now)
{
        const char *blank = strchr(session->value, ' ');

        return blank == NULL || strtoll(blank, NULL, 10) <= now;
}

void
member_add_session(
    struct pairs *user, const char *name, long long now, long long expires, struct pairs *ended)
{
        struct pairs old = *user;
        size_t count = 0;

        old.items = arena_alloc(user->arena, user->count * sizeof(*old.items));
        memcpy(old.items, user->items, user->count * sizeof(*old.items));
        for (size_t i = 0; i < old.count; i++)
                count += is_session(&old.items[i]) && !is_over(&old.items[i], now) &&
                         !is_named(&old.items[i], name);
        pairs_remove(user, sessions);
        for (size_t i = 0; i < old.count; i++) {
                if (!is_session(&old.items[i]) || is_named(&old.items[i], name))
                        continue;
                if (is_over(&old.items[i], now))
                        pairs_add(ended, sessions, name_of(user->arena, &old.items[i]));
                else if (count-- >= MEMBER_SESSIONS_MAX)
                        pairs_add(ended, sessions, name_of(user->arena, &old.items[i]));
                else
                        pairs_add_typed(user, sessions, old.items[i].value, PAIR_ITEM);
        }
        pairs_add_typed(
            user, sessions, arena_printf(user->arena, "%s %lld", name, expires), PAIR_ITEM);
}

bool
member_is_away(const struct pairs *user, const struct member_away *away)
{
        static const char *const times[] = {"last_sign_in", "last_seen", "waiting", "approved"};
        long long last = 0;

        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
                long long time = pairs_get_number(user, times[i], 0);

                last = time > last ? time : last;
        }
        for (size_t i = 0; i < user->count; i++)
                if (is_session(&user->items[i]) && !is_over(&user->items[i], away->now))
                        return false;
        return last > 0 && last < away->before && pairs_get(user, "blocked") == NULL;
}

bool
member_has_session(const struct pairs *user, const char *name)
{
        for (size_t i = 0; i < user->count; i++)
                if (is_session(&user->items[i]) && is_named(&user->items[i], name))
                        return true;
        return false;
}

bool
member_is_in_force(const struct pairs *user, const char *generation, const char *session)
{
        return digest_equal(pairs_get_text(user, "generation"), generation) &&
               member_has_session(user, session);
}

void
member_get_sessions(const struct pairs *user, struct pairs *names)
{
        for (size_t i = 0; i < user->count; i++)
                if (is_session(&user->items[i]))
                        pairs_add(names, sessions, name_of(names->arena, &user->items[i]));
}

static void
remove_session(struct pairs *user, const char *name)
{
        size_t kept = 0;

        for (size_t i = 0; i < user->count; i++)
                if (!is_session(&user->items[i]) || !is_named(&user->items[i], name))
                        user->items[kept++] = user->items[i];
        user->count = kept;
}

void
member_change(struct pairs *user, const struct member_change *change, struct pairs *ended)
{
        for (size_t i = 0; change->without != NULL && i < change->without->count; i++)
                pairs_remove(user, change->without->items[i].value);
        if (change->with != NULL)
                member_set(user, change->with);
        for (size_t i = 0; change->leaves != NULL && i < change->leaves->count; i++)
                remove_session(user, change->leaves->items[i].value);
        if (change->generation == NULL)
                return;
        member_get_sessions(user, ended);
        pairs_remove(user, sessions);
        pairs_remove(user, "generation");
        pairs_add(user, "generation", change->generation);
}

/* Whatever a person wrote there by hand, only what says "no" is none. */
bool
member_is_blocked(const struct pairs *user)
{
        const char *blocked = pairs_get_text(user, "blocked");

        return *blocked != '\0' && strcmp(blocked, "0") != 0 && strcmp(blocked, "false") != 0;
}
