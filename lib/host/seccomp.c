#include "host/seccomp.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- which calls ---- */

/* clang-format off */

/* All programs: read files and stdin, answer, allocate memory, read the clock. */
static const short base_calls[] = {
    SYS_read, SYS_write, SYS_writev, SYS_openat, SYS_close, SYS_fstat, SYS_newfstatat, SYS_ppoll,
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_futex, SYS_getrandom,
    SYS_clock_gettime, SYS_gettimeofday, SYS_getpid, SYS_geteuid, SYS_sched_getaffinity,
    SYS_restart_syscall, SYS_exit_group,
#ifdef SYS_poll
    SYS_poll,
#endif
#if defined(SYS_open) && !defined(__GLIBC__)
    SYS_open, SYS_stat, SYS_lstat,
#endif
};

/* A program that works on its stdin alone (SECCOMP_ALONE), in place of these. */
static const short alone_calls[] = {
    SYS_read, SYS_write, SYS_writev, SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect,
    SYS_madvise, SYS_futex, SYS_getrandom, SYS_clock_gettime, SYS_gettimeofday,
    SYS_restart_syscall, SYS_exit_group,
};

static const short write_calls[] = {
    SYS_mkdirat, SYS_renameat2, SYS_linkat, SYS_unlinkat, SYS_fsync, SYS_ftruncate, SYS_utimensat,
    SYS_flock, SYS_fcntl, SYS_lseek, SYS_pread64, SYS_getdents64, SYS_nanosleep,
    SYS_clock_nanosleep, SYS_wait4,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef SYS_rename
    SYS_rename,
#endif
};

/* libcurl, its TLS library, the C library's name service and its modules, in any version that a
 * host may have. Calls that would give power are checked below: threads, sockets, signals. */
static const short network_calls[] = {
    SYS_socket, SYS_connect, SYS_bind, SYS_getsockname, SYS_getpeername, SYS_getsockopt,
    SYS_setsockopt, SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_recvmsg, SYS_sendmmsg, SYS_recvmmsg,
    SYS_shutdown, SYS_socketpair, SYS_pipe2, SYS_eventfd2, SYS_pselect6, SYS_epoll_create1,
    SYS_epoll_ctl, SYS_epoll_pwait, SYS_ioctl, SYS_fcntl, SYS_dup, SYS_dup3, SYS_lseek,
    SYS_pread64, SYS_readv, SYS_getdents64, SYS_faccessat, SYS_readlinkat, SYS_statfs, SYS_fstatfs,
    SYS_getcwd, SYS_uname, SYS_sysinfo, SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid,
    SYS_getgid, SYS_getegid, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_sigaltstack, SYS_tgkill, SYS_clone, SYS_exit, SYS_set_robust_list, SYS_set_tid_address,
    SYS_rseq, SYS_prlimit64, SYS_sched_yield, SYS_getcpu, SYS_membarrier, SYS_clock_getres,
    SYS_nanosleep, SYS_clock_nanosleep, SYS_gettimeofday, SYS_getrusage, SYS_times,
#ifdef SYS_access
    SYS_access, SYS_readlink, SYS_select, SYS_pipe, SYS_dup2, SYS_epoll_create, SYS_epoll_wait,
    SYS_getrlimit, SYS_stat, SYS_lstat, SYS_open, SYS_time,
#endif
};

/* fork() itself is checked below. */
static const short fork_calls[] = {
    SYS_setsid, SYS_dup3, SYS_rt_sigprocmask, SYS_set_robust_list, SYS_set_tid_address, SYS_gettid,
    SYS_getppid,
#ifdef SYS_dup2
    SYS_dup2,
#endif
#if defined(SYS_fork) && !defined(__GLIBC__)
    SYS_fork,
#endif
};
/* A server that has the state. socket() itself is checked below. */
static const short store_calls[] = {SYS_connect, SYS_sendto, SYS_recvfrom, SYS_setsockopt,
    SYS_getsockopt, SYS_fcntl, SYS_nanosleep, SYS_clock_nanosleep};
static const short folder_calls[] = {SYS_pread64, SYS_getdents64, SYS_fcntl, 437 /* openat2 */};
static const short mode_calls[] = {SYS_fchmod, SYS_fchown};

/* Connections from a web server, the signals that end the process, and whether a folder of the
 * state that is missing could be made by now. */
static const short serve_calls[] = {SYS_accept4, SYS_shutdown, SYS_rt_sigprocmask, SYS_lseek,
    SYS_pread64, SYS_pwrite64, SYS_ftruncate, SYS_getrusage, SYS_faccessat, SYS_getuid, SYS_getgid,
    SYS_getegid, 439 /* faccessat2 */};

/* Calls that C libraries try and do without; the numbers of the newer ones are the same on every
 * processor. */
static const short tried_calls[] = {SYS_prctl, SYS_rseq, SYS_membarrier, SYS_statx,
    435 /* clone3 */, 436 /* close_range */, 437 /* openat2 */, 439 /* faccessat2 */};

/* clang-format on */

/* ---- the filter, in the language of linux/filter.h: musl does not have that file ---- */

enum {
        LOAD = 0x20,       /* A = a word of struct seccomp_data */
        LOAD_VALUE = 0x00, /* A = value */
        KEEP = 0x07,       /* X = A */
        TAKE = 0x87,       /* A = X */
        SHIFT_LEFT = 0x6c, /* A = A << X */
        IF_EQUAL = 0x15,
        IF_AT_LEAST = 0x35,
        IF_BITS = 0x45,
        RETURN = 0x06
};

enum { AT_CALL = 0, AT_PROCESSOR = 4, AT_ARGUMENT = 16, ARGUMENT_SIZE = 8 };

/* Return values: linux/seccomp.h. */
static const uint32_t trap = 0x00030000, no_such_call = 0x00050000 | ENOSYS, allow = 0x7fff0000;

/* linux/audit.h. The low half of an argument comes first on all of these processors. */
#if defined(__x86_64__)
static const uint32_t processor = 0xc000003e;
#elif defined(__aarch64__)
static const uint32_t processor = 0xc00000b7;
#elif defined(__riscv) && __riscv_xlen == 64
static const uint32_t processor = 0xc00000f3;
#else
static const uint32_t processor = 0;
#endif

/* NOT_STREAM: bits of a socket's type. SOCK_STREAM has none of them; every other type has at least
 * one. */
enum {
        WORD_BITS = 32,
        FILTER_MAX = 240,
        THREAD_FLAG = 0x10000,
        NOT_STREAM = 0xe,
        NOT_STREAM_OR_DATAGRAM = 0xc
};

/* The flags of clone() as fork() gives them; musl's have none but the signal. */
static const uint32_t fork_flags = 0x01200000 /* CLONE_CHILD_SETTID and _CLEARTID */ | SIGCHLD;

/* Jumps to places that are not known yet. */
enum { TO_ALLOW = 250, TO_NO_SUCH_CALL, TO_TRAP };

struct instruction {
        uint16_t code;
        uint8_t yes; /* how many instructions to skip */
        uint8_t no;
        uint32_t value;
};

struct filter {
        struct instruction code[FILTER_MAX];
        uint16_t size;
};

static void
emit(struct filter *f, uint16_t code, uint32_t value, uint8_t yes, uint8_t no)
{
        f->code[f->size++] = (struct instruction){code, yes, no, value};
}

/* The size instructions that follow check an argument of this call. */
static void
emit_argument(struct filter *f, uint32_t call, uint32_t argument, uint8_t size)
{
        emit(f, IF_EQUAL, call, 0, (uint8_t)(size + 1));
        emit(f, LOAD, AT_ARGUMENT + argument * ARGUMENT_SIZE, 0, 0);
}

/* Threads, and processes that share nothing with this one. */
static void
emit_clone(struct filter *f, unsigned purposes)
{
        const bool threads = (purposes & SECCOMP_NETWORK) != 0,
                   forks = (purposes & SECCOMP_FORK) != 0;

        if (!threads && !forks)
                return;
        emit_argument(f, SYS_clone, 0, (uint8_t)((threads ? 1 : 0) + (forks ? 2 : 0)));
        if (threads)
                emit(f, IF_BITS, THREAD_FLAG, TO_ALLOW, forks ? 0 : TO_TRAP);
        if (!forks)
                return;
        emit(f, IF_EQUAL, SIGCHLD, TO_ALLOW, 0);
        emit(f, IF_EQUAL, fork_flags, TO_ALLOW, TO_TRAP);
}

/* The sockets of a program that needs no network but the server that has the state. */
static void
emit_store(struct filter *f, unsigned purposes)
{
        if ((purposes & SECCOMP_STORE_SOCKET) != 0) {
                emit_argument(f, SYS_socket, 0, 1);
                emit(f, IF_EQUAL, AF_UNIX, TO_ALLOW, TO_TRAP);
        } else if ((purposes & SECCOMP_STORE) != 0) {
                emit_argument(f, SYS_socket, 0, 4);
                emit(f, IF_EQUAL, AF_INET, 1, 0);
                emit(f, IF_EQUAL, AF_INET6, 0, TO_TRAP);
                emit(f, LOAD, AT_ARGUMENT + ARGUMENT_SIZE, 0, 0);
                emit(f, IF_BITS, NOT_STREAM, TO_TRAP, TO_ALLOW);
        }
}

/* Calls that are allowed with certain arguments only. */
static void
emit_arguments(struct filter *f, unsigned purposes)
{
        emit_clone(f, purposes);
        if ((purposes & SECCOMP_NETWORK) == 0) {
                /* No executable memory: libraries are loaded by now. */
                emit(f, IF_EQUAL, SYS_mmap, 1, 0);
                emit_argument(f, SYS_mprotect, 2, 1);
                emit(f, IF_BITS, PROT_EXEC, TO_TRAP, TO_ALLOW);
                emit_store(f, purposes);
                return;
        }
        emit_argument(f, SYS_tgkill, 0, 1); /* to this process only */
        emit(f, IF_EQUAL, (uint32_t)getpid(), TO_ALLOW, TO_TRAP);
        /* TCP only. Name services try other sockets, fail, and go on. */
        emit_argument(f, SYS_socket, 0, 6);
        emit(f, IF_EQUAL, AF_INET, 3, 0);
        emit(f, IF_EQUAL, AF_INET6, 2, 0);
        emit(f, IF_EQUAL, AF_UNIX,
            (purposes & SECCOMP_STORE_SOCKET) != 0 ? TO_ALLOW : TO_NO_SUCH_CALL, 0);
        emit(f, IF_EQUAL, AF_NETLINK, TO_NO_SUCH_CALL, TO_TRAP);
        emit(f, LOAD, AT_ARGUMENT + ARGUMENT_SIZE, 0, 0);
        /* Not every program can look its names up beforehand: they may change, or be many. */
        emit(f, IF_BITS, (purposes & SECCOMP_NAMES) != 0 ? NOT_STREAM_OR_DATAGRAM : NOT_STREAM,
            TO_NO_SUCH_CALL, TO_ALLOW);
}

static void
emit_calls(struct filter *f, const short *calls, size_t count, uint8_t to)
{
        for (size_t i = 0; i < count; i++)
                if (calls[i] >= WORD_BITS || to != TO_ALLOW)
                        emit(f, IF_EQUAL, (uint32_t)calls[i], to, 0);
}

#define EMIT_CALLS(filter, calls, to)                                                              \
        emit_calls(filter, calls, sizeof(calls) / sizeof((calls)[0]), to)

/* The calls with the smallest numbers, one bit each. */
static uint32_t
small_calls(const short *calls, size_t count)
{
        uint32_t bits = 0;

        for (size_t i = 0; i < count; i++)
                bits |= calls[i] < WORD_BITS ? 1u << calls[i] : 0;
        return bits;
}

#define SMALL_CALLS(calls) small_calls(calls, sizeof(calls) / sizeof((calls)[0]))

static void
build_filter(struct filter *f, unsigned purposes)
{
        const bool alone = (purposes & SECCOMP_ALONE) != 0,
                   writes = (purposes & SECCOMP_WRITE) != 0,
                   talks = (purposes & SECCOMP_NETWORK) != 0,
                   forks = (purposes & SECCOMP_FORK) != 0,
                   lists = (purposes & SECCOMP_FOLDERS) != 0,
                   modes = (purposes & SECCOMP_MODES) != 0,
                   asks = (purposes & (SECCOMP_STORE | SECCOMP_STORE_SOCKET)) != 0,
                   serves = (purposes & SECCOMP_SERVE) != 0;
        uint32_t small =
            (alone ? SMALL_CALLS(alone_calls) : SMALL_CALLS(base_calls)) |
            (writes ? SMALL_CALLS(write_calls) : 0) | (talks ? SMALL_CALLS(network_calls) : 0) |
            (forks ? SMALL_CALLS(fork_calls) : 0) | (lists ? SMALL_CALLS(folder_calls) : 0) |
            (modes ? SMALL_CALLS(mode_calls) : 0) | (asks ? SMALL_CALLS(store_calls) : 0) |
            (serves ? SMALL_CALLS(serve_calls) : 0);

        f->size = 0;
        emit(f, LOAD, AT_CALL, 0, 0);
        emit(f, KEEP, 0, 0, 0);
        emit(f, LOAD, AT_PROCESSOR, 0, 0);
        emit(f, IF_EQUAL, processor, 0, TO_TRAP);
        emit(f, TAKE, 0, 0, 0);
        emit_arguments(f, purposes);
        emit(f, IF_AT_LEAST, WORD_BITS, 3, 0);
        emit(f, LOAD_VALUE, 1, 0, 0);
        emit(f, SHIFT_LEFT, 0, 0, 0);
        emit(f, IF_BITS, small, TO_ALLOW, TO_TRAP);
        if (alone)
                EMIT_CALLS(f, alone_calls, TO_ALLOW);
        else
                EMIT_CALLS(f, base_calls, TO_ALLOW);
        if (writes)
                EMIT_CALLS(f, write_calls, TO_ALLOW);
        if (forks)
                EMIT_CALLS(f, fork_calls, TO_ALLOW);
        if (lists)
                EMIT_CALLS(f, folder_calls, TO_ALLOW);
        if (modes)
                EMIT_CALLS(f, mode_calls, TO_ALLOW);
        if (asks)
                EMIT_CALLS(f, store_calls, TO_ALLOW);
        if (serves)
                EMIT_CALLS(f, serve_calls, TO_ALLOW);
        if (talks) {
                EMIT_CALLS(f, network_calls, TO_ALLOW);
                EMIT_CALLS(f, tried_calls, TO_NO_SUCH_CALL);
        }
        /* A debugger that refuses a call replaces its number by -1. */
        emit(f, IF_EQUAL, UINT32_MAX, TO_ALLOW, TO_TRAP);
        emit(f, RETURN, allow, 0, 0);
        emit(f, RETURN, no_such_call, 0, 0);
        emit(f, RETURN, trap, 0, 0);
}

/* Turns TO_ALLOW and the like, which are in the order of the end of the filter, into distances. */
static void
link_filter(struct filter *f)
{
        for (uint16_t i = 0; i < f->size; i++) {
                uint8_t to_end = (uint8_t)(f->size - 3 - i - 1);
                struct instruction *at = &f->code[i];

                if (at->yes >= TO_ALLOW)
                        at->yes = (uint8_t)(to_end + at->yes - TO_ALLOW);
                if (at->no >= TO_ALLOW)
                        at->no = (uint8_t)(to_end + at->no - TO_ALLOW);
        }
}

/* ---- what is not allowed ---- */

/* Ends the process. It does only what a signal handler may do, and makes no forbidden call itself.
 */
static void
refuse(int signal, siginfo_t *info, void *context)
{
        char line[] =
            "wechat-cgi: kind=system: ended at system call 0000, which it has no use for; "
            "if that is wrong, `sandbox = files` in the settings lets it\n";
        char *digit = strstr(line, "0000") + 3;

        (void)signal;
        (void)context;
        for (int call = info->si_syscall; call > 0 && *digit == '0'; call /= 10)
                *digit-- = (char)('0' + call % 10);
        if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
                _exit(2);
        _exit(1);
}

int
seccomp_restrict(unsigned purposes)
{
        struct sigaction action = {.sa_sigaction = refuse, .sa_flags = SA_SIGINFO};
        struct filter filter;
        struct {
                unsigned short size;
                struct instruction *code;
        } program;

        // cppcheck-suppress knownConditionTrueFalse ; it is another on each processor
        if (processor == 0)
                return -1;
        build_filter(&filter, purposes);
        link_filter(&filter);
        program.size = filter.size;
        program.code = filter.code;
        if (sigaction(SIGSYS, &action, NULL) != 0)
                return -1;
        return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &program) == 0 ? 0 : -1;
}
