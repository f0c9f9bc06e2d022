#include "state/state.h"

#include "base/arena.h"
#include "base/err.h"
#include "format/redis_url.h"
#include "host/os.h"
#include "state/backend.h"
#include "state/files.h"
#include "state/redis_state.h"
#include "state/store.h"

/* WeChat's tokens should not outlive their session for long, even if the user does not come
 * back. */
enum { TOKEN_SHARDS = 16 };

struct state {
        struct arena *arena;
        const struct backend *backend;
        void *handle; /* NULL: not open */
        const char *where;
        bool writes;
        int above;      /* if the state is missing: what state_reach() returns */
        struct err err; /* why it is not open */
};

struct state *
state_new(struct arena *arena, const char *where, bool writes)
{
        struct state *s = arena_alloc(arena, sizeof(*s));

        *s = (struct state){.arena = arena,
            .backend = redis_url_is_meant(where) ? &redis_backend : &files_backend,
            .where = where,
            .writes = writes,
            .above = -1};
        if (s->backend->open(arena, where, false, &s->handle, &s->err) == 0)
                return s;
        s->handle = NULL;
        if (s->err.kind == ERR_NOT_FOUND)
                s->above = s->backend->reach_missing(arena, where, writes, &s->err);
        return s;
}

struct state *
state_again(const struct state *state, struct arena *arena, bool writes)
{
        void *handle = state->handle == NULL ? NULL : state->backend->again(state->handle, arena);
        struct state *s;

        if (handle == NULL)
                return state_new(arena, state->where, writes);
        s = arena_alloc(arena, sizeof(*s));
        *s = *state;
        s->arena = arena;
        s->writes = writes;
        s->handle = handle;
        return s;
}

int
state_open(struct state *state, struct err *err)
{
        if (state->handle != NULL)
                return 0;
        if (state->err.kind == ERR_NOT_FOUND && state->writes) {
                if (state->backend->open(
                        state->arena, state->where, true, &state->handle, &state->err) == 0)
                        return 0;
                state->handle = NULL;
        }
        *err = state->err;
        return -1;
}

int
state_reach(const struct state *state)
{
        return state->handle == NULL ? state->above : state->backend->reach(state->handle);
}

int
state_port(const struct state *state)
{
        return state->handle == NULL || state->backend->port == NULL
                   ? 0
                   : state->backend->port(state->handle);
}

bool
state_is_there(const struct state *state)
{
        return state->handle != NULL || state->above >= 0;
}

int
state_probe(struct state *state, struct state_server *server, struct err *err)
{
        if (state->backend->probe == NULL)
                return err_set(err, ERR_NOT_FOUND, "state: it is in files");
        return state_open(state, err) != 0 ? -1 : state->backend->probe(state->handle, server, err);
}

bool
state_note(struct state *state, const char *name)
{
        return state->handle != NULL && state->writes && state->backend->note(state->handle, name);
}

int
state_defer_log(struct state *state, const char *text, struct err *err)
{
        return state_open(state, err) == 0 ? state->backend->defer_log(state->handle, text, err)
                                           : -1;
}

int
state_take_log(struct state *state, const char **text, struct err *err)
{
        *text = "";
        return state->handle == NULL || !state->writes
                   ? 0
                   : state->backend->take_log(state->handle, text, err);
}

/* ---- records ---- */

int
state_create(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        return state->backend->create(state->handle, kind, key, record, err);
}

int
state_replace(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        return state->backend->replace(state->handle, kind, key, record, err);
}

int
state_read(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        return state_read_name(state, kind, state_name(state->arena, kind, key), now, record, err);
}

int
state_take(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        return state->backend->take(state->handle, kind, key, now, record, err);
}

int
state_delete(struct state *state, enum store_kind kind, const char *key, struct err *err)
{
        return state_delete_name(state, kind, state_name(state->arena, kind, key), err);
}

char *
state_name(struct arena *arena, enum store_kind kind, const char *key)
{
        return store_name(arena, kind, key);
}

int
state_read_name(struct state *state, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err)
{
        return state->backend->read(state->handle, kind, name, now, record, err);
}

int
state_delete_name(struct state *state, enum store_kind kind, const char *name, struct err *err)
{
        return state->backend->remove(state->handle, kind, name, err);
}

int
state_empty_owned(struct state *state, enum store_kind kind, const char *owner, struct err *err)
{
        return state->backend->empty_owned(state->handle, kind, owner, err);
}

int
state_find_owned(struct state *state, enum store_kind kind, const char *owner, struct pairs *names,
    struct err *err)
{
        return state->backend->find_owned(state->handle, kind, owner, names, err);
}

int
state_find(struct state *state, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err)
{
        return state->backend->find(state->handle, kind, field, value, names, err);
}

int
state_count(struct state *state, enum store_kind kind, const char *key, int change, long long now,
    long long seconds, int *count, struct err *err)
{
        return state->backend->count(state->handle, kind, key, change, now, seconds, count, err);
}

int
state_lock(struct state *state, const char *key, long long until, struct err *err)
{
        return state->backend->lock(state->handle, key, until, err);
}

/* ---- users ---- */

int
state_read_user(struct state *state, const char *openid, struct pairs *user, struct err *err)
{
        return state->backend->read_user(state->handle, openid, user, err);
}

int
state_export_user(struct state *state, const char *openid, char **json, struct err *err)
{
        return state->backend->export_user(state->handle, openid, json, err);
}

int
state_sign_in(struct state *state, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err)
{
        return state->backend->sign_in(
            state->handle, profile, scope, session, generation, ended, err);
}

int
state_join(struct state *state, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
{
        return state->backend->join(state->handle, openid, generation, beside, session, ended, err);
}

int
state_set_user(
    struct state *state, const char *openid, const struct pairs *members, struct err *err)
{
        return state->backend->set_user(state->handle, openid, members, err);
}

int
state_wait(struct state *state, const struct pairs *profile, const char *scope, long long now,
    bool *begun, struct err *err)
{
        return state->backend->wait(state->handle, profile, scope, now, begun, err);
}

int
state_change_user(struct state *state, const char *openid, const struct member_change *change,
    struct pairs *ended, struct err *err)
{
        return state->backend->change_user(state->handle, openid, change, ended, err);
}

int
state_drop_profile(struct state *state, const char *openid, struct err *err)
{
        return state->backend->drop_profile(state->handle, openid, err);
}

int
state_forget_user(
    struct state *state, const char *openid, struct pairs *sessions, bool *listed, struct err *err)
{
        return state->backend->forget_user(state->handle, openid, NULL, sessions, listed, err);
}

int
state_forget_away(struct state *state, const char *openid, const struct member_away *away,
    struct pairs *sessions, struct err *err)
{
        bool listed;

        return state->backend->forget_user(state->handle, openid, away, sessions, &listed, err);
}

int
state_find_away(
    struct state *state, const struct member_away *away, struct pairs *openids, struct err *err)
{
        unsigned draw;

        if (os_random(&draw, sizeof(draw), err) != 0)
                return -1;
        return state->backend->find_away(state->handle, draw, away, openids, err);
}

int
state_each_user(struct state *state, bool (*visit)(void *context, const struct pairs *user),
    void *context, struct err *err)
{
        return state->backend->each_user(state->handle, visit, context, err);
}

/* ---- pushes and the journal ---- */

int
state_begin_push(struct state *state, const char *key, long long until, const char **reply,
    bool *marked, struct err *err)
{
        return state->backend->begin_push(state->handle, key, until, reply, marked, err);
}

int
state_mark_push(
    struct state *state, const char *key, long long now, long long expires, struct err *err)
{
        return state->backend->mark_push(state->handle, key, now, expires, err);
}

int
state_finish_push(struct state *state, const char *key, const char *reply, long long now,
    long long expires, struct err *err)
{
        return state->backend->finish_push(state->handle, key, reply, now, expires, err);
}

void
state_end_push(struct state *state)
{
        state->backend->end_push(state->handle);
}

int
state_log(struct state *state, const char *line, long long days, long long now, struct err *err)
{
        return state->backend->log(state->handle, line, days, now, err);
}

int
state_forget_lines(struct state *state, const char *openid, struct err *err)
{
        return state->backend->forget_lines(state->handle, openid, err);
}

int
state_find_lines(struct state *state, const char *openid, size_t size, struct buf *lines, bool *all,
    struct err *err)
{
        return state->backend->find_lines(state->handle, openid, size, lines, all, err);
}

int
state_last_log(struct state *state, long long *when, struct err *err)
{
        return state->backend->last_log(state->handle, when, err);
}

int
state_read_day(
    struct state *state, const char *day, lines_visit *visit, void *context, struct err *err)
{
        return state->backend->read_day(state->handle, day, visit, context, err);
}

/* ---- for the site's owner ---- */

int
state_tally(struct state *state, enum state_tally kind, long long now, struct err *err)
{
        return state->backend->tally(state->handle, kind, now, err);
}

int
state_read_tallies(
    struct state *state, long long now, int days, long long counts[][TALLY_KINDS], struct err *err)
{
        return state->backend->read_tallies(state->handle, now, days, counts, err);
}

int
state_note_error(struct state *state, const char *line, long long now, struct err *err)
{
        return state->handle == NULL || !state->writes
                   ? 0
                   : state->backend->note_error(state->handle, line, now, err);
}

int
state_read_errors(struct state *state, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
{
        return state->backend->read_errors(state->handle, since, now, visit, context, err);
}

int
state_audit(struct state *state, const char *line, struct err *err)
{
        return state->backend->audit(state->handle, line, err);
}

int
state_read_audit(struct state *state, lines_visit *visit, void *context, struct err *err)
{
        return state->backend->read_audit(state->handle, visit, context, err);
}

int
state_copy(struct state *from, struct state *to, long long now,
    void (*tell)(void *context, const struct copy_part *part), void *context, struct err *err)
{
        const struct copy_place one = {from->backend, from->handle},
                                other = {to->backend, to->handle};

        return copy_state(to->arena, &one, &other, now, tell, context, err);
}

/* ---- tidying ---- */

/* Keeps the first error of several steps, all of which are done. */
static int
keep_first(int result, int step, struct err *err, const struct err *of_step)
{
        if (result == 0 && step != 0)
                *err = *of_step;
        return result != 0 ? result : step;
}

int
state_tidy(struct state *state, enum state_end end, long long days, long long now, struct err *err)
{
        const struct backend *backend = state->backend;
        struct err ignored = {.kind = ERR_NONE};
        unsigned draw;
        int result = 0;

        if (os_random(&draw, sizeof(draw), err) != 0)
                return -1;
        for (enum store_kind kind = 0; kind < STORE_KINDS; kind++)
                if (end == STATE_SIGNED_IN || kind == STORE_PUSH)
                        result = keep_first(result,
                            backend->sweep(state->handle, kind, draw, now, &ignored), err,
                            &ignored);
        for (unsigned i = 1; end == STATE_SIGNED_IN && i < TOKEN_SHARDS; i++)
                result = keep_first(result,
                    backend->sweep(state->handle, STORE_TOKENS, draw + i, now, &ignored), err,
                    &ignored);
        return keep_first(result,
            backend->sweep_leftovers(state->handle, draw, days, now, &ignored), err, &ignored);
}

int
state_tidy_waiting(struct state *state, long long limit, struct err *err)
{
        unsigned draw;

        return os_random(&draw, sizeof(draw), err) != 0
                   ? -1
                   : state->backend->sweep_waiting(state->handle, draw, limit, err);
}
