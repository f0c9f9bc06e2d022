/* store: records written, read, damaged, planted and swept. */
#include "folder.h"

#include "format/digest.h"
#include "state/store.h"

static struct store *
open_store(struct folder *f)
{
        struct store *store;

        assert_int_equal(store_open(f->arena, f->path, true, &store, &f->err), 0);
        return store;
}

/* Returns the path of a record's file. */
static char *
file_of(struct folder *f, enum store_kind kind, const char *key)
{
        char *name = store_name(f->arena, kind, key);

        return arena_printf(f->arena, "%s/sessions/%.3s/%s", f->path, name, name);
}

static struct store_record
record_of(struct folder *f, long long created, long long expires)
{
        struct store_record record = {.created = created, .expires = expires};

        pairs_init(&record.fields, f->arena);
        pairs_add(&record.fields, "openid", "oX");
        pairs_add(&record.fields, "odd", "a&b=c\n%");
        return record;
}

static void
records_come_back(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 2000), back;

        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXISTS);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err), 0);
        assert_string_equal(pairs_get(&back.fields, "odd"), "a&b=c\n%");
        assert_int_equal(back.expires, 2000);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 1999, &back, &f->err), 0);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 2000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 995, &back, &f->err), 0);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 994, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND); /* from the future */
        for (int kind = 0; kind < STORE_KINDS; kind++)
                if (kind != STORE_SESSION)
                        assert_int_equal(
                            store_read(store, (enum store_kind)kind, "k", 1000, &back, &f->err),
                            -1);
        record = record_of(f, 1000, 3000);
        assert_int_equal(store_replace(store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 2500, &back, &f->err), 0);
        assert_int_equal(store_delete(store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(store_delete(store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(store_delete_name(store, STORE_SESSION, "../../x", &f->err), -1);
}

static void
broken_records_are_an_error(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 2000), back;
        char *path = file_of(f, STORE_SESSION, "k");
        char text[1024], changed[1024];
        ssize_t size;
        int fd;

        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        fd = open(path, O_RDWR);
        assert_true(fd >= 0);
        size = read(fd, text, sizeof(text));
        assert_true(size > 0);
        for (ssize_t i = 0; i < size; i++) { /* each byte changed, and each shorter length */
                memcpy(changed, text, (size_t)size);
                changed[i] = changed[i] == '0' ? '1' : '0';
                assert_int_equal(pwrite(fd, changed, (size_t)size, 0), size);
                ROW(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, "changed");
                assert_int_equal(pwrite(fd, text, (size_t)size, 0), size);
                assert_int_equal(ftruncate(fd, i), 0);
                ROW(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, "cut off");
        }
        close(fd);
        END_ROWS();
}

/* A power cut may damage a file that was not synced. For kinds that are not synced, such a record
 * counts as missing; for the others it is an error. Another version is always an error. */
static void
a_power_cut_takes_what_does_not_last(void **state)
{
        static const bool lasts[STORE_KINDS] = {[STORE_SESSION] = true,
            [STORE_TOKENS] = true,
            [STORE_ANSWER] = true,
            [STORE_PICTURE] = true,
            [STORE_KEYS] = true,
            [STORE_GRANT] = true,
            [STORE_REFRESH] = true,
            [STORE_PROGRAM] = true};
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 2000), back;
        char *whole = record_format(f->arena, &record);
        size_t size = strlen(whole);
        char *zeros = arena_alloc(f->arena, size);

        for (size_t i = 0; i < STORE_KINDS; i++) {
                enum store_kind kind = (enum store_kind)i;
                char *name = store_name(f->arena, kind, "k");
                char *path = arena_printf(f->arena, "%s/%s/%.*s/%s", f->path, kind_of(kind)->folder,
                    (int)kind_of(kind)->digits, name, name);
                enum err_kind wanted = lasts[i] ? ERR_SYSTEM : ERR_NOT_FOUND;
                const struct {
                        const char *text;
                        size_t size;
                        enum err_kind kind;
                } rows[] = {{"", 0, wanted}, {whole, 1, wanted}, {whole, size / 2, wanted},
                    {whole, size - 1, wanted}, {zeros, size, wanted},
                    {"wxstore2 1000 2000 0 0\n", 23, ERR_SYSTEM}};

                ROW(store_create(store, kind, "k", &record, &f->err) == 0, i, f->err.text);
                for (size_t j = 0; j < COUNT(rows); j++) {
                        put_file(path, rows[j].text, rows[j].size);
                        ROW(store_read(store, kind, "k", 1000, &back, &f->err) == -1 &&
                                f->err.kind == rows[j].kind,
                            i, rows[j].text);
                        ROW(store_take(store, kind, "k", 1000, &back, &f->err) == -1 &&
                                f->err.kind == rows[j].kind,
                            i, "taken");
                }
                /* The record was created before the power cut: it cannot be created again. */
                ROW(store_create(store, kind, "k", &record, &f->err) == -1 &&
                        f->err.kind == ERR_EXISTS,
                    i, "created again");
                ROW(store_replace(store, kind, "k", &record, &f->err) == 0 &&
                        store_read(store, kind, "k", 1000, &back, &f->err) == 0,
                    i, "replaced");
        }
        END_ROWS();
}

/* Only what record_format() writes is accepted, even if the checksum is right. */
static void
sealed_nonsense_is_refused(void **state)
{
        static const struct {
                const char *head, *form;
                bool good;
        } rows[] = {{"wxstore1 1 2000 3", "a=b", true}, {"wxstore1 1 2000 0", "", true},
            {"wxstore1 1 2000", "", false}, {"wxstore1 1 2000 ", "", false},
            {"wxstore1 1 2000 2", "a=b", false}, {"wxstore1 1 2000 4", "a=b", false},
            {"wxstore1 1 2000 3 ", "a=b", false}, {"wxstore1 1 2000 03", "a=b", false},
            {"wxstore1 +1 2000 3", "a=b", false}, {"wxstore1  1 2000 3", "a=b", false},
            {"wxstore1 1 2000 3x", "a=b", false}, {"wxstore2 1 2000 3", "a=b", false},
            {"wxstore1", "", false}, {"wxstore1 1 2000 2", "%z", false}};
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 2000), back;
        char *path = file_of(f, STORE_SESSION, "k");

        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                char *summed = arena_printf(f->arena, "%s %s", rows[i].head, rows[i].form);
                char hex[DIGEST_HEX_SIZE + 1], *file;

                digest_sha256_hex(summed, strlen(summed), hex);
                file = arena_printf(f->arena, "%s %s\n%s", rows[i].head, hex, rows[i].form);
                put_file(path, file, strlen(file));
                ROW(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err) ==
                            (rows[i].good ? 0 : -1) &&
                        (rows[i].good || f->err.kind == ERR_SYSTEM),
                    i, rows[i].head);
        }
        END_ROWS();
}

static void
planted_files_are_refused(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 2000), back;
        char *path = file_of(f, STORE_SESSION, "k");
        char *aside = inside(f, "aside");
        struct stat st;

        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(link(path, aside), 0); /* a second link */
        assert_int_equal(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink(aside, path), 0); /* a symbolic link */
        assert_int_equal(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), -1);
        assert_int_equal(store_delete(store, STORE_SESSION, "k", &f->err), 0);
        assert_int_equal(stat(aside, &st), 0);   /* its target is untouched */
        assert_int_equal(mkfifo(path, 0600), 0); /* a FIFO does not block the reader */
        assert_int_equal(store_read(store, STORE_SESSION, "k", 1000, &back, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

/* Returns the number that makes store_sweep() sweep the record's shard. */
static unsigned
draw_of(struct folder *f, enum store_kind kind, const char *key, size_t digits)
{
        char *name = store_name(f->arena, kind, key);

        name[digits] = '\0';
        return (unsigned)strtoul(name, NULL, 16);
}

static void
sweeping_takes_what_is_long_over(void **state)
{
        struct folder *f = *state;
        struct store *store = open_store(f);
        struct store_record record = record_of(f, 1000, 10000), back;
        unsigned draw = draw_of(f, STORE_SESSION, "k", 3);
        size_t deleted = 0;
        char *path = file_of(f, STORE_SESSION, "k");
        struct timespec early[2] = {{5, 0}, {5, 0}};

        assert_int_equal(store_create(store, STORE_SESSION, "k", &record, &f->err), 0);
        assert_int_equal(store_sweep(store, STORE_SESSION, draw, 13600, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0); /* exactly an hour after expiry: not yet */
        /* A wrong modification time, as in a copied folder, does not delete a valid record. */
        assert_int_equal(utimensat(AT_FDCWD, path, early, 0), 0);
        assert_int_equal(store_sweep(store, STORE_SESSION, draw, 13600, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0);
        assert_int_equal(store_read(store, STORE_SESSION, "k", 9999, &back, &f->err), 0);
        assert_int_equal(store_sweep(store, STORE_SESSION, draw + 1, 13601, &deleted, &f->err), 0);
        assert_int_equal(deleted, 0); /* another shard */
        assert_int_equal(store_sweep(store, STORE_SESSION, draw, 13601, &deleted, &f->err), 0);
        assert_int_equal(deleted, 1);
        assert_int_equal(access(path, F_OK), -1);
        record = record_of(f, 1000, 10000);
        assert_int_equal(store_create(store, STORE_CLAIM, "k", &record, &f->err), 0);
        assert_int_equal(store_sweep(store, STORE_CLAIM, draw_of(f, STORE_CLAIM, "k", 2), 20000,
                             &deleted, &f->err),
            0);
        assert_int_equal(deleted, 1); /* a kind with 256 shards */
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(records_come_back),
            FOLDER_TEST(broken_records_are_an_error),
            FOLDER_TEST(a_power_cut_takes_what_does_not_last),
            FOLDER_TEST(sealed_nonsense_is_refused), FOLDER_TEST(planted_files_are_refused),
            FOLDER_TEST(sweeping_takes_what_is_long_over)};

        return RUN(tests);
}
