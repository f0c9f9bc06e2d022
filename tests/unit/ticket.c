/* ticket: tickets used at the moment when their session ends. A forgotten user must not be signed
 * in again by one. Uses processes, as a web server does. */
#include "folder.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "web/app.h"
#include "signin/forget.h"
#include "host/os.h"
#include "signin/session.h"
#include "state/state.h"
#include "signin/ticket.h"
#include "wechat/api.h"

enum { ROUNDS = 1000, COMPUTERS = 3 };

static const char openid[] = "oForgotten";

/* Uses /dev/shm if the host has it: the tests are about order, not about the disk. */
static int
set_up_on_memory(void **state)
{
        if (access("/dev/shm", W_OK) == 0)
                setenv("TMPDIR", "/dev/shm", 1);
        return set_up_folder(state);
}

static const struct app_program program = {.name = "test"};

/* Begins a request, with an arena of its own. */
static struct app *
begin(const char *state_dir)
{
        struct arena *arena = arena_new(abort);
        struct app *app = arena_alloc(arena, sizeof(*app));

        app->arena = arena;
        app->program = &program;
        app->request.client = "192.0.2.1";
        app->request.user_agent = "";
        app->host = arena_alloc(arena, sizeof(*app->host));
        *app->host = (struct host){.arena = arena};
        app->conf.owners = "";
        app->conf.people = "everyone";
        app->conf.state_dir = state_dir;
        app->conf.session_seconds = 3600;
        app->conf.journal = "full";
        app->conf.events_days = 30;
        app->conf.consent = "off";
        app->conf.oidc_clients = "";
        app->now = os_now();
        app->state = state_new(arena, state_dir, true);
        if (state_open(app->state, &app->err) != 0)
                abort();
        return app;
}

static struct session
sign_in(struct app *app)
{
        struct token_response grant = {.openid = openid,
            .scope = "snsapi_base",
            .access_token = "A",
            .refresh_token = "R",
            .unionid = ""};
        struct session session;
        struct pairs profile;
        const char *token = NULL;

        pairs_init(&profile, app->arena);
        pairs_add(&profile, "openid", openid);
        if (session_create(app, &grant, &profile, "test", &token) != 0 ||
            session_read(app, token, &session) != 0)
                fail_msg("%s", app->err.text);
        return session;
}

/* Takes a computer's answer as desktop.cgi does. Returns 0 if the computer was signed in, 1 if not,
 * 2 for another error. */
static int
take(const char *state_dir, const char *key)
{
        struct app *app = begin(state_dir);
        struct store_record ticket;
        struct session beside;
        const char *token;

        if (state_read(app->state, STORE_ANSWER, key, app->now, &ticket, &app->err) == 0 &&
            ticket_read(app, &ticket, &beside) == 0 &&
            state_take(app->state, STORE_ANSWER, key, app->now, &ticket, &app->err) == 0 &&
            ticket_join(app, &beside, "desktop", &token) == 0)
                return 0;
        return app->err.kind == ERR_EXPIRED ? 1 : 2;
}

/* Starts a process that waits until the gate is closed, and then takes the answer with that key;
 * NULL: forgets the user. */
static pid_t
start(int gate[2], const char *state_dir, const char *key)
{
        pid_t pid = fork();

        if (pid == 0) {
                char byte;

                close(gate[1]);
                if (read(gate[0], &byte, 1) != 0)
                        _exit(2);
                if (key != NULL)
                        _exit(take(state_dir, key));
                _exit(forget_openid(begin(state_dir), openid) == 0 ? 0 : 2);
        }
        return pid;
}

static int
wait_for(pid_t pid)
{
        int status;

        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
                return 2;
        return WEXITSTATUS(status);
}

static bool
is_user_gone(struct app *app)
{
        struct pairs user;

        return state_read_user(app->state, openid, &user, &app->err) != 0 &&
               app->err.kind == ERR_NOT_FOUND;
}

static int
one_round(struct folder *f, int round, int *before)
{
        struct app *app = begin(f->path);
        struct session session = sign_in(app);
        pid_t pids[COMPUTERS + 1];
        int gate[2], bad = 0;

        if (pipe(gate) != 0)
                fail_msg("pipe: %s", strerror(errno));
        for (int i = 0; i < COMPUTERS; i++) {
                const char *key = arena_printf(app->arena, "%d %d", round, i);
                struct pairs more;

                pairs_init(&more, app->arena);
                pairs_add(&more, "answer", "yes");
                assert_int_equal(ticket_write(app, &session, STORE_ANSWER, key, 100, &more), 0);
                pids[i] = start(gate, f->path, key);
        }
        pids[COMPUTERS] = start(gate, f->path, NULL);
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; i <= COMPUTERS; i++) {
                int status = wait_for(pids[i]);

                bad += status == 2 || (i == COMPUTERS && status != 0);
                *before += i < COMPUTERS && status == 0;
        }
        bad += !is_user_gone(app);
        /* Answers that were not taken would fill the shard. */
        for (int i = 0; i < COMPUTERS; i++)
                assert_int_equal(state_delete(app->state, STORE_ANSWER,
                                     arena_printf(app->arena, "%d %d", round, i), &app->err),
                    0);
        arena_free(app->arena);
        return bad;
}

/* Counts the user's records of sessions and tokens. */
static int
count_records(struct folder *f)
{
        struct pairs names;
        struct app *app = begin(f->path);
        int count;

        pairs_init(&names, app->arena);
        assert_int_equal(
            state_find(app->state, STORE_SESSION, "openid", openid, &names, &app->err), 0);
        assert_int_equal(
            state_find(app->state, STORE_TOKENS, "openid", openid, &names, &app->err), 0);
        count = (int)names.count;
        arena_free(app->arena);
        return count;
}

static void
nobody_comes_back_by_a_ticket(void **state)
{
        struct folder *f = *state;
        int bad = 0, before = 0;

        for (int round = 0; round < ROUNDS; round++)
                bad += one_round(f, round, &before);
        assert_int_equal(bad, 0);
        assert_int_equal(count_records(f), 0);
        /* Some were signed in before the end, some not: otherwise it was no race. */
        assert_in_range(before, 1, ROUNDS * COMPUTERS - 1);
}

/* Without a race: each way in which a session ends. */
static void
a_ticket_ends_with_its_session(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path);
        struct session session = sign_in(app), other;
        struct store_record ticket = {.created = app->now, .expires = app->now + 100};
        const char *token;

        pairs_init(&ticket.fields, app->arena);
        pairs_add(&ticket.fields, "session", session.name);
        pairs_add(&ticket.fields, "generation", session.generation);
        assert_int_equal(ticket_read(app, &ticket, &other), 0);
        assert_int_equal(ticket_join(app, &other, "desktop", &token), 0);
        assert_int_equal(session_read(app, token, &other), 0);
        assert_true(other.expires == session.expires);
        /* A ticket of another generation. */
        pairs_remove(&ticket.fields, "generation");
        pairs_add(&ticket.fields, "generation", "x");
        assert_int_equal(ticket_read(app, &ticket, &other), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        /* A ticket that is read in time, but joined after sign-out, or after forgetting. */
        assert_int_equal(session_delete(app, session.name), 0);
        assert_int_equal(ticket_join(app, &session, "desktop", &token), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        session = sign_in(app);
        assert_int_equal(forget_openid(app, openid), 0);
        assert_int_equal(ticket_join(app, &session, "desktop", &token), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        /* The user's file was deleted by hand: the session's records do not create it again. */
        session = sign_in(app);
        assert_int_equal(system(arena_printf(app->arena, "rm -r %s/users", f->path)), 0);
        assert_int_equal(ticket_join(app, &session, "desktop", &token), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        assert_int_equal(access(inside(f, "users"), F_OK), -1);
        arena_free(app->arena);
}

/* If the list is full, the oldest session is signed out, and its records are deleted. */
static void
what_falls_off_the_list_ends(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path);
        struct session first = sign_in(app), second = sign_in(app), read, other;
        struct token_response grant = {.openid = openid, .scope = "s", .access_token = "A"};
        const char *token = NULL;
        struct pairs none;

        for (int i = 2; i < 101; i++)
                sign_in(app);
        assert_int_equal(session_read_name(app, first.name, &read), -1);
        assert_int_equal(app->err.kind, ERR_NOT_FOUND);
        assert_int_equal(session_read_name(app, second.name, &read), 0);
        assert_int_equal(count_records(f), 200);
        /* A session that is not listed is not valid, whatever its record says. */
        pairs_init(&none, app->arena);
        other = second;
        assert_int_equal(session_draw_token(app, &token), 0);
        other.name = session_name(app, token);
        assert_int_equal(session_write(app, token, &grant, &other, &none), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        assert_int_equal(count_records(f), 200);
        assert_int_equal(forget_openid(app, openid), 0);
        assert_int_equal(count_records(f), 0);
        arena_free(app->arena);
}

/* The records of a user's expired sessions are deleted at the next sign-in. */
static void
expired_grants_go_at_the_next_sign_in(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path);

        for (int i = 0; i < 5; i++)
                sign_in(app);
        assert_int_equal(count_records(f), 10);
        app->now += 3600;
        sign_in(app);
        assert_int_equal(count_records(f), 2);
        arena_free(app->arena);
}

/* Records that are written for a session that has ended do not stay. */
static void
late_writes_leave_nothing(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path);
        struct session session = sign_in(app);
        struct token_response grant = {
            .openid = openid, .scope = "s", .access_token = "A2", .refresh_token = "R2"};
        struct pairs values;
        struct store_record record;

        pairs_init(&values, app->arena);
        pairs_add(&values, "item", "1");
        assert_int_equal(session_write_values(app, &session, &values), 0);
        assert_int_equal(forget_openid(app, openid), 0);
        assert_int_equal(session_replace_grant(app, &session, &grant), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        assert_int_equal(session_write_values(app, &session, &values), -1);
        assert_int_equal(app->err.kind, ERR_EXPIRED);
        assert_int_equal(count_records(f), 0);
        assert_int_equal(
            state_read(app->state, STORE_VALUES, session.name, app->now, &record, &app->err), -1);
        arena_free(app->arena);
}

#define MEMORY_TEST(function)                                                                      \
        cmocka_unit_test_setup_teardown(function, set_up_on_memory, tear_down_folder)

int
main(void)
{
        const struct CMUnitTest tests[] = {MEMORY_TEST(a_ticket_ends_with_its_session),
            MEMORY_TEST(what_falls_off_the_list_ends),
            MEMORY_TEST(expired_grants_go_at_the_next_sign_in),
            MEMORY_TEST(late_writes_leave_nothing), MEMORY_TEST(nobody_comes_back_by_a_ticket)};

        return RUN(tests);
}
