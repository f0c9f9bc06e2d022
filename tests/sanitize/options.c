/*
 * The sanitizers' options, linked into each program that is built for `make check-sanitize`: a CGI
 * program gets its environment from a web server, and none of ours. Nothing is left out of what
 * they look for.
 */
#define OPTIONS                                                                                    \
        "log_path=" REPORTS "/report" /* stderr is in a server's log, where nobody would look */   \
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
