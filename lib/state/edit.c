#include "state/edit.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/json.h"
#include "format/json_build.h"
#include "host/file.h"
#include "host/os.h"

static struct pairs
copy(const struct pairs *pairs)
{
        struct pairs copied;

        pairs_init(&copied, pairs->arena);
        for (size_t i = 0; i < pairs->count; i++)
                pairs_add_typed(
                    &copied, pairs->items[i].name, pairs->items[i].value, pairs->items[i].type);
        return copied;
}

static void
set_number(struct pairs *user, const char *name, long long number)
{
        pairs_remove(user, name);
        pairs_add_number(user, name, number);
}

/* Fills user with the openid and a new generation. */
static int
begin_user(struct arena *arena, const char *openid, struct pairs *user, struct err *err)
{
        char *generation;

        pairs_init(user, arena);
        if (os_random_token(arena, &generation, err) != 0)
                return -1;
        pairs_add(user, "openid", openid);
        pairs_add(user, "generation", generation);
        return 0;
}

static void
apply_session(struct pairs *user, const struct edit *edit)
{
        const struct user_session *added = edit->added;

        if (added->consented != 0 && pairs_get(user, "consented") == NULL)
                pairs_add_number(user, "consented", added->consented);
        member_add_session(user, added->name, added->now, added->expires, edit->ended);
}

/* The profile replaces the stored one, unless it has only openid and unionid. */
static void
apply_profile(struct pairs *user, const struct edit *edit)
{
        const struct pairs *profile = edit->members;

        if (profile->count > 1 + pairs_count(profile, "unionid"))
                member_remove_profile(user);
        member_set(user, profile);
        pairs_remove(user, "scope");
        pairs_add(user, "scope", edit->scope);
}

static void
apply_sign_in(struct pairs *user, const struct edit *edit)
{
        apply_profile(user, edit);
        pairs_remove(user, "waiting");
        if (edit->added->is_first != NULL)
                *edit->added->is_first = pairs_get(user, "first_sign_in") == NULL;
        if (pairs_get(user, "first_sign_in") == NULL)
                pairs_add_number(user, "first_sign_in", edit->added->now);
        set_number(user, "last_sign_in", edit->added->now);
        apply_session(user, edit);
}

static void
apply_set(struct pairs *user, const struct edit *edit)
{
        member_set(user, edit->members);
}

/* last_seen may be lost: the user's next message sets it again. */
static bool
only_seen(const struct pairs *members)
{
        return members->count == 1 && strcmp(members->items[0].name, "last_seen") == 0;
}

static void
apply_wait(struct pairs *user, const struct edit *edit)
{
        apply_profile(user, edit);
        *edit->begun = pairs_get(user, "waiting") == NULL;
        if (*edit->begun)
                pairs_add_number(user, "waiting", edit->now);
}

static void
apply_owners(struct pairs *user, const struct edit *edit)
{
        member_change(user, edit->owners, edit->ended);
}

static void
apply_drop_profile(struct pairs *user, const struct edit *edit)
{
        (void)edit;
        member_remove_profile(user);
        pairs_remove(user, "unionid");
}

/* ---- each as a value ---- */

struct edit
edit_sign_in(const struct pairs *profile, const char *scope, const struct user_session *session,
    struct pairs *ended)
{
        return (struct edit){.apply = apply_sign_in,
            .begins = true,
            .members = profile,
            .scope = scope,
            .added = session,
            .ended = ended};
}

struct edit
edit_join(const char *generation, const char *beside, const struct user_session *session,
    struct pairs *ended)
{
        return (struct edit){.apply = apply_session,
            .added = session,
            .ended = ended,
            .generation = generation,
            .beside = beside};
}

struct edit
edit_set(const struct pairs *members)
{
        return (struct edit){
            .apply = apply_set, .begins = true, .amends = only_seen(members), .members = members};
}

struct edit
edit_wait(const struct pairs *profile, const char *scope, long long now, bool *begun)
{
        return (struct edit){.apply = apply_wait,
            .begins = true,
            .members = profile,
            .scope = scope,
            .now = now,
            .begun = begun};
}

struct edit
edit_owners(const struct member_change *owners, struct pairs *ended)
{
        return (struct edit){
            .apply = apply_owners, .exists = true, .owners = owners, .ended = ended};
}

struct edit
edit_drop_profile(void)
{
        return (struct edit){.apply = apply_drop_profile};
}

/* ---- texts ---- */

int
edit_parse(struct arena *arena, const char *openid, const char *text, size_t size,
    struct pairs *user, struct err *err)
{
        pairs_init(user, arena);
        if (json_parse(arena, text, size, user, err) != 0 ||
            strcmp(pairs_get_text(user, "openid"), openid) != 0)
                return err_set(err, ERR_SYSTEM, "user: a user's file is broken");
        return 0;
}

int
edit_export(struct arena *arena, const char *openid, const char *text, size_t size, char **json,
    struct err *err)
{
        struct pairs user, shown;

        if (edit_parse(arena, openid, text, size, &user, err) != 0)
                return -1;
        shown = copy(&user);
        pairs_remove(&shown, "generation");
        pairs_remove(&shown, "sessions");
        return json_change(arena, text, size, &user, &shown, json, err);
}

/* The caller learns only that the session is over, not why. */
static int
refuse(struct err *err)
{
        return err_set(err, ERR_EXPIRED, "user: forgotten, or that session has ended");
}

/* Reads the user, or begins one; *before is the user as stored. *found is false if there is none
 * and none is begun. */
static int
find_user(struct arena *arena, const char *openid, const char *text, size_t size,
    const struct edit *edit, struct pairs *before, struct pairs *user, bool *found, struct err *err)
{
        pairs_init(before, arena);
        pairs_init(user, arena);
        *found = text != NULL || edit->begins;
        if (text != NULL) {
                if (edit_parse(arena, openid, text, size, user, err) != 0)
                        return -1;
                *before = copy(user);
                return 0;
        }
        if (edit->exists)
                return err_set(err, ERR_NOT_FOUND, "user: there is no such user");
        if (edit->generation != NULL)
                return refuse(err);
        return edit->begins ? begin_user(arena, openid, user, err) : 0;
}

int
edit_apply(struct arena *arena, const char *openid, const char *text, size_t size,
    const struct edit *edit, struct pairs *user, char **changed, struct err *err)
{
        static const char none[] = "{}";
        struct pairs before;
        bool found;

        *changed = NULL;
        if (find_user(arena, openid, text, size, edit, &before, user, &found, err) != 0)
                return -1;
        if (!found)
                return 0;
        if (edit->generation != NULL && !member_is_in_force(user, edit->generation, edit->beside))
                return refuse(err);
        edit->apply(user, edit);
        return json_change(arena, text == NULL ? none : text, text == NULL ? strlen(none) : size,
            &before, user, changed, err);
}

int
edit_check_size(const char *text, struct err *err)
{
        return strlen(text) <= FILE_SIZE_MAX
                   ? 0
                   : err_set(err, ERR_TOO_LARGE,
                         "user: a user's file would grow past %d kB: remove members that your own "
                         "programs added",
                         FILE_SIZE_MAX / 1024);
}

/* A block outlives its user: otherwise to unfollow the account would end it. */
int
edit_keep_block(
    struct arena *arena, const char *openid, const struct pairs *user, char **text, struct err *err)
{
        struct pairs kept;

        if (begin_user(arena, openid, &kept, err) != 0)
                return -1;
        pairs_add_number(&kept, "blocked", pairs_get_number(user, "blocked", 1));
        return json_build(arena, &kept, text, err);
}
