/* person, admission: who may come in, and what an owner does about it; also at the moment when
 * somebody signs in. Uses processes, as a web server does. */
#include "folder.h"

#include <sys/wait.h>

#include "web/app.h"
#include "host/os.h"
#include "signin/admission.h"
#include "signin/forget.h"
#include "signin/person.h"
#include "signin/role.h"
#include "signin/session.h"
#include "state/state.h"
#include "wechat/api.h"

enum { ROUNDS = 100, DAY = 86400 };

/* Uses /dev/shm if the host has it: the tests are about order, not about the disk. */
static int
set_up_on_memory(void **state)
{
        if (access("/dev/shm", W_OK) == 0)
                setenv("TMPDIR", "/dev/shm", 1);
        return set_up_folder(state);
}

#define MEMORY_TEST(function)                                                                      \
        cmocka_unit_test_setup_teardown(function, set_up_on_memory, tear_down_folder)

static const char openid[] = "oSomebody", owner[] = "oOwner";

static const struct app_program program = {.name = "test"};

/* Begins a request, with an arena of its own. */
static struct app *
begin(const char *state_dir, const char *people)
{
        struct arena *arena = arena_new(abort);
        struct app *app = arena_alloc(arena, sizeof(*app));

        app->arena = arena;
        app->program = &program;
        app->host = arena_alloc(arena, sizeof(*app->host));
        *app->host = (struct host){.arena = arena};
        app->request.client = "192.0.2.1";
        app->request.user_agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0";
        app->conf = (struct conf){.state_dir = state_dir,
            .journal = "full",
            .session_seconds = 3600,
            .events_days = 30,
            .consent = "off",
            .owners = owner,
            .people = people,
            .outside_wechat = "qr",
            .account_name = "",
            .oidc_clients = "",
            .account_qr = "",
            .account_url = ""};
        app->now = os_now();
        pairs_init(&app->page, arena);
        app->state = state_new(arena, state_dir, true);
        if (state_open(app->state, &app->err) != 0)
                abort();
        return app;
}

/* Signs in; returns the error's kind. */
static enum err_kind
sign_in(struct app *app, const char *who, const char *scope, const char **token)
{
        struct token_response grant = {
            .openid = who, .scope = scope, .access_token = "", .refresh_token = "", .unionid = ""};
        struct pairs profile;

        pairs_init(&profile, app->arena);
        pairs_add(&profile, "openid", who);
        pairs_add(&profile, "nickname", "小明");
        *token = NULL;
        err_clear(&app->err);
        return session_create(app, &grant, &profile, "test", token) == 0 ? ERR_NONE : app->err.kind;
}

static struct pairs
user_of(struct app *app, const char *who)
{
        struct pairs user;

        pairs_init(&user, app->arena);
        if (state_read_user(app->state, who, &user, &app->err) != 0)
                pairs_init(&user, app->arena);
        err_clear(&app->err);
        return user;
}

static bool
is_in(struct app *app, const char *token)
{
        struct session session;
        bool found = session_read(app, token, &session) == 0;

        err_clear(&app->err);
        return found;
}

static void
set(struct app *app, const char *who, const char *member)
{
        struct pairs members;

        pairs_init(&members, app->arena);
        pairs_add_number(&members, member, app->now);
        assert_int_equal(state_set_user(app->state, who, &members, &app->err), 0);
}

static void
each_rule_lets_in_whom_it_says(void **state)
{
        static const struct {
                const char *people, *who, *member, *scope;
                enum err_kind kind;
        } rows[] = {
            {"everyone", "oNew", NULL, "snsapi_base", ERR_NONE},
            {"everyone", "oBlocked", "blocked", "snsapi_base", ERR_BLOCKED},
            {"everyone", "oBlocked", "blocked", WECHAT_SCOPE_MESSAGE, ERR_BLOCKED},
            {"everyone", "oBlocked", "blocked", WECHAT_SCOPE_SCENE, ERR_BLOCKED},
            {"everyone", "oBlocked", "blocked", WECHAT_SCOPE_MINI, ERR_BLOCKED},
            {"everyone", "oBlocked", "blocked", WECHAT_SCOPE_WEBSITE, ERR_BLOCKED},
            {"everyone", owner, "blocked", "snsapi_base", ERR_NONE},
            {"approved", "oNew2", NULL, "snsapi_base", ERR_WAITING},
            {"approved", "oNew3", "last_seen", WECHAT_SCOPE_MESSAGE, ERR_WAITING},
            {"approved", "oNew4", NULL, WECHAT_SCOPE_MINI, ERR_WAITING},
            {"approved", "oOld", "first_sign_in", "snsapi_base", ERR_NONE},
            {"approved", "oLet", "approved", "snsapi_base", ERR_NONE},
            {"approved", owner, NULL, "snsapi_base", ERR_NONE},
            {"followers", "oNew5", NULL, "snsapi_base", ERR_FOLLOW},
            {"followers", "oLet", NULL, "snsapi_base", ERR_FOLLOW},
            {"followers", "oFan", "subscribed_since", "snsapi_base", ERR_NONE},
            {"followers", "oWriter", "last_seen", "snsapi_base", ERR_NONE},
            {"followers", "oNew6", NULL, WECHAT_SCOPE_MESSAGE, ERR_NONE},
            {"followers", "oNew7", NULL, WECHAT_SCOPE_SCENE, ERR_NONE},
            {"followers", "oNew8", NULL, WECHAT_SCOPE_MINI, ERR_FOLLOW},
            {"followers", owner, NULL, "snsapi_base", ERR_NONE},
        };
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct app *app = begin(f->path, rows[i].people);
                const char *token;

                if (rows[i].member != NULL)
                        set(app, rows[i].who, rows[i].member);
                ROW(sign_in(app, rows[i].who, rows[i].scope, &token) == rows[i].kind, i,
                    rows[i].who);
                ROW((rows[i].kind == ERR_NONE) == is_in(app, token), i, "a session");
                arena_free(app->arena);
        }
        END_ROWS();
}

/* Written by hand. */
static void
only_what_says_no_is_no_block(void **state)
{
        static const struct {
                const char *value;
                enum pair_type type;
                bool blocked;
        } rows[] = {{"1790000000", PAIR_NUMBER, true}, {"true", PAIR_BOOL, true},
            {"yes", PAIR_TEXT, true}, {"0", PAIR_NUMBER, false}, {"false", PAIR_BOOL, false},
            {"", PAIR_TEXT, false}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs user;

                pairs_init(&user, f->arena);
                pairs_add_typed(&user, "blocked", rows[i].value, rows[i].type);
                ROW(member_is_blocked(&user) == rows[i].blocked, i, rows[i].value);
        }
        END_ROWS();
}

static void
a_newcomer_waits_until_approved(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "approved");
        const char *token;
        struct pairs user;

        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_WAITING);
        user = user_of(app, openid);
        assert_int_equal(pairs_get_number(&user, "waiting", 0), app->now);
        assert_string_equal(pairs_get_text(&user, "nickname"), "小明");
        assert_null(pairs_get(&user, "first_sign_in"));
        assert_null(pairs_get(&user, "sessions"));
        app->now += 5;
        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_WAITING);
        user = user_of(app, openid);
        assert_int_equal(pairs_get_number(&user, "waiting", 0), app->now - 5);

        assert_int_equal(person_approve(app, openid), 0);
        user = user_of(app, openid);
        assert_int_equal(pairs_get_number(&user, "approved", 0), app->now);
        assert_null(pairs_get(&user, "waiting"));
        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_NONE);
        arena_free(app->arena);
}

/* Whoever is on the list when everybody may come in again is not left there. */
static void
a_sign_in_leaves_the_list(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "approved");
        const char *token;
        struct pairs user;

        assert_int_equal(sign_in(app, openid, "snsapi_base", &token), ERR_WAITING);
        app->conf.people = "everyone";
        assert_int_equal(sign_in(app, openid, "snsapi_base", &token), ERR_NONE);
        user = user_of(app, openid);
        assert_null(pairs_get(&user, "waiting"));
        arena_free(app->arena);
}

static void
the_list_is_bounded(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "approved");
        const char *token;
        int waiting = 0;

        for (int i = 0; i < ADMISSION_MAX; i++)
                waiting += sign_in(app, arena_printf(app->arena, "oCrowd%d", i), "snsapi_base",
                               &token) == ERR_WAITING;
        assert_int_equal(waiting, ADMISSION_MAX);
        assert_int_equal(sign_in(app, "oOneMore", "snsapi_base", &token), ERR_BUSY);
        assert_int_equal(sign_in(app, "oCrowd7", "snsapi_base", &token), ERR_WAITING);
        assert_int_equal(user_of(app, "oOneMore").count, 0);
        app->now += 3601;
        assert_int_equal(sign_in(app, "oOneMore", "snsapi_base", &token), ERR_WAITING);
        arena_free(app->arena);
}

/* The files are as old as the list says. */
static void
who_waits_in_vain_is_forgotten(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "approved");
        long long old = app->now - (ADMISSION_DAYS + 1LL) * DAY, limit = old + DAY;
        const char *token;

        app->now = old;
        assert_int_equal(sign_in(app, openid, "snsapi_base", &token), ERR_WAITING);
        assert_int_equal(sign_in(app, "oFollower", "snsapi_base", &token), ERR_WAITING);
        set(app, "oFollower", "last_seen");
        assert_int_equal(sign_in(app, owner, "snsapi_base", &token), ERR_NONE);
        assert_int_equal(
            system(arena_printf(app->arena,
                "find %s/users -name '*.json' -exec touch -d @%lld {} +", f->path, old)),
            0);
        app->now = limit;
        assert_int_equal(sign_in(app, "oLater", "snsapi_base", &token), ERR_WAITING);
        for (int i = 0; i < 20000 && user_of(app, openid).count > 0; i++)
                assert_int_equal(state_tidy_waiting(app->state, limit, &app->err), 0);
        assert_int_equal(user_of(app, openid).count, 0);
        assert_true(user_of(app, "oFollower").count > 0);
        assert_true(user_of(app, "oLater").count > 0);
        assert_true(user_of(app, owner).count > 0);
        arena_free(app->arena);
}

static void
a_block_ends_everything_until_it_ends(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "approved");
        const char *tokens[3], *token;
        struct pairs user, names;

        set(app, openid, "first_sign_in");
        set(app, openid, "waiting");
        for (int i = 0; i < 3; i++)
                assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &tokens[i]), ERR_NONE);
        assert_int_equal(person_block(app, openid), 0);
        for (int i = 0; i < 3; i++)
                assert_false(is_in(app, tokens[i]));
        pairs_init(&names, app->arena);
        assert_int_equal(
            state_find(app->state, STORE_SESSION, "openid", openid, &names, &app->err), 0);
        assert_int_equal(names.count, 0);
        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_BLOCKED);
        user = user_of(app, openid);
        assert_int_equal(pairs_get_number(&user, "blocked", 0), app->now);
        assert_null(pairs_get(&user, "waiting"));

        assert_int_equal(person_unblock(app, openid), 0);
        user = user_of(app, openid);
        assert_null(pairs_get(&user, "blocked"));
        assert_int_equal(pairs_get_number(&user, "approved", 0), app->now);
        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_NONE);

        assert_int_equal(sign_in(app, owner, "snsapi_userinfo", &token), ERR_NONE);
        assert_int_equal(person_block(app, owner), -1);
        assert_int_equal(app->err.kind, ERR_DENIED);
        assert_true(is_in(app, token));
        arena_free(app->arena);
}

/* Written into the file by hand, with the session still there. */
static void
a_session_of_a_blocked_person_is_none(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "everyone");
        const char *token, *of_owner;

        assert_int_equal(sign_in(app, openid, "snsapi_base", &token), ERR_NONE);
        assert_int_equal(sign_in(app, owner, "snsapi_base", &of_owner), ERR_NONE);
        set(app, openid, "blocked");
        set(app, owner, "blocked");
        assert_false(is_in(app, token));
        assert_true(is_in(app, of_owner));
        arena_free(app->arena);
}

/* Otherwise to unfollow the account, or "forget me", would end a block. */
static void
a_block_outlives_forgetting(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "everyone");
        const char *token;
        struct pairs user;

        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_NONE);
        assert_int_equal(person_set_note(app, openid, "spam"), 0);
        assert_int_equal(person_block(app, openid), 0);
        assert_int_equal(forget_openid(app, openid), 0);
        user = user_of(app, openid);
        assert_int_equal(user.count, 3);
        assert_string_equal(pairs_get_text(&user, "openid"), openid);
        assert_int_equal(pairs_get_number(&user, "blocked", 0), app->now);
        assert_int_equal(sign_in(app, openid, "snsapi_userinfo", &token), ERR_BLOCKED);

        assert_int_equal(person_unblock(app, openid), 0);
        assert_int_equal(forget_openid(app, openid), 0);
        assert_int_equal(user_of(app, openid).count, 0);
        arena_free(app->arena);
}

static void
roles_and_notes_are_checked(void **state)
{
        static const char *const bad[] = {
            "", "Staff", "a b", "a,b", "a\nb", "员工", "123456789012345678901234567890123"};
        struct folder *f = *state;
        struct app *app = begin(f->path, "everyone");
        const char *token;
        struct pairs roles, user;

        assert_int_equal(sign_in(app, openid, "snsapi_base", &token), ERR_NONE);
        for (size_t i = 0; i < COUNT(bad); i++) {
                pairs_init(&roles, app->arena);
                pairs_add(&roles, "role", "staff");
                pairs_add(&roles, "role", bad[i]);
                ROW(person_set_roles(app, openid, &roles) != 0 && app->err.kind == ERR_REQUEST, i,
                    bad[i]);
        }
        pairs_init(&roles, app->arena);
        pairs_add(&roles, "role", "staff");
        pairs_add(&roles, "role", "staff");
        pairs_add(&roles, "role", "board_2-a");
        assert_int_equal(person_set_roles(app, openid, &roles), 0);
        user = user_of(app, openid);
        assert_string_equal(pairs_join(&user, "roles", " "), "staff board_2-a");
        assert_true(is_in(app, token));
        for (int i = 0; i < ROLE_COUNT_MAX; i++)
                pairs_add(&roles, "role", arena_printf(app->arena, "r%d", i));
        assert_int_equal(person_set_roles(app, openid, &roles), -1);
        pairs_init(&roles, app->arena);
        assert_int_equal(person_set_roles(app, openid, &roles), 0);
        user = user_of(app, openid);
        assert_int_equal(pairs_count(&user, "roles"), 0);

        assert_int_equal(person_set_note(app, openid, "老客户"), 0);
        user = user_of(app, openid);
        assert_string_equal(pairs_get_text(&user, "note"), "老客户");
        assert_int_equal(person_set_note(app, openid, arena_printf(app->arena, "%01001d", 1)), -1);
        assert_int_equal(app->err.kind, ERR_REQUEST);
        assert_int_equal(person_set_note(app, openid, ""), 0);
        user = user_of(app, openid);
        assert_null(pairs_get(&user, "note"));
        END_ROWS();
        arena_free(app->arena);
}

/* Roles that were written by hand. */
static void
roles_are_words(void **state)
{
        static const struct {
                const char *role, *asked;
                bool has;
        } rows[] = {{"staff", "staff", true}, {"staff", "board staff", true},
            {"staff", "board,staff", true}, {"staff", ", board ,", false}, {"staff", "", false},
            {"staff", " , ", false}, {"员工", "员工", true}, {"a b", "a", false},
            {"a b", "a b", false}, {"a\r\nX: y", "a\r\nX: y", false}, {"a,b", "a,b", false},
            {"staff", "staf", false}, {"", "", false}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs user;

                pairs_init(&user, f->arena);
                pairs_add_typed(&user, "roles", rows[i].role, PAIR_ITEM);
                ROW(role_has_word(&user, rows[i].asked) == rows[i].has, i, rows[i].asked);
        }
        END_ROWS();
}

static void
sessions_are_listed_and_ended(void **state)
{
        struct folder *f = *state;
        struct app *app = begin(f->path, "everyone");
        struct person_session *sessions;
        const char *old, *new, *other;
        struct pairs user;
        size_t count;

        assert_int_equal(sign_in(app, openid, "snsapi_base", &old), ERR_NONE);
        app->now++;
        app->request.user_agent = "";
        app->request.client = "2001:db8::1";
        assert_int_equal(sign_in(app, openid, "snsapi_base", &new), ERR_NONE);
        assert_int_equal(sign_in(app, "oOther", "snsapi_base", &other), ERR_NONE);
        user = user_of(app, openid);
        assert_int_equal(person_list_sessions(app, &user, &sessions, &count), 0);
        assert_int_equal(count, 2);
        assert_string_equal(sessions[0].browser, "");
        assert_string_equal(sessions[0].address, "2001:db8::1");
        assert_string_equal(sessions[1].browser, "Firefox, Windows");
        assert_string_equal(sessions[1].address, "192.0.2.1");
        assert_int_equal(sessions[1].created, app->now - 1);
        assert_string_equal(sessions[0].name, session_name(app, new));

        assert_int_equal(person_end_session(app, openid, session_name(app, other)), -1);
        assert_int_equal(app->err.kind, ERR_NOT_FOUND);
        assert_true(is_in(app, other));
        assert_int_equal(person_end_session(app, openid, "../../etc/passwd"), -1);
        assert_int_equal(app->err.kind, ERR_NOT_FOUND);
        assert_int_equal(person_end_session(app, openid, sessions[1].name), 0);
        assert_false(is_in(app, old));
        assert_true(is_in(app, new));
        assert_int_equal(person_end_session(app, openid, sessions[1].name), -1);

        assert_int_equal(sign_in(app, openid, "snsapi_base", &old), ERR_NONE);
        user = user_of(app, openid);
        assert_int_equal(person_end_others(app, &user, session_name(app, new)), 0);
        assert_false(is_in(app, old));
        assert_true(is_in(app, new));
        assert_int_equal(person_sign_out(app, openid), 0);
        assert_false(is_in(app, new));
        assert_int_equal(sign_in(app, openid, "snsapi_base", &new), ERR_NONE);
        arena_free(app->arena);
}

static void
nobody_is_made_by_a_change(void **state)
{
        static int (*const changes[])(struct app *, const char *) = {
            person_approve, person_block, person_unblock, person_sign_out};
        struct folder *f = *state;
        struct app *app = begin(f->path, "everyone");
        struct pairs none;

        pairs_init(&none, app->arena);
        for (size_t i = 0; i < COUNT(changes); i++)
                ROW(changes[i](app, openid) != 0 && app->err.kind == ERR_NOT_FOUND, i, "");
        ROW(person_set_roles(app, openid, &none) != 0 && app->err.kind == ERR_NOT_FOUND, 8, "");
        ROW(person_set_note(app, openid, "x") != 0 && app->err.kind == ERR_NOT_FOUND, 9, "");
        ROW(person_approve(app, "../x") != 0, 10, "");
        assert_int_equal(user_of(app, openid).count, 0);
        END_ROWS();
        arena_free(app->arena);
}

/* ---- at the same moment ---- */

/* late: the block comes after another sign-in, which takes about as long. */
static int
block(struct app *app, bool late)
{
        const char *token;

        if (late && sign_in(app, "oOther", "snsapi_base", &token) != ERR_NONE)
                return 2;
        return person_block(app, openid) == 0 ? 0 : 2;
}

static pid_t
start(int gate[2], const char *state_dir, bool blocks, bool late)
{
        pid_t pid = fork();

        if (pid == 0) {
                struct app *app = begin(state_dir, "everyone");
                const char *token;
                char byte;

                close(gate[1]);
                if (read(gate[0], &byte, 1) != 0)
                        _exit(2);
                if (blocks)
                        _exit(block(app, late));
                _exit(sign_in(app, openid, "snsapi_base", &token) == ERR_NONE ? 0 : 1);
        }
        return pid;
}

/* Whichever comes later sees the other: no session outlives a block. */
static void
no_session_outlives_a_block(void **state)
{
        struct folder *f = *state;
        int before = 0, bad = 0;

        for (int round = 0; round < ROUNDS; round++) {
                struct app *app = begin(f->path, "everyone");
                int gate[2], status[3];
                struct pairs names;
                pid_t pids[3];

                set(app, openid, "first_sign_in");
                assert_int_equal(person_unblock(app, openid), 0);
                assert_int_equal(pipe(gate), 0);
                for (int i = 0; i < 3; i++)
                        pids[i] = start(gate, f->path, i == 2, round % 2 == 0);
                close(gate[0]);
                close(gate[1]);
                for (int i = 0; i < 3; i++) {
                        assert_int_equal(waitpid(pids[i], &status[i], 0), pids[i]);
                        before += i < 2 && status[i] == 0;
                }
                bad += status[2] != 0;
                pairs_init(&names, app->arena);
                assert_int_equal(
                    state_find(app->state, STORE_SESSION, "openid", openid, &names, &app->err), 0);
                bad += (int)names.count;
                arena_free(app->arena);
        }
        assert_int_equal(bad, 0);
        assert_in_range(before, 1, 2 * ROUNDS - 1);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {MEMORY_TEST(each_rule_lets_in_whom_it_says),
            MEMORY_TEST(only_what_says_no_is_no_block),
            MEMORY_TEST(a_newcomer_waits_until_approved), MEMORY_TEST(a_sign_in_leaves_the_list),
            MEMORY_TEST(the_list_is_bounded), MEMORY_TEST(who_waits_in_vain_is_forgotten),
            MEMORY_TEST(a_block_ends_everything_until_it_ends),
            MEMORY_TEST(a_session_of_a_blocked_person_is_none),
            MEMORY_TEST(a_block_outlives_forgetting), MEMORY_TEST(roles_and_notes_are_checked),
            MEMORY_TEST(roles_are_words), MEMORY_TEST(sessions_are_listed_and_ended),
            MEMORY_TEST(nobody_is_made_by_a_change), MEMORY_TEST(no_session_outlives_a_block)};

        return RUN(tests);
}
