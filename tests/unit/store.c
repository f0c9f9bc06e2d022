/* store: separate kinds, limits of a record, planted folders, sweeping of files that are not
 * records. */
#include "folder.h"

#include <dirent.h>
#include <stdlib.h>

#include "state/store.h"

static struct store *
open_store(struct folder *f)
{
        struct store *store;

        assert_int_equal(store_open(f->arena, inside(f, "state"), true, &store, &f->err), 0);
        return store;
}

static struct store_record
empty_record(struct folder *f, long long created, long long expires)
{
        struct store_record record = {.created = created, .expires = expires};

        pairs_init(&record.fields, f->arena);
        return record;
}

/* Of the kinds that are looked for in the folder. */
static const char *const folders[STORE_KINDS] = {[STORE_CLAIM] = "claims",
    [STORE_CODE] = "codes",
    [STORE_SESSION] = "sessions",
    [STORE_TOKENS] = "grants",
    [STORE_PUSH] = "pushes",
    [STORE_VALUES] = "values",
    [STORE_TICKET] = "tickets"};

/* Returns the folder of a record's shard. */
static char *
shard_of(struct folder *f, enum store_kind kind, const char *key)
{
        static const int digits[STORE_KINDS] = {[STORE_CLAIM] = 2,
            [STORE_CODE] = 2,
            [STORE_SESSION] = 3,
            [STORE_TOKENS] = 3,
            [STORE_PUSH] = 2,
            [STORE_VALUES] = 3,
            [STORE_TICKET] = 1};

        return arena_printf(f->arena, "%s/state/%s/%.*s", f->path, folders[kind], digits[kind],
            store_name(f->arena, kind, key));
}

static char *
file_of(struct folder *f, enum store_kind kind, const char *key)
{
        return arena_printf(
            f->arena, "%s/%s", shard_of(f, kind, key), store_name(f->arena, kind, key));
}

static void
kinds_are_apart(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 10), back;

        for (int kind = 0; kind < STORE_KINDS; kind++)
                for (int other = 0; other < STORE_KINDS; other++) {
                        const char *key = arena_printf(f->arena, "k%d", kind);

                        if (other == 0)
                                ROW(store_create(
                                        store, (enum store_kind)kind, key, &record, &f->err) == 0,
                                    kind, f->err.text);
                        ROW((store_read(store, (enum store_kind)other, key, 5, &back, &f->err) ==
                                0) == (other == kind),
                            kind, folders[other]);
                        ROW(other == kind ||
                                strcmp(store_name(f->arena, (enum store_kind)kind, key),
                                    store_name(f->arena, (enum store_kind)other, key)) != 0,
                            kind, "name");
                }
        END_ROWS();
}

/* A key may be any text, and is not in the record's file. */
static void
records_do_not_hold_their_key(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 10);
        static const char *const keys[] = {"", "a key", "../../x", "小", "a/b", "."};
        struct store_record back;
        char *bytes;
        size_t size;

        for (size_t i = 0; i < COUNT(keys); i++) {
                char *path = file_of(f, STORE_SESSION, keys[i]);

                ROW(store_create(store, STORE_SESSION, keys[i], &record, &f->err) == 0, i, keys[i]);
                ROW(access(path, F_OK) == 0, i, path);
                ROW(store_read(store, STORE_SESSION, keys[i], 5, &back, &f->err) == 0 &&
                        back.created == 1 && back.expires == 10 && back.fields.count == 0,
                    i, keys[i]);
                ROW(file_read_public(f->arena, path, &bytes, &size, &f->err) == 0 &&
                        (strlen(keys[i]) < 3 || strstr(bytes, keys[i]) == NULL),
                    i, "the key is in the file");
        }
        END_ROWS();
}

static void
a_missing_record_is_not_found(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 10), back = {.created = -5};

        assert_int_equal(store_read(store, STORE_CODE, "k", 5, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND); /* not even a folder */
        assert_int_equal(store_delete(store, STORE_CODE, "k", &f->err), 0);
        assert_int_equal(store_create(store, STORE_CODE, "k", &record, &f->err), 0);
        assert_int_equal(store_delete(store, STORE_CODE, "k", &f->err), 0);
        assert_int_equal(store_read(store, STORE_CODE, "k", 5, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(back.created, -5); /* nothing is written on failure */
        assert_int_equal(store_replace(store, STORE_CODE, "k", &record, &f->err), 0);
        assert_int_equal(store_create(store, STORE_CODE, "k", &record, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXISTS);
}

static void
names_are_64_characters(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        char *name = store_name(f->arena, STORE_SESSION, "k");
        const char *const bad[] = {"", "x", "../x", arena_printf(f->arena, "%s0", name),
            arena_printf(f->arena, "%.63s", name), arena_printf(f->arena, "%.61s/..", name),
            arena_printf(f->arena, "../%s", name + 3)};

        assert_int_equal(strlen(name), 64);
        for (size_t i = 0; i < COUNT(bad); i++)
                ROW(store_delete_name(store, STORE_SESSION, bad[i], &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, bad[i]);
        assert_int_equal(store_delete_name(store, STORE_SESSION, name, &f->err), 0);
        END_ROWS();
}

/* A record that was accepted can be read. */
static void
what_was_stored_can_be_read(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        static const size_t counts[] = {1, 63, 64, 65, 200};
        static const size_t lengths[] = {
            1000, 200 * 1024, FILE_SIZE_MAX - 150, FILE_SIZE_MAX, FILE_SIZE_MAX + 1000};
        struct store_record back;

        for (size_t i = 0; i < COUNT(counts); i++) {
                struct store_record record = empty_record(f, 1, 10);
                const char *key = arena_printf(f->arena, "fields %zu", counts[i]);

                for (size_t at = 0; at < counts[i]; at++)
                        pairs_add(&record.fields, arena_printf(f->arena, "f%zu", at), "v");
                ROW(store_create(store, STORE_TOKENS, key, &record, &f->err) == -1 ||
                        store_read(store, STORE_TOKENS, key, 5, &back, &f->err) == 0,
                    i, key);
        }
        for (size_t i = 0; i < COUNT(lengths); i++) {
                struct store_record record = empty_record(f, 1, 10);
                const char *key = arena_printf(f->arena, "bytes %zu", lengths[i]);
                char *value = arena_alloc(f->arena, lengths[i] + 1);

                memset(value, 'v', lengths[i]);
                pairs_add(&record.fields, "f", value);
                ROW(store_create(store, STORE_TOKENS, key, &record, &f->err) == -1 ||
                        store_read(store, STORE_TOKENS, key, 5, &back, &f->err) == 0,
                    i, key);
        }
        END_ROWS();
}

static void
times_have_64_bits(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        static const struct {
                long long created, expires, now;
                bool good;
        } rows[] = {{0, 1, 0, true}, {0, 1, 1, false}, {9, 10, 4, true}, {9, 10, 3, false},
            {5, 5, 5, false}, {2147483647, 2147483649, 2147483648, true},
            {4294967295, 4294967297, 4294967296, true}, {4294967295, 4294967296, 4294967296, false},
            {253402300799, 253402300801, 253402300800, true}, {-10, -5, -7, true},
            {2147483648, 2147483700, 100, false}};
        struct store_record back;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct store_record record = empty_record(f, rows[i].created, rows[i].expires);
                const char *key = arena_printf(f->arena, "%zu", i);

                assert_int_equal(store_create(store, STORE_CLAIM, key, &record, &f->err), 0);
                f->err.kind = ERR_NONE;
                ROW((store_read(store, STORE_CLAIM, key, rows[i].now, &back, &f->err) == 0) ==
                        rows[i].good,
                    i, "in force");
                ROW(rows[i].good || f->err.kind == ERR_NOT_FOUND, i, "not found");
        }
        END_ROWS();
}

/* Threat 17. A record is stored, then a folder on its path is changed. */
static void
planted_folders_are_refused(void **state)
{
        static const char *const how[] = {"shard open to others", "shard is a link",
            "kind's folder is a link", "kind's folder is open to others"};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(how); i++) {
                char *root = inside(f, arena_printf(f->arena, "state%zu", i));
                char *kind = arena_printf(f->arena, "%s/sessions", root);
                char *shard = arena_printf(
                    f->arena, "%s/%.3s", kind, store_name(f->arena, STORE_SESSION, "k"));
                char *aside = arena_printf(f->arena, "%s-aside", root);
                struct store_record record = empty_record(f, 1, 10), back;
                struct store *store;

                assert_int_equal(store_open(f->arena, root, true, &store, &f->err), 0);
                assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
                if (i == 0) {
                        assert_int_equal(chmod(shard, 0755), 0);
                } else if (i == 3) {
                        assert_int_equal(chmod(kind, 0777), 0);
                } else {
                        assert_int_equal(rename(i == 1 ? shard : kind, aside), 0);
                        assert_int_equal(symlink(aside, i == 1 ? shard : kind), 0);
                }
                f->err.kind = ERR_NONE;
                ROW(store_read(store, STORE_SESSION, "k", 5, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, how[i]);
                ROW(store_replace(store, STORE_SESSION, "k", &record, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, how[i]);
                ROW(store_delete(store, STORE_SESSION, "k", &f->err) == -1, i, how[i]);
        }
        END_ROWS();
}

static void
state_folders_are_closed(void **state)
{
        struct folder *f = *state;
        struct store *store;

        assert_int_equal(mkdir(inside(f, "open"), 0700), 0);
        assert_int_equal(chmod(inside(f, "open"), 0755), 0);
        put_file(inside(f, "file"), "x", 1);
        assert_int_equal(symlink("file", inside(f, "link")), 0);
        const char *const bad[] = {"open", "file", "link", "no/such"};

        for (size_t i = 0; i < COUNT(bad); i++)
                ROW(store_open(f->arena, inside(f, bad[i]), true, &store, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, bad[i]);
        END_ROWS();
}

static void
sweeping_keeps_to_records_and_temporary_files(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1000, 10000);
        char *shard = shard_of(f, STORE_SESSION, "k");
        unsigned draw = (unsigned)strtoul(shard + strlen(shard) - 3, NULL, 16);
        static const struct {
                const char *name;
                long long stamp;
                bool stays;
        } rows[] = {{".tmp-old", 10000, false}, {".tmp-hour", 16400, true},
            {".tmp-new", 20000, true}, {"broken-old", 10000, false}, {"broken-new", 20000, true}};
        struct timespec times[2];
        size_t deleted = 99;
        char *target = inside(f, "target");

        assert_int_equal(store_sweep(store, STORE_SESSION, draw, 20000, &deleted, &f->err), 0);
        deleted = 0;
        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        put_file(target, "x", 1);
        assert_int_equal(symlink(target, arena_printf(f->arena, "%s/link", shard)), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                char *path = arena_printf(f->arena, "%s/%s", shard, rows[i].name);

                put_file(path, "x", 1);
                times[0] = times[1] = (struct timespec){(time_t)rows[i].stamp, 0};
                assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        }
        assert_int_equal(store_sweep(store, STORE_SESSION, draw, 20000, &deleted, &f->err), 0);
        assert_int_equal(deleted, 3); /* the record, a temporary file, a broken one */
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW((access(arena_printf(f->arena, "%s/%s", shard, rows[i].name), F_OK) == 0) ==
                        rows[i].stays,
                    i, rows[i].name);
        assert_int_equal(access(target, F_OK), 0);
        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_sweep(store, STORE_SESSION, draw + 4096, 20000, NULL, &f->err),
            0); /* any number is valid */
        assert_int_equal(access(file_of(f, STORE_SESSION, "k"), F_OK), -1);
        assert_int_equal(
            store_sweep(store, STORE_SESSION, 0xffffffffu, 20000, &deleted, &f->err), 0);
        END_ROWS();
}

static void
a_record_is_taken_once(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 10), taken;

        pairs_add(&record.fields, "a", "b");
        assert_int_equal(store_create(store, STORE_TICKET, "k", &record, &f->err), 0);
        assert_int_equal(store_take(store, STORE_TICKET, "other", 5, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(store_take(store, STORE_TICKET, "k", 5, &taken, &f->err), 0);
        assert_string_equal(pairs_get(&taken.fields, "a"), "b");
        assert_int_equal(access(file_of(f, STORE_TICKET, "k"), F_OK), -1);
        assert_int_equal(store_take(store, STORE_TICKET, "k", 5, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        /* An expired record cannot be taken, and stays until the sweep. */
        assert_int_equal(store_create(store, STORE_TICKET, "k", &record, &f->err), 0);
        assert_int_equal(store_take(store, STORE_TICKET, "k", 10, &taken, &f->err), -1);
        assert_int_equal(access(file_of(f, STORE_TICKET, "k"), F_OK), 0);
}

/* Returns a key whose ticket is in the shard "a"; a new one for each number. */
static char *
ticket_key(struct folder *f, int *number)
{
        for (;; ++*number) {
                char *key = arena_printf(f->arena, "ticket %d", *number);

                if (*store_name(f->arena, STORE_TICKET, key) == 'a') {
                        ++*number;
                        return key;
                }
        }
}

static void
tickets_in_force_are_64_in_a_shard(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 100);
        int number = 0;

        for (int i = 0; i < 64; i++) {
                record = empty_record(f, 1, 100);
                pairs_add(&record.fields, "generation", arena_printf(f->arena, "g%d", i / 8));
                ROW(store_create(store, STORE_TICKET, ticket_key(f, &number), &record, &f->err) ==
                        0,
                    i, f->err.text);
        }
        END_ROWS();
        assert_int_equal(
            store_create(store, STORE_TICKET, ticket_key(f, &number), &record, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_FULL);
        /* Expired ones do not count, even before a sweep. */
        record = empty_record(f, 100, 200);
        assert_int_equal(
            store_create(store, STORE_TICKET, ticket_key(f, &number), &record, &f->err), 0);
}

static void
a_person_has_eight_in_force(void **state)
{
        static const enum store_kind kinds[] = {STORE_TICKET, STORE_ANSWERED};
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record;

        for (size_t k = 0; k < COUNT(kinds); k++) {
                for (int i = 0; i < 17; i++) {
                        const char *who =
                            i % 2 == 0 ? "one" : "other"; /* the 9th of one comes last */
                        int result;

                        record = empty_record(f, 1, 100);
                        pairs_add(&record.fields, "generation", who);
                        result = store_create(
                            store, kinds[k], arena_printf(f->arena, "%d", i), &record, &f->err);
                        ROW((result == 0) == (i < 16), i, f->err.text);
                }
                ROW(f->err.kind == ERR_FULL && strstr(f->err.text, " of one person") != NULL, k,
                    f->err.text);
                record = empty_record(f, 1, 100);
                pairs_add(&record.fields, "generation", "a third");
                ROW(store_create(store, kinds[k], "third", &record, &f->err) == 0, k, "others may");
                record = empty_record(f, 100, 200);
                pairs_add(&record.fields, "generation", "one");
                ROW(store_create(store, kinds[k], "later", &record, &f->err) == 0, k,
                    "what is over does not count");
        }
        END_ROWS();
}

static int
count_files(const char *path)
{
        DIR *folder = opendir(path);
        int count = 0;

        if (folder == NULL)
                return 0;
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
                count += entry->d_name[0] != '.';
        closedir(folder);
        return count;
}

/* A flood of claims or codes: none is refused, a shard does not grow beyond its limit, and the
 * record that expires first is deleted. */
static void
what_anybody_creates_is_bounded(void **state)
{
        static const struct {
                enum store_kind kind;
                const char *folder;
        } rows[] = {{STORE_CLAIM, "state/claims/aa"}, {STORE_CODE, "state/codes/aa"},
            {STORE_DESKTOP, "state/desktops/aa"}};
        struct folder *f = *state;
        struct arena *whole = f->arena;
        struct store_record found;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *first = NULL, *key;
                int made = 0;

                for (int number = 0; made < 40; number++) {
                        struct store_record record = empty_record(f, 1, 1000 + made);

                        key = arena_printf(f->arena, "%d", number);
                        if (strncmp(store_name(f->arena, rows[i].kind, key), "aa", 2) != 0)
                                continue;
                        first = made == 0 ? key : first;
                        /* As in a request, whose descriptors are closed at its end. */
                        f->arena = arena_begin(whole);
                        ROW(store_create(open_store(f), rows[i].kind, key, &record, &f->err) == 0,
                            made, f->err.text);
                        made++;
                        arena_free(f->arena);
                        f->arena = whole;
                }
                ROW(count_files(inside(f, rows[i].folder)) == 32, i,
                    arena_printf(whole, "%s has %d", rows[i].folder,
                        count_files(inside(f, rows[i].folder))));
                ROW(store_read(open_store(f), rows[i].kind, first, 5, &found, &f->err) == -1, i,
                    "first");
                ROW(store_read(open_store(f), rows[i].kind, key, 5, &found, &f->err) == 0, i,
                    "last");
        }
        END_ROWS();
}

/* WeChat's tokens, waiting computers, pictures and the programs of a session are deleted when they
 * expire, other records an hour later. */
static void
tokens_have_no_grace(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1, 10);
        size_t deleted = 0;

        for (enum store_kind kind = 0; kind < STORE_KINDS; kind++) {
                char *name = store_name(f->arena, kind, "a b");
                unsigned draw;

                assert_int_equal(store_create(store, kind, "a b", &record, &f->err), 0);
                name[kind_of(kind)->digits] = '\0';
                draw = (unsigned)strtoul(name, NULL, 16);
                assert_int_equal(store_sweep(store, kind, draw, 11, &deleted, &f->err), 0);
                ROW(deleted == (kind == STORE_TOKENS || kind == STORE_ACCOUNT ||
                                   kind == STORE_DESKTOP || kind == STORE_PICTURE ||
                                   kind == STORE_KEYS || kind == STORE_SAVED ||
                                   kind == STORE_PROGRAM),
                    kind, name);
                deleted = 0;
        }
        END_ROWS();
}

/* The replies to an openid are deleted, but not the records: a repeat still has no second effect.
 */
static void
what_one_owns_is_emptied(void **state)
{
        static const char *const keys[] = {"oA 1", "oA 2", "oB 1"};
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = empty_record(f, 1000, 2000), back;

        assert_int_equal(
            store_empty_owned(store, STORE_PUSH, "oA", &f->err), 0); /* no folder yet */
        pairs_add(&record.fields, "reply", "text");
        for (size_t i = 0; i < COUNT(keys); i++)
                assert_int_equal(store_create(store, STORE_PUSH, keys[i], &record, &f->err), 0);
        for (int twice = 0; twice < 2; twice++) {
                assert_int_equal(store_empty_owned(store, STORE_PUSH, "oA", &f->err), 0);
                for (size_t i = 0; i < COUNT(keys); i++) {
                        ROW(store_read(store, STORE_PUSH, keys[i], 1500, &back, &f->err) == 0, i,
                            f->err.text);
                        ROW(back.fields.count == (i < 2 ? 0 : 1), i, keys[i]);
                        ROW(back.created == 1000 && back.expires == 2000, i, "its time");
                }
        }
        /* An unreadable record is deleted. */
        put_file(file_of(f, STORE_PUSH, "oA 1"), "broken", 6);
        assert_int_equal(store_empty_owned(store, STORE_PUSH, "oA", &f->err), 0);
        ROW(store_read(store, STORE_PUSH, "oA 1", 1500, &back, &f->err) == -1 &&
                f->err.kind == ERR_NOT_FOUND,
            0, f->err.text);
        assert_int_equal(chmod(shard_of(f, STORE_PUSH, "oA"), 0755), 0);
        ROW(store_empty_owned(store, STORE_PUSH, "oA", &f->err) == -1 && f->err.kind == ERR_SYSTEM,
            0, "a folder that is open to others");
        assert_int_equal(chmod(shard_of(f, STORE_PUSH, "oA"), 0700), 0);
        END_ROWS();
}

static void
a_sweep_makes_nothing(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        size_t deleted = 9;

        for (int i = 0; i < STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)i;

                ROW(store_sweep(store, kind, 0, 1000, &deleted, &f->err) == 0 && deleted == 0, i,
                    f->err.text);
                ROW(access(inside(f, arena_printf(f->arena, "state/%s", kind_of(kind)->folder)),
                        F_OK) == -1 &&
                        errno == ENOENT,
                    i, "a folder was made");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(a_person_has_eight_in_force),
            FOLDER_TEST(what_one_owns_is_emptied), FOLDER_TEST(kinds_are_apart),
            FOLDER_TEST(records_do_not_hold_their_key), FOLDER_TEST(a_missing_record_is_not_found),
            FOLDER_TEST(names_are_64_characters), FOLDER_TEST(what_was_stored_can_be_read),
            FOLDER_TEST(times_have_64_bits), FOLDER_TEST(planted_folders_are_refused),
            FOLDER_TEST(state_folders_are_closed), FOLDER_TEST(a_record_is_taken_once),
            FOLDER_TEST(tickets_in_force_are_64_in_a_shard),
            FOLDER_TEST(what_anybody_creates_is_bounded), FOLDER_TEST(tokens_have_no_grace),
            FOLDER_TEST(sweeping_keeps_to_records_and_temporary_files),
            FOLDER_TEST(a_sweep_makes_nothing)};

        return RUN(tests);
}
