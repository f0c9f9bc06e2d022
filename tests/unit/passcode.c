/* passcode, attempts: codes and links in their lives, and the limits of guessing. */
#include "folder.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "web/app.h"
#include "host/os.h"
#include "signin/attempts.h"
#include "signin/passcode.h"
#include "state/state.h"

enum { NOW = 1790000000, FOLLOWERS = 2000, RACERS = 16 };

static const struct app_program program = {.name = "test"};

/* Begins a request. */
static struct app *
begin(struct folder *f, long long now)
{
        struct arena *arena = arena_begin(f->arena);
        struct app *app = arena_alloc(arena, sizeof(*app));

        app->arena = arena;
        app->program = &program;
        app->request.client = "192.0.2.1";
        app->conf.push_token = "inventedPushToken";
        app->now = now;
        app->started = os_clock_ms();
        app->state = state_new(arena, inside(f, "state"), true);
        return app;
}

static struct passcode
issue(struct folder *f, long long now, const char *openid, int number)
{
        struct app *app = begin(f, now);
        struct passcode passcode;

        if (passcode_issue(app, openid, number, &passcode) != 0)
                fail_msg("%s", app->err.text);
        passcode.code = arena_strdup(f->arena, passcode.code);
        passcode.token = arena_strdup(f->arena, passcode.token);
        arena_end(app->arena);
        return passcode;
}

/* Whom a code, or a token, signs in; "": nobody. */
static const char *
take(struct folder *f, long long now, const char *code, int number, bool any_page)
{
        struct app *app = begin(f, now);
        const char *openid = "";
        int result = strlen(code) == PASSCODE_DIGITS
                         ? passcode_take_code(app, code, number, any_page, &openid)
                         : passcode_take_token(app, code, &openid);

        assert_true(result == 0 || app->err.kind == ERR_NOT_FOUND);
        openid = result == 0 ? arena_strdup(f->arena, openid) : "";
        arena_end(app->arena);
        return openid;
}

/* Among 2,000 in force none is twice, and each digit is as frequent as the others. */
static void
codes_are_drawn_evenly(void **test)
{
        struct folder *f = *test;
        static char codes[FOLLOWERS][PASSCODE_DIGITS + 1];
        long counts[PASSCODE_DIGITS][10] = {{0}};

        for (int i = 0; i < FOLLOWERS; i++) {
                struct passcode p = issue(f, NOW, arena_printf(f->arena, "oFollower%d", i), 0);

                assert_int_equal(strlen(p.code), PASSCODE_DIGITS);
                assert_int_equal(strspn(p.code, "0123456789"), PASSCODE_DIGITS);
                memcpy(codes[i], p.code, sizeof(codes[i]));
                for (int j = 0; j < PASSCODE_DIGITS; j++)
                        counts[j][p.code[j] - '0']++;
        }
        qsort(codes, FOLLOWERS, sizeof(codes[0]), (int (*)(const void *, const void *))strcmp);
        for (int i = 1; i < FOLLOWERS; i++)
                ROW(strcmp(codes[i - 1], codes[i]) != 0, i, codes[i]);
        /* Chi-squared with nine degrees of freedom: above 44 once in a million. */
        for (int j = 0; j < PASSCODE_DIGITS; j++) {
                double sum = 0;

                for (int digit = 0; digit < 10; digit++) {
                        double off = (double)counts[j][digit] - FOLLOWERS / 10.0;

                        sum += off * off / (FOLLOWERS / 10.0);
                }
                ROW(sum < 44, j, "digits are not even");
        }
        END_ROWS();
}

static void
a_code_lives_three_minutes(void **test)
{
        static const struct {
                long long later;
                bool works;
        } rows[] = {{0, true}, {179, true}, {180, false}, {181, false}, {3600, false}, {-5, true},
            {-6, false}, {-86400, false}};
        struct folder *f = *test;

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *openid = arena_printf(f->arena, "oFollower%zu", i);
                struct passcode p = issue(f, NOW, openid, 0);

                assert_int_equal(p.expires, NOW + 180);
                ROW(same(
                        take(f, NOW + rows[i].later, p.code, 0, true), rows[i].works ? openid : ""),
                    i, "code");
                ROW(same(take(f, NOW + rows[i].later, p.token, 0, true),
                        rows[i].works ? openid : ""),
                    i, "link");
        }
        END_ROWS();
}

static void
each_works_once(void **test)
{
        struct folder *f = *test;
        struct passcode p = issue(f, NOW, "oOne", 0);

        assert_string_equal(take(f, NOW, p.code, 0, true), "oOne");
        assert_string_equal(take(f, NOW, p.code, 0, true), "");
        assert_string_equal(take(f, NOW, p.token, 0, true), "oOne");
        assert_string_equal(take(f, NOW, p.token, 0, true), "");
        assert_string_equal(take(f, NOW, "000000", 0, true), "");
        assert_string_equal(take(f, NOW, "", 0, true), "");
}

static void
the_latest_request_counts(void **test)
{
        struct folder *f = *test;
        struct passcode first = issue(f, NOW, "oOne", 0), same = issue(f, NOW + 179, "oOne", 0);
        struct passcode bound, later, again;

        assert_string_equal(same.code, first.code);
        assert_string_equal(same.token, first.token);
        assert_int_equal(same.expires, first.expires);
        bound = issue(f, NOW + 10, "oOne", 27);
        assert_string_not_equal(bound.code, first.code);
        assert_string_not_equal(bound.token, first.token);
        assert_string_equal(take(f, NOW + 11, first.code, 27, true), "");
        assert_string_equal(take(f, NOW + 11, first.token, 0, true), "");
        later = issue(f, NOW + 190, "oOne", 27);
        assert_string_not_equal(later.code, bound.code);
        assert_string_equal(take(f, NOW + 191, bound.code, 27, true), "");
        /* When one of the two was used, both are new. */
        assert_string_equal(take(f, NOW + 191, later.token, 0, true), "oOne");
        again = issue(f, NOW + 192, "oOne", 27);
        assert_string_not_equal(again.token, later.token);
        assert_string_not_equal(again.code, later.code);
        assert_string_equal(take(f, NOW + 193, later.code, 27, true), "");
        assert_string_equal(take(f, NOW + 193, again.code, 27, true), "oOne");
}

static void
a_bound_code_works_on_its_pages(void **test)
{
        static const struct {
                int wanted, number;
                bool any_page, works;
        } rows[] = {{0, 0, true, true}, {0, 27, true, true}, {0, 27, false, false},
            {0, 0, false, false}, {27, 27, true, true}, {27, 27, false, true},
            {27, 28, true, false}, {27, 0, true, false}, {27, 28, false, false}};
        struct folder *f = *test;

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *openid = arena_printf(f->arena, "oFollower%zu", i);
                struct passcode p = issue(f, NOW, openid, rows[i].wanted);

                ROW(same(take(f, NOW, p.code, rows[i].number, rows[i].any_page),
                        rows[i].works ? openid : ""),
                    i, p.code);
                /* What does not work is not used up. */
                ROW(rows[i].works || same(take(f, NOW, p.code, rows[i].wanted, true), openid), i,
                    "used up");
        }
        END_ROWS();
}

static void
nothing_is_left_of_the_forgotten(void **test)
{
        struct folder *f = *test;
        struct passcode early = issue(f, NOW, "oOne", 0), late = issue(f, NOW, "oOne", 11);
        struct passcode other = issue(f, NOW, "oTwo", 0);
        struct app *app = begin(f, NOW);
        struct pairs names;

        assert_int_equal(state_open(app->state, &app->err), 0);
        assert_int_equal(passcode_forget(app, "oOne"), 0);
        assert_int_equal(passcode_forget(app, "oNobody"), 0);
        pairs_init(&names, f->arena);
        assert_int_equal(
            state_find(app->state, STORE_PASSCODE, "openid", "oOne", &names, &app->err), 0);
        assert_int_equal(names.count, 0);
        arena_end(app->arena);
        assert_string_equal(take(f, NOW, early.code, 0, true), "");
        assert_string_equal(take(f, NOW, late.code, 11, true), "");
        assert_string_equal(take(f, NOW, late.token, 0, true), "");
        assert_string_equal(take(f, NOW, other.code, 0, true), "oTwo");
}

/* ---- limits ---- */

/* An attempt that fails, by a browser with so many failures at an address. */
static enum attempts
attempt(struct folder *f, long long now, const char *address, int failures)
{
        struct app *app = begin(f, now);
        enum attempts looked, attempts;

        app->request.client = address;
        if (attempts_look(app, failures, &looked) != 0 ||
            attempts_begin(app, failures, &attempts) != 0)
                fail_msg("%s", app->err.text);
        assert_int_equal(looked, attempts);
        arena_end(app->arena);
        return attempts;
}

static void
an_address_is_bound_then_refused(void **test)
{
        struct folder *f = *test;

        for (int i = 0; i < 40; i++)
                ROW(attempt(f, NOW, "192.0.2.1", 0) == (i < 10      ? ATTEMPTS_FREE
                                                           : i < 30 ? ATTEMPTS_BOUND
                                                                    : ATTEMPTS_REFUSED),
                    i, "one address");
        ROW(attempt(f, NOW, "192.0.2.2", 0) == ATTEMPTS_FREE, 0, "another one");
        ROW(attempt(f, NOW, "192.0.2.2", 4) == ATTEMPTS_FREE, 0, "a browser after four failures");
        ROW(attempt(f, NOW, "192.0.2.2", 5) == ATTEMPTS_BOUND, 0, "after five");
        ROW(attempt(f, NOW + 599, "192.0.2.1", 0) == ATTEMPTS_REFUSED, 0, "nearly ten minutes");
        ROW(attempt(f, NOW + 600, "192.0.2.1", 0) == ATTEMPTS_FREE, 0, "ten minutes");
        for (int i = 0; i < 10; i++)
                (void)attempt(f, NOW, arena_printf(f->arena, "2001:db8:1:2::%d", i + 1), 0);
        ROW(attempt(f, NOW, "2001:db8:1:2:ffff::", 0) == ATTEMPTS_BOUND, 0, "one customer's /64");
        ROW(attempt(f, NOW, "2001:db8:1:3::1", 0) == ATTEMPTS_FREE, 0, "another /64");
        END_ROWS();
}

static bool
site_is_bound(struct folder *f, long long now)
{
        struct app *app = begin(f, now);
        bool bound = attempts_site_is_bound(app);

        arena_end(app->arena);
        return bound;
}

/* 0, or the error of a client's attempt that fails. */
static enum err_kind
ask_as_client(struct folder *f, long long now, const char *name)
{
        struct app *app = begin(f, now);
        enum err_kind kind = attempts_begin_client(app, name) == 0 ? ERR_NONE : app->err.kind;

        arena_end(app->arena);
        return kind;
}

static void
the_site_is_bound_after_a_hundred(void **test)
{
        struct folder *f = *test;

        for (int i = 0; i < 110; i++)
                ROW(attempt(f, NOW, arena_printf(f->arena, "198.51.100.%d", i), 0) ==
                        (i < 100 ? ATTEMPTS_FREE : ATTEMPTS_BOUND),
                    i, "each from its own address");
        ROW(site_is_bound(f, NOW), 0, "the site says so");
        ROW(site_is_bound(f, NOW + 3599), 0, "for an hour");
        ROW(!site_is_bound(f, NOW + 3600), 0, "and no longer");
        ROW(attempt(f, NOW + 3600, "198.51.100.200", 0) == ATTEMPTS_FREE, 0, "then as before");
        END_ROWS();
}

static void
success_is_no_failure(void **test)
{
        struct folder *f = *test;

        for (int i = 0; i < 200; i++) {
                struct app *app = begin(f, NOW);
                enum attempts attempts;

                ROW(attempts_begin(app, 0, &attempts) == 0 && attempts == ATTEMPTS_FREE, i,
                    "an attempt");
                attempts_succeed(app);
                ROW(attempts_begin_client(app, "shop") == 0, i, "a client's");
                attempts_succeed_client(app, "shop");
                arena_end(app->arena);
        }
        END_ROWS();
}

static void
a_client_is_refused_after_a_hundred(void **test)
{
        struct folder *f = *test;

        for (int i = 0; i < 110; i++)
                ROW(ask_as_client(f, NOW, "shop") == (i < 100 ? ERR_NONE : ERR_BUSY), i, "shop");
        ROW(ask_as_client(f, NOW, "wiki") == ERR_NONE, 0, "another client");
        ROW(ask_as_client(f, NOW + 600, "shop") == ERR_NONE, 0, "ten minutes later");
        END_ROWS();
}

/* Sixteen processes of one address guess at once: ten attempts are free, twenty bound. */
static void
no_attempt_is_lost_in_a_race(void **test)
{
        struct folder *f = *test;
        int counts[3] = {0}, *shared = mmap(NULL, sizeof(int) * RACERS * 4, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        assert_ptr_not_equal(shared, MAP_FAILED);
        (void)attempt(f, NOW, "192.0.2.9", 0);
        for (int i = 0; i < RACERS; i++) {
                pid_t pid = fork();

                assert_true(pid >= 0);
                if (pid == 0) {
                        for (int j = 0; j < 4; j++) {
                                struct app *app = begin(f, NOW);
                                enum attempts attempts = ATTEMPTS_FREE;
                                int result = attempts_begin(app, 0, &attempts);

                                shared[4 * i + j] = result == 0 ? (int)attempts : 99;
                        }
                        _exit(0);
                }
        }
        while (wait(NULL) > 0)
                ;
        for (int i = 0; i < 4 * RACERS; i++) {
                assert_in_range(shared[i], 0, 2);
                counts[shared[i]]++;
        }
        assert_int_equal(counts[ATTEMPTS_FREE], 10);
        assert_int_equal(counts[ATTEMPTS_BOUND], 20);
        munmap(shared, sizeof(int) * RACERS * 4);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(codes_are_drawn_evenly),
            FOLDER_TEST(a_code_lives_three_minutes), FOLDER_TEST(each_works_once),
            FOLDER_TEST(the_latest_request_counts), FOLDER_TEST(a_bound_code_works_on_its_pages),
            FOLDER_TEST(nothing_is_left_of_the_forgotten),
            FOLDER_TEST(an_address_is_bound_then_refused),
            FOLDER_TEST(the_site_is_bound_after_a_hundred), FOLDER_TEST(success_is_no_failure),
            FOLDER_TEST(a_client_is_refused_after_a_hundred),
            FOLDER_TEST(no_attempt_is_lost_in_a_race)};

        return RUN(tests);
}
