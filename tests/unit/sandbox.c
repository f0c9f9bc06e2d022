/* sandbox: what a program in it can and cannot do; each attempt runs in a process of its own. */
#include "folder.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "host/sandbox.h"

/* The outcome of an attempt: 0, it succeeded; an errno; or ENDED, the process was killed. */
enum { ENDED = 1000, SKIPPED };

/* A simulated kernel that reports version `told` of Landlock and accepts at most version `taken`.
 * told 0: the real kernel. (The linker replaces syscall() by the function below.) */
static struct {
        long told, taken;
        int number; /* the errno of a refusal */
        unsigned asked;
        uint64_t files;
        unsigned rules, refused; /* the number of rules so far; the rule that is refused, from 1 */
        bool restricted;
} kernel;

long __real_syscall(long number, long a, long b, long c, long d, long e);
long __wrap_syscall(long number, long a, long b, long c, long d, long e);
long
__wrap_syscall(long number, long a, long b, long c, long d, long e)
{
        static const uint64_t most[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff};
        uint64_t rules[3];

        if (kernel.told == 0 || number < 444 || number > 446)
                return __real_syscall(number, a, b, c, d, e);
        if (number == 445 && ++kernel.rules == kernel.refused) {
                errno = ENOMEM;
                return -1;
        }
        kernel.restricted = kernel.restricted || number == 446;
        if (number != 444)
                return 0;
        if (a == 0)
                return kernel.told;
        memcpy(rules, (const void *)(uintptr_t)a, sizeof(rules));
        kernel.asked++;
        if ((rules[0] & ~most[kernel.taken]) != 0 || (rules[1] != 0 && kernel.taken < 4) ||
            (rules[2] != 0 && kernel.taken < 6)) {
                errno = kernel.number;
                return -1;
        }
        kernel.files = rules[0];
        return dup(STDERR_FILENO);
}

struct place {
        struct folder *f;
        uint16_t port; /* a port that is open */
};

struct attempt {
        const char *name;
        int (*try)(const struct place *place);
        int reader, writer, pages, network, goer, gate,
            saver; /* the outcome for each kind of program */
};

static int
outcome(long result)
{
        return result < 0 ? errno : 0;
}

static int
try_open(const char *path, int flags)
{
        /* O_CLOEXEC, as in the programs: musl's open() then makes a second system call. */
        return outcome(openat(AT_FDCWD, path, flags | O_CLOEXEC, 0600));
}

static int
read_passwd(const struct place *p)
{
        (void)p;
        return try_open("/etc/passwd", O_RDONLY);
}

static int
read_hosts(const struct place *p)
{
        (void)p;
        return try_open("/etc/hosts", O_RDONLY);
}

static int
read_state(const struct place *p)
{
        return try_open(inside(p->f, "state/file"), O_RDONLY);
}

static int
list_state(const struct place *p)
{
        return try_open(inside(p->f, "state"), O_RDONLY | O_DIRECTORY);
}

static int
read_page(const struct place *p)
{
        return try_open(inside(p->f, "html/page"), O_RDONLY);
}

static int
read_beside(const struct place *p)
{
        return try_open(inside(p->f, "wechat.conf"), O_RDONLY);
}

static int
write_state(const struct place *p)
{
        return try_open(inside(p->f, "state/new"), O_WRONLY | O_CREAT | O_EXCL);
}

static int
shorten_state(const struct place *p)
{
        return try_open(inside(p->f, "state/file"), O_RDWR | O_TRUNC);
}

static int
write_page(const struct place *p)
{
        return try_open(inside(p->f, "html/page"), O_WRONLY);
}

static int
write_beside(const struct place *p)
{
        return try_open(inside(p->f, "new"), O_WRONLY | O_CREAT | O_EXCL);
}

static int
climb_out(const struct place *p)
{
        int state = openat(AT_FDCWD, inside(p->f, "state"), O_PATH | O_DIRECTORY | O_CLOEXEC);

        return outcome(openat(state, "../wechat.conf", O_RDONLY | O_CLOEXEC));
}

static int
follow_link(const struct place *p)
{
        return try_open(inside(p->f, "state/link"), O_RDONLY);
}

static int
read_private(const struct place *p)
{
        return try_open(inside(p->f, "private/file"), O_RDONLY);
}

static int
list_private(const struct place *p)
{
        char names[512];
        int folder =
            openat(AT_FDCWD, inside(p->f, "private"), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0600);

        /* Where the folder cannot be opened, the attempt ends there. */
        return folder < 0 ? errno : outcome(syscall(SYS_getdents64, folder, names, sizeof(names)));
}

static int
write_private(const struct place *p)
{
        return try_open(inside(p->f, "private/file"), O_WRONLY);
}

static int
reach_private(const struct place *p)
{
        const uint64_t how[] = {O_RDONLY | O_CLOEXEC, 0, 8 /* RESOLVE_BENEATH */};
        int folder = openat(AT_FDCWD, inside(p->f, "private"), O_PATH | O_CLOEXEC);

        return outcome(syscall(437 /* openat2 */, folder, "file", how, sizeof(how)));
}

static int
write_file_of_owner(const struct place *p)
{
        return try_open(inside(p->f, "files/new"), O_WRONLY | O_CREAT | O_EXCL);
}

static int
set_mode(const struct place *p)
{
        return outcome(fchmod(p->f->fd, 0700));
}

static int
run_program(const struct place *p)
{
        (void)p;
        return outcome(execl("/bin/true", "true", NULL));
}

static int
start_process(const struct place *p)
{
        /* Not fork(): musl's blocks signals, which would suppress the log line about the call. */
        long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

        (void)p;
        if (pid == 0)
                _exit(0);
        return outcome(pid);
}

static int
leave_session(const struct place *p)
{
        (void)p;
        return outcome(setsid());
}

static void *
nothing(void *context)
{
        return context;
}

static int
start_thread(const struct place *p)
{
        pthread_t thread;
        int result = pthread_create(&thread, NULL, nothing, NULL);

        (void)p;
        if (result == 0)
                pthread_join(thread, NULL);
        return result;
}

static int
signal_parent(const struct place *p)
{
        (void)p;
        return outcome(kill(getppid(), 0));
}

static int
signal_thread_of_another(const struct place *p)
{
        (void)p;
        return outcome(syscall(SYS_tgkill, 1, 1, 0));
}

static int
look_into_another(const struct place *p)
{
        (void)p;
        return outcome(syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, 1, 0, 0));
}

static int
make_executable(const struct place *p)
{
        (void)p;
        return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED
                   ? errno
                   : 0;
}

static int
open_socket(const struct place *p)
{
        (void)p;
        return outcome(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
open_packet_socket(const struct place *p)
{
        (void)p;
        return outcome(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int
open_datagram_socket(const struct place *p)
{
        (void)p;
        return outcome(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int
use_port(uint16_t port, bool serve)
{
        struct sockaddr_in at = {
            .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        return outcome(serve ? bind(fd, (struct sockaddr *)&at, sizeof(at))
                             : connect(fd, (struct sockaddr *)&at, sizeof(at)));
}

static int
call_api(const struct place *p)
{
        return use_port(p->port, false);
}

static int
call_elsewhere(const struct place *p)
{
        return use_port(p->port == 22 ? 23 : 22, false);
}

static int
serve(const struct place *p)
{
        (void)p;
        return use_port(0, true);
}

static int
debugged(const struct place *p)
{
        (void)p;
        return outcome(syscall(-1)); /* as for a call that strace refuses */
}

static int
new_call(const struct place *p)
{
        (void)p;
        return outcome(syscall(435 /* clone3 */, NULL, 0));
}

static const struct attempt attempts[] = {
    {"a file of the host", read_passwd, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"a file of the resolver", read_hosts, EACCES, EACCES, EACCES, 0, EACCES, EACCES, EACCES},
    {"the settings", read_beside, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"a record", read_state, 0, 0, EACCES, EACCES, 0, EACCES, 0},
    {"the list of records", list_state, 0, 0, EACCES, EACCES, 0, EACCES, 0},
    {"a template", read_page, EACCES, EACCES, 0, EACCES, EACCES, EACCES, EACCES},
    {"a new record", write_state, EACCES, 0, EACCES, EACCES, 0, EACCES, 0},
    {"a shortened record", shorten_state, EACCES, 0, EACCES, EACCES, 0, EACCES, 0},
    {"a changed template", write_page, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"a file beside the state folder", write_beside, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES,
        EACCES},
    {"out by ..", climb_out, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"out by a link", follow_link, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"a private file", read_private, EACCES, EACCES, EACCES, EACCES, EACCES, 0, EACCES},
    {"the list of private files", list_private, EACCES, EACCES, EACCES, EACCES, EACCES, 0, EACCES},
    {"a changed private file", write_private, EACCES, EACCES, EACCES, EACCES, EACCES, EACCES,
        EACCES},
    {"a private file by openat2", reach_private, ENDED, ENDED, ENDED, ENOSYS, ENDED, 0, ENDED},
    {"another program", run_program, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED},
    {"another process", start_process, ENDED, ENDED, ENDED, ENDED, 0, ENDED, ENDED},
    {"a session of its own", leave_session, ENDED, ENDED, ENDED, ENDED, 0, ENDED, ENDED},
    {"a thread", start_thread, ENDED, ENDED, ENDED, 0, ENDED, ENDED, ENDED},
    {"a signal", signal_parent, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED},
    {"a signal to a thread", signal_thread_of_another, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED,
        ENDED},
    {"another process's memory", look_into_another, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED,
        ENDED},
    {"memory with code", make_executable, ENDED, ENDED, ENDED, 0, ENDED, ENDED, ENDED},
    {"a socket", open_socket, ENDED, ENDED, ENDED, 0, ENDED, ENDED, ENDED},
    {"a raw socket", open_packet_socket, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED},
    {"TCP to the API", call_api, ENDED, ENDED, ENDED, 0, ENDED, ENDED, ENDED},
    {"TCP to another port", call_elsewhere, ENDED, ENDED, ENDED, EACCES, ENDED, ENDED, ENDED},
    {"a server", serve, ENDED, ENDED, ENDED, EACCES, ENDED, ENDED, ENDED},
    {"no call", debugged, ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS},
    {"a call of newer kernels", new_call, ENDED, ENDED, ENDED, ENOSYS, ENDED, ENDED, ENDED},
    {"a new file of the owner's", write_file_of_owner, EACCES, EACCES, EACCES, EACCES, EACCES,
        EACCES, 0},
    {"a mode", set_mode, ENDED, ENDED, ENDED, ENDED, ENDED, ENDED, 0},
};

/* Makes an attempt in a process inside the sandbox. said receives its stderr. */
static int
behind(const struct place *place, const struct sandbox *wall, int (*try)(const struct place *),
    char *said, size_t size)
{
        int ends[2], status;
        ssize_t got;
        pid_t pid;

        assert_int_equal(pipe(ends), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                dup2(ends[1], STDERR_FILENO);
#ifdef WECHAT_NO_SANDBOX
                _exit(255);
#endif
                if (sandbox_enter(wall) != 0)
                        _exit(255);
                _exit(try(place));
        }
        close(ends[1]);
        got = read(ends[0], said, size - 1);
        said[got < 0 ? 0 : got] = '\0';
        close(ends[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        /* musl's pthread_create() blocks signals, so that nobody can say it. */
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && try == start_thread)
                return ENDED;
        if (!WIFEXITED(status))
                return -WTERMSIG(status);
        if (WEXITSTATUS(status) == 255)
                return SKIPPED;
        return strstr(said, "ended at system call") != NULL && WEXITSTATUS(status) == 1
                   ? ENDED
                   : WEXITSTATUS(status);
}

static int
listen_somewhere(uint16_t *port)
{
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t size = sizeof(at);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(fd, 8), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
        *port = ntohs(at.sin_port);
        return fd;
}

static void
lay_out(struct folder *f)
{
        assert_int_equal(mkdir(inside(f, "state"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "html"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "private"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "files"), 0700), 0);
        put_file(inside(f, "private/file"), "private", 7);
        put_file(inside(f, "state/file"), "record", 6);
        put_file(inside(f, "html/page"), "page", 4);
        put_file(inside(f, "wechat.conf"), "secret", 6);
        assert_int_equal(symlink("../wechat.conf", inside(f, "state/link")), 0);
}

static void
what_is_not_needed_is_out_of_reach(void **state)
{
        static const unsigned needs[] = {SANDBOX_READ_STATE, SANDBOX_WRITE_STATE, SANDBOX_PAGES,
            SANDBOX_NETWORK, SANDBOX_WRITE_STATE | SANDBOX_GO_ON, SANDBOX_PRIVATE_FILES,
            SANDBOX_WRITE_STATE | SANDBOX_FILES};
        struct place place = {.f = *state};
        const char *const folders[] = {inside(place.f, "files"), NULL};
        char *html = inside(place.f, "html"), said[400], name[100];
        int listener = listen_somewhere(&place.port), folder;

        lay_out(place.f);
        folder = open(inside(place.f, "state"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        for (size_t kind = 0; kind < COUNT(needs); kind++)
                for (size_t i = 0; i < COUNT(attempts); i++) {
                        const struct attempt *a = &attempts[i];
                        const int wanted[] = {
                            a->reader, a->writer, a->pages, a->network, a->goer, a->gate, a->saver};
                        char *api =
                            arena_printf(place.f->arena, "http://127.0.0.1:%d", (int)place.port);
                        struct sandbox wall = {needs[kind], html, folder, api, "", false,
                            inside(place.f, "private"), NULL, NULL, folders, {0}};
                        int got = behind(&place, &wall, a->try, said, sizeof(said));

                        if (got == SKIPPED) /* this host lacks part of the sandbox */
                                SKIP("no Landlock or no filter here");
                        snprintf(name, sizeof(name), "%s: %d, wanted %d; needs %u", a->name, got,
                            wanted[kind], needs[kind]);
                        ROW(got == wanted[kind], i, name);
                        unlink(inside(place.f, "state/new"));
                        unlink(inside(place.f, "files/new"));
                }
        close(listener);
        close(folder);
        END_ROWS();
}

/* A program that calls other programs reaches their ports, and looks their names up itself. */
static void
other_programs_can_be_called(void **state)
{
        struct place place = {.f = *state};
        int listener = listen_somewhere(&place.port);
        const char *const origins[] = {
            arena_printf(place.f->arena, "http://127.0.0.1:%d", (int)place.port), NULL};
        const struct {
                const char *name;
                unsigned needs;
                int (*try)(const struct place *);
                int wanted;
        } rows[] = {{"their port", SANDBOX_NETWORK | SANDBOX_PROGRAMS, call_api, 0},
            {"another port", SANDBOX_NETWORK | SANDBOX_PROGRAMS, call_elsewhere, EACCES},
            {"UDP", SANDBOX_NETWORK | SANDBOX_PROGRAMS, open_datagram_socket, 0},
            {"their port, without that need", SANDBOX_NETWORK, call_api, EACCES},
            {"UDP, without it", SANDBOX_NETWORK, open_datagram_socket, ENOSYS}};
        char said[400];

        for (size_t i = 0; i < COUNT(rows); i++) {
                const struct sandbox wall = {.needs = rows[i].needs,
                    .html_dir = "/nowhere",
                    .state = -1,
                    .api_url = "https://localhost",
                    .ca_file = "",
                    .origins = origins};
                int got = behind(&place, &wall, rows[i].try, said, sizeof(said));

                if (got == SKIPPED)
                        SKIP("no Landlock or no filter here");
                ROW(got == rows[i].wanted, i, rows[i].name);
        }
        close(listener);
        END_ROWS();
}

/* A program that writes may create a missing state folder, and reaches nothing else. */
static int
make_state(const struct place *p)
{
        return outcome(mkdirat(AT_FDCWD, inside(p->f, "state"), 0700));
}

static void
a_missing_state_folder_can_be_made(void **state)
{
        struct place place = {.f = *state};
        struct sandbox wall = {SANDBOX_WRITE_STATE, "/nowhere", place.f->fd, "https://localhost",
            "", false, "", NULL, NULL, NULL, {0}};
        char said[400];
        int got = behind(&place, &wall, make_state, said, sizeof(said));

        if (got == SKIPPED)
                SKIP("no Landlock or no filter here");
        assert_int_equal(got, 0);
        assert_int_equal(behind(&place, &wall, read_passwd, said, sizeof(said)), EACCES);
}

static void
the_line_names_the_call(void **state)
{
        struct place place = {.f = *state};
        struct sandbox wall = {SANDBOX_READ_STATE, "/nowhere", -1, "https://localhost", "", false,
            "", NULL, NULL, NULL, {0}};
        char said[400], wanted[40];
        int got = behind(&place, &wall, open_socket, said, sizeof(said));

        if (got == SKIPPED)
                SKIP("no Landlock or no filter here");
        assert_int_equal(got, ENDED);
        snprintf(wanted, sizeof(wanted), "system call %04d,", (int)SYS_socket);
        assert_non_null(strstr(said, wanted));
        assert_memory_equal(said, "wechat-cgi: ", 12);
        assert_int_equal(said[strlen(said) - 1], '\n');
}

/* Without stderr, the process still ends, with the exit status of a forbidden call. */
static void
who_cannot_say_it_ends_all_the_same(void **state)
{
#ifdef WECHAT_NO_SANDBOX
        (void)state;
        SKIP("no filter in this build");
#else
        struct folder *f = *state;
        struct place place = {.f = f};
        struct sandbox wall = {SANDBOX_READ_STATE, "/nowhere", -1, "https://localhost", "", false,
            "", NULL, NULL, NULL, {0}};
        pid_t pid = fork();
        int status;

        assert_true(pid >= 0);
        if (pid == 0) {
                close(STDERR_FILENO);
                if (sandbox_enter(&wall) != 0)
                        _exit(255);
                _exit(open_socket(&place));
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 255)
                SKIP("no Landlock or no filter here");
        assert_int_equal(WEXITSTATUS(status), 2);
#endif
}

#ifndef WECHAT_NO_SANDBOX
static void
a_refused_version_is_stepped_down(void **state)
{
        static const struct {
                long told, taken;
                int number;
                unsigned asked; /* how many times Landlock was tried */
                uint64_t files; /* the rights restricted in the end; 0: no Landlock */
        } rows[] = {{1, 1, EINVAL, 1, 0x1fff}, {5, 5, EINVAL, 1, 0xffff}, {6, 5, EINVAL, 2, 0xffff},
            {6, 4, EINVAL, 3, 0x7fff}, {5, 1, EINVAL, 5, 0x1fff}, {3, 0, EINVAL, 3, 0},
            {6, 4, EOPNOTSUPP, 1, 0}, {6, 4, EMFILE, 1, 0}};
        struct sandbox wall = {SANDBOX_READ_STATE, "/nowhere", -1, "https://localhost", "", true,
            "", NULL, NULL, NULL, {0}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                kernel.told = rows[i].told;
                kernel.taken = rows[i].taken;
                kernel.number = rows[i].number;
                kernel.asked = 0;
                kernel.files = 0;
                ROW(sandbox_enter(&wall) == (rows[i].files == 0 ? SANDBOX_NO_LANDLOCK : 0), i,
                    "gaps");
                ROW(kernel.asked == rows[i].asked, i, "asked");
                ROW(kernel.files == rows[i].files, i, "files");
        }
        kernel.told = 0;
        END_ROWS();
}

/* If one rule is missing, the program could not reach something it needs: Landlock is not used. */
static void
one_refused_rule_means_no_landlock(void **state)
{
        static const unsigned needs[] = {SANDBOX_READ_STATE, SANDBOX_WRITE_STATE, SANDBOX_PAGES,
            SANDBOX_NETWORK, SANDBOX_READ_STATE | SANDBOX_PAGES | SANDBOX_NETWORK,
            SANDBOX_PRIVATE_FILES};
        static const unsigned least[] = {1, 3, 1, 5, 7, 1};
        struct folder *f = *state;

        kernel.told = kernel.taken = 6;
        for (size_t i = 0; i < COUNT(needs); i++) {
                struct sandbox wall = {needs[i], f->path, f->fd, "https://localhost", "/etc/passwd",
                    true, f->path, NULL, NULL, NULL, {0}};
                unsigned all;

                kernel.rules = kernel.refused = 0;
                kernel.restricted = false;
                ROW(sandbox_enter(&wall) == 0 && kernel.restricted, i, "all rules are taken");
                all = kernel.rules;
                ROW(all >= least[i], i, "each need has its rules");
                for (unsigned refused = 1; refused <= all; refused++) {
                        kernel.rules = 0;
                        kernel.refused = refused;
                        kernel.restricted = false;
                        ROW(sandbox_enter(&wall) == SANDBOX_NO_LANDLOCK, refused, "is told");
                        ROW(!kernel.restricted, refused, "and nothing is restricted");
                }
        }
        kernel.told = 0;
        END_ROWS();
}
#endif

int
main(void)
{
        const struct CMUnitTest tests[] = {
            FOLDER_TEST(what_is_not_needed_is_out_of_reach),
            FOLDER_TEST(other_programs_can_be_called),
            FOLDER_TEST(a_missing_state_folder_can_be_made),
            FOLDER_TEST(the_line_names_the_call),
            FOLDER_TEST(who_cannot_say_it_ends_all_the_same),
#ifndef WECHAT_NO_SANDBOX
            FOLDER_TEST(a_refused_version_is_stepped_down),
            FOLDER_TEST(one_refused_rule_means_no_landlock),
#endif
        };
        return RUN(tests);
}
