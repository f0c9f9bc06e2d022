/*
 * faults: makes each system call of each operation on disk fail in turn. After success, the whole
 * effect must be there; after failure, either the old or the new state, complete, and no temporary
 * file. An interrupted call is repeated. (The linker replaces the system's functions by those in
 * this file: see the Makefile.)
 */
#include "folder.h"

#include <dirent.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/random.h>

#include "host/atomic.h"
#include "host/lines.h"
#include "state/journal.h"
#include "host/lock.h"
#include "host/os.h"
#include "host/process.h"
#include "state/notes.h"
#include "state/store.h"
#include "state/tally.h"
#include "state/user.h"

enum { NOW = 1764000000 };

/* at: the number of the call that fails, from 1; number: its errno; fell: the name of the call. */
static struct {
        bool on;
        unsigned at, seen;
        int number;
        const char *fell;
} fault;

static bool
falls(const char *name)
{
        if (!fault.on || ++fault.seen != fault.at)
                return false;
        fault.fell = name;
        errno = fault.number;
        return true;
}

#define WRAP(type, name, parameters, arguments)                                                    \
        type __real_##name parameters;                                                             \
        type __wrap_##name parameters;                                                             \
        type __wrap_##name parameters                                                              \
        {                                                                                          \
                return falls(#name) ? (type)-1 : __real_##name arguments;                          \
        }

WRAP(int, openat, (int at, const char *path, int flags, mode_t mode), (at, path, flags, mode))
WRAP(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
WRAP(int, fstat, (int fd, struct stat *st), (fd, st))
WRAP(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(off_t, lseek, (int fd, off_t at, int whence), (fd, at, whence))
WRAP(int, futimens, (int fd, const struct timespec *times), (fd, times))
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, linkat, (int a, const char *from, int b, const char *to, int flags),
    (a, from, b, to, flags))
WRAP(int, unlinkat, (int at, const char *path, int flags), (at, path, flags))
WRAP(int, flock, (int fd, int operation), (fd, operation))
WRAP(int, fcntl, (int fd, int command, void *argument), (fd, command, argument))
WRAP(long, syscall, (long number, long a, long b, long c, long d, long e), (number, a, b, c, d, e))
WRAP(ssize_t, getrandom, (void *bytes, size_t size, unsigned flags), (bytes, size, flags))
WRAP(int, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(int, poll, (struct pollfd * fds, nfds_t count, int wait), (fds, count, wait))

struct dirent *__real_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);
struct dirent *
__wrap_readdir(DIR *folder)
{
        return falls("readdir") ? NULL : __real_readdir(folder);
}

/* ---- the operations ---- */

static void
put_old(struct folder *f)
{
        put_file(inside(f, "a"), "old\n", 4);
}

/* Returns the text of a file; NULL: it cannot be read. */
static const char *
text_of(struct folder *f, const char *name)
{
        struct err err;
        size_t size;
        char *text;

        return file_read_private(f->arena, f->fd, name, &text, &size, &err) == 0 ? text : NULL;
}

/* Half a line, as a killed process leaves it. */
static void
put_half(struct folder *f)
{
        put_file(inside(f, "a"), "old\nhalf", 8);
}

static bool
is_half(struct folder *f)
{
        const char *text = text_of(f, "a");

        return same(text, "old\nhalf") || same(text, "old\n");
}

static bool
is_old(struct folder *f)
{
        return same(text_of(f, "a"), "old\n");
}

static bool
is_missing(struct folder *f)
{
        return text_of(f, "a") == NULL;
}

static bool
is_new(struct folder *f)
{
        return same(text_of(f, "a"), "new");
}

static int
write_new(struct folder *f)
{
        return atomic_write(f->arena, f->fd, "a", "new", 3, NOW, ATOMIC_NEW, &f->err);
}

static int
write_over(struct folder *f)
{
        return atomic_write(f->arena, f->fd, "a", "new", 3, NOW, ATOMIC_REPLACE, &f->err);
}

static int
delete_it(struct folder *f)
{
        return atomic_delete(f->fd, "a", &f->err);
}

static int
append_it(struct folder *f)
{
        bool created;

        return lines_append(f->fd, "a", "new\n", &created, &f->err);
}

static bool
is_appended(struct folder *f)
{
        const char *text = text_of(f, "a");

        return same(text, "old\nnew\n") || same(text, "new\n");
}

static bool
is_not_begun(struct folder *f)
{
        const char *text = text_of(f, "a");

        return text == NULL || same(text, "");
}

static int
read_it(struct folder *f)
{
        size_t size;
        char *text;
        int result = file_read_private(f->arena, f->fd, "a", &text, &size, &f->err);

        return result == 0 && !same(text, "old\n") ? 1 : result;
}

static int
make_folder(struct folder *f)
{
        int folder;

        return file_open_folder(f->arena, f->fd, "inner", true, &folder, &f->err);
}

static int
lock_it(struct folder *f)
{
        int lock, result = lock_acquire(f->fd, "lock", &lock, &f->err);

        if (result == 0)
                lock_release(lock);
        return result;
}

static int
lock_a_key(struct folder *f)
{
        int lock, result = lock_acquire_key(f->fd, "lock", 7, os_clock_ms() + 1000, &lock, &f->err);

        if (result == 0)
                lock_release(lock);
        return result;
}

static int
count_one(void *context, const char *name, long long stamp)
{
        (void)stamp;
        *(int *)context += strcmp(name, "a") == 0;
        return 0;
}

static int
list_it(struct folder *f)
{
        int count = 0, result = file_list(f->fd, count_one, &count, &f->err);

        return result == 0 && count != 1 ? 1 : result;
}

static int
use_store(struct folder *f, int (*use)(struct folder *f, struct store *store))
{
        struct store *store;

        return store_open(f->arena, f->path, true, &store, &f->err) == 0 ? use(f, store) : -1;
}

static int
put_record(struct folder *f, struct store *store)
{
        struct store_record record = {.created = NOW - 9000, .expires = NOW - 8000};

        pairs_init(&record.fields, f->arena);
        pairs_add(&record.fields, "openid", "oA");
        return store_create(store, STORE_SESSION, "k", &record, &f->err);
}

static int
take_record(struct folder *f, struct store *store)
{
        struct store_record record;

        return store_read(store, STORE_SESSION, "k", NOW - 8500, &record, &f->err);
}

static int
sweep_records(struct folder *f, struct store *store)
{
        unsigned shard = (unsigned)strtoul(
            arena_printf(f->arena, "%.3s", store_name(f->arena, STORE_SESSION, "k")), NULL, 16);

        return store_sweep(store, STORE_SESSION, shard, NOW, NULL, &f->err);
}

static int
create_record(struct folder *f)
{
        return use_store(f, put_record);
}

static int
read_record(struct folder *f)
{
        return use_store(f, take_record);
}

static int
sweep_store(struct folder *f)
{
        return use_store(f, sweep_records);
}

static void
have_record(struct folder *f)
{
        assert_int_equal(create_record(f), 0);
}

static bool
is_record_there(struct folder *f)
{
        return read_record(f) == 0;
}

static bool
is_record_gone(struct folder *f)
{
        return read_record(f) == -1 && f->err.kind == ERR_NOT_FOUND;
}

static int
sign_in(struct folder *f)
{
        struct pairs profile;
        const struct user_session session = {.name = "name", .now = NOW, .expires = NOW + 60};
        const char *generation;
        struct pairs ended;

        pairs_init(&profile, f->arena);
        pairs_init(&ended, f->arena);
        pairs_add(&profile, "openid", "oA");
        return user_sign_in(users_new(f->arena, f->path), &profile, "snsapi_base", &session,
            &generation, &ended, &f->err);
}

static void
be_signed_in(struct folder *f)
{
        assert_int_equal(sign_in(f), 0);
}

static int
forget(struct folder *f)
{
        struct pairs sessions;
        bool listed;

        pairs_init(&sessions, f->arena);
        return user_forget(users_new(f->arena, f->path), "oA", NULL, &sessions, &listed, &f->err);
}

static bool
is_user_there(struct folder *f)
{
        struct pairs user;

        return user_read(users_new(f->arena, f->path), "oA", &user, &f->err) == 0 &&
               pairs_count(&user, "sessions") == 1;
}

static bool
is_user_gone(struct folder *f)
{
        struct pairs user;

        return user_read(users_new(f->arena, f->path), "oA", &user, &f->err) == -1 &&
               f->err.kind == ERR_NOT_FOUND;
}

static int
keep_event(struct folder *f)
{
        return journal_append(f->arena, f->path, "{}", 30, NOW, &f->err);
}

struct search {
        struct folder *f;
        int folder;
        bool found;
};

static int
search_events(void *context, const char *name, long long stamp)
{
        struct search *s = context;
        struct err err;
        size_t size;
        char *text;

        (void)stamp;
        s->found =
            s->found || (file_read_private(s->f->arena, s->folder, name, &text, &size, &err) == 0 &&
                            strstr(text, "\"oA\"") != NULL);
        return 0;
}

/* Is the user in the journal? */
static bool
is_event_there(struct folder *f)
{
        struct search s = {.f = f};

        return file_open_folder(f->arena, f->fd, "events", false, &s.folder, &f->err) == 0 &&
               file_list(s.folder, search_events, &s, &f->err) == 0 && s.found;
}

static bool
is_event_gone(struct folder *f)
{
        return !is_event_there(f);
}

static void
have_events(struct folder *f)
{
        for (int day = 0; day < 3; day++)
                assert_int_equal(journal_append(f->arena, f->path, "{\"FromUserName\":\"oA\"}", 30,
                                     NOW + day * 86400, &f->err),
                    0);
        assert_true(is_event_there(f));
}

static int
forget_events(struct folder *f)
{
        return journal_forget(f->arena, f->path, "oA", &f->err);
}

/* ---- for the site's owner ---- */

static int
tally_one(struct folder *f)
{
        return tally_add(f->arena, f->fd, TALLY_MESSAGES, NOW, &f->err);
}

static long long
counted(struct folder *f)
{
        long long counts[1][TALLY_KINDS];

        return tally_read(f->arena, f->fd, NOW, 1, counts, &f->err) == 0 ? counts[0][TALLY_MESSAGES]
                                                                         : -1;
}

static bool
is_counted(struct folder *f)
{
        return counted(f) == 1;
}

static bool
is_not_counted(struct folder *f)
{
        return counted(f) == 0;
}

static int
note_one(struct folder *f)
{
        return notes_add_error(f->arena, f->fd, "of oA", NOW, &f->err);
}

static bool
see_error(void *context, long long when, const char *line)
{
        (void)when;
        return !(*(bool *)context = strcmp(line, "of oA") == 0);
}

static int
read_notes(struct folder *f)
{
        bool seen = false;

        return notes_read_errors(f->arena, f->fd, 0, NOW, see_error, &seen, &f->err);
}

static bool
is_noted(struct folder *f)
{
        bool seen = false;

        return notes_read_errors(f->arena, f->fd, 0, NOW, see_error, &seen, &f->err) == 0 && seen;
}

static bool
is_not_noted(struct folder *f)
{
        return !is_noted(f);
}

static void
have_note(struct folder *f)
{
        assert_int_equal(note_one(f), 0);
}

static int
forget_note(struct folder *f)
{
        return notes_forget(f->arena, f->fd, "oA", &f->err);
}

static void
put_program(struct folder *f)
{
        static const char program[] = "#!/bin/sh\ncat\n";

        put_file(inside(f, "program"), program, strlen(program));
        assert_int_equal(chmod(inside(f, "program"), 0700), 0);
}

static int
run_one(struct folder *f, bool apart)
{
        char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
        const struct process_job job = {
            inside(f, "program"), environment, "input", apart, os_clock_ms() + 5000};
        char *output;
        size_t size;
        int result = process_run(f->arena, &job, &output, &size, &f->err);

        return result == 0 && !same(output, "input") ? 1 : result;
}

static int
run_program(struct folder *f)
{
        return run_one(f, false);
}

static int
run_program_apart(struct folder *f)
{
        return run_one(f, true);
}

static bool
anything(struct folder *f)
{
        (void)f;
        return true;
}

/* run returns 0, -1 with an error, or 1 if its result is wrong. After 0, done must be true; after
 * -1, done or as_before. */
static const struct operation {
        const char *name;
        void (*prepare)(struct folder *f);
        int (*run)(struct folder *f);
        bool (*done)(struct folder *f);
        bool (*as_before)(struct folder *f);
} operations[] = {{"write", NULL, write_new, is_new, is_missing},
    {"replace", put_old, write_over, is_new, is_old},
    {"delete", put_old, delete_it, is_missing, is_old},
    {"append", put_old, append_it, is_appended, is_old},
    {"append behind half a line", put_half, append_it, is_appended, is_half},
    {"append first", NULL, append_it, is_appended, is_not_begun},
    {"read", put_old, read_it, is_old, is_old}, {"folder", NULL, make_folder, anything, anything},
    {"lock", NULL, lock_it, anything, anything}, {"key", NULL, lock_a_key, anything, anything},
    {"list", put_old, list_it, is_old, is_old},
    {"create", NULL, create_record, is_record_there, is_record_gone},
    {"read record", have_record, read_record, is_record_there, is_record_there},
    {"sweep", have_record, sweep_store, is_record_gone, is_record_there},
    {"sign in", NULL, sign_in, is_user_there, is_user_gone},
    {"sign in again", be_signed_in, sign_in, anything, is_user_there},
    {"forget", be_signed_in, forget, is_user_gone, is_user_there},
    {"journal", NULL, keep_event, anything, anything},
    {"journal forgets", have_events, forget_events, is_event_gone, is_event_there},
    {"count", NULL, tally_one, is_counted, is_not_counted},
    {"note", NULL, note_one, anything, is_not_noted},
    {"read notes", have_note, read_notes, is_noted, is_noted},
    {"forget a note", have_note, forget_note, is_not_noted, is_noted},
    {"program", put_program, run_program, anything, anything},
    {"program apart", put_program, run_program_apart, anything, anything}};

/* ---- each call ---- */

static int left_over;

static int
count_temporary(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st;
        left_over += flag == FTW_F && atomic_is_temporary(path + ftw->base);
        return 0;
}

/* May the operation succeed although this call failed? The failure of any other call must be
 * reported with the system's message, except that of a full disk if room can be made. */
static bool
may_be_passed_over(const char *name, const char *call, int number)
{
        static const struct {
                const char *name, *call;
                int number; /* 0: any */
        } calls[] = {{"forget", "fstat", 0}, {"forget", "openat", 0},
            {"forget", "read", 0}, /* an unreadable file is deleted */
            {"sweep", "fstat", 0}, {"sweep", "openat", 0}, {"sweep", "read", 0},
            {"sign in", "getrandom", 0}, /* json-c's seed */
            {"program", "fcntl", 0},     /* the pipe may then block, within the time limit */
            {"program apart", "fcntl", 0}, {"program apart", "read", 0}, /* of what it says */
            {"write", "syscall", EINVAL}, /* as on a host without renameat2() */
            {"create", "syscall", EINVAL}};

        for (size_t i = 0; i < COUNT(calls); i++)
                if (strcmp(calls[i].name, name) == 0 && strcmp(calls[i].call, call) == 0 &&
                    (calls[i].number == 0 || calls[i].number == number))
                        return true;
        return false;
}

/* Returns the open descriptors, one bit for each. */
static uint64_t
open_descriptors(void)
{
        uint64_t open = 0;

        for (int fd = 0; fd < 64; fd++)
                open |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
        return open;
}

/* Runs the operation in a folder of its own; the call with number at fails. Returns false if the
 * operation makes fewer calls. */
static bool
try_one(struct folder *whole, const struct operation *o, unsigned at, int number)
{
        uint64_t descriptors = open_descriptors();
        struct folder f = {.arena = arena_new(abort)};
        const char *fell;
        char *row;
        bool good;
        int result;

        f.path = arena_printf(f.arena, "%s/one", whole->path);
        assert_int_equal(mkdir(f.path, 0700), 0);
        assert_int_equal(file_open_folder(f.arena, AT_FDCWD, f.path, false, &f.fd, &f.err), 0);
        if (o->prepare != NULL)
                o->prepare(&f);
        fault.at = at;
        fault.seen = 0;
        fault.number = number;
        fault.fell = NULL;
        fault.on = true;
        result = o->run(&f);
        fault.on = false;
        row = arena_printf(f.arena, "%s: %s, %s: %d %s", o->name,
            fault.fell == NULL ? "nothing failed" : fault.fell, strerror(number), result,
            result == 0 ? "" : f.err.text);
        good = result == 0 || (result == -1 && f.err.kind == ERR_SYSTEM) ||
               (result == -1 && f.err.kind == ERR_CONFIG && o->prepare == put_program);
        ROW(good, at, row);
        ROW(fault.fell != NULL || result == 0, at, row);
        if (fault.fell != NULL && number != EINTR && number != ENOSPC)
                ROW(result == 0 ? may_be_passed_over(o->name, fault.fell, number)
                                : strstr(f.err.text, strerror(number)) != NULL,
                    at, row);
        ROW(o->done(&f) || (result == -1 && o->as_before(&f)), at, row);
        left_over = 0;
        nftw(f.path, count_temporary, 16, FTW_PHYS);
        ROW(left_over == 0 || same(fault.fell, "unlinkat"), at, row);
        /* An interrupted call is repeated. */
        if (number == EINTR && fault.fell != NULL &&
            strstr("read write flock fcntl poll", fault.fell))
                ROW(result == 0, at, row);
        nftw(f.path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        arena_free(f.arena);
        fell = fault.fell == NULL ? "nothing" : fault.fell;
        ROW(open_descriptors() == descriptors, at, fell);
        return fault.fell != NULL;
}

/* The error names the step that failed. */
static void
a_programs_error_names_the_step(void **state)
{
        static const struct {
                const char *call, *says;
        } rows[] = {{"pipe2", "pipe: "}, {"poll", "poll: "}, {"read", "read from the program: "},
            {"write", "write to the program: "}};
        struct folder *f = *state;
        bool seen[COUNT(rows)] = {false};

        put_program(f);
        for (unsigned at = 1;; at++) {
                fault.at = at;
                fault.seen = 0;
                fault.number = EIO;
                fault.fell = NULL;
                fault.on = true;
                (void)run_program(f);
                fault.on = false;
                if (fault.fell == NULL)
                        break;
                for (size_t i = 0; i < COUNT(rows); i++)
                        if (same(fault.fell, rows[i].call)) {
                                seen[i] = true;
                                ROW(strncmp(f->err.text, rows[i].says, strlen(rows[i].says)) == 0,
                                    at, f->err.text);
                        }
        }
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(seen[i], i, rows[i].call);
        END_ROWS();
}

static void
each_call_may_fail(void **state)
{
        static const int numbers[] = {EIO, EINTR, ENOSPC, EMFILE, EINVAL};
        unsigned tried = 0;

        for (size_t i = 0; i < COUNT(operations); i++)
                for (size_t n = 0; n < COUNT(numbers); n++) {
                        unsigned at = 1;

                        while (try_one(*state, &operations[i], at, numbers[n]))
                                at++;
                        tried += at - 1;
                        ROW(at > 1, i, operations[i].name); /* it makes calls that can fail */
                }
        print_message("# %u calls failed\n", tried);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            FOLDER_TEST(each_call_may_fail), FOLDER_TEST(a_programs_error_names_the_step)};

        return RUN(tests);
}
