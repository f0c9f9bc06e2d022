#include "signin/person.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/os.h"
#include "signin/admission.h"
#include "signin/hook.h"
#include "signin/role.h"
#include "signin/session.h"
#include "state/state.h"

/* Makes the change, deletes the sessions that it has ended, and tells the hook of the event; NULL:
 * it is none. */
static int
change(struct app *app, const char *openid, const struct member_change *change, const char *event)
{
        struct pairs ended;

        pairs_init(&ended, app->arena);
        if (app_open_state(app) != 0 ||
            state_change_user(app->state, openid, change, &ended, &app->err) != 0)
                return -1;
        if (session_delete_all(app, &ended) != 0)
                return -1;
        if (event != NULL)
                hook_add(app, event, openid);
        return 0;
}

/* What an owner decides. */
struct decision {
        const char *event;      /* for the hook */
        const char *without[2]; /* members that are removed */
        const char *with;       /* a member that becomes the present time; NULL: none */
};

static int
decide(struct app *app, const char *openid, const struct decision *decision, const char *generation)
{
        struct pairs removed, set;
        const struct member_change made = {
            .without = &removed, .with = &set, .generation = generation};

        pairs_init(&removed, app->arena);
        pairs_init(&set, app->arena);
        for (size_t i = 0; i < 2; i++)
                pairs_add(&removed, "name", decision->without[i]);
        if (decision->with != NULL)
                pairs_add_number(&set, decision->with, app->now);
        return change(app, openid, &made, decision->event);
}

/* The same, with an end of all sessions. */
static int
decide_and_end(struct app *app, const char *openid, const struct decision *decision)
{
        char *generation;

        return os_random_token(app->arena, &generation, &app->err) != 0
                   ? -1
                   : decide(app, openid, decision, generation);
}

int
person_approve(struct app *app, const char *openid)
{
        return decide(
            app, openid, &(struct decision){"approve", {"waiting", NULL}, "approved"}, NULL);
}

int
person_block(struct app *app, const char *openid)
{
        if (admission_is_owner(app, openid))
                return err_set(&app->err, ERR_DENIED,
                    "block: %s is one of the setting owners: take it out there first", openid);
        return decide_and_end(
            app, openid, &(struct decision){"block", {"waiting", "approved"}, "blocked"});
}

int
person_unblock(struct app *app, const char *openid)
{
        return decide(
            app, openid, &(struct decision){"unblock", {"blocked", "waiting"}, "approved"}, NULL);
}

int
person_sign_out(struct app *app, const char *openid)
{
        return decide_and_end(app, openid, &(struct decision){"sign_out", {NULL, NULL}, NULL});
}

static bool
has(const struct pairs *roles, const char *role)
{
        for (size_t i = 0; i < roles->count; i++)
                if (strcmp(roles->items[i].value, role) == 0)
                        return true;
        return false;
}

int
person_set_roles(struct app *app, const char *openid, const struct pairs *roles)
{
        struct pairs removed, set;
        const struct member_change made = {.without = &removed, .with = &set};

        pairs_init(&removed, app->arena);
        pairs_init(&set, app->arena);
        pairs_add(&removed, "name", "roles");
        for (size_t i = 0; i < roles->count; i++) {
                const char *role = roles->items[i].value;

                if (!role_is_valid(role))
                        return err_set(&app->err, ERR_REQUEST,
                            "roles: %.80s: a role is 1 to %d of a-z, 0-9, - and _", role,
                            ROLE_SIZE_MAX);
                if (!has(&set, role))
                        pairs_add_typed(&set, "roles", role, PAIR_ITEM);
        }
        return set.count > ROLE_COUNT_MAX
                   ? err_set(&app->err, ERR_REQUEST, "roles: %d at most", ROLE_COUNT_MAX)
                   : change(app, openid, &made, NULL);
}

/* Replaces a member; "": none. */
static int
set_text(struct app *app, const char *openid, const char *member, const char *text)
{
        struct pairs removed, set;
        const struct member_change made = {.without = &removed, .with = &set};

        pairs_init(&removed, app->arena);
        pairs_init(&set, app->arena);
        pairs_add(&removed, "name", member);
        if (*text != '\0')
                pairs_add(&set, member, text);
        return change(app, openid, &made, NULL);
}

int
person_set_note(struct app *app, const char *openid, const char *note)
{
        if (strlen(note) > PERSON_NOTE_MAX)
                return err_set(&app->err, ERR_REQUEST, "note: %d bytes at most", PERSON_NOTE_MAX);
        return set_text(app, openid, "note", note);
}

int
person_set_display_name(struct app *app, const char *openid, const char *name)
{
        return set_text(app, openid, "display_name", name);
}

/* ---- sessions ---- */

/* Is it a session of that user, in force? A broken record is none. */
static bool
read_one(struct app *app, const struct pairs *user, const char *name, struct person_session *found)
{
        struct session session;

        if (session_read_record(app, name, &session) != 0 ||
            strcmp(session.openid, pairs_get_text(user, "openid")) != 0 ||
            strcmp(session.generation, pairs_get_text(user, "generation")) != 0 ||
            session_check_use(app, &session) != 0) {
                err_clear(&app->err);
                return false;
        }
        *found = (struct person_session){.name = name,
            .browser = session.browser,
            .address = session.address,
            .created = session.created,
            .expires = session.ends,
            .scope = session.scope,
            .used = app->conf.session_idle_seconds == 0 ? 0 : session.used};
        return true;
}

int
person_list_sessions(
    struct app *app, const struct pairs *user, struct person_session **sessions, size_t *count)
{
        struct pairs names;

        pairs_init(&names, app->arena);
        *count = 0;
        if (app_open_state(app) != 0)
                return -1;
        member_get_sessions(user, &names);
        *sessions = arena_alloc(app->arena, (names.count + 1) * sizeof(**sessions));
        /* The list is in the order of the sign-ins. */
        for (size_t i = names.count; i > 0; i--)
                *count += read_one(app, user, names.items[i - 1].value, &(*sessions)[*count]);
        return 0;
}

int
person_end_session(struct app *app, const char *openid, const char *name)
{
        struct session session;
        struct pairs names;

        pairs_init(&names, app->arena);
        pairs_add(&names, "name", name);
        if (session_read_record(app, name, &session) != 0)
                return -1;
        if (strcmp(session.openid, openid) != 0)
                return err_set(&app->err, ERR_NOT_FOUND, "a session of somebody else");
        if (session_end(app, openid, &names) != 0)
                return -1;
        hook_add(app, "sign_out", openid);
        return 0;
}

int
person_end_others(struct app *app, const struct pairs *user, const char *name)
{
        const char *openid = pairs_get_text(user, "openid");
        struct pairs all, others;

        pairs_init(&all, app->arena);
        pairs_init(&others, app->arena);
        member_get_sessions(user, &all);
        for (size_t i = 0; i < all.count; i++)
                if (strcmp(all.items[i].value, name) != 0)
                        pairs_add(&others, "name", all.items[i].value);
        if (others.count == 0)
                return 0;
        if (session_end(app, openid, &others) != 0)
                return -1;
        hook_add(app, "sign_out", openid);
        return 0;
}
