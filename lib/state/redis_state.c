#include "state/redis_state.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/redis_url.h"
#include "host/os.h"
#include "state/redis_base.h"
#include "state/redis_journal.h"
#include "state/redis_lock.h"
#include "state/redis_notes.h"
#include "state/redis_primary.h"
#include "state/redis_pushes.h"
#include "state/redis_records.h"
#include "state/redis_search.h"
#include "state/redis_users.h"
#include "state/store.h"
#include "wechat/api.h"

#include <stdlib.h>
#include <string.h>

static void *
begin(struct arena *arena, struct redis_primary *primary, const char *prefix, int wait)
{
        struct redis_base *base = arena_alloc(arena, sizeof(*base));

        *base = (struct redis_base){.arena = arena,
            .primary = primary,
            .redis = redis_primary_connection(primary),
            .prefix = prefix,
            .wait = wait};
        return base;
}

static int
open_redis(struct arena *arena, const char *where, bool create, void **handle, struct err *err)
{
        struct redis_primary *primary;
        struct redis_url url;

        (void)create;
        redis_url_parse(arena, where, &url);
        if (redis_primary_open(arena, &url, &primary, err) != 0)
                return -1;
        *handle = begin(arena, primary, url.prefix, url.wait);
        return 0;
}

static void *
open_again(void *handle, struct arena *arena)
{
        const struct redis_base *base = handle;

        redis_primary_renew(base->primary, arena);
        return begin(arena, base->primary, base->prefix, base->wait);
}

static int
port(void *handle)
{
        const struct redis_base *base = handle;

        return redis_primary_port(base->primary);
}

static int
reach(void *handle)
{
        (void)handle;
        return -1;
}

static int
reach_missing(struct arena *arena, const char *where, bool writes, struct err *err)
{
        (void)arena;
        (void)where;
        (void)writes;
        (void)err;
        return -1;
}

/* Returns the value in a line "name:value" of INFO's answer; "": there is none. */
static const char *
find_info(struct arena *arena, const char *info, const char *name)
{
        const char *line = strstr(info, arena_printf(arena, "\n%s:", name));

        if (line == NULL)
                return "";
        line += strlen(name) + 2;
        return arena_copy(arena, line, strcspn(line, "\r\n"));
}

/* A server, or a user's rights, may be so that it does not tell: that is no error. */
static int
probe(void *handle, struct state_server *server, struct err *err)
{
        struct redis_base *base = handle;
        struct redis_question question;
        struct redis_reply found, info;

        *server =
            (struct state_server){.shown = redis_server(base->redis), .version = "", .policy = ""};
        if (redis_do(base, &found, err, "GET", redis_key(base, "probe"), NULL) != 0 ||
            redis_primary_describe(base->primary, base->arena, server, err) != 0)
                return -1;
        redis_ask_begin(&question, base->arena);
        redis_add(&question, "INFO", NULL);
        if (redis_ask(base->redis, &question, &info, err) != 0)
                return -1;
        server->tells = info.kind == REDIS_TEXT;
        if (!server->tells)
                return 0;
        server->version = find_info(base->arena, info.text, "redis_version");
        server->policy = find_info(base->arena, info.text, "maxmemory_policy");
        server->appends = strcmp(find_info(base->arena, info.text, "aof_enabled"), "1") == 0;
        /* It is told only if min-replicas-to-write is set. */
        server->guarded = *find_info(base->arena, info.text, "min_slaves_good_slaves") != '\0';
        server->clock =
            strtoll(find_info(base->arena, info.text, "server_time_usec"), NULL, 10) / 1000000;
        server->is_replica = strcmp(find_info(base->arena, info.text, "role"), "slave") == 0;
        return 0;
}

/* ---- locks ---- */

struct held {
        struct redis_base *base;
        struct redis_lock lock;
};

static void
release(void *handle)
{
        struct held *held = handle;

        if (held->base->fence == &held->lock)
                held->base->fence = NULL;
        redis_lock_release(held->base, &held->lock);
}

static int
lock_key(void *handle, const char *key, long long until, struct err *err)
{
        struct redis_base *base = handle;
        struct held *held = arena_alloc(base->arena, sizeof(*held));
        char name[DIGEST_HEX_SIZE + 1];

        held->base = base;
        digest_sha256_hex(key, strlen(key), name);
        if (redis_lock_acquire(base, redis_key(base, "lock:%s", name), until, &held->lock, err) !=
            0)
                return -1;
        base->fence = &held->lock;
        arena_defer(base->arena, release, held);
        return 0;
}

/* ---- users ---- */

static int
read_user(void *handle, const char *openid, struct pairs *user, struct err *err)
{
        struct redis_base *base = handle;
        const char *text;
        size_t size;

        return redis_user_text(base, openid, &text, &size, err) != 0
                   ? -1
                   : edit_parse(base->arena, openid, text, size, user, err);
}

static int
export_user(void *handle, const char *openid, char **json, struct err *err)
{
        struct redis_base *base = handle;
        const char *text;
        size_t size;

        return redis_user_text(base, openid, &text, &size, err) != 0
                   ? -1
                   : edit_export(base->arena, openid, text, size, json, err);
}

/* In a sign-in there is nothing that a person could make smaller. */
static int
edit_in_sign_in(struct redis_base *base, const char *openid, const struct edit *edit,
    struct pairs *user, struct err *err)
{
        if (redis_user_edit(base, openid, edit, user, err) == 0)
                return 0;
        if (err->kind == ERR_TOO_LARGE)
                err->kind = ERR_SYSTEM;
        return -1;
}

static int
sign_in(void *handle, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err)
{
        const struct edit edit = edit_sign_in(profile, scope, session, ended);
        struct pairs user;

        if (edit_in_sign_in(handle, pairs_get_text(profile, "openid"), &edit, &user, err) != 0)
                return -1;
        *generation = pairs_get_text(&user, "generation");
        return 0;
}

static int
join(void *handle, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
{
        const struct edit edit = edit_join(generation, beside, session, ended);
        struct pairs user;

        return edit_in_sign_in(handle, openid, &edit, &user, err);
}

static int
set_user(void *handle, const char *openid, const struct pairs *members, struct err *err)
{
        const struct edit edit = edit_set(members);
        struct pairs user;

        return redis_user_edit(handle, openid, &edit, &user, err);
}

static int
wait_user(void *handle, const struct pairs *profile, const char *scope, long long now, bool *begun,
    struct err *err)
{
        const struct edit edit = edit_wait(profile, scope, now, begun);
        struct pairs user;

        return redis_user_edit(handle, pairs_get_text(profile, "openid"), &edit, &user, err);
}

static int
change_user(void *handle, const char *openid, const struct member_change *change,
    struct pairs *ended, struct err *err)
{
        const struct edit edit = edit_owners(change, ended);
        struct pairs user;

        return redis_user_edit(handle, openid, &edit, &user, err);
}

static int
drop_profile(void *handle, const char *openid, struct err *err)
{
        const struct edit edit = edit_drop_profile();
        struct pairs user;

        return redis_user_edit(handle, openid, &edit, &user, err);
}

struct walk {
        struct redis_base *base;
        bool (*visit)(void *context, const struct pairs *user);
        void *context;
        size_t broken;
        char first[WECHAT_OPENID_MAX + 1]; /* the first user who is broken */
};

static bool
visit_user(void *context, const char *openid, const char *text, size_t size)
{
        struct walk *walk = context;
        struct pairs user;
        struct err ignored;

        if (edit_parse(walk->base->arena, openid, text, size, &user, &ignored) == 0)
                return walk->visit(walk->context, &user);
        if (walk->broken++ == 0 && strlen(openid) < sizeof(walk->first))
                memcpy(walk->first, openid, strlen(openid) + 1);
        return true;
}

static int
each_user(void *handle, bool (*visit)(void *context, const struct pairs *user), void *context,
    struct err *err)
{
        struct walk walk = {.base = handle, .visit = visit, .context = context};

        if (redis_user_each(handle, visit_user, &walk, err) != 0)
                return -1;
        return walk.broken == 0
                   ? 0
                   : err_set(err, ERR_SYSTEM,
                         "files of users that cannot be read are left out: %zu, such as "
                         "users/…/%s (%s): mend or delete them",
                         walk.broken, walk.first, "user: a user's file is broken");
}

/* ---- the journal, and for the site's owner ---- */

static int
forget_lines(void *handle, const char *openid, struct err *err)
{
        return redis_forget_errors(handle, openid, os_now(), err) != 0
                   ? -1
                   : redis_forget_lines(handle, openid, err);
}

static int
tally(void *handle, enum state_tally kind, long long now, struct err *err)
{
        return redis_tally(handle, kind, 1, now, err);
}

static int
sweep_leftovers(void *handle, unsigned draw, long long days, long long now, struct err *err)
{
        (void)draw;
        return redis_sweep_days(handle, days, now, err);
}

/* ---- the same with a handle ---- */

static int
each_record(void *handle, enum store_kind kind, text_visit *visit, void *context, struct err *err)
{
        return redis_each_record(handle, kind, visit, context, err);
}

static int
each_user_text(void *handle, text_visit *visit, void *context, struct err *err)
{
        return redis_user_each(handle, visit, context, err);
}

static int
list_days(void *handle, struct pairs *days, struct err *err)
{
        return redis_list_days(handle, days, err);
}

static int
each_audit(void *handle, lines_visit *visit, void *context, struct err *err)
{
        return redis_each_audit(handle, visit, context, err);
}

static int
add_record(void *handle, enum store_kind kind, const char *name, const struct store_record *record,
    const char *text, struct err *err)
{
        return redis_add_text(handle, kind, name, record, text, err);
}

static int
add_user(void *handle, const char *openid, const char *text, struct err *err)
{
        return redis_user_add(handle, openid, text, err);
}

static bool
note(void *handle, const char *name)
{
        return redis_note(handle, name);
}

static int
defer_log(void *handle, const char *text, struct err *err)
{
        return redis_defer_log(handle, text, err);
}

static int
take_log(void *handle, const char **text, struct err *err)
{
        return redis_take_log(handle, text, err);
}

static int
create(void *handle, enum store_kind kind, const char *key, const struct store_record *record,
    struct err *err)
{
        return redis_create(handle, kind, key, record, err);
}

static int
replace(void *handle, enum store_kind kind, const char *key, const struct store_record *record,
    struct err *err)
{
        return redis_replace(handle, kind, key, record, err);
}

static int
read_name(void *handle, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err)
{
        return redis_read(handle, kind, name, now, record, err);
}

static int
take(void *handle, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        return redis_take(handle, kind, key, now, record, err);
}

static int
remove_name(void *handle, enum store_kind kind, const char *name, struct err *err)
{
        return redis_remove(handle, kind, name, err);
}

static int
empty_owned(void *handle, enum store_kind kind, const char *owner, struct err *err)
{
        return redis_empty_owned(handle, kind, owner, err);
}

static int
find_owned(
    void *handle, enum store_kind kind, const char *owner, struct pairs *names, struct err *err)
{
        return redis_find_owned(handle, kind, owner, names, err);
}

static int
find(void *handle, enum store_kind kind, const char *field, const char *value, struct pairs *names,
    struct err *err)
{
        return redis_find(handle, kind, field, value, names, err);
}

static int
count(void *handle, enum store_kind kind, const char *key, int change, long long now,
    long long seconds, int *result, struct err *err)
{
        return redis_count(handle, kind, key, change, now, seconds, result, err);
}

static int
forget_user(void *handle, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err)
{
        return redis_user_forget(handle, openid, away, sessions, listed, err);
}

static int
find_away(void *handle, unsigned draw, const struct member_away *away, struct pairs *openids,
    struct err *err)
{
        return redis_user_find_away(handle, draw, away, openids, err);
}

static int
begin_push(void *handle, const char *key, long long until, const char **reply, bool *marked,
    struct err *err)
{
        return redis_begin_push(handle, key, until, reply, marked, err);
}

static int
mark_push(void *handle, const char *key, long long now, long long expires, struct err *err)
{
        return redis_mark_push(handle, key, now, expires, err);
}

static int
finish_push(void *handle, const char *key, const char *reply, long long now, long long expires,
    struct err *err)
{
        return redis_finish_push(handle, key, reply, now, expires, err);
}

static void
end_push(void *handle)
{
        redis_end_push(handle);
}

static int
append(void *handle, const char *line, long long days, long long now, struct err *err)
{
        return redis_log(handle, line, days, now, err);
}

static int
find_lines(
    void *handle, const char *openid, size_t size, struct buf *lines, bool *all, struct err *err)
{
        return redis_find_lines(handle, openid, size, lines, all, err);
}

static int
last_log(void *handle, long long *when, struct err *err)
{
        return redis_last_log(handle, when, err);
}

static int
read_day(void *handle, const char *day, lines_visit *visit, void *context, struct err *err)
{
        return redis_read_day(handle, day, visit, context, err);
}

static int
read_tallies(
    void *handle, long long now, int days, long long counts[][TALLY_KINDS], struct err *err)
{
        return redis_read_tallies(handle, now, days, counts, err);
}

static int
note_error(void *handle, const char *line, long long now, struct err *err)
{
        return redis_note_error(handle, line, now, err);
}

static int
read_errors(void *handle, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
{
        return redis_read_errors(handle, since, now, visit, context, err);
}

static int
audit(void *handle, const char *line, struct err *err)
{
        return redis_audit(handle, line, err);
}

static int
read_audit(void *handle, lines_visit *visit, void *context, struct err *err)
{
        return redis_read_audit(handle, visit, context, err);
}

static int
sweep(void *handle, enum store_kind kind, unsigned draw, long long now, struct err *err)
{
        return redis_sweep(handle, kind, draw, now, err);
}

static int
sweep_waiting(void *handle, unsigned draw, long long limit, struct err *err)
{
        return redis_user_sweep_waiting(handle, draw, limit, err);
}

const struct backend redis_backend = {
    .open = open_redis,
    .again = open_again,
    .port = port,
    .reach = reach,
    .reach_missing = reach_missing,
    .probe = probe,
    .note = note,
    .defer_log = defer_log,
    .take_log = take_log,
    .create = create,
    .replace = replace,
    .read = read_name,
    .take = take,
    .remove = remove_name,
    .empty_owned = empty_owned,
    .find_owned = find_owned,
    .find = find,
    .count = count,
    .lock = lock_key,
    .read_user = read_user,
    .export_user = export_user,
    .sign_in = sign_in,
    .join = join,
    .set_user = set_user,
    .wait = wait_user,
    .change_user = change_user,
    .drop_profile = drop_profile,
    .forget_user = forget_user,
    .each_user = each_user,
    .find_away = find_away,
    .begin_push = begin_push,
    .mark_push = mark_push,
    .finish_push = finish_push,
    .end_push = end_push,
    .log = append,
    .forget_lines = forget_lines,
    .find_lines = find_lines,
    .last_log = last_log,
    .read_day = read_day,
    .tally = tally,
    .read_tallies = read_tallies,
    .note_error = note_error,
    .read_errors = read_errors,
    .audit = audit,
    .read_audit = read_audit,
    .each_record = each_record,
    .each_user_text = each_user_text,
    .list_days = list_days,
    .each_audit = each_audit,
    .add_record = add_record,
    .add_user = add_user,
    .sweep = sweep,
    .sweep_leftovers = sweep_leftovers,
    .sweep_waiting = sweep_waiting,
};
