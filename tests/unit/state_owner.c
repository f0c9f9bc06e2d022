/*
 * state_owner: what the state keeps and finds for the site's owner, through state.h: a walk over
 * all users, a day of the journal, counts by day, errors, what owners did.
 */
#include "folder.h"

#include <sys/wait.h>

#include "state/state.h"

enum { USERS = 120, RACERS = 8, EACH = 50, PATIENCE_SECONDS = 60 };

#define DAY 86400LL
#define NOON 1795492800LL /* 2026-11-24 12:00 in Beijing */

static struct state *
open_state(struct folder *f, bool writes)
{
        struct state *state = state_new(f->arena, inside(f, "state"), writes);

        if (state_open(state, &f->err) != 0)
                fail_msg("%s", f->err.text);
        return state;
}

/* ---- users ---- */

struct visits {
        struct folder *f;
        struct state *state;
        int seen[USERS];
        int count;
        int most;  /* stops after so many; 0: never */
        bool ends; /* forgets each user */
};

static bool
visit_user(void *context, const struct pairs *user)
{
        struct visits *v = context;
        long long number = pairs_get_number(user, "number", -1);
        const char *openid = pairs_get_text(user, "openid");
        struct pairs sessions;
        bool listed;

        pairs_init(&sessions, v->f->arena);
        assert_in_range(number, 0, USERS - 1);
        assert_string_equal(openid, arena_printf(v->f->arena, "oUser-%lld", number));
        v->seen[number]++;
        if (v->ends)
                assert_int_equal(
                    state_forget_user(v->state, openid, &sessions, &listed, &v->f->err), 0);
        return ++v->count != v->most;
}

static struct visits
visit_all(struct folder *f, struct state *state, int most, bool ends, int *result)
{
        struct visits v = {.f = f, .state = state, .most = most, .ends = ends};

        *result = state_each_user(state, visit_user, &v, &f->err);
        return v;
}

static void
add_users(struct folder *f, struct state *state)
{
        for (int i = 0; i < USERS; i++) {
                struct pairs members;

                pairs_init(&members, f->arena);
                pairs_add_number(&members, "number", i);
                assert_int_equal(
                    state_set_user(state, arena_printf(f->arena, "oUser-%d", i), &members, &f->err),
                    0);
        }
}

static void
each_user_is_visited_once(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        struct visits v;
        int result;

        v = visit_all(f, state, 0, false, &result);
        assert_int_equal(result, 0);
        assert_int_equal(v.count, 0);
        add_users(f, state);
        v = visit_all(f, open_state(f, false), 0, false, &result);
        assert_int_equal(result, 0);
        for (int i = 0; i < USERS; i++)
                ROW(v.seen[i] == 1, i, "not once");
        v = visit_all(f, state, 7, false, &result);
        assert_int_equal(result, 0);
        assert_int_equal(v.count, 7);
        v = visit_all(f, state, 0, true, &result);
        assert_int_equal(result, 0);
        assert_int_equal(v.count, USERS);
        v = visit_all(f, state, 0, false, &result);
        assert_int_equal(v.count, 0);
        END_ROWS();
}

/* The one file of the shard in which oUser-0 is. */
static void
what_is_broken_is_left_out_and_told(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        char shard[256] = "";
        struct visits v;
        int result;
        FILE *found;

        add_users(f, state);
        found =
            popen(arena_printf(f->arena, "dirname %s/state/users/*/oUser-0.json", f->path), "r");
        assert_non_null(found);
        assert_non_null(fgets(shard, sizeof(shard), found));
        (void)pclose(found);
        shard[strcspn(shard, "\n")] = '\0';
        put_file(arena_printf(f->arena, "%s/notes.txt", shard), "x", 1);
        put_file(arena_printf(f->arena, "%s/.tmp-x.json", shard), "x", 1);
        v = visit_all(f, state, 0, false, &result);
        assert_int_equal(result, 0);
        assert_int_equal(v.count, USERS);
        put_file(arena_printf(f->arena, "%s/oUser-0.json", shard), "{\"openid\":\"oUser-1\"}", 20);
        v = visit_all(f, state, 0, false, &result);
        assert_int_equal(result, -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_non_null(strstr(f->err.text, "oUser-0.json"));
        assert_int_equal(v.count, USERS - 1);
        put_file(arena_printf(f->arena, "%s/oUser-0.json", shard), "{", 1);
        v = visit_all(f, state, 0, false, &result);
        assert_int_equal(result, -1);
        assert_int_equal(v.count, USERS - 1);
}

/* ---- lines ---- */

struct texts {
        struct folder *f;
        const char *joined; /* the lines, each with a bar behind it */
        size_t longest;
        int most;
};

static bool
add_line(void *context, const char *line, size_t size)
{
        struct texts *texts = context;

        assert_int_equal(strlen(line), size);
        if (size > texts->longest)
                texts->longest = size;
        if (size < 100)
                texts->joined = arena_printf(texts->f->arena, "%s%s|", texts->joined, line);
        return --texts->most != 0;
}

static void
a_day_is_read_in_order(void **test)
{
        enum { LONG = 200 * 1024 };
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        struct texts texts = {f, "", 0, 0};
        char *line = arena_alloc(f->arena, LONG + 1);

        assert_int_equal(state_read_day(state, "2026-11-24", add_line, &texts, &f->err), 0);
        assert_int_equal(state_log(state, "{\"a\":1}", 30, NOON, &f->err), 0);
        assert_int_equal(state_log(state, memset(line, 'x', LONG), 30, NOON, &f->err), 0);
        assert_int_equal(state_log(state, "{\"a\":2}", 30, NOON, &f->err), 0);
        assert_int_equal(state_log(state, "{\"a\":3}", 30, NOON + DAY, &f->err), 0);
        assert_int_equal(state_read_day(state, "2026-11-24", add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":1}|{\"a\":2}|");
        assert_int_equal(texts.longest, LONG);
        texts = (struct texts){f, "", 0, 1};
        assert_int_equal(state_read_day(state, "2026-11-24", add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":1}|");
        /* A process has died while it appended. */
        put_file(inside(f, "state/events/2026-11-26.jsonl"), "{}\n{\"half", 9);
        texts = (struct texts){f, "", 0, 0};
        assert_int_equal(state_read_day(state, "2026-11-26", add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{}|");
        assert_int_equal(state_read_day(state, "2026-11-27", add_line, &texts, &f->err), 0);
        assert_int_equal(state_read_day(state, "../../x", add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{}|");
}

static void
what_owners_did_is_read_newest_first(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        struct texts texts = {f, "", 0, 0};
        char *line = arena_alloc(f->arena, 1000);

        assert_int_equal(state_read_audit(state, add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "");
        for (int i = 1; i <= 3; i++)
                assert_int_equal(
                    state_audit(state, arena_printf(f->arena, "{\"a\":%d}", i), &f->err), 0);
        assert_int_equal(state_read_audit(state, add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":3}|{\"a\":2}|{\"a\":1}|");
        texts = (struct texts){f, "", 0, 2};
        assert_int_equal(state_read_audit(state, add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":3}|{\"a\":2}|");
        /* Of a long file the end is read, from the first line that is whole. */
        memset(line, 'x', 999);
        for (int i = 0; i < 262; i++)
                assert_int_equal(state_audit(state, line, &f->err), 0);
        assert_int_equal(state_audit(state, "{\"a\":4}", &f->err), 0);
        texts = (struct texts){f, "", 0, 0};
        assert_int_equal(state_read_audit(state, add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":4}|{\"a\":3}|{\"a\":2}|{\"a\":1}|");
        assert_int_equal(state_audit(state, line, &f->err), 0);
        texts = (struct texts){f, "", 0, 0};
        assert_int_equal(state_read_audit(state, add_line, &texts, &f->err), 0);
        assert_string_equal(texts.joined, "{\"a\":4}|");
        assert_int_equal(texts.longest, 999);
}

/* ---- counts ---- */

static int
count_much(struct folder *f)
{
        struct arena *arena = arena_new(abort);
        struct state *state = state_new(arena, inside(f, "state"), true);
        struct err err;

        alarm(PATIENCE_SECONDS);
        for (int i = 0; i < EACH; i++)
                if (state_open(state, &err) != 0 ||
                    state_tally(state, i % TALLY_KINDS, NOON - DAY * (i % 2), &err) != 0)
                        return 1;
        return 0;
}

static void
no_tally_is_lost(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        long long counts[TALLY_DAYS_MAX][TALLY_KINDS];
        int status;

        assert_int_equal(state_read_tallies(state, NOON, TALLY_DAYS_MAX, counts, &f->err), 0);
        assert_int_equal(counts[0][TALLY_SIGN_INS], 0);
        for (int i = 0; i < RACERS; i++) {
                pid_t pid = fork();

                assert_true(pid >= 0);
                if (pid == 0)
                        _exit(count_much(f));
        }
        for (int i = 0; i < RACERS; i++) {
                assert_true(wait(&status) > 0);
                assert_int_equal(status, 0);
        }
        assert_int_equal(state_read_tallies(state, NOON, TALLY_DAYS_MAX, counts, &f->err), 0);
        for (int i = 0; i < TALLY_DAYS_MAX; i++)
                for (int kind = 0; kind < TALLY_KINDS; kind++)
                        ROW(counts[i][kind] == (i < 2 ? RACERS * EACH / TALLY_KINDS / 2 : 0), i,
                            "another count");
        END_ROWS();
}

/* Days change at midnight in Beijing; the counts of a day 64 days ago make way. */
static void
days_are_counted_apart(void **test)
{
        static const struct {
                long long now;
                int times;
        } rows[] = {{NOON, 1}, {NOON + 12 * 3600 - 1, 1}, {NOON + 12 * 3600, 3},
            {NOON - 39 * DAY, 5}, {NOON - 62 * DAY, 7}};
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        long long counts[TALLY_DAYS_MAX][TALLY_KINDS];

        for (size_t i = 0; i < COUNT(rows); i++)
                for (int n = 0; n < rows[i].times; n++)
                        assert_int_equal(
                            state_tally(state, TALLY_MESSAGES, rows[i].now, &f->err), 0);
        assert_int_equal(state_read_tallies(state, NOON, TALLY_DAYS_MAX, counts, &f->err), 0);
        assert_int_equal(counts[0][TALLY_MESSAGES], 2);
        assert_int_equal(counts[0][TALLY_SIGN_INS], 0);
        assert_int_equal(counts[1][TALLY_MESSAGES], 0);
        assert_int_equal(counts[39][TALLY_MESSAGES], 5);
        assert_int_equal(state_read_tallies(state, NOON + DAY, 2, counts, &f->err), 0);
        assert_int_equal(counts[0][TALLY_MESSAGES], 3);
        assert_int_equal(counts[1][TALLY_MESSAGES], 2);
        assert_int_equal(state_tally(state, TALLY_MESSAGES, NOON + 64 * DAY, &f->err), 0);
        assert_int_equal(state_read_tallies(state, NOON + 64 * DAY, 1, counts, &f->err), 0);
        assert_int_equal(counts[0][TALLY_MESSAGES], 1);
        assert_int_equal(state_read_tallies(state, NOON, 1, counts, &f->err), 0);
        assert_int_equal(counts[0][TALLY_MESSAGES], 0);
}

/* A power cut may leave anything: it is counted on from 0, and nothing fails. */
static void
broken_counts_are_none(void **test)
{
        static const char *const texts[] = {"", "x", "2026-11-24 -5", "\n\n\n\n\n\n\n"};
        struct folder *f = *test;
        struct state *state = open_state(f, true);
        long long counts[1][TALLY_KINDS];

        for (size_t i = 0; i < COUNT(texts); i++) {
                put_file(inside(f, "state/tallies"), texts[i], strlen(texts[i]));
                ROW(state_read_tallies(state, NOON, 1, counts, &f->err) == 0 &&
                        counts[0][TALLY_FOLLOWED] == 0,
                    i, "read");
                ROW(state_tally(state, TALLY_FOLLOWED, NOON, &f->err) == 0, i, f->err.text);
                ROW(state_read_tallies(state, NOON, 1, counts, &f->err) == 0 &&
                        counts[0][TALLY_FOLLOWED] == 1,
                    i, "counted");
        }
        END_ROWS();
}

/* ---- errors ---- */

static bool
add_error(void *context, long long when, const char *line)
{
        struct texts *texts = context;

        texts->joined =
            arena_printf(texts->f->arena, "%s%lld %s|", texts->joined, when - NOON, line);
        return --texts->most != 0;
}

static const char *
errors_of(struct folder *f, struct state *state, long long since, long long now, int most)
{
        struct texts texts = {f, "", 0, most};

        assert_int_equal(state_read_errors(state, since, now, add_error, &texts, &f->err), 0);
        return texts.joined;
}

static void
errors_are_kept_for_two_days(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true);

        assert_string_equal(errors_of(f, state, 0, NOON, 0), "");
        assert_int_equal(state_note_error(state, "one\n", NOON, &f->err), 0);
        assert_int_equal(state_note_error(state, "two oX", NOON + 5, &f->err), 0);
        assert_int_equal(state_note_error(state, "three", NOON + DAY, &f->err), 0);
        assert_string_equal(errors_of(f, state, 0, NOON + DAY, 0), "86400 three|5 two oX|0 one|");
        assert_string_equal(errors_of(f, state, 0, NOON + DAY, 2), "86400 three|5 two oX|");
        assert_string_equal(errors_of(f, state, NOON + 5, NOON + DAY, 0), "86400 three|5 two oX|");
        assert_int_equal(state_forget_lines(state, "oX", &f->err), 0);
        assert_string_equal(errors_of(f, state, 0, NOON + DAY, 0), "86400 three|0 one|");
        assert_int_equal(state_note_error(state, "four", NOON + 2 * DAY, &f->err), 0);
        assert_int_equal(access(inside(f, "state/errors/2026-11-24"), F_OK), -1);
        assert_int_equal(access(inside(f, "state/errors/2026-11-25"), F_OK), 0);
}

static void
errors_have_an_end(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f, true), *reader = open_state(f, false);
        char *line = arena_alloc(f->arena, 1001);
        struct stat st;
        int noted = 0;

        memset(line, 'x', 1000);
        while (noted < 1000 && state_note_error(state, line, NOON, &f->err) == 0)
                noted++;
        assert_int_equal(f->err.kind, ERR_TOO_LARGE);
        assert_int_equal(noted, 256 * 1024 / 1012);
        assert_int_equal(stat(inside(f, "state/errors/2026-11-24"), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(state_note_error(state, "next day", NOON + DAY, &f->err), 0);
        /* Who may only read notes nothing, and fails at nothing. */
        assert_int_equal(state_note_error(reader, "x", NOON + DAY, &f->err), 0);
        assert_string_equal(errors_of(f, reader, NOON + 1, NOON + DAY, 0), "86400 next day|");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(each_user_is_visited_once),
            FOLDER_TEST(what_is_broken_is_left_out_and_told), FOLDER_TEST(a_day_is_read_in_order),
            FOLDER_TEST(what_owners_did_is_read_newest_first), FOLDER_TEST(no_tally_is_lost),
            FOLDER_TEST(days_are_counted_apart), FOLDER_TEST(broken_counts_are_none),
            FOLDER_TEST(errors_are_kept_for_two_days), FOLDER_TEST(errors_have_an_end)};

        umask(077);
        return RUN(tests);
}
