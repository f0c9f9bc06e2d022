/* key_set: which key signs and which are published at which time; how keys are made, changed and
 * kept. */
#include "folder.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "format/digest.h"
#include "format/json.h"
#include "oidc/key_set.h"
#include "state/state.h"

enum { T = 1800000000, DAY = KEY_SET_OVERLAP };

/* A set in which three keys of RSA follow each other, beside one of P-256. */
static const struct key_set three = {
    .items = {{.id = "a", .algorithm = KEY_RS256, .begins = T},
        {.id = "e", .algorithm = KEY_ES256, .begins = T + 5},
        {.id = "b", .algorithm = KEY_RS256, .begins = T + 100 * DAY},
        {.id = "c", .algorithm = KEY_RS256, .begins = T + 200 * DAY}},
    .count = 4,
    .salt = "salt",
};

static void
keys_follow_each_other(void **state)
{
        /* In the order of the set: N next, S signs, L last, R retired. */
        static const struct {
                long long now;
                const char *phases, *rs256, *es256;
        } rows[] = {{0, "NNNN", "", ""}, {T - 1, "NNNN", "", ""}, {T, "SNNN", "a", ""},
            {T + 4, "SNNN", "a", ""}, {T + 5, "SSNN", "a", "e"},
            {T + 100LL * DAY - 1, "SSNN", "a", "e"}, {T + 100LL * DAY, "LSSN", "b", "e"},
            {T + 101LL * DAY - 1, "LSSN", "b", "e"}, {T + 101LL * DAY, "RSSN", "b", "e"},
            {T + 200LL * DAY - 1, "RSSN", "b", "e"}, {T + 200LL * DAY, "RSLS", "c", "e"},
            {T + 201LL * DAY - 1, "RSLS", "c", "e"}, {T + 201LL * DAY, "RSRS", "c", "e"},
            {T + 9999LL * DAY, "RSRS", "c", "e"}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *wanted[] = {rows[i].rs256, rows[i].es256};
                char phases[5] = "";

                for (size_t k = 0; k < three.count; k++)
                        phases[k] = "NSLR"[key_set_phase(&three, &three.items[k], rows[i].now)];
                ROW(same(phases, rows[i].phases), i, phases);
                for (int a = 0; a < KEY_ALGORITHMS; a++) {
                        const struct key_set_item *item =
                            key_set_signing(&three, (enum key_algorithm)a, rows[i].now);

                        ROW(same(item == NULL ? "" : item->id, wanted[a]), i, "who signs");
                        item = key_set_next(&three, (enum key_algorithm)a, rows[i].now);
                        ROW(item == NULL ? strcmp(a == KEY_RS256 ? "c" : "e", wanted[a]) == 0
                                         : rows[i].now < item->begins,
                            i, "who is next");
                }
        }
        END_ROWS();
}

static struct state *
open_state(struct folder *f)
{
        struct state *state = state_new(f->arena, inside(f, "state"), true);

        if (state_open(state, &f->err) != 0)
                fail_msg("%s", f->err.text);
        return state;
}

/* Changes the set in a request of its own, whose end releases the lock; set: as it is read then. */
static enum err_kind
change(struct folder *f, enum key_change how, enum key_algorithm algorithm, long long now,
    struct key_set *set)
{
        struct arena *arena = arena_begin(f->arena);
        struct state *state = state_new(arena, inside(f, "state"), true);
        struct err err = {.kind = ERR_NONE};
        struct key_set made;

        if (state_open(state, &err) != 0 ||
            key_set_change(state, arena, how, algorithm, now, &made, &err) != 0) {
                arena_free(arena);
                return err.kind;
        }
        arena_free(arena);
        if (key_set_read(open_state(f), f->arena, now, set, &f->err) != 0)
                fail_msg("%s", f->err.text);
        return ERR_NONE;
}

/* Returns the kids that are published at now, joined by blanks. */
static const char *
published(struct folder *f, const struct key_set *set, long long now)
{
        char *json = key_set_published(f->arena, set, now);
        struct pairs tree;
        const char *kids = "";

        pairs_init(&tree, f->arena);
        assert_int_equal(json_parse_tree(f->arena, json, strlen(json), &tree, &f->err), 0);
        for (size_t i = 0; i < KEY_SET_MAX; i++) {
                const char *kid = pairs_get(&tree, arena_printf(f->arena, "keys/%zu/kid", i));

                if (kid != NULL)
                        kids =
                            arena_printf(f->arena, "%s%s%s", kids, *kids == '\0' ? "" : " ", kid);
        }
        assert_null(strstr(json, "\"d\""));
        assert_null(strstr(json, "PRIVATE"));
        return kids;
}

static void
keys_are_made_and_rotated(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f);
        struct key_set set, back;
        const char *first, *second, *salt;

        assert_int_equal(key_set_read(state, f->arena, T, &set, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(change(f, KEY_ROTATE, KEY_RS256, T, &set), ERR_NOT_FOUND);
        assert_int_equal(change(f, KEY_REPLACE, KEY_RS256, T, &set), ERR_NOT_FOUND);
        assert_int_equal(change(f, KEY_MAKE, KEY_RS256, T, &set), ERR_NONE);
        first = set.items[0].id;
        salt = set.salt;
        assert_int_equal(strlen(salt), DIGEST_BASE64URL_SIZE);
        assert_string_equal(published(f, &set, T), first);
        assert_ptr_equal(key_set_signing(&set, KEY_RS256, T), &set.items[0]);
        assert_int_equal(change(f, KEY_MAKE, KEY_RS256, T + 1, &set), ERR_EXISTS);

        assert_int_equal(change(f, KEY_ROTATE, KEY_RS256, T + 10, &set), ERR_NONE);
        second = set.items[1].id;
        assert_int_equal(change(f, KEY_ROTATE, KEY_RS256, T + 10 + DAY - 1, &set), ERR_EXISTS);
        assert_int_equal(key_set_read(state, f->arena, T + 10, &back, &f->err), 0);
        assert_string_equal(back.salt, salt);
        assert_string_equal(
            published(f, &back, T + 10), arena_printf(f->arena, "%s %s", first, second));
        assert_string_equal(key_set_signing(&back, KEY_RS256, T + 10 + DAY - 1)->id, first);
        assert_string_equal(key_set_signing(&back, KEY_RS256, T + 10 + DAY)->id, second);
        assert_string_equal(published(f, &back, T + 10 + 2LL * DAY - 1),
            arena_printf(f->arena, "%s %s", first, second));
        assert_string_equal(published(f, &back, T + 10 + 2LL * DAY), second);
}

/* However often a key is rotated, the set stays small; the key before the last one verifies still.
 */
static void
old_keys_go(void **test)
{
        struct folder *f = *test;
        struct key_set set;
        long long now = T;

        assert_int_equal(change(f, KEY_MAKE, KEY_RS256, now, &set), ERR_NONE);
        assert_int_equal(change(f, KEY_MAKE, KEY_ES256, now, &set), ERR_NONE);
        for (int i = 0; i < 5; i++) {
                now += DAY;
                assert_int_equal(change(f, KEY_ROTATE, KEY_ES256, now, &set), ERR_NONE);
                ROW(set.count <= KEY_SET_MAX / 2 + 1, i, "the set is small");
        }
        ROW(set.items[0].algorithm == KEY_RS256, 0, "the other algorithm's stays");
        now += 100LL * DAY;
        assert_int_equal(change(f, KEY_ROTATE, KEY_ES256, now, &set), ERR_NONE);
        ROW(set.count == 4, 0, "one that is retired, one that signs, the next one");
        assert_int_equal(change(f, KEY_REPLACE, KEY_ES256, now + 1, &set), ERR_NONE);
        ROW(set.count == 2, 0, "a key that became known is gone");
        ROW(key_set_signing(&set, KEY_ES256, now + 1) == &set.items[1], 0, "the new one signs");
        END_ROWS();
}

static const char payload[] = "{\"sub\":\"o1\"}";

static void
what_it_signs_it_verifies(void **test)
{
        struct folder *f = *test;
        struct key_set set;
        struct pairs claims;
        char *text = NULL, *later = NULL;

        pairs_init(&claims, f->arena);
        assert_int_equal(change(f, KEY_MAKE, KEY_ES256, T, &set), ERR_NONE);
        assert_int_equal(
            key_set_sign(f->arena, &set, KEY_RS256, T, "JWT", payload, &text, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_CONFIG);
        assert_non_null(strstr(f->err.text, "wechat keys"));
        assert_int_equal(
            key_set_sign(f->arena, &set, KEY_ES256, T, "JWT", payload, &text, &f->err), 0);
        assert_int_equal(key_set_verify(f->arena, &set, text, "JWT", &claims, &f->err), 0);
        assert_string_equal(pairs_get(&claims, "sub"), "o1");

        /* A hint that is older than its key. */
        assert_int_equal(change(f, KEY_ROTATE, KEY_ES256, T + 9, &set), ERR_NONE);
        assert_int_equal(key_set_phase(&set, &set.items[0], T + 300LL * DAY), KEY_RETIRED);
        assert_int_equal(key_set_verify(f->arena, &set, text, "JWT", &claims, &f->err), 0);
        assert_int_equal(key_set_sign(f->arena, &set, KEY_ES256, T + 300LL * DAY, "JWT", payload,
                             &later, &f->err),
            0);
        assert_true(strcspn(text, ".") == strcspn(later, ".") &&
                    strncmp(text, later, strcspn(text, ".")) != 0);

        /* A key that became known signs and verifies nothing. */
        assert_int_equal(change(f, KEY_REPLACE, KEY_ES256, T + 99, &set), ERR_NONE);
        assert_int_equal(key_set_verify(f->arena, &set, text, "JWT", &claims, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_DENIED);
}

/* Two processes that make keys at the same moment make one. */
static void
of_two_that_make_keys_one_does(void **test)
{
        struct folder *f = *test;
        int made = 0;

        open_state(f);
        for (int i = 0; i < 4; i++)
                if (fork() == 0) {
                        struct key_set set;

                        _exit(change(f, KEY_MAKE, KEY_ES256, T, &set) == ERR_NONE);
                }
        for (int i = 0, status; i < 4; i++) {
                assert_true(wait(&status) > 0);
                made += WIFEXITED(status) && WEXITSTATUS(status) == 1;
        }
        assert_int_equal(made, 1);
}

static mode_t seen_modes;

static int
see_mode(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)path;
        (void)ftw;
        if (flag == FTW_F)
                seen_modes |= st->st_mode;
        return 0;
}

static void
nobody_else_reads_them(void **test)
{
        struct folder *f = *test;
        struct key_set set;
        mode_t before = umask(0);

        assert_int_equal(change(f, KEY_MAKE, KEY_ES256, T, &set), ERR_NONE);
        umask(before);
        seen_modes = 0;
        assert_int_equal(nftw(inside(f, "state/keys"), see_mode, 16, FTW_PHYS), 0);
        assert_int_equal(seen_modes & 0777, 0600);
}

/* Fields that were not written by us are an error, and no key. */
static void
malformed_sets_are_refused(void **test)
{
        struct folder *f = *test;
        struct state *state = open_state(f);
        struct key_set set, read;
        struct store_record record = {.created = T, .expires = T + DAY};
        static const char *const names[] = {
            "salt", "0/id", "0/pem", "0/public", "0/begins", "0/made", "0/algorithm"};

        assert_int_equal(change(f, KEY_MAKE, KEY_ES256, T, &set), ERR_NONE);
        for (size_t i = 0; i < COUNT(names); i++) {
                pairs_init(&record.fields, f->arena);
                pairs_add(&record.fields, "salt", set.salt);
                pairs_add(&record.fields, "0/id", set.items[0].id);
                pairs_add(&record.fields, "0/pem", set.items[0].pem);
                pairs_add(&record.fields, "0/public", set.items[0].public_key);
                pairs_add(&record.fields, "0/algorithm", "ES256");
                pairs_add_number(&record.fields, "0/begins", T);
                pairs_add_number(&record.fields, "0/made", T);
                pairs_remove(&record.fields, names[i]);
                assert_int_equal(state_replace(state, STORE_KEYS, "oidc", &record, &f->err), 0);
                err_clear(&f->err);
                ROW(key_set_read(state, f->arena, T, &read, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, names[i]);
                assert_int_equal(change(f, KEY_REPLACE, KEY_ES256, T, &read), ERR_SYSTEM);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(keys_follow_each_other),
            FOLDER_TEST(keys_are_made_and_rotated), FOLDER_TEST(old_keys_go),
            FOLDER_TEST(what_it_signs_it_verifies), FOLDER_TEST(of_two_that_make_keys_one_does),
            FOLDER_TEST(nobody_else_reads_them), FOLDER_TEST(malformed_sets_are_refused)};

        return RUN(tests);
}
