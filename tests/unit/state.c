/*
 * state: a test for each property that every back end must guarantee, for each back end: files, and
 * Redis if there is a redis-server. The tests use state.h only;
 * for what it does not offer (reading the journal, planting a record of another version), each back
 * end has a struct rig.
 */
#include "folder.h"
#include "redis_server.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "format/digest.h"
#include "host/os.h"
#include "state/redis_records.h"
#include "state/state.h"

enum { RACERS = 16, PATIENCE_SECONDS = 60, NOW = 1790000000, LARGE = 64 * 1024 };

static const char openid[] = "oRacer";

/* ---- not offered by state.h ---- */

struct rig {
        const char *(*where)(struct folder *f, const char *name);
        /* Counts how often each journal line, a number, occurs; -1: a line is incomplete. */
        int (*count_lines)(struct folder *f, int counts[], int most);
        /* Replaces a record by bytes. */
        void (*plant)(struct folder *f, enum store_kind kind, const char *key, const char *bytes);
        /* Makes the back end full, or not any more; of files a process does that for itself. */
        void (*fill)(struct folder *f, bool full);
        enum err_kind ahead; /* what a record from too far in the future is */
};

static const struct rig *rig;
static int test_number;
static struct redis_server server;

static const char *
in_folder(struct folder *f, const char *name)
{
        return inside(f, name);
}

static int
count_in_files(struct folder *f, int counts[], int most)
{
        FILE *file = popen(arena_printf(f->arena, "cat %s/state/events/*", f->path), "r");
        char line[8192];
        int whole = 0;

        assert_non_null(file);
        while (fgets(line, sizeof(line), file) != NULL) {
                char *end;
                long number = strtol(line + 1, &end, 10);

                if (line[0] != '{' || strcmp(line + strlen(line) - 2, "}\n") != 0 || number < 0 ||
                    number >= most)
                        whole = -1;
                else
                        counts[number]++;
        }
        (void)pclose(file);
        return whole;
}

static void
plant_file(struct folder *f, enum store_kind kind, const char *key, const char *bytes)
{
        char *name = state_name(f->arena, kind, key);

        put_file(arena_printf(f->arena, "%s/state/%s/%.*s/%s", f->path, kind_of(kind)->folder,
                     (int)kind_of(kind)->digits, name, name),
            bytes, strlen(bytes));
}

static const struct rig files_rig = {in_folder, count_in_files, plant_file, NULL, ERR_NOT_FOUND};

static const char *
in_redis(struct folder *f, const char *name)
{
        return arena_printf(
            f->arena, "redis+unix://%s?prefix=%s%d", server.socket, name, test_number);
}

static struct redis_base *
redis_of(struct folder *f)
{
        static struct redis_base base;
        struct redis_url url;

        redis_url_parse(f->arena, in_redis(f, "state"), &url);
        base = (struct redis_base){.arena = f->arena, .prefix = url.prefix};
        assert_int_equal(redis_new(f->arena, &url, &base.redis, &f->err), 0);
        return &base;
}

static int
count_in_redis(struct folder *f, int counts[], int most)
{
        struct redis_reply lines;

        if (redis_do(redis_of(f), &lines, &f->err, "XRANGE",
                redis_key(redis_of(f), "{events}:2026-09-21"), "-", "+", NULL) != 0)
                return -1;
        for (size_t i = 0; i < lines.count; i++) {
                const struct redis_reply *line = &lines.items[i].items[1].items[1];
                long number = strtol(line->text + 1, NULL, 10);

                if (line->text[0] != '{' || line->text[line->size - 1] != '}' || number < 0 ||
                    number >= most)
                        return -1;
                counts[number]++;
        }
        return 0;
}

static void
plant_in_redis(struct folder *f, enum store_kind kind, const char *key, const char *bytes)
{
        struct redis_base *base = redis_of(f);
        struct redis_reply reply;

        if (redis_do(base, &reply, &f->err, "SET",
                redis_record_key(base, kind, state_name(f->arena, kind, key)), bytes, NULL) != 0)
                fail_msg("%s", f->err.text);
}

static void
fill_redis(struct folder *f, bool full)
{
        struct redis_reply reply;

        assert_int_equal(redis_do(redis_of(f), &reply, &f->err, "CONFIG", "SET", "maxmemory",
                             full ? "1" : "0", NULL),
            0);
}

static const struct rig redis_rig = {
    in_redis, count_in_redis, plant_in_redis, fill_redis, ERR_SYSTEM};

/* ---- one process, and many at the same time ---- */

static struct state *
open_state(struct folder *f, const char *name)
{
        struct state *state = state_new(f->arena, rig->where(f, name), true);

        if (state_open(state, &f->err) != 0)
                fail_msg("%s", f->err.text);
        return state;
}

static struct store_record
record_of(struct arena *arena, const char *name, const char *value)
{
        struct store_record record = {.created = NOW, .expires = NOW + 1000};

        pairs_init(&record.fields, arena);
        pairs_add(&record.fields, name, value);
        return record;
}

/* Memory shared by the processes of a race. */
struct shared {
        atomic_int count;
        atomic_int stop;
        char texts[RACERS][64];
};

struct racer {
        struct arena *arena;
        struct state *state;
        int number;
        struct shared *shared;
        struct err err;
};

static struct shared *
share(void)
{
        struct shared *shared =
            mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        assert_ptr_not_equal(shared, MAP_FAILED);
        return shared;
}

/* Starts a racer: a process that opens the state, waits for the gate, and exits with run's result.
 */
static pid_t
start(struct folder *f, int number, int gate[2], struct shared *shared, int (*run)(struct racer *))
{
        struct racer racer = {.number = number, .shared = shared};
        pid_t pid = fork();
        char byte;

        assert_true(pid >= 0);
        if (pid != 0)
                return pid;
        alarm(PATIENCE_SECONDS);
        close(gate[1]);
        racer.arena = arena_new(abort);
        racer.state = state_new(racer.arena, rig->where(f, "state"), true);
        if (state_open(racer.state, &racer.err) != 0 || read(gate[0], &byte, 1) != 0)
                _exit(99);
        _exit(run(&racer));
}

/* Runs run in count processes at the same time. results counts their exit statuses. */
static void
race(struct folder *f, int count, struct shared *shared, int (*run)(struct racer *),
    int results[100])
{
        pid_t pids[RACERS];
        int gate[2], status;

        memset(results, 0, 100 * sizeof(*results));
        assert_int_equal(pipe(gate), 0);
        for (int i = 0; i < count; i++)
                pids[i] = start(f, i, gate, shared, run);
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; i < count; i++) {
                assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                assert_true(WIFEXITED(status));
                results[WEXITSTATUS(status)]++;
        }
}

/* ---- records ---- */

enum { DONE, NO, ELSE };

/* Returns DONE; NO, if it failed with the expected error; or ELSE. */
static int
ended(int result, const struct err *err, enum err_kind no)
{
        return result == 0 ? DONE : err->kind == no ? NO : ELSE;
}

static enum store_kind raced_kind;

static int
create_one(struct racer *r)
{
        struct store_record record =
            record_of(r->arena, "by", arena_printf(r->arena, "%d", r->number));

        return ended(
            state_create(r->state, raced_kind, "k", &record, &r->err), &r->err, ERR_EXISTS);
}

static int
take_one(struct racer *r)
{
        struct store_record record;

        return ended(
            state_take(r->state, raced_kind, "k", NOW, &record, &r->err), &r->err, ERR_NOT_FOUND);
}

static int
read_one(struct racer *r)
{
        struct store_record record;

        return ended(
            state_read(r->state, raced_kind, "k", NOW, &record, &r->err), &r->err, ERR_NOT_FOUND);
}

/* One process creates a record, one takes it, and afterwards it is gone for all. */
static void
of_many_one_wins(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record;
        int results[100];

        for (int i = 0; i < STORE_KINDS; i++) {
                raced_kind = (enum store_kind)i;
                race(f, RACERS, NULL, create_one, results);
                ROW(results[DONE] == 1 && results[NO] == RACERS - 1, i, "created once");
                ROW(state_read(state, raced_kind, "k", NOW, &record, &f->err) == 0 &&
                        pairs_get(&record.fields, "by") != NULL,
                    i, "the winner's is there");
                race(f, RACERS, NULL, take_one, results);
                ROW(results[DONE] == 1 && results[NO] == RACERS - 1, i, "taken once");
                race(f, RACERS, NULL, read_one, results);
                ROW(results[NO] == RACERS, i, "gone for everyone");
        }
        END_ROWS();
}

/* A state that was opened before the deletion does not find the record either. */
static void
what_is_deleted_is_deleted_for_everyone(void **test)
{
        struct folder *f = *test;
        struct state *one = open_state(f, "state"), *other = open_state(f, "state");
        struct store_record record = record_of(f->arena, "a", "b"), back;

        for (int i = 0; i < STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)i;

                ROW(state_create(one, kind, "k", &record, &f->err) == 0, i, f->err.text);
                ROW(state_read(other, kind, "k", NOW, &back, &f->err) == 0, i, f->err.text);
                ROW(state_delete(one, kind, "k", &f->err) == 0, i, f->err.text);
                ROW(state_read(other, kind, "k", NOW, &back, &f->err) == -1 &&
                        f->err.kind == ERR_NOT_FOUND,
                    i, "still there");
                ROW(state_delete(other, kind, "k", &f->err) == 0, i, "deleted twice");
                ROW(state_create(other, kind, "k", &record, &f->err) == 0, i, "created anew");
        }
        END_ROWS();
}

static char *
large_text(struct arena *arena, char byte)
{
        char *text = arena_alloc(arena, LARGE + 1);

        memset(text, byte, LARGE);
        return text;
}

/* Racer 0 keeps replacing the record; the others read until it has finished. */
static int
replace_or_read(struct racer *r)
{
        struct store_record record, old = record_of(r->arena, "v", large_text(r->arena, 'a')),
                                    new = record_of(r->arena, "v", large_text(r->arena, 'b'));
        const char *value;

        for (int i = 0; r->number == 0 && i < 200; i++)
                if (state_replace(r->state, STORE_VALUES, "k", i % 2 == 0 ? &new : &old, &r->err) !=
                    0)
                        return ELSE;
        r->shared->stop |= r->number == 0;
        do {
                if (state_read(r->state, STORE_VALUES, "k", NOW, &record, &r->err) != 0)
                        return ELSE;
                value = pairs_get_text(&record.fields, "v");
                if (strlen(value) != LARGE || strspn(value, value[0] == 'a' ? "a" : "b") != LARGE)
                        return ELSE;
        } while (!r->shared->stop);
        return DONE;
}

static void
who_reads_finds_old_or_new_whole(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "v", large_text(f->arena, 'a'));
        /* A server has to answer within a second also on a machine that is busy. */
        int readers = rig == &files_rig ? RACERS : RACERS / 4, results[100];

        assert_int_equal(state_replace(state, STORE_VALUES, "k", &record, &f->err), 0);
        race(f, readers, share(), replace_or_read, results);
        assert_int_equal(results[DONE], readers);
}

/* Only the times in the record count, not the clock of the back end. That of the machine that wrote
 * it may be five seconds ahead. */
static void
times_decide(void **test)
{
        static const struct {
                long long created, expires;
                bool found;
        } rows[] = {{NOW, NOW + 1, true}, {NOW - 1000, NOW + 1, true}, {NOW, NOW, false},
            {NOW - 10, NOW - 1, false}, {NOW + 5, NOW + 10, true}, {NOW + 6, NOW + 10, false},
            {1, NOW + 1, true}, {NOW, NOW + 400LL * 86400, true}};
        struct folder *f = *test;
        struct state *state = open_state(f, "state");

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *key = arena_printf(f->arena, "k%zu", i);
                struct store_record record = record_of(f->arena, "a", "b"), back;

                record.created = rows[i].created;
                record.expires = rows[i].expires;
                ROW(state_create(state, STORE_SESSION, key, &record, &f->err) == 0, i, key);
                ROW((state_read(state, STORE_SESSION, key, NOW, &back, &f->err) == 0) ==
                        rows[i].found,
                    i, "read");
                ROW(rows[i].found ||
                        f->err.kind == (rows[i].created > NOW ? rig->ahead : ERR_NOT_FOUND),
                    i, f->err.text);
                ROW((state_take(state, STORE_SESSION, key, NOW, &back, &f->err) == 0) ==
                        rows[i].found,
                    i, "taken");
        }
        END_ROWS();
}

static void
values_come_back(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        char bytes[256], *large = large_text(f->arena, 'x');
        const char *values[] = {"", " ", "a=b&c=%00\n+", "\xe5\xbe\xae\xe4\xbf\xa1", bytes, large};

        for (int i = 0; i < 255; i++)
                bytes[i] = (char)(i + 1);
        bytes[255] = '\0';
        for (size_t i = 0; i < COUNT(values); i++) {
                struct store_record record = record_of(f->arena, "v", values[i]), back;

                pairs_add(&record.fields, "", values[i]);
                ROW(state_replace(state, STORE_VALUES, values[i], &record, &f->err) == 0, i,
                    f->err.text);
                ROW(state_read(state, STORE_VALUES, values[i], NOW, &back, &f->err) == 0 &&
                        back.created == record.created && back.expires == record.expires &&
                        same(pairs_get(&back.fields, "v"), values[i]) &&
                        same(pairs_get(&back.fields, ""), values[i]),
                    i, "another value");
        }
        END_ROWS();
}

/* A record of another version does not count as missing: that would sign visitors out. */
static void
another_version_is_an_error(void **test)
{
        static const char *const records[] = {
            "wxstore2 1 9999999999 0 0\n", "wxstore0 1 2 0 0\n", "{\"version\": 9}\n"};
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "a", "b"), back;

        for (size_t i = 0; i < COUNT(records) * STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)(i % STORE_KINDS);

                ROW(state_replace(state, kind, "k", &record, &f->err) == 0, i, f->err.text);
                rig->plant(f, kind, "k", records[i / STORE_KINDS]);
                ROW(state_read(state, kind, "k", NOW, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, records[i / STORE_KINDS]);
                ROW(state_take(state, kind, "k", NOW, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, "taken");
        }
        END_ROWS();
}

static void
two_states_are_apart(void **test)
{
        struct folder *f = *test;
        struct state *one = open_state(f, "state"), *other = open_state(f, "other");
        struct store_record record = record_of(f->arena, "a", "b"), back;
        struct pairs user;

        pairs_init(&user, f->arena);
        pairs_add(&user, "scene", "7");
        assert_int_equal(state_create(one, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(state_set_user(one, openid, &user, &f->err), 0);
        assert_int_equal(state_read(other, STORE_SESSION, "k", NOW, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(state_read_user(other, openid, &user, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
}

/* ---- limits ---- */

static const char *raced_person;

static int
create_ticket(struct racer *r)
{
        struct store_record record = record_of(r->arena, "generation", raced_person);

        return ended(
            state_create(r->state, raced_kind,
                arena_printf(r->arena, "%s %d", raced_person, r->number), &record, &r->err),
            &r->err, ERR_FULL);
}

static void
a_person_has_so_many(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "generation", "of another"), taken;
        int results[100];

        for (int i = 0; i < STORE_KINDS; i++) {
                int most = (int)kind_of((enum store_kind)i)->persons;
                int left = 1;

                if (most == 0)
                        continue;
                raced_kind = (enum store_kind)i;
                for (int person = 0; person < 4; person++) {
                        raced_person = arena_printf(f->arena, "person %d", person);
                        race(f, RACERS, NULL, create_ticket, results);
                        ROW(results[DONE] == most && results[NO] == RACERS - most, i,
                            "the ninth is full");
                }
                ROW(state_create(state, raced_kind, "other", &record, &f->err) == 0, i,
                    "another person's");
                for (int k = 0; k < RACERS && left > 0; k++)
                        left -= state_take(state, raced_kind,
                                    arena_printf(f->arena, "%s %d", raced_person, k), NOW, &taken,
                                    &f->err) == 0;
                ROW(left == 0 && state_create(state, raced_kind, "new", &taken, &f->err) == 0, i,
                    "one is taken, one is free");
        }
        END_ROWS();
}

/* ---- users ---- */

static int
change_user(struct racer *r)
{
        for (int i = 1; i <= 10; i++) {
                struct pairs members;

                pairs_init(&members, r->arena);
                pairs_add_number(&members, arena_printf(r->arena, "m%d", r->number), i);
                if (state_set_user(r->state, openid, &members, &r->err) != 0)
                        return ELSE;
        }
        return DONE;
}

static void
no_change_of_a_user_is_lost(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct pairs user;
        int results[100];

        race(f, RACERS, NULL, change_user, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(state_read_user(state, openid, &user, &f->err), 0);
        for (int i = 0; i < RACERS; i++)
                ROW(pairs_get_number(&user, arena_printf(f->arena, "m%d", i), 0) == 10, i,
                    "lost a member");
        END_ROWS();
}

static int
sign_in(struct racer *r)
{
        const struct user_session session = {
            .name = arena_printf(r->arena, "s%d", r->number), .now = NOW, .expires = NOW + 1000};
        struct pairs profile, gone;
        const char *generation;

        pairs_init(&profile, r->arena);
        pairs_init(&gone, r->arena);
        pairs_add(&profile, "openid", openid);
        if (state_sign_in(
                r->state, &profile, "snsapi_base", &session, &generation, &gone, &r->err) != 0)
                return ELSE;
        (void)snprintf(r->shared->texts[r->number], sizeof(r->shared->texts[0]), "%s", generation);
        return DONE;
}

/* One racer in four forgets the user until the others have finished, and counts the user's
 * sessions. */
static int
sign_in_or_forget(struct racer *r)
{
        struct pairs sessions;
        bool listed;
        int result;

        if (r->number % 4 != 0) {
                result = sign_in(r);
                r->shared->stop++;
                return result;
        }
        while (r->shared->stop < RACERS - RACERS / 4) {
                pairs_init(&sessions, r->arena);
                if (state_forget_user(r->state, openid, &sessions, &listed, &r->err) != 0 ||
                    !listed)
                        return ELSE;
                r->shared->count += (int)sessions.count;
        }
        return DONE;
}

/* Each session was either returned by state_forget_user() or is listed, and no session from before
 * it is valid. */
static void
forgetting_leaves_no_session(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct shared *shared = share();
        struct racer after = {f->arena, state, 1, shared, {.kind = ERR_NONE}};
        struct pairs user, sessions;
        int results[100];
        bool listed;

        for (int turn = 0; turn < 4; turn++) {
                memset(shared, 0, sizeof(*shared));
                race(f, RACERS, shared, sign_in_or_forget, results);
                ROW(results[DONE] == RACERS, turn, "works");
                pairs_init(&sessions, f->arena);
                ROW(state_forget_user(state, openid, &sessions, &listed, &f->err) == 0 && listed,
                    turn, f->err.text);
                ROW(shared->count + (int)sessions.count == RACERS - RACERS / 4, turn,
                    "a session was named to nobody");
                ROW(state_read_user(state, openid, &user, &f->err) == -1 &&
                        f->err.kind == ERR_NOT_FOUND,
                    turn, "the user is still there");
                /* A user who signs in again is a new user, even if a session has an old name. */
                after.number = 0;
                ROW(sign_in(&after) == DONE && state_read_user(state, openid, &user, &f->err) == 0,
                    turn, f->err.text);
                for (int i = 1; i < RACERS; i++)
                        ROW(!member_is_in_force(&user, shared->texts[i], "s0"), i,
                            "in force once more");
                ROW(member_is_in_force(&user, shared->texts[0], "s0"), turn, "and this is");
                ROW(state_forget_user(state, openid, &sessions, &listed, &f->err) == 0, turn, "");
        }
        END_ROWS();
}

/* Half of the racers make an owner's changes, half of them others. */
static int
change_as_owner(struct racer *r)
{
        if (r->number % 2 == 0)
                return change_user(r);
        for (int i = 1; i <= 10; i++) {
                struct pairs without, with, gone;
                const struct member_change change = {.without = &without, .with = &with};

                pairs_init(&without, r->arena);
                pairs_init(&with, r->arena);
                pairs_init(&gone, r->arena);
                pairs_add(&without, "name", arena_printf(r->arena, "m%d", r->number));
                pairs_add_number(&with, arena_printf(r->arena, "o%d", r->number), i);
                if (state_change_user(r->state, openid, &change, &gone, &r->err) != 0)
                        return ELSE;
        }
        return DONE;
}

static void
an_owner_changes_who_is_there(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct pairs user, members, gone;
        const struct member_change change = {.with = &members, .generation = "another generation"};
        struct racer racer = {f->arena, state, 0, share(), {.kind = ERR_NONE}};
        int results[100];

        pairs_init(&members, f->arena);
        pairs_init(&gone, f->arena);
        pairs_add_number(&members, "approved", NOW);
        for (int i = 0; i < 2; i++) {
                ROW(state_change_user(state, openid, &change, &gone, &f->err) != 0 &&
                        f->err.kind == ERR_NOT_FOUND,
                    i, "makes nobody");
                assert_int_equal(state_set_user(state, "oOther", &members, &f->err), 0);
        }
        for (int i = 0; i < RACERS; i++)
                pairs_add_number(&members, arena_printf(f->arena, "m%d", i), 1);
        assert_int_equal(state_set_user(state, openid, &members, &f->err), 0);
        race(f, RACERS, NULL, change_as_owner, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(state_read_user(state, openid, &user, &f->err), 0);
        for (int i = 0; i < RACERS; i++)
                ROW(pairs_get_number(
                        &user, arena_printf(f->arena, i % 2 == 0 ? "m%d" : "o%d", i), 0) == 10 &&
                        (i % 2 == 0 || pairs_get(&user, arena_printf(f->arena, "m%d", i)) == NULL),
                    i, "a change is lost");

        /* The end of all sessions names each of them. */
        assert_int_equal(sign_in(&racer), DONE);
        racer.number = 1;
        assert_int_equal(sign_in(&racer), DONE);
        assert_int_equal(state_change_user(state, openid, &change, &gone, &f->err), 0);
        assert_string_equal(pairs_join(&gone, "sessions", " "), "s0 s1");
        assert_int_equal(state_read_user(state, openid, &user, &f->err), 0);
        assert_string_equal(pairs_get_text(&user, "generation"), "another generation");
        assert_int_equal(pairs_count(&user, "sessions"), 0);
        END_ROWS();
}

/* Half of the racers end a session, and one that is not there. */
static int
leave(struct racer *r)
{
        struct pairs names, ended;
        const struct member_change change = {.leaves = &names};

        pairs_init(&names, r->arena);
        pairs_init(&ended, r->arena);
        pairs_add(&names, "name", "another");
        if (r->number % 2 == 0)
                pairs_add(&names, "name", arena_printf(r->arena, "s%d", r->number));
        return state_change_user(r->state, openid, &change, &ended, &r->err) == 0 &&
                       ended.count == 0
                   ? DONE
                   : ELSE;
}

static void
a_session_that_ends_leaves_the_list(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct pairs user;
        int results[100];

        race(f, RACERS, share(), sign_in, results);
        assert_int_equal(results[DONE], RACERS);
        race(f, RACERS, NULL, leave, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(state_read_user(state, openid, &user, &f->err), 0);
        for (int i = 0; i < RACERS; i++)
                ROW(member_has_session(&user, arena_printf(f->arena, "s%d", i)) == (i % 2 == 1), i,
                    "those that ended, and no others");
        END_ROWS();
}

static int
wait_on_list(struct racer *r)
{
        struct pairs profile;
        bool begun;

        pairs_init(&profile, r->arena);
        pairs_add(&profile, "openid", openid);
        if (state_wait(r->state, &profile, "snsapi_base", NOW + r->number, &begun, &r->err) != 0)
                return ELSE;
        if (begun)
                r->shared->count++;
        return DONE;
}

static void
one_of_many_puts_on_the_list(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct shared *shared = share();
        struct pairs user;
        int results[100];

        race(f, RACERS, shared, wait_on_list, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(shared->count, 1);
        assert_int_equal(state_read_user(state, openid, &user, &f->err), 0);
        assert_in_range(pairs_get_number(&user, "waiting", 0), NOW, NOW + RACERS - 1);
        assert_null(pairs_get(&user, "first_sign_in"));
}

/* ---- pushes ---- */

static int
push_once(struct racer *r)
{
        const char *reply;
        bool marked;

        if (state_begin_push(r->state, "oA 1", os_clock_ms() + 30000, &reply, &marked, &r->err) !=
            0)
                return ELSE;
        if (reply == NULL) {
                int number = ++r->shared->count;

                reply = arena_printf(r->arena, "reply %d", number);
                if (state_finish_push(r->state, "oA 1", reply, os_now(), os_now() + 900, &r->err) !=
                    0)
                        return ELSE;
        }
        (void)snprintf(r->shared->texts[r->number], sizeof(r->shared->texts[0]), "%s", reply);
        return DONE;
}

static void
a_push_has_one_effect_and_one_reply(void **test)
{
        struct folder *f = *test;
        struct shared *shared = share();
        int results[100];

        race(f, RACERS, shared, push_once, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(shared->count, 1);
        for (int i = 0; i < RACERS; i++)
                ROW(same(shared->texts[i], "reply 1"), i, shared->texts[i]);
        END_ROWS();
}

/* Begins a push, reports it, and waits to be killed. */
static int
begin_and_hang(struct racer *r)
{
        const char *reply;
        bool marked;

        if (state_begin_push(r->state, "oA 1", os_clock_ms() + 1000, &reply, &marked, &r->err) != 0)
                return ELSE;
        r->shared->count = 1;
        for (;;)
                pause();
}

static void
who_dies_at_work_makes_way(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct shared *shared = share();
        int gate[2], status;
        const char *reply = "none";
        bool marked;
        pid_t pid;

        assert_int_equal(pipe(gate), 0);
        pid = start(f, 0, gate, shared, begin_and_hang);
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; shared->count == 0 && i < PATIENCE_SECONDS * 100; i++)
                os_sleep(10);
        assert_int_equal(shared->count, 1);
        assert_int_equal(
            state_begin_push(state, "oA 1", os_clock_ms() + 50, &reply, &marked, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_BUSY);
        assert_int_equal(
            state_begin_push(state, "oA 2", os_clock_ms() + 50, &reply, &marked, &f->err), 0);
        assert_null(reply); /* another push does not wait */
        assert_int_equal(kill(pid, SIGKILL), 0);
        reply = "none";
        assert_int_equal(
            state_begin_push(state, "oA 1", os_clock_ms() + 30000, &reply, &marked, &f->err), 0);
        assert_null(reply); /* it is handled again */
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
}

/* A process that marked a push, and died: the next one is told, and what it stores ends that. */
static int
mark_and_die(struct racer *r)
{
        const char *reply;
        bool marked;

        if (state_begin_push(r->state, "oA 1", os_clock_ms() + 1000, &reply, &marked, &r->err) !=
                0 ||
            reply != NULL || marked ||
            state_mark_push(r->state, "oA 1", os_now(), os_now() + 900, &r->err) != 0)
                return ELSE;
        return DONE;
}

static void
a_mark_tells_of_a_death(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        const char *reply = "none";
        int results[100];
        bool marked;

        race(f, 1, NULL, mark_and_die, results);
        assert_int_equal(results[DONE], 1);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(
                    state_begin_push(state, "oA 1", os_clock_ms() + 1000, &reply, &marked, &f->err),
                    0);
                assert_null(reply);
                assert_true(marked); /* until a reply is stored */
                state_end_push(state);
        }
        assert_int_equal(
            state_begin_push(state, "oA 2", os_clock_ms() + 1000, &reply, &marked, &f->err), 0);
        assert_false(marked); /* another push */
        assert_int_equal(
            state_begin_push(state, "oA 1", os_clock_ms() + 1000, &reply, &marked, &f->err), 0);
        assert_int_equal(
            state_finish_push(state, "oA 1", "", os_now(), os_now() + 900, &f->err), 0);
        state_end_push(state);
        assert_int_equal(
            state_begin_push(state, "oA 1", os_clock_ms() + 1000, &reply, &marked, &f->err), 0);
        assert_string_equal(reply, "");
        assert_false(marked);
}

/* The reply to a push of somebody who was forgotten while it was worked on is not stored. */
static void
a_reply_that_comes_after_forgetting_is_not_kept(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        long long now = os_now();
        const char *reply;
        bool marked;

        for (int i = 0; i < 2; i++) {
                const char *key = arena_printf(f->arena, "oA %d", i);

                assert_int_equal(
                    state_begin_push(state, key, os_clock_ms() + 1000, &reply, &marked, &f->err),
                    0);
                assert_int_equal(state_mark_push(state, key, now, now + 900, &f->err), 0);
                if (i == 1)
                        assert_int_equal(state_empty_owned(state, STORE_PUSH, "oA", &f->err), 0);
                assert_int_equal(
                    state_finish_push(state, key, "a text", now, now + 900, &f->err), 0);
                state_end_push(state);
                assert_int_equal(
                    state_begin_push(state, key, os_clock_ms() + 1000, &reply, &marked, &f->err),
                    0);
                assert_string_equal(reply, i == 0 ? "a text" : "");
                assert_false(marked);
                state_end_push(state);
        }
}

/* Another process has the reply as soon as the work is ended, not only when the process ends. */
static void
ended_work_makes_way(void **test)
{
        struct folder *f = *test;
        struct state *one = open_state(f, "state"), *other = open_state(f, "state");
        const char *reply;
        bool marked;

        assert_int_equal(
            state_begin_push(one, "oA 1", os_clock_ms() + 1000, &reply, &marked, &f->err), 0);
        assert_int_equal(state_finish_push(one, "oA 1", "a", os_now(), os_now() + 900, &f->err), 0);
        assert_int_equal(
            state_begin_push(other, "oA 1", os_clock_ms() + 50, &reply, &marked, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_BUSY);
        state_end_push(one);
        state_end_push(one); /* nothing more to end */
        assert_int_equal(
            state_begin_push(other, "oA 1", os_clock_ms() + 1000, &reply, &marked, &f->err), 0);
        assert_string_equal(reply, "a");
}

/* ---- log lines for later ---- */

enum { DEFERRED = 50 };

/* Half of the racers keep lines, the others take them until all are there. */
static int
defer_or_take(struct racer *r)
{
        const char *text;

        for (int i = 0; r->number % 2 == 0 && i < DEFERRED; i++)
                if (state_defer_log(r->state,
                        arena_printf(r->arena, "%d begins\n%d ends\n", r->number, r->number),
                        &r->err) != 0)
                        return ELSE;
        while (r->number % 2 == 1 && r->shared->count < RACERS / 2 * DEFERRED && !r->shared->stop) {
                if (state_take_log(r->state, &text, &r->err) != 0)
                        return ELSE;
                for (int first, second, size = 0; *text != '\0'; text += size) {
                        if (sscanf(text, "%d begins\n%d ends\n%n", &first, &second, &size) != 2 ||
                            size == 0 || first != second) {
                                r->shared->stop = 1;
                                return ELSE;
                        }
                        r->shared->count++;
                }
        }
        return DONE;
}

static void
each_deferred_line_is_taken_once(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct shared *shared = share();
        int results[100];
        const char *text;

        race(f, RACERS, shared, defer_or_take, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(shared->count, RACERS / 2 * DEFERRED);
        assert_int_equal(state_take_log(state, &text, &f->err), 0);
        assert_string_equal(text, "");
}

/* What nobody takes does not grow without end. */
static void
deferred_lines_have_an_end(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state"), *reader;
        char *line = arena_printf(f->arena, "%.1000s\n", large_text(f->arena, 'x'));
        int kept = 0;
        const char *text;

        while (kept < 1000 && state_defer_log(state, line, &f->err) == 0)
                kept++;
        assert_in_range(kept, 50, 999);
        assert_int_equal(f->err.kind, ERR_TOO_LARGE);
        reader = state_new(f->arena, rig->where(f, "state"), false);
        assert_int_equal(state_take_log(reader, &text, &f->err), 0);
        assert_string_equal(text, ""); /* it may not write, so it takes nothing */
        assert_int_equal(state_take_log(state, &text, &f->err), 0);
        assert_int_equal(strlen(text), kept * 1001);
        assert_int_equal(state_defer_log(state, line, &f->err), 0);
        assert_int_equal(state_take_log(state, &text, &f->err), 0);
        assert_string_equal(text, line);
}

/* Without a folder there is nothing to take; who keeps something creates it. */
static void
a_missing_state_has_no_lines(void **test)
{
        struct folder *f = *test;
        struct state *state = state_new(f->arena, rig->where(f, "new"), true);
        const char *text = "none";

        assert_int_equal(state_take_log(state, &text, &f->err), 0);
        assert_string_equal(text, "");
        assert_int_equal(state_defer_log(state, "a\n", &f->err), 0);
        assert_int_equal(state_take_log(state, &text, &f->err), 0);
        assert_string_equal(text, "a\n");
}

/* Another owner, whose records have names that begin with the same digits: a back end may keep them
 * together. */
static const char *
neighbour_of(struct arena *arena, const char *owner)
{
        const char *name = state_name(arena, STORE_PUSH, owner), *other;

        for (int i = 0;; i++) {
                other = arena_printf(arena, "oNeighbour%d", i);
                if (strncmp(state_name(arena, STORE_PUSH, other), name,
                        kind_of(STORE_PUSH)->digits) == 0)
                        return other;
        }
}

/* The replies to an openid's pushes are deleted; that they were answered is remembered. */
static void
an_emptied_push_is_still_known(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        long long now = os_now();
        const struct {
                const char *key, *reply;
        } rows[] = {{"oA 1", ""}, {"oA 2", ""}, {"oB 1", "kept"},
            {arena_printf(f->arena, "%s 1", neighbour_of(f->arena, "oA")), "kept"}};
        const char *reply;
        bool marked;

        for (size_t i = 0; i < COUNT(rows); i++)
                assert_int_equal(
                    state_finish_push(state, rows[i].key, "kept", now, now + 900, &f->err), 0);
        assert_int_equal(state_empty_owned(state, STORE_PUSH, "oA", &f->err), 0);
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(state_begin_push(
                        state, rows[i].key, os_clock_ms() + 1000, &reply, &marked, &f->err) == 0 &&
                        same(reply, rows[i].reply),
                    i, rows[i].key);
        END_ROWS();
}

/* An owner's records are found by name, and no others; where there are none, that is no error. */
static void
records_of_an_owner_are_found(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "client", "shop");
        const char *const keys[] = {
            "oA 1", "oA 2", arena_printf(f->arena, "%s 1", neighbour_of(f->arena, "oA"))};
        struct pairs names;

        for (size_t count = 0; count <= COUNT(keys); count++) {
                pairs_init(&names, f->arena);
                assert_int_equal(state_find_owned(state, STORE_PROGRAM, "oA", &names, &f->err), 0);
                assert_int_equal(names.count, count < 2 ? count : 2);
                for (size_t i = 0; i < names.count; i++)
                        assert_true(same(names.items[i].value,
                                        state_name(f->arena, STORE_PROGRAM, keys[0])) ||
                                    same(names.items[i].value,
                                        state_name(f->arena, STORE_PROGRAM, keys[1])));
                if (count < COUNT(keys))
                        assert_int_equal(
                            state_create(state, STORE_PROGRAM, keys[count], &record, &f->err), 0);
        }
}

/* A search among few records, or none, is no error. */
static void
a_search_finds_what_is_there(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "openid", "oA");
        struct pairs names;

        for (size_t count = 0; count < 3; count++) {
                pairs_init(&names, f->arena);
                f->err.kind = ERR_NONE;
                assert_int_equal(
                    state_find(state, STORE_SESSION, "openid", "oA", &names, &f->err), 0);
                assert_int_equal(f->err.kind, ERR_NONE);
                assert_int_equal(names.count, count);
                assert_int_equal(state_create(state, STORE_SESSION,
                                     arena_printf(f->arena, "k%zu", count), &record, &f->err),
                    0);
        }
}

/* ---- the journal ---- */

enum { LINES = 20 };

static int
log_lines(struct racer *r)
{
        for (int i = 0; i < LINES; i++) {
                int number = r->number * LINES + i;
                char *filler = large_text(r->arena, 'x');

                filler[1 + (number * 997) % 4000] = '\0';
                if (state_log(r->state,
                        arena_printf(r->arena, "{%d \"%s\" %s}", number,
                            number % 2 == 0 ? "oEven" : "oOdd", filler),
                        30, NOW, &r->err) != 0)
                        return ELSE;
        }
        return DONE;
}

static void
lines_stand_whole(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        int results[100], counts[RACERS * LINES] = {0};

        race(f, RACERS, NULL, log_lines, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(rig->count_lines(f, counts, RACERS * LINES), 0);
        for (int i = 0; i < RACERS * LINES; i++)
                ROW(counts[i] == 1, i, "not once");
        memset(counts, 0, sizeof(counts));
        assert_int_equal(state_forget_lines(state, "oEven", &f->err), 0);
        assert_int_equal(rig->count_lines(f, counts, RACERS * LINES), 0);
        for (int i = 0; i < RACERS * LINES; i++)
                ROW(counts[i] == i % 2, i, "not only theirs");
        END_ROWS();
}

/* ---- a full disk ---- */

/* On a full disk every operation fails, reports it, and changes nothing. */
static int
find_no_room(struct racer *r)
{
        struct rlimit none = {0, 0};
        struct store_record record = record_of(r->arena, "v", "new");
        struct pairs members;

        pairs_init(&members, r->arena);
        pairs_add(&members, "scene", "new");
        if (rig->fill == NULL &&
            (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &none) != 0))
                return 98;
        for (int i = 0; i < STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)i;

                if (state_create(r->state, kind, "new", &record, &r->err) == 0 ||
                    r->err.kind != ERR_SYSTEM)
                        return 10 + i;
                if (state_replace(r->state, kind, "old", &record, &r->err) == 0 ||
                    r->err.kind != ERR_SYSTEM)
                        return 30 + i;
        }
        if (state_set_user(r->state, openid, &members, &r->err) == 0 || r->err.kind != ERR_SYSTEM)
                return 50;
        if (sign_in(r) == DONE || r->err.kind != ERR_SYSTEM)
                return 51;
        if (state_log(r->state, "{1 new}", 30, NOW, &r->err) == 0 || r->err.kind != ERR_SYSTEM)
                return 52;
        return DONE;
}

static void
without_room_nothing_changes(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "v", "old"), back;
        int results[100], counts[2] = {0};
        struct pairs user;

        pairs_init(&user, f->arena);
        pairs_add(&user, "scene", "old");
        assert_int_equal(state_set_user(state, openid, &user, &f->err), 0);
        assert_int_equal(state_log(state, "{0 old}", 30, NOW, &f->err), 0);
        for (int i = 0; i < STORE_KINDS; i++)
                assert_int_equal(
                    state_create(state, (enum store_kind)i, "old", &record, &f->err), 0);
        if (rig->fill != NULL)
                rig->fill(f, true);
        race(f, 1, share(), find_no_room, results);
        if (rig->fill != NULL)
                rig->fill(f, false);
        assert_int_equal(results[DONE], 1);
        for (int i = 0; i < STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)i;

                ROW(state_read(state, kind, "new", NOW, &back, &f->err) == -1 &&
                        f->err.kind == ERR_NOT_FOUND,
                    i, "created all the same");
                ROW(state_read(state, kind, "old", NOW, &back, &f->err) == 0 &&
                        same(pairs_get(&back.fields, "v"), "old"),
                    i, "the old one is lost");
                ROW(state_create(state, kind, "new", &record, &f->err) == 0, i,
                    "with room it works again");
        }
        ROW(state_read_user(state, openid, &user, &f->err) == 0 &&
                same(pairs_get(&user, "scene"), "old") && pairs_count(&user, "sessions") == 0,
            0, "the user changed");
        ROW(rig->count_lines(f, counts, 2) == 0 && counts[0] == 1 && counts[1] == 0, 0,
            "the journal changed");
        END_ROWS();
}

/* ---- the folder, notes, tidying ---- */

static int
note_it(struct racer *r)
{
        return state_note(r->state, "no-such-thing") ? DONE : NO;
}

static void
one_is_told_that_it_is_new(void **test)
{
        struct folder *f = *test;
        int results[100];

        race(f, RACERS, NULL, note_it, results);
        assert_int_equal(results[DONE], 1);
        assert_int_equal(results[NO], RACERS - 1);
}

/* A missing state is ERR_NOT_FOUND for a program that only reads; one that writes creates it. */
static void
a_state_begins_with_who_writes(void **test)
{
        struct folder *f = *test;
        struct state *reads = state_new(f->arena, inside(f, "state"), false);
        struct state *nowhere = state_new(f->arena, "/proc/none/state", false);

        if (rig != &files_rig)
                return; /* Redis has no state that is missing */
        assert_int_equal(state_open(reads, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_false(state_note(reads, "x"));
        assert_int_equal(state_open(nowhere, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        open_state(f, "state");
        reads = state_new(f->arena, inside(f, "state"), false);
        assert_int_equal(state_open(reads, &f->err), 0);
        assert_false(state_note(reads, "x"));
}

/* Each counts to fifty, one at a time. */
static int
count_up(struct racer *r)
{
        int count;

        for (int i = 0; i < 50; i++)
                if (state_count(r->state, STORE_COUNT, "k", 1, NOW, 100, &count, &r->err) != 0)
                        return ELSE;
        return DONE;
}

static void
no_count_is_lost(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        int results[100], count;

        race(f, RACERS, NULL, count_up, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(
            state_count(state, STORE_COUNT, "k", 0, NOW + 99, 100, &count, &f->err), 0);
        assert_int_equal(count, RACERS * 50);
        /* Its end is that of the first change; and then it begins anew. */
        assert_int_equal(
            state_count(state, STORE_COUNT, "k", 1, NOW + 100, 100, &count, &f->err), 0);
        assert_int_equal(count, 1);
        assert_int_equal(
            state_count(state, STORE_COUNT, "k", -5, NOW + 101, 100, &count, &f->err), 0);
        assert_int_equal(count, 0);
        assert_int_equal(state_count(state, STORE_TOTAL, "k", 3, NOW, 100, &count, &f->err), 0);
        assert_int_equal(count, 3);
        assert_int_equal(state_count(state, STORE_COUNT, "l", 2, NOW, 100, &count, &f->err), 0);
        assert_int_equal(count, 2);
}

/* Holds the lock while it counts in memory without any other care. */
static int
work_alone(struct racer *r)
{
        int seen;

        if (state_lock(r->state, "k", os_clock_ms() + PATIENCE_SECONDS * 1000LL, &r->err) != 0)
                return ELSE;
        seen = atomic_load(&r->shared->count);
        os_sleep(5);
        atomic_store(&r->shared->count, seen + 1);
        return DONE;
}

static int
lock_and_die(struct racer *r)
{
        return state_lock(r->state, "k", os_clock_ms(), &r->err) == 0 ? raise(SIGKILL) : ELSE;
}

static void
one_works_at_a_time(void **test)
{
        struct folder *f = *test;
        struct shared *shared = share();
        struct state *state = open_state(f, "state"), *other = open_state(f, "state");
        int gate[2], status, results[100];

        race(f, RACERS, shared, work_alone, results);
        assert_int_equal(results[DONE], RACERS);
        assert_int_equal(atomic_load(&shared->count), RACERS);
        assert_int_equal(pipe(gate), 0);
        assert_true(start(f, 0, gate, shared, lock_and_die) > 0);
        close(gate[0]);
        close(gate[1]);
        assert_true(wait(&status) > 0);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(state_lock(state, "k", os_clock_ms(), &f->err), 0);
        assert_int_equal(state_lock(other, "k", os_clock_ms(), &f->err), -1);
        assert_int_equal(f->err.kind, ERR_BUSY);
        assert_int_equal(state_lock(other, "l", os_clock_ms(), &f->err), 0);
}

/* After a restart of Redis, or on another server of a group, a connection that is there may have
 * the number of one that held a lock. */
static void
a_number_alone_holds_no_lock(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct redis_reply reply;
        struct redis_base *base;
        char name[DIGEST_HEX_SIZE + 1];

        if (rig != &redis_rig)
                return;
        base = redis_of(f);
        digest_sha256_hex("k", 1, name);
        assert_int_equal(redis_do(base, &reply, &f->err, "CLIENT", "ID", NULL), 0);
        assert_int_equal(redis_do(base, &reply, &f->err, "SET", redis_key(base, "lock:%s", name),
                             arena_printf(f->arena, "%lld gone token", reply.number), NULL),
            0);
        assert_int_equal(state_lock(state, "k", os_clock_ms(), &f->err), 0);
}

/* Tidying deletes no valid record, and sooner or later every expired one, whose name is then free.
 */
static void
tidying_takes_what_is_over(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, "state");
        struct store_record record = record_of(f->arena, "a", "b"), back;

        for (int i = 0; i < STORE_KINDS; i++) {
                assert_int_equal(state_create(state, (enum store_kind)i, "k", &record, &f->err), 0);
                assert_int_equal(
                    state_read(state, (enum store_kind)i, "k", NOW, &back, &f->err), 0);
        }
        for (int i = 0; i < 50; i++) {
                ROW(state_tidy(state, STATE_SIGNED_IN, 30, NOW, &f->err) == 0, i, f->err.text);
                ROW(state_tidy(state, STATE_PUSHED, 30, NOW, &f->err) == 0, i, f->err.text);
        }
        for (int i = 0; i < STORE_KINDS; i++)
                ROW(state_read(state, (enum store_kind)i, "k", NOW, &back, &f->err) == 0, i,
                    "was in force");
        /* One call in sixteen sweeps the ticket: the chance that none of 400 does is 1 in 10^11. */
        for (int i = 0; i < 400; i++)
                if (state_tidy(state, STATE_SIGNED_IN, 30, NOW + 9000, &f->err) != 0)
                        fail_msg("%s", f->err.text);
        ROW(state_create(state, STORE_TICKET, "k", &record, &f->err) == 0, 0, "is not swept");
        END_ROWS();
}

/* ---- each test with each back end ---- */

static const struct {
        const char *name;
        void (*run)(void **test);
} properties[] = {{"of_many_one_wins", of_many_one_wins},
    {"a_number_alone_holds_no_lock", a_number_alone_holds_no_lock},
    {"what_is_deleted_is_deleted_for_everyone", what_is_deleted_is_deleted_for_everyone},
    {"who_reads_finds_old_or_new_whole", who_reads_finds_old_or_new_whole},
    {"times_decide", times_decide}, {"values_come_back", values_come_back},
    {"another_version_is_an_error", another_version_is_an_error},
    {"two_states_are_apart", two_states_are_apart}, {"a_person_has_so_many", a_person_has_so_many},
    {"no_change_of_a_user_is_lost", no_change_of_a_user_is_lost},
    {"forgetting_leaves_no_session", forgetting_leaves_no_session},
    {"an_owner_changes_who_is_there", an_owner_changes_who_is_there},
    {"a_session_that_ends_leaves_the_list", a_session_that_ends_leaves_the_list},
    {"one_of_many_puts_on_the_list", one_of_many_puts_on_the_list},
    {"a_push_has_one_effect_and_one_reply", a_push_has_one_effect_and_one_reply},
    {"who_dies_at_work_makes_way", who_dies_at_work_makes_way},
    {"a_mark_tells_of_a_death", a_mark_tells_of_a_death},
    {"a_reply_that_comes_after_forgetting_is_not_kept",
        a_reply_that_comes_after_forgetting_is_not_kept},
    {"ended_work_makes_way", ended_work_makes_way},
    {"each_deferred_line_is_taken_once", each_deferred_line_is_taken_once},
    {"deferred_lines_have_an_end", deferred_lines_have_an_end},
    {"a_missing_state_has_no_lines", a_missing_state_has_no_lines},
    {"an_emptied_push_is_still_known", an_emptied_push_is_still_known},
    {"records_of_an_owner_are_found", records_of_an_owner_are_found},
    {"a_search_finds_what_is_there", a_search_finds_what_is_there},
    {"lines_stand_whole", lines_stand_whole},
    {"without_room_nothing_changes", without_room_nothing_changes},
    {"no_count_is_lost", no_count_is_lost}, {"one_works_at_a_time", one_works_at_a_time},
    {"one_is_told_that_it_is_new", one_is_told_that_it_is_new},
    {"a_state_begins_with_who_writes", a_state_begins_with_who_writes},
    {"tidying_takes_what_is_over", tidying_takes_what_is_over}};

static int
begin_with(void **test, const struct rig *with)
{
        rig = with;
        test_number++;
        return set_up_folder(test);
}

static int
begin_with_files(void **test)
{
        return begin_with(test, &files_rig);
}

static int
begin_with_redis(void **test)
{
        return begin_with(test, &redis_rig);
}

int
main(void)
{
        struct CMUnitTest tests[2 * COUNT(properties)];
        const char *without = start_redis_server(&server);
        struct arena *arena = arena_new(abort);
        size_t count = 0;
        int result;

        for (int with_redis = 0; with_redis < (without == NULL ? 2 : 1); with_redis++)
                for (size_t i = 0; i < COUNT(properties); i++)
                        tests[count++] = (struct CMUnitTest){
                            arena_printf(arena, "%s: %s", with_redis ? "redis" : "files",
                                properties[i].name),
                            properties[i].run, with_redis ? begin_with_redis : begin_with_files,
                            tear_down_folder, NULL};
        if (without != NULL)
                print_message("# the tests with Redis are skipped: %s\n", without);
        limit_time();
        (void)alarm(2 * alarm(0)); /* twice as many tests */
        (void)cmocka_set_message_output(CM_OUTPUT_TAP);
        result = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
        stop_redis_server(&server);
        arena_free(arena);
        return result;
}
