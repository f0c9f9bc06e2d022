/*
 * output: what is said to people and to programs. Each text stands in English and in Chinese, which
 * take the same arguments.
 */
#ifndef WECHAT_OUTPUT_H
#define WECHAT_OUTPUT_H

#include <stddef.h>

#include "base/err.h"

struct account_answer;
struct account_request;
struct json_file;
struct pairs;
struct run;

/* Returns a text in the user's language. */
char *words(const struct run *run, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Prints a line to stdout; nothing for programs (--json). */
void say(const struct run *run, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Prints a line to stderr; nothing for programs. */
void tell(const struct run *run, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Say what went wrong, on stderr and for programs as JSON on stdout, {"error":kind,"message":…}
 * with "errcode" if WeChat gave one. Return STATUS_REFUSED. */
int refuse(const struct run *run, enum err_kind kind, const char *en, const char *zh, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
int refuse_err(const struct run *run, const struct err *err);

/* Returns what refuse_err() says. */
char *error_text(const struct run *run, const struct err *err);

/* As refuse(), with strerror(errno), for a file. */
int refuse_file(const struct run *run, const char *path);

/* As refuse(), for each mistake of the owner's file called what. */
int refuse_mistakes(const struct run *run, const char *what, const struct json_file *file);

/* Says what is wrong with the command line. Returns STATUS_USAGE. */
int refuse_usage(const struct run *run, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Prints JSON, on a terminal with indents and without control bytes, else as it is. */
void print_json(const struct run *run, const char *text, size_t size);
void print_pairs(const struct run *run, const struct pairs *fields);

/* Prints JSON with indents. */
void print_indented(const struct run *run, const char *text, size_t size);

/* For programs: prints WeChat's answer. */
void print_answer(const struct run *run, const struct account_answer *answer);

/* Makes a call to WeChat. Returns STATUS_DONE, or that of refuse_err(). */
int ask(struct run *run, const struct account_request *request, struct account_answer *answer);

/* Writes a file: whole, or not at all. "-" is stdout. Returns STATUS_DONE, or that of
 * refuse_file(). */
int write_file(const struct run *run, const char *path, const char *data, size_t size);

/* Shows "12,300 of 45,678" on a terminal, in place of the last; total 0 removes it. */
void show_progress(const struct run *run, long long done, long long total);

/* Returns "12,300". */
char *thousands(const struct run *run, long long number);

#endif
