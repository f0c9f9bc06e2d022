/*
 * The sanitizers' options, linked into each program for `make check-sanitize`, because a CGI
 * program gets its environment from the web server. No check is suppressed.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
        "log_path=" REPORTS "/report" /* stderr would go to a server's log */                      \
        ":log_exe_name=1"                                                                          \
        ":detect_stack_use_after_return=1"                                                         \
        ":strict_string_checks=1"                                                                  \
        ":check_initialization_order=1"

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
        return OPTIONS;
}

const char *
__ubsan_default_options(void)
{
        return "log_path=" REPORTS "/report:log_exe_name=1:print_stacktrace=1";
}

/* LeakSanitizer stops its own process with ptrace(), which fails if strace already traces it. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
        char status[4096];
        int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
        ssize_t size = fd < 0 ? 0 : read(fd, status, sizeof(status) - 1);
        const char *tracer;

        if (fd >= 0)
                close(fd);
        status[size < 0 ? 0 : size] = '\0';
        tracer = strstr(status, "TracerPid:\t");
        return tracer != NULL && tracer[strlen("TracerPid:\t")] != '0';
}
