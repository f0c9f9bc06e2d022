/* os, store, user, cgi: what touches the world. */
#include "table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgi.h"
#include "os.h"
#include "store.h"
#include "user.h"

struct fixture {
        struct arena *arena;
        char folder[64];
        struct store *store;
        struct err err;
};

static int
set_up_store(void **state)
{
        struct fixture *f = calloc(1, sizeof(*f));

        if (f == NULL)
                return -1;
        f->arena = arena_new(abort);
        strcpy(f->folder, "/tmp/wechat-unit-XXXXXX");
        if (f->arena == NULL || mkdtemp(f->folder) == NULL)
                return -1;
        *state = f;
        return store_open(f->arena, f->folder, &f->store, &f->err);
}

static int
tear_down_store(void **state)
{
        struct fixture *f = *state;
        char *command = arena_printf(f->arena, "rm -rf %s", f->folder);
        int result = system(command);

        arena_free(f->arena);
        free(f);
        return result;
}

#define STORE_TEST(function)                                                                       \
        cmocka_unit_test_setup_teardown(function, set_up_store, tear_down_store)

static struct store_record
record_of(struct fixture *f, long long created, long long expires)
{
        struct store_record record = {.created = created, .expires = expires};

        pairs_init(&record.fields, f->arena);
        pairs_add(&record.fields, "openid", "oX");
        pairs_add(&record.fields, "odd", "a&b=c\n%");
        return record;
}

static char *
path_of(struct fixture *f, const char *folder, size_t shard, enum store_kind kind, const char *key)
{
        char *name = store_name(f->arena, kind, key);

        return arena_printf(f->arena, "%s/%s/%.*s/%s", f->folder, folder, (int)shard, name, name);
}

static void
records_come_back(void **state)
{
        struct fixture *f = *state;
        struct store_record record = record_of(f, 1000, 2000), back;

        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXISTS);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err), 0);
        assert_string_equal(pairs_get(&back.fields, "odd"), "a&b=c\n%");
        assert_int_equal(back.expires, 2000);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 1999, &back, &f->err), 0);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 2000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 999, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND); /* from the future */
        for (int kind = 0; kind < STORE_KINDS; kind++)
                if (kind != STORE_SESSION)
                        assert_int_equal(
                            store_read(f->store, (enum store_kind)kind, "k", 1000, &back, &f->err),
                            -1);
        record = record_of(f, 1000, 3000);
        assert_int_equal(store_replace(f->store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 2500, &back, &f->err), 0);
        assert_int_equal(store_delete(f->store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(store_delete(f->store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(store_delete_name(f->store, STORE_SESSION, "../../x", &f->err), -1);
}

static void
broken_records_are_an_error(void **state)
{
        struct fixture *f = *state;
        struct store_record record = record_of(f, 1000, 2000), back;
        char *path = path_of(f, "sessions", 3, STORE_SESSION, "k");
        char text[1024], changed[1024];
        ssize_t size;
        int fd;

        failed_rows = 0;
        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), 0);
        fd = open(path, O_RDWR);
        assert_true(fd >= 0);
        size = read(fd, text, sizeof(text));
        assert_true(size > 0);
        for (ssize_t i = 0; i < size; i++) { /* each byte changed, and each length cut off */
                memcpy(changed, text, (size_t)size);
                changed[i] = changed[i] == '0' ? '1' : '0';
                assert_int_equal(pwrite(fd, changed, (size_t)size, 0), size);
                ROW(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, "changed");
                assert_int_equal(pwrite(fd, text, (size_t)size, 0), size);
                assert_int_equal(ftruncate(fd, i), 0);
                ROW(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, "cut off");
        }
        close(fd);
        END_ROWS();
}

static void
planted_files_are_refused(void **state)
{
        struct fixture *f = *state;
        struct store_record record = record_of(f, 1000, 2000), back;
        char *path = path_of(f, "sessions", 3, STORE_SESSION, "k");
        char *aside = arena_printf(f->arena, "%s/aside", f->folder);
        struct stat st;

        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(link(path, aside), 0); /* a second link */
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink(aside, path), 0); /* a symbolic link */
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), -1);
        assert_int_equal(store_delete(f->store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(stat(aside, &st), 0);   /* its target is untouched */
        assert_int_equal(mkfifo(path, 0600), 0); /* a FIFO does not hang */
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

/* The shard that holds a record, as a draw for store_sweep(). */
static unsigned
draw_of(struct fixture *f, enum store_kind kind, const char *key, size_t digits)
{
        char *name = store_name(f->arena, kind, key);

        name[digits] = '\0';
        return (unsigned)strtoul(name, NULL, 16);
}

static void
sweeping_takes_what_is_long_over(void **state)
{
        struct fixture *f = *state;
        struct store_record record = record_of(f, 1000, 10000), back;
        unsigned draw = draw_of(f, STORE_SESSION, "k", 3);
        size_t deleted = 0;
        char *path = path_of(f, "sessions", 3, STORE_SESSION, "k");
        struct timespec early[2] = {{5, 0}, {5, 0}};

        assert_int_equal(store_create(f->store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_sweep(f->store, STORE_SESSION, draw, 13600, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0); /* an hour after expiry to the second: not yet */
        /* A stamp that lies (a copied folder) does not cost a record that is in force. */
        assert_int_equal(utimensat(AT_FDCWD, path, early, 0), 0);
        assert_int_equal(store_sweep(f->store, STORE_SESSION, draw, 13600, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0);
        assert_int_equal(store_read(f->store, STORE_SESSION, "k", 9999, &back, &f->err), 0);
        assert_int_equal(
            store_sweep(f->store, STORE_SESSION, draw + 1, 13601, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0); /* another shard */
        assert_int_equal(store_sweep(f->store, STORE_SESSION, draw, 13601, &deleted, &f->err), 0);
        assert_int_equal(deleted, 1);
        assert_int_equal(access(path, F_OK), -1);
        record = record_of(f, 1000, 10000);
        assert_int_equal(store_create(f->store, STORE_CLAIM, "k", &record, &f->err), 0);
        assert_int_equal(store_sweep(f->store, STORE_CLAIM, draw_of(f, STORE_CLAIM, "k", 2), 20000,
                             &deleted, &f->err),
            0);
        assert_int_equal(deleted, 1); /* a kind with 256 shards */
}

static void
users_are_kept_merged_and_forgotten(void **state)
{
        struct fixture *f = *state;
        struct pairs base, full, user, sessions;
        const char *one, *two, *three;
        struct users *users;

        assert_int_equal(user_open(f->arena, f->folder, &users, &f->err), 0);
        pairs_init(&base, f->arena);
        pairs_add(&base, "openid", "oX-_9");
        full = base;
        full.items = NULL;
        full.count = full.room = 0;
        pairs_add(&full, "openid", "oX-_9");
        pairs_add(&full, "nickname", "小明");
        pairs_add_typed(&full, "privilege", "p", PAIR_ITEM);
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(user_read(users, "../../etc/passwd", &user, &f->err), -1);
        assert_int_equal(
            user_sign_in(users, &full, "snsapi_userinfo", "s1", 100, 200, &one, &f->err), 0);
        assert_int_equal(
            user_sign_in(users, &base, "snsapi_base", "s2", 150, 300, &two, &f->err), 0);
        assert_string_equal(one, two);
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "nickname"), "小明"); /* base does not take it away */
        assert_int_equal(pairs_get_number(&user, "first_sign_in", 0), 100);
        assert_int_equal(pairs_get_number(&user, "last_sign_in", 0), 150);
        assert_int_equal(pairs_count(&user, "sessions"), 2);
        assert_int_equal(
            user_sign_in(users, &full, "snsapi_userinfo", "s3", 250, 400, &two, &f->err), 0);
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), 0);
        assert_int_equal(pairs_count(&user, "sessions"), 2); /* s1 was over */
        assert_int_equal(pairs_count(&user, "privilege"), 1);
        pairs_init(&sessions, f->arena);
        assert_int_equal(user_forget(users, "oX-_9", &sessions, &f->err), 0);
        assert_string_equal(pairs_join(&sessions, "sessions", " "), "s2 s3");
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), -1);
        assert_int_equal(user_forget(users, "oX-_9", &sessions, &f->err), 0);
        assert_int_equal(
            user_sign_in(users, &full, "snsapi_userinfo", "s4", 500, 600, &three, &f->err), 0);
        assert_string_not_equal(one, three); /* a new generation */
}

static void
headers_take_no_control_bytes(void **state)
{
        struct fixture *f = *state;
        static const char *const bad[] = {
            "a\r\nb: c", "a\nb", "a\rb", "a\x01", "\x7f", "\xe5\xb0\x8f"};
        struct cgi_response response = {
            .status = 200, .content_type = "text/plain", .body = "hi", .size = 2};
        size_t size;
        char *bytes;

        failed_rows = 0;
        for (size_t i = 0; i < COUNT(bad); i++) {
                pairs_init(&response.headers, f->arena);
                pairs_add(&response.headers, "X-A", bad[i]);
                ROW(cgi_format_response(f->arena, &response, false, &bytes, &size, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, bad[i]);
                pairs_init(&response.headers, f->arena);
                pairs_add(&response.headers, bad[i], "v");
                ROW(cgi_format_response(f->arena, &response, false, &bytes, &size, &f->err) == -1,
                    i, bad[i]);
        }
        pairs_init(&response.headers, f->arena);
        assert_int_equal(
            cgi_format_response(f->arena, &response, false, &bytes, &size, &f->err), 0);
        assert_string_equal(
            bytes, "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {STORE_TEST(records_come_back),
            STORE_TEST(broken_records_are_an_error), STORE_TEST(planted_files_are_refused),
            STORE_TEST(sweeping_takes_what_is_long_over),
            STORE_TEST(users_are_kept_merged_and_forgotten),
            STORE_TEST(headers_take_no_control_bytes)};

        return RUN(tests);
}
