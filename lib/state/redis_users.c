#include "state/redis_users.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/digest.h"
#include "host/os.h"
#include "state/away.h"
#include "wechat/api.h"

/* PATIENCE_MS: so long a change is tried that others make at the same time. SAMPLE_SHARDS,
 * SAMPLE_SIZE: how many users are looked at for those who are away, or wait in vain. */
enum { PATIENCE_MS = 5000, PAUSE_MS = 8, BATCH = 100, SAMPLE_SHARDS = 16, SAMPLE_SIZE = 8 };

static const char swap[] =
    "if (redis.call('HGET',KEYS[1],ARGV[1]) or '')~=ARGV[2] then return 0 end "
    "if ARGV[3]=='' then redis.call('HDEL',KEYS[1],ARGV[1]) "
    "else redis.call('HSET',KEYS[1],ARGV[1],ARGV[3]) end return 1";

static char *
key_of(const struct redis_base *base, const char *openid)
{
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(openid, strlen(openid), hex);
        return redis_key(base, "users:%.2s", hex);
}

/* *text NULL: there is no such user. */
static int
read_text(
    struct redis_base *base, const char *openid, const char **text, size_t *size, struct err *err)
{
        struct redis_reply reply;

        *text = NULL;
        *size = 0;
        if (!api_is_openid(openid))
                return err_set(err, ERR_SYSTEM, "user: not an openid");
        if (redis_do(base, &reply, err, "HGET", key_of(base, openid), openid, NULL) != 0)
                return -1;
        *text = reply.kind == REDIS_TEXT ? reply.text : NULL;
        *size = reply.size;
        return 0;
}

int
redis_user_text(
    struct redis_base *base, const char *openid, const char **text, size_t *size, struct err *err)
{
        if (read_text(base, openid, text, size, err) != 0)
                return -1;
        return *text != NULL ? 0 : err_set(err, ERR_NOT_FOUND, "user: there is no such user");
}

/* Puts new ("": nothing) in the place of old ("": nothing). *done: nobody else was faster. */
static int
try_swap(struct redis_base *base, const char *openid, const char *old, const char *new, bool *done,
    struct err *err)
{
        const char *key = key_of(base, openid);
        struct redis_reply reply;

        base->confirm = true;
        if (redis_run(
                base, swap, &key, 1, (const char *const[]){openid, old, new}, 3, &reply, err) != 0)
                return -1;
        *done = reply.number == 1;
        return 0;
}

static int
wait_turn(long long until, struct err *err)
{
        if (os_clock_ms() >= until)
                return err_set(err, ERR_SYSTEM, "state: too many changes of one user");
        return redis_pause(PAUSE_MS, err);
}

int
redis_user_edit(struct redis_base *base, const char *openid, const struct edit *edit,
    struct pairs *user, struct err *err)
{
        long long until = os_clock_ms() + PATIENCE_MS;
        size_t ended = edit->ended == NULL ? 0 : edit->ended->count;

        for (;;) {
                const char *old = NULL;
                char *new = NULL;
                size_t size = 0;
                bool done;

                if (edit->ended != NULL)
                        edit->ended->count = ended;
                if (read_text(base, openid, &old, &size, err) != 0 ||
                    edit_apply(base->arena, openid, old, size, edit, user, &new, err) != 0)
                        return -1;
                if (new == NULL)
                        return 0;
                if (edit_check_size(new, err) != 0 ||
                    try_swap(base, openid, old == NULL ? "" : old, new, &done, err) != 0)
                        return -1;
                if (done)
                        return 0;
                if (wait_turn(until, err) != 0)
                        return -1;
        }
}

/* Decides what becomes of a user who is forgotten: new is "", or what stays. */
static int
part_with(struct redis_base *base, const char *openid, const char *old, size_t size,
    const struct member_away *away, struct pairs *sessions, bool *listed, char **new,
    struct err *err)
{
        struct pairs user;

        *listed = edit_parse(base->arena, openid, old, size, &user, err) == 0;
        if (away != NULL && !*listed)
                return -1;
        if (away != NULL && !member_is_away(&user, away))
                return err_set(err, ERR_EXISTS, "user: is no longer away");
        *new = "";
        err_clear(err);
        if (!*listed)
                return 0;
        member_get_sessions(&user, sessions);
        return member_is_blocked(&user) ? edit_keep_block(base->arena, openid, &user, new, err) : 0;
}

int
redis_user_forget(struct redis_base *base, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err)
{
        long long until = os_clock_ms() + PATIENCE_MS;
        size_t count = sessions->count;

        for (;;) {
                const char *old = NULL;
                char *new = NULL;
                size_t size = 0;
                bool done;

                *listed = true;
                sessions->count = count;
                if (read_text(base, openid, &old, &size, err) != 0)
                        return -1;
                if (old == NULL)
                        return 0;
                if (part_with(base, openid, old, size, away, sessions, listed, &new, err) != 0 ||
                    try_swap(base, openid, old, new, &done, err) != 0)
                        return -1;
                if (done)
                        return 0;
                if (wait_turn(until, err) != 0)
                        return -1;
        }
}

int
redis_user_add(struct redis_base *base, const char *openid, const char *text, struct err *err)
{
        bool done;

        if (try_swap(base, openid, "", text, &done, err) != 0)
                return -1;
        return done ? 0 : err_set(err, ERR_EXISTS, "store: there is one already");
}

/* ---- all, and some ---- */

static size_t
batch_of(size_t left)
{
        return left < BATCH ? left : BATCH;
}

static int
visit_batch(struct redis_base *base, const char *key, const struct redis_reply *openids,
    size_t first, text_visit *visit, void *context, bool *goes_on, struct err *err)
{
        const char *words[BATCH + 2] = {"HMGET", key};
        struct redis_question question;
        struct redis_reply texts;
        size_t count = batch_of(openids->count - first);

        for (size_t i = 0; i < count; i++)
                words[2 + i] = openids->items[first + i].text;
        redis_ask_begin(&question, base->arena);
        redis_add_words(&question, words, count + 2);
        if (redis_do_all(base, &question, &texts, err) != 0)
                return -1;
        for (size_t i = 0; i < texts.count && i < count && *goes_on; i++)
                if (texts.items[i].kind == REDIS_TEXT)
                        *goes_on =
                            visit(context, words[2 + i], texts.items[i].text, texts.items[i].size);
        return 0;
}

static int
visit_shard(struct redis_base *base, unsigned shard, text_visit *visit, void *context,
    bool *goes_on, struct err *err)
{
        const char *key = redis_key(base, "users:%02x", shard % REDIS_USER_SHARDS);
        struct redis_reply openids;

        if (redis_do(base, &openids, err, "HKEYS", key, NULL) != 0)
                return -1;
        for (size_t i = 0; i < openids.count && *goes_on; i += BATCH)
                if (visit_batch(base, key, &openids, i, visit, context, goes_on, err) != 0)
                        return -1;
        return 0;
}

int
redis_user_each(struct redis_base *base, text_visit *visit, void *context, struct err *err)
{
        struct arena *outer = base->arena;
        bool goes_on = true;
        int result = 0;

        for (unsigned i = 0; result == 0 && goes_on && i < REDIS_USER_SHARDS; i++) {
                struct arena *shard = arena_begin(outer);

                base->arena = shard;
                result = visit_shard(base, i, visit, context, &goes_on, err);
                base->arena = outer;
                arena_free(shard);
        }
        return result;
}

/* Visits users that Redis chooses at random in some of the shards. */
static int
visit_some(
    struct redis_base *base, unsigned draw, text_visit *visit, void *context, struct err *err)
{
        struct redis_question question;
        struct redis_reply replies[SAMPLE_SHARDS];

        redis_ask_begin(&question, base->arena);
        for (unsigned i = 0; i < SAMPLE_SHARDS; i++)
                redis_add(&question, "HRANDFIELD",
                    redis_key(base, "users:%02x", (draw + i) % REDIS_USER_SHARDS),
                    redis_word(base, SAMPLE_SIZE), "WITHVALUES", NULL);
        if (redis_do_all(base, &question, replies, err) != 0)
                return -1;
        for (size_t i = 0; i < SAMPLE_SHARDS; i++)
                for (size_t j = 0; j + 1 < replies[i].count; j += 2) {
                        const struct redis_reply *pair = &replies[i].items[j];

                        if (!visit(context, pair[0].text, pair[1].text, pair[1].size))
                                return 0;
                }
        return 0;
}

struct search {
        struct redis_base *base;
        const struct member_away *away;
        struct pairs *openids;
        long long limit;
};

static bool
look_away(void *context, const char *openid, const char *text, size_t size)
{
        struct search *s = context;
        struct pairs user;
        struct err ignored;

        if (edit_parse(s->base->arena, openid, text, size, &user, &ignored) == 0 &&
            member_is_away(&user, s->away))
                pairs_add(s->openids, "openid", arena_strdup(s->openids->arena, openid));
        return s->openids->count < AWAY_FOUND_MAX;
}

int
redis_user_find_away(struct redis_base *base, unsigned draw, const struct member_away *away,
    struct pairs *openids, struct err *err)
{
        struct search search = {.base = base, .away = away, .openids = openids};

        return visit_some(base, draw, look_away, &search, err);
}

/* As drop_waiting() of user.c: followers stay, and those who have set a picture. A user who is
 * changed meanwhile stays as well, until another call. */
static bool
drop_waiting(void *context, const char *openid, const char *text, size_t size)
{
        struct search *s = context;
        struct pairs user;
        struct err ignored;
        bool done;

        if (edit_parse(s->base->arena, openid, text, size, &user, &ignored) != 0 ||
            pairs_get(&user, "waiting") == NULL || pairs_get(&user, "last_seen") != NULL ||
            pairs_get(&user, "picture") != NULL || pairs_get(&user, "picture_other") != NULL ||
            pairs_get_number(&user, "waiting", 0) >= s->limit)
                return true;
        return try_swap(s->base, openid, text, "", &done, &ignored) == 0;
}

int
redis_user_sweep_waiting(struct redis_base *base, unsigned draw, long long limit, struct err *err)
{
        struct search search = {.base = base, .limit = limit};

        return visit_some(base, draw, drop_waiting, &search, err);
}
