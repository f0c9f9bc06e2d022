/* Makes the writes of TIMES sign-ins, in the order of callback.cgi, and prints the median of their
 * wall time and the mean of their processor time (ms): writes STATE TIMES. STATE is a folder or an
 * address of Redis, which stays open, as for wechat.fcgi. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"
#include "state/state.h"

enum { TIMES_MAX = 10000, PEOPLE = 50, SESSION_SECONDS = 604800 };

/* ---- one sign-in ---- */

struct sign_in {
        struct arena *arena;
        struct state *state;
        const char *openid;
        char *token;
        long long now;
        struct err err;
};

static struct store_record
record_of(const struct sign_in *s, long long seconds)
{
        struct store_record record = {.created = s->now, .expires = s->now + seconds};

        pairs_init(&record.fields, s->arena);
        return record;
}

/* A random key, as those of claims and codes are. */
static int
write_once(struct sign_in *s, enum store_kind kind)
{
        struct store_record record = record_of(s, 600);
        char *key;

        if (os_random_token(s->arena, &key, &s->err) != 0)
                return -1;
        pairs_add(&record.fields, "session", s->token);
        return state_create(s->state, kind, key, &record, &s->err);
}

static int
write_user(struct sign_in *s, const char *session, const char **generation)
{
        struct user_session added = {
            .name = session, .now = s->now, .expires = s->now + SESSION_SECONDS};
        struct pairs profile, ended;

        pairs_init(&profile, s->arena);
        pairs_init(&ended, s->arena);
        pairs_add(&profile, "openid", s->openid);
        pairs_add(&profile, "nickname", "小明");
        pairs_add(&profile, "headimgurl", "https://thirdwx.qlogo.cn/mmopen/invented/132");
        pairs_add(&profile, "unionid", "oInventedUnionid0123456789ab");
        return state_sign_in(
            s->state, &profile, "snsapi_userinfo", &added, generation, &ended, &s->err);
}

static int
write_tokens(struct sign_in *s, const char *session)
{
        struct store_record record = record_of(s, SESSION_SECONDS);

        pairs_add(&record.fields, "openid", s->openid);
        pairs_add(&record.fields, "scope", "snsapi_userinfo");
        pairs_add(&record.fields, "access_token", s->token);
        pairs_add(&record.fields, "refresh_token", s->token);
        pairs_add_number(&record.fields, "access_expires", s->now + 7200);
        return state_create(s->state, STORE_TOKENS, session, &record, &s->err);
}

static int
write_session(struct sign_in *s, const char *generation)
{
        struct store_record record = record_of(s, SESSION_SECONDS);

        pairs_add(&record.fields, "openid", s->openid);
        pairs_add(&record.fields, "scope", "snsapi_userinfo");
        pairs_add(&record.fields, "signin", s->token);
        pairs_add(&record.fields, "generation", generation);
        pairs_add(&record.fields, "browser", "Chrome");
        pairs_add(&record.fields, "address", "192.0.2.7");
        return state_create(s->state, STORE_SESSION, s->token, &record, &s->err);
}

static int
write_all(struct sign_in *s)
{
        const char *generation, *session;

        if (state_open(s->state, &s->err) != 0 ||
            os_random_token(s->arena, &s->token, &s->err) != 0)
                return -1;
        session = state_name(s->arena, STORE_SESSION, s->token);
        if (write_once(s, STORE_CLAIM) != 0 || write_once(s, STORE_CODE) != 0 ||
            write_user(s, session, &generation) != 0 || write_tokens(s, session) != 0 ||
            write_session(s, generation) != 0)
                return -1;
        return state_tally(s->state, TALLY_SIGN_INS, s->now, &s->err);
}

/* ---- many ---- */

static double
wall_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double
processor_ms(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static int
compare(const void *a, const void *b)
{
        return (*(const double *)a > *(const double *)b) -
               (*(const double *)a < *(const double *)b);
}

/* The wall time (ms) of a sign-in of person number i; -1: it failed. */
static double
time_one(const struct state *state, int i)
{
        struct arena *arena = arena_new(abort);
        struct sign_in s = {.arena = arena,
            .state = state_again(state, arena, true),
            .openid = arena_printf(arena, "oBench%d", i % PEOPLE),
            .now = os_now()};
        double before = wall_ms(), took;
        int failed = write_all(&s);

        took = wall_ms() - before;
        if (failed != 0)
                fprintf(stderr, "writes: %s\n", s.err.text);
        arena_free(arena);
        return failed == 0 ? took : -1;
}

int
main(int argc, char **argv)
{
        static double wall[TIMES_MAX];
        int times = argc == 3 ? atoi(argv[2]) : 0;
        struct arena *arena = arena_new(abort);
        struct state *state;
        struct err err;
        double before;

        if (times < 1 || times > TIMES_MAX)
                return 2;
        state = state_new(arena, argv[1], true);
        if (state_open(state, &err) != 0) {
                fprintf(stderr, "writes: %s\n", err.text);
                return 1;
        }
        before = processor_ms();
        for (int i = 0; i < times; i++)
                if ((wall[i] = time_one(state, i)) < 0)
                        return 1;
        before = processor_ms() - before;
        qsort(wall, (size_t)times, sizeof(wall[0]), compare);
        printf("%.4f %.4f\n", wall[times / 2], before / times);
        arena_free(arena);
        return 0;
}
