/* file, atomic, lock: files written atomically, planted files and folders, limits, modes, locks. */
#include "folder.h"

#include <signal.h>
#include <sys/wait.h>

#include "host/atomic.h"
#include "host/lock.h"
#include "host/os.h"

static void
files_come_back(void **state)
{
        struct folder *f = *state;
        static const size_t sizes[] = {0, 1, 4096, FILE_SIZE_MAX - 1, FILE_SIZE_MAX};
        char *data = arena_alloc(f->arena, FILE_SIZE_MAX + 1), *back;
        struct stat st;
        size_t size;

        memset(data, 'x', FILE_SIZE_MAX + 1);
        data[0] = '\0'; /* a file may hold NULs */
        for (size_t i = 0; i < COUNT(sizes); i++) {
                ROW(atomic_write(
                        f->arena, f->fd, "a", data, sizes[i], 12345, ATOMIC_REPLACE, &f->err) == 0,
                    i, f->err.text);
                ROW(file_read_private(f->arena, f->fd, "a", &back, &size, &f->err) == 0 &&
                        size == sizes[i] && memcmp(back, data, size) == 0 && back[size] == '\0',
                    i, "back");
        }
        assert_int_equal(stat(inside(f, "a"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_mtime, 12345);
        put_file(inside(f, "big"), data, FILE_SIZE_MAX + 1);
        assert_int_equal(file_read_private(f->arena, f->fd, "big", &back, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        /* A host's file of certificates may exceed FILE_SIZE_MAX. */
        assert_int_equal(file_read_public(f->arena, inside(f, "big"), &back, &size, &f->err), 0);
        assert_int_equal(size, FILE_SIZE_MAX + 1);
        assert_int_equal(truncate(inside(f, "big"), FILE_PUBLIC_MAX), 0);
        assert_int_equal(file_read_public(f->arena, inside(f, "big"), &back, &size, &f->err), 0);
        assert_int_equal(truncate(inside(f, "big"), FILE_PUBLIC_MAX + 1), 0);
        assert_int_equal(file_read_public(f->arena, inside(f, "big"), &back, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        END_ROWS();
}

static void
a_file_is_opened_or_it_is_said_why_not(void **state)
{
        struct folder *f = *state;
        char *back;
        size_t size;
        int fd = -1;

        put_file(inside(f, "a"), "text", 4);
        assert_int_equal(file_open_public(f->arena, inside(f, "a"), &fd, &f->err), 0);
        assert_int_equal(file_read_opened(f->arena, fd, inside(f, "a"), &back, &size, &f->err), 0);
        assert_string_equal(back, "text");
        fd = -1;
        assert_int_equal(file_open_public(f->arena, inside(f, "none"), &fd, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(file_open_public(f->arena, inside(f, "a/b"), &fd, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(fd, -1);
        assert_int_equal(file_read_opened(f->arena, -1, "a", &back, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

/* A web server may start a program without stdin: then 0 is a valid descriptor for a file. */
static void
zero_is_a_descriptor(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        int saved = dup(STDIN_FILENO), opened = -1, above = -1, marked, result[2];

        put_file(inside(f, "a"), "text", 4);
        close(STDIN_FILENO);
        result[0] = file_open_public(arena, inside(f, "a"), &opened, &f->err);
        arena_free(arena);
        arena = arena_new(abort);
        result[1] = file_open_above(arena, inside(f, "a"), &above, &f->err);
        arena_free(arena);
        marked = file_mark(f->fd, "mark");
        dup2(saved, STDIN_FILENO);
        close(saved);
        assert_int_equal(result[0], 0);
        assert_int_equal(opened, 0);
        assert_int_equal(result[1], 0);
        assert_int_equal(above, 0);
        assert_true(marked);
}

/* A file that does not exist yet: the folder above it is opened and checked. */
static void
the_folder_above_is_asked(void **state)
{
        struct folder *f = *state;
        struct stat above, here;
        int fd = -1, lowest;

        ROW(file_can_create(f->arena, inside(f, "new")), 0, "in a folder of our own");
        ROW(!file_can_create(f->arena, inside(f, "none/new")), 0, "in none");
        assert_int_equal(chdir(f->path), 0);
        ROW(file_can_create(f->arena, "new"), 0, "where we are");
        assert_int_equal(mkdir("inner", 0700), 0);
        assert_int_equal(file_open_above(f->arena, inside(f, "inner/new"), &fd, &f->err), 0);
        assert_int_equal(fstat(fd, &above), 0);
        assert_int_equal(stat("inner", &here), 0);
        assert_int_equal(above.st_ino, here.st_ino);
        assert_int_equal(file_open_above(f->arena, "new", &fd, &f->err), 0);
        assert_int_equal(fstat(fd, &above), 0);
        assert_int_equal(stat(".", &here), 0);
        assert_int_equal(above.st_ino, here.st_ino);
        assert_int_equal(file_open_above(f->arena, inside(f, "none/new"), &fd, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        lowest = dup(0);
        close(lowest);
        ROW(file_mark(f->fd, "mark"), 0, "the first makes it");
        ROW(!file_mark(f->fd, "mark"), 0, "the next finds it");
        fd = dup(0);
        ROW(fd == lowest, 0, "and nothing stays open");
        close(fd);
        assert_int_equal(chdir("/"), 0);
        END_ROWS();
}

static void
names_are_taken_once(void **state)
{
        struct folder *f = *state;
        char *back;
        size_t size;

        assert_int_equal(atomic_write(f->arena, f->fd, "a", "1", 1, 0, ATOMIC_NEW, &f->err), 0);
        assert_int_equal(atomic_write(f->arena, f->fd, "a", "2", 1, 0, ATOMIC_NEW, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXISTS);
        assert_int_equal(file_read_private(f->arena, f->fd, "a", &back, &size, &f->err), 0);
        assert_string_equal(back, "1");
        assert_int_equal(atomic_write(f->arena, f->fd, "a", "3", 1, 0, ATOMIC_REPLACE, &f->err), 0);
        assert_int_equal(file_read_private(f->arena, f->fd, "a", &back, &size, &f->err), 0);
        assert_string_equal(back, "3");
        assert_int_equal(atomic_delete(f->fd, "a", &f->err), 0);
        assert_int_equal(atomic_delete(f->fd, "a", &f->err), 0);
        assert_int_equal(file_read_private(f->arena, f->fd, "a", &back, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(mkdir(inside(f, "folder"), 0700), 0);
        assert_int_equal(
            atomic_write(f->arena, f->fd, "folder", "x", 1, 0, ATOMIC_REPLACE, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(atomic_delete(f->fd, "folder", &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

/* A change of digits is written in place: the inode stays. Any other change is refused. */
static void
digits_change_in_place(void **state)
{
        static const struct {
                const char *file, *before, *after;
                bool done;
        } rows[] = {{"{a: 19, b: 1}", "{a: 19, b: 1}", "{a: 20, b: 1}", true},
            {"{a: 19, b: 1}", "{a: 19, b: 1}", "{a: 19, b: 1}", true}, {"9", "9", "8", true},
            {"", "", "", true}, {"{a: 99}", "{a: 99}", "{a: 100}", false},
            {"{a: 19}", "{a: 19}", "{b: 19}", false}, {"{a: 19}", "{a: 19}", "{a: -1}", false},
            {"{a: -1}", "{a: -1}", "{a: 19}", false},
            {"{a: 1, b: 1}", "{a: 1, b: 1}", "{a: 2, b: 2}", false},
            {"{a: 19} ", "{a: 19}", "{a: 20}", false}, {"{a: 1", "{a: 19}", "{a: 20}", false},
            {"{a: 21}", "{a: 19}", "{a: 20}", false}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct stat old, new;
                size_t size;
                char *text;

                put_file(inside(f, "a"), rows[i].file, strlen(rows[i].file));
                ROW(stat(inside(f, "a"), &old) == 0 &&
                        atomic_amend(f->arena, f->fd, "a", rows[i].before, rows[i].after) ==
                            rows[i].done &&
                        stat(inside(f, "a"), &new) == 0 &&
                        old.st_ino ==
                            new.st_ino &&file_read_private(
                                f->arena, f->fd, "a", &text, &size, &f->err) == 0 &&
                        same(text, rows[i].done ? rows[i].after : rows[i].file),
                    i, rows[i].after);
        }
        assert_false(atomic_amend(f->arena, f->fd, "none", "1", "2"));
        assert_int_equal(symlink("a", inside(f, "link")), 0);
        put_file(inside(f, "a"), "1", 1);
        assert_false(atomic_amend(f->arena, f->fd, "link", "1", "2"));
        END_ROWS();
}

static int
count_visit(void *context, const char *name, long long stamp)
{
        size_t *seen = context;

        seen[atomic_is_temporary(name) ? 1 : 0]++;
        return stamp == 99; /* stops */
}

static void
nothing_is_left_behind(void **state)
{
        struct folder *f = *state;
        size_t seen[2] = {0, 0};

        assert_int_equal(atomic_write(f->arena, f->fd, "a", "1", 1, 5, ATOMIC_NEW, &f->err), 0);
        assert_int_equal(atomic_write(f->arena, f->fd, "a", "2", 1, 5, ATOMIC_NEW, &f->err), -1);
        assert_int_equal(atomic_write(f->arena, f->fd, "no/b", "2", 1, 5, ATOMIC_NEW, &f->err), -1);
        assert_int_equal(symlink("a", inside(f, "link")), 0);
        assert_int_equal(mkfifo(inside(f, "fifo"), 0600), 0);
        assert_int_equal(file_list(f->fd, count_visit, seen, &f->err), 0);
        assert_int_equal(seen[0], 1); /* files only: no link, no FIFO */
        assert_int_equal(seen[1], 0); /* no temporary file */
        assert_int_equal(atomic_write(f->arena, f->fd, "b", "1", 1, 99, ATOMIC_NEW, &f->err), 0);
        assert_int_equal(atomic_write(f->arena, f->fd, "c", "1", 1, 99, ATOMIC_NEW, &f->err), 0);
        assert_int_equal(atomic_delete(f->fd, "a", &f->err), 0);
        seen[0] = 0;
        assert_int_equal(file_list(f->fd, count_visit, seen, &f->err), 0);
        assert_int_equal(seen[0], 1); /* visit() can stop the listing */
        assert_true(atomic_is_temporary(".tmp-x"));
        assert_false(atomic_is_temporary("tmp"));
        assert_false(atomic_is_temporary(".lock"));
}

static void
planted_files_are_not_read(void **state)
{
        struct folder *f = *state;
        static const char *const names[] = {
            "link", "dangling", "hard", "fifo", "folder", "absolute"};
        char *back;
        size_t size;

        put_file(inside(f, "target"), "secret", 6);
        put_file(inside(f, "one"), "x", 1);
        assert_int_equal(symlink("target", inside(f, "link")), 0);
        assert_int_equal(symlink("nowhere", inside(f, "dangling")), 0);
        assert_int_equal(symlink(inside(f, "target"), inside(f, "absolute")), 0);
        assert_int_equal(link(inside(f, "one"), inside(f, "hard")), 0);
        assert_int_equal(mkfifo(inside(f, "fifo"), 0600), 0);
        assert_int_equal(mkdir(inside(f, "folder"), 0700), 0);
        for (size_t i = 0; i < COUNT(names); i++)
                ROW(file_read_private(f->arena, f->fd, names[i], &back, &size, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, names[i]);
        ROW(file_read_public(f->arena, inside(f, "fifo"), &back, &size, &f->err) == -1, 0, "fifo");
        ROW(file_read_public(f->arena, f->path, &back, &size, &f->err) == -1, 0, "folder");
        /* Writing replaces the link, not the file that it points to. */
        assert_int_equal(
            atomic_write(f->arena, f->fd, "link", "new", 3, 0, ATOMIC_REPLACE, &f->err), 0);
        assert_int_equal(file_read_private(f->arena, f->fd, "target", &back, &size, &f->err), 0);
        assert_string_equal(back, "secret");
        if (geteuid() == 0) {
                assert_int_equal(chown(inside(f, "target"), 65534, 65534), 0);
                ROW(file_read_private(f->arena, f->fd, "target", &back, &size, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM,
                    0, "another's");
                ROW(file_read_public(f->arena, inside(f, "target"), &back, &size, &f->err) == 0, 0,
                    "another's template");
        }
        END_ROWS();
}

static void
folders_are_our_own_and_closed(void **state)
{
        struct folder *f = *state;
        static const mode_t open_modes[] = {0701, 0702, 0704, 0710, 0720, 0740, 0755, 0777};
        struct stat st;
        int fd;

        assert_int_equal(file_open_folder(f->arena, f->fd, "a", false, &fd, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(file_open_folder(f->arena, f->fd, "a/b", true, &fd, &f->err), -1);
        assert_int_equal(file_open_folder(f->arena, f->fd, "a", true, &fd, &f->err), 0);
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
        for (size_t i = 0; i < COUNT(open_modes); i++) {
                assert_int_equal(chmod(inside(f, "a"), open_modes[i]), 0);
                ROW(file_open_folder(f->arena, f->fd, "a", true, &fd, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM && strstr(f->err.text, "chmod 700") != NULL,
                    i, f->err.text);
        }
        assert_int_equal(chmod(inside(f, "a"), 0700), 0);
        assert_int_equal(symlink("a", inside(f, "link")), 0);
        put_file(inside(f, "file"), "x", 1);
        ROW(file_open_folder(f->arena, f->fd, "link", true, &fd, &f->err) == -1 &&
                f->err.kind == ERR_SYSTEM,
            0, "link");
        ROW(file_open_folder(f->arena, f->fd, "file", true, &fd, &f->err) == -1 &&
                f->err.kind == ERR_SYSTEM,
            0, "file");
        if (geteuid() == 0) {
                assert_int_equal(chown(inside(f, "a"), 65534, 65534), 0);
                ROW(file_open_folder(f->arena, f->fd, "a", true, &fd, &f->err) == -1 &&
                        f->err.kind == ERR_SYSTEM && strstr(f->err.text, "chown") != NULL,
                    0, "another's");
        }
        END_ROWS();
}

/* Four processes add to one number under the lock. */
static void
a_lock_is_held_by_one(void **state)
{
        enum { PROCESSES = 4, TIMES = 50 };
        struct folder *f = *state;
        char *back;
        size_t size;
        int lock;

        put_file(inside(f, "number"), "0", 1);
        for (int p = 0; p < PROCESSES; p++) {
                pid_t pid = fork();

                assert_true(pid >= 0);
                if (pid > 0)
                        continue;
                for (int i = 0; i < TIMES; i++) {
                        int at = open(inside(f, "number"), O_RDWR);
                        char text[32] = "";

                        if (at < 0 || lock_acquire(f->fd, ".lock", &lock, &f->err) != 0 ||
                            read(at, text, sizeof(text) - 1) < 0)
                                _exit(1);
                        snprintf(text, sizeof(text), "%ld", strtol(text, NULL, 10) + 1);
                        if (pwrite(at, text, strlen(text), 0) < 0)
                                _exit(1);
                        close(at);
                        lock_release(lock);
                }
                _exit(0);
        }
        for (int p = 0; p < PROCESSES; p++) {
                int status = -1;

                assert_true(wait(&status) > 0);
                ROW(status == 0, p, "process");
        }
        assert_int_equal(file_read_private(f->arena, f->fd, "number", &back, &size, &f->err), 0);
        assert_string_equal(back, "200");
        assert_int_equal(unlink(inside(f, ".lock")), 0);
        assert_int_equal(symlink("number", inside(f, ".lock")), 0);
        ROW(lock_acquire(f->fd, ".lock", &lock, &f->err) == -1 && f->err.kind == ERR_SYSTEM, 0,
            "link");
        END_ROWS();
}

/* Another process may replace a file after it is opened and before it is checked. */
static void
a_file_that_is_replaced_meanwhile_is_read(void **state)
{
        struct folder *f = *state;
        struct arena *arena;
        size_t size, failed = 0;
        char *data, *record = inside(f, "record"), *other = inside(f, "new");
        pid_t pid;

        put_file(record, "record", 6);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                for (;;) {
                        put_file(other, "record", 6);
                        if (rename(other, record) != 0)
                                _exit(1);
                }
        for (int i = 0; i < 20000; i++) {
                arena = arena_new(abort);
                failed += file_read_private(arena, f->fd, "record", &data, &size, &f->err) != 0 ||
                          size != 6;
                arena_free(arena);
        }
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        assert_int_equal(failed, 0);
}

static void
locks_by_key_meet_only_their_own(void **state)
{
        struct folder *f = *state;
        int lock, other;
        long long before;

        assert_int_equal(lock_acquire_key(f->fd, "keys", 1ULL << 63, 0, &lock, &f->err), 0);
        assert_int_equal(lock_acquire_key(f->fd, "keys", 2, 0, &other, &f->err), 0);
        lock_release(other);
        before = os_clock_ms();
        assert_int_equal(
            lock_acquire_key(f->fd, "keys", 1ULL << 63, before + 50, &other, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_BUSY);
        assert_true(os_clock_ms() - before >= 50);
        lock_release(lock);
        assert_int_equal(lock_acquire_key(f->fd, "keys", 1ULL << 63, 0, &lock, &f->err), 0);
        lock_release(lock);
        assert_int_equal(lock_acquire_key(f->fd, "keys", ~0ULL, 0, &lock, &f->err), 0);
        lock_release(lock);
        /* The lock of a process that dies is released. */
        pid_t pid = fork();

        if (pid == 0) {
                if (lock_acquire_key(f->fd, "keys", 7, 0, &lock, &f->err) == 0)
                        raise(SIGKILL);
                _exit(1);
        }
        assert_true(waitpid(pid, NULL, 0) == pid);
        assert_int_equal(lock_acquire_key(f->fd, "keys", 7, 0, &lock, &f->err), 0);
        lock_release(lock);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(files_come_back),
            FOLDER_TEST(names_are_taken_once), FOLDER_TEST(digits_change_in_place),
            FOLDER_TEST(a_file_is_opened_or_it_is_said_why_not),
            FOLDER_TEST(the_folder_above_is_asked), FOLDER_TEST(nothing_is_left_behind),
            FOLDER_TEST(planted_files_are_not_read), FOLDER_TEST(folders_are_our_own_and_closed),
            FOLDER_TEST(a_lock_is_held_by_one), FOLDER_TEST(zero_is_a_descriptor),
            FOLDER_TEST(a_file_that_is_replaced_meanwhile_is_read),
            FOLDER_TEST(locks_by_key_meet_only_their_own)};

        return RUN(tests);
}
