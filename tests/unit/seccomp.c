/*
 * seccomp: interprets the filter instead of installing it: its verdict on each call, on arguments,
 * and on another processor's calls. (The linker replaces prctl() by the one in this file: see the
 * Makefile. unit/sandbox.c installs the real filter.)
 */
#include "table.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/seccomp.h"

enum { CALLS_MAX = 600, ALLOW = 0x7fff0000, TRAP = 0x00030000, NO_SUCH_CALL = 0x00050000 | ENOSYS };

/* As in linux/filter.h, which musl lacks. */
struct instruction {
        uint16_t code;
        uint8_t yes, no;
        uint32_t value;
};

struct program {
        unsigned short size;
        const struct instruction *code;
};

/* The input of a filter, as in linux/seccomp.h. */
struct question {
        int call;
        uint32_t processor;
        uint64_t at;
        uint64_t arguments[6];
};

static struct instruction code[4096];
static size_t code_size;
static int prctl_fails;

int __wrap_prctl(int option, unsigned long mode, const struct program *program);

int
__wrap_prctl(int option, unsigned long mode, const struct program *program)
{
        if (option != PR_SET_SECCOMP || mode != 2 || prctl_fails)
                return -1;
        code_size = program->size;
        memcpy(code, program->code, code_size * sizeof(*code));
        return 0;
}

/* Returns the filter's verdict. A filter that the kernel would refuse fails the test. */
static uint32_t
answer(const struct question *question)
{
        uint32_t a = 0, x = 0;

        for (size_t i = 0; i < code_size; i++) {
                const struct instruction *at = &code[i];
                bool yes = false;

                switch (at->code) {
                case 0x20:
                        assert_true(at->value % 4 == 0 && at->value < sizeof(*question));
                        memcpy(&a, (const char *)question + at->value, sizeof(a));
                        continue;
                case 0x00:
                        a = at->value;
                        continue;
                case 0x07:
                        x = a;
                        continue;
                case 0x87:
                        a = x;
                        continue;
                case 0x6c:
                        a <<= x;
                        continue;
                case 0x15:
                        yes = a == at->value;
                        break;
                case 0x35:
                        yes = a >= at->value;
                        break;
                case 0x45:
                        yes = (a & at->value) != 0;
                        break;
                case 0x06:
                        return at->value;
                default:
                        fail_msg("instruction %zu: %x", i, at->code);
                }
                i += yes ? at->yes : at->no;
        }
        fail_msg("the filter has no end");
        return 0;
}

static uint32_t
processor_of_this(void)
{
#if defined(__x86_64__)
        return 0xc000003e;
#elif defined(__aarch64__)
        return 0xc00000b7;
#else
        return 0xc00000f3;
#endif
}

static uint32_t
ask(int call, unsigned argument, uint64_t value)
{
        struct question question = {.call = call, .processor = processor_of_this()};

        question.arguments[argument] = value;
        return answer(&question);
}

static const unsigned purposes[] = {0, SECCOMP_WRITE, SECCOMP_NETWORK,
    SECCOMP_WRITE | SECCOMP_NETWORK, SECCOMP_WRITE | SECCOMP_FORK,
    SECCOMP_WRITE | SECCOMP_NETWORK | SECCOMP_FORK, SECCOMP_FOLDERS,
    SECCOMP_WRITE | SECCOMP_NETWORK | SECCOMP_FORK | SECCOMP_FOLDERS};

/* What gives files a mode and a group, to the one purpose that is not in the list. */
static void
only_who_replaces_files_sets_modes(void **state)
{
        (void)state;
        assert_int_equal(seccomp_restrict(SECCOMP_WRITE | SECCOMP_MODES), 0);
        assert_int_equal(ask(SYS_fchmod, 0, 0), ALLOW);
        assert_int_equal(ask(SYS_fchown, 0, 0), ALLOW);
        assert_int_equal(ask(SYS_fchownat, 0, 0), TRAP);
}

static void
power_is_never_given(void **state)
{
        static const int never[] = {SYS_execve, SYS_execveat, SYS_ptrace, SYS_kill, SYS_mount,
            SYS_setuid, SYS_setgid, SYS_chroot, SYS_bpf, SYS_fchmod, SYS_fchown, SYS_symlinkat,
            SYS_mknodat, SYS_init_module, SYS_unshare, SYS_setns, SYS_process_vm_writev, SYS_listen,
            SYS_accept4};
        static const int always[] = {SYS_read, SYS_write, SYS_openat, SYS_close, SYS_exit_group};

        (void)state;
        for (size_t p = 0; p < COUNT(purposes); p++) {
                assert_int_equal(seccomp_restrict(purposes[p]), 0);
                for (size_t i = 0; i < COUNT(never); i++)
                        ROW(ask(never[i], 0, 0) == TRAP, never[i], "never");
                for (size_t i = 0; i < COUNT(always); i++)
                        ROW(ask(always[i], 0, 0) == ALLOW, always[i], "always");
        }
        END_ROWS();
}

static void
each_purpose_has_its_calls(void **state)
{
        unsigned allowed[COUNT(purposes)] = {0};

        (void)state;
        for (size_t p = 0; p < COUNT(purposes); p++) {
                const uint32_t writes = (purposes[p] & SECCOMP_WRITE) != 0 ? ALLOW : TRAP;
                const uint32_t talks = (purposes[p] & SECCOMP_NETWORK) != 0 ? ALLOW : TRAP;
                const bool lists = (purposes[p] & SECCOMP_FOLDERS) != 0;

                assert_int_equal(seccomp_restrict(purposes[p]), 0);
                for (int call = 0; call < CALLS_MAX; call++)
                        allowed[p] += ask(call, 0, 0) == ALLOW;
                ROW(ask(SYS_unlinkat, 0, 0) == writes && ask(SYS_fsync, 0, 0) == writes &&
                        ask(SYS_renameat2, 0, 0) == writes,
                    p, "changes files");
                ROW(ask(SYS_connect, 0, 0) == talks && ask(SYS_sendto, 0, 0) == talks, p, "talks");
                ROW(ask(435, 0, 0) == (talks == ALLOW ? NO_SUCH_CALL : TRAP), p, "clone3");
                ROW(ask(437, 0, 0) == (lists               ? ALLOW
                                          : talks == ALLOW ? NO_SUCH_CALL
                                                           : TRAP),
                    p, "openat2");
                ROW(ask(SYS_getdents64, 0, 0) ==
                        (lists || writes == ALLOW || talks == ALLOW ? ALLOW : TRAP),
                    p, "lists folders");
                ROW(ask(-1, 0, 0) == ALLOW, p, "a call that a debugger refused");
        }
        assert_in_range(allowed[0], 10, 30); /* a program that only reads */
        assert_true(allowed[1] > allowed[0] && allowed[3] > allowed[2]);
        assert_in_range(allowed[6], allowed[0] + 1, allowed[0] + 4); /* one that reads folders */
        END_ROWS();
}

static void
arguments_are_looked_at(void **state)
{
        const uint64_t above = (uint64_t)1 << 32; /* the kernel uses only the low half, an int */

        (void)state;
        assert_int_equal(seccomp_restrict(SECCOMP_WRITE), 0);
        assert_int_equal(ask(SYS_mmap, 2, PROT_READ | PROT_WRITE), ALLOW);
        assert_int_equal(ask(SYS_mmap, 2, PROT_READ | PROT_EXEC), TRAP);
        assert_int_equal(ask(SYS_mprotect, 2, PROT_READ), ALLOW);
        assert_int_equal(ask(SYS_mprotect, 2, PROT_EXEC), TRAP);
        assert_int_equal(ask(SYS_socket, 0, AF_INET), TRAP);
        assert_int_equal(seccomp_restrict(SECCOMP_NETWORK), 0);
        assert_int_equal(
            ask(SYS_mmap, 2, PROT_READ | PROT_EXEC), ALLOW); /* libraries may be loaded later */
        assert_int_equal(ask(SYS_clone, 0, 0x10000), ALLOW);
        assert_int_equal(ask(SYS_clone, 0, SIGCHLD), TRAP);
        assert_int_equal(ask(SYS_tgkill, 0, (uint64_t)getpid()), ALLOW);
        assert_int_equal(ask(SYS_tgkill, 0, (uint64_t)getppid()), TRAP);
        assert_int_equal(ask(SYS_socket, 0, above | AF_INET), ALLOW);
}

/* Who may fork gets a process that shares nothing with the first one, and no threads. */
static void
forks_are_forks(void **state)
{
        static const struct {
                uint64_t flags;
                uint32_t forks, talks, both;
        } rows[] = {{SIGCHLD, ALLOW, TRAP, ALLOW},
            {0x01200000 | SIGCHLD, ALLOW, TRAP, ALLOW},                 /* glibc's fork() */
            {0x10000, TRAP, ALLOW, ALLOW},                              /* a thread */
            {0, TRAP, TRAP, TRAP}, {0x100 | SIGCHLD, TRAP, TRAP, TRAP}, /* CLONE_VM */
            {0x4000 | SIGCHLD, TRAP, TRAP, TRAP},                       /* CLONE_VFORK */
            {0x8000 | SIGCHLD, TRAP, TRAP, TRAP},                       /* CLONE_PARENT */
            {0x10000000 | SIGCHLD, TRAP, TRAP, TRAP}};                  /* CLONE_NEWUSER */
        static const unsigned who[] = {
            SECCOMP_FORK | SECCOMP_WRITE, SECCOMP_NETWORK, SECCOMP_FORK | SECCOMP_NETWORK};

        (void)state;
        for (size_t w = 0; w < COUNT(who); w++) {
                const uint32_t forks = (who[w] & SECCOMP_FORK) != 0 ? ALLOW : TRAP;

                assert_int_equal(seccomp_restrict(who[w]), 0);
                for (size_t i = 0; i < COUNT(rows); i++) {
                        const uint32_t wanted[] = {rows[i].forks, rows[i].talks, rows[i].both};

                        ROW(ask(SYS_clone, 0, rows[i].flags) == wanted[w], i, "clone");
                }
                ROW(ask(SYS_setsid, 0, 0) == forks, w, "leaves the session");
                ROW(ask(SYS_mmap, 2, PROT_EXEC) == ((who[w] & SECCOMP_NETWORK) != 0 ? ALLOW : TRAP),
                    w, "executable memory as before");
        }
        END_ROWS();
}

static void
of_sockets_only_tcp_is_to_be_had(void **state)
{
        static const struct {
                int domain, type;
                uint32_t answer;
        } rows[] = {{AF_INET, SOCK_STREAM, ALLOW}, {AF_INET6, SOCK_STREAM, ALLOW},
            {AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, ALLOW},
            {AF_INET, SOCK_DGRAM, NO_SUCH_CALL}, {AF_INET6, SOCK_DGRAM, NO_SUCH_CALL},
            {AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NO_SUCH_CALL},
            {AF_INET, SOCK_RAW, NO_SUCH_CALL}, {AF_INET, SOCK_SEQPACKET, NO_SUCH_CALL},
            {AF_UNIX, SOCK_STREAM, NO_SUCH_CALL}, {AF_UNIX, SOCK_DGRAM, NO_SUCH_CALL},
            {AF_NETLINK, SOCK_RAW, NO_SUCH_CALL}, {AF_PACKET, SOCK_RAW, TRAP}};

        (void)state;
        assert_int_equal(seccomp_restrict(SECCOMP_NETWORK), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct question question = {.call = SYS_socket,
                    .processor = processor_of_this(),
                    .arguments = {(uint64_t)rows[i].domain, (uint64_t)rows[i].type}};

                ROW(answer(&question) == rows[i].answer, i, "a socket");
        }
        END_ROWS();
}

/* Other processors number their calls differently, and x86-64 has three sets of numbers. */
static void
only_this_processor_counts(void **state)
{
        (void)state;
        assert_int_equal(seccomp_restrict(SECCOMP_WRITE | SECCOMP_NETWORK), 0);
        for (int call = 0; call < CALLS_MAX; call++) {
                struct question question = {.call = call, .processor = 0x40000003};

                ROW(answer(&question) == TRAP, call, "another processor's");
                ROW(ask(call | 0x40000000, 0, 0) == TRAP, call, "x32");
        }
        END_ROWS();
}

static void
a_kernel_that_refuses_is_told_of(void **state)
{
        (void)state;
        prctl_fails = 1;
        assert_int_equal(seccomp_restrict(0), -1);
        prctl_fails = 0;
}

static void
who_makes_another_call_is_ended_and_named(void **state)
{
        char said[512] = "";
        int ends[2], status;
        pid_t pid;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                union sigval call = {
                    .sival_int = SYS_execve}; /* where the kernel puts the number */

                dup2(ends[1], STDERR_FILENO);
                if (seccomp_restrict(0) == 0)
                        sigqueue(getpid(), SIGSYS, call);
                _exit(99);
        }
        close(ends[1]);
        assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
        close(ends[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        assert_non_null(
            strstr(said, arena_printf(*state, "ended at system call %04d,", SYS_execve)));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(power_is_never_given),
            TEST(each_purpose_has_its_calls), TEST(arguments_are_looked_at), TEST(forks_are_forks),
            TEST(of_sockets_only_tcp_is_to_be_had), TEST(only_who_replaces_files_sets_modes),
            TEST(only_this_processor_counts), TEST(a_kernel_that_refuses_is_told_of),
            TEST(who_makes_another_call_is_ended_and_named)};

        return RUN(tests);
}
