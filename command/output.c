#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/buf.h"
#include "command.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "help.h"
#include "indent.h"
#include "host/file.h"
#include "wechat/errcode.h"

/* ---- texts ---- */

static char *format(const struct run *run, const char *text, va_list list)
    __attribute__((format(printf, 2, 0)));

static char *
format(const struct run *run, const char *text, va_list list)
{
        va_list again;
        char *made;
        int size;

        va_copy(again, list);
        size = vsnprintf(NULL, 0, text, again);
        va_end(again);
        if (size < 0)
                return arena_strdup(run->arena, "");
        made = arena_alloc(run->arena, (size_t)size + 1);
        (void)vsnprintf(made, (size_t)size + 1, text, list);
        return made;
}

/* The text of the user's language, with the arguments behind zh. */
#define FORMAT(made)                                                                               \
        do {                                                                                       \
                va_list list;                                                                      \
                                                                                                   \
                va_start(list, zh);                                                                \
                (made) = run->chinese ? format(run, zh, list) : format(run, en, list);             \
                va_end(list);                                                                      \
        } while (0)

char *
words(const struct run *run, const char *en, const char *zh, ...)
{
        char *text;

        FORMAT(text);
        return text;
}

void
say(const struct run *run, const char *en, const char *zh, ...)
{
        char *text;

        if (run->json)
                return;
        FORMAT(text);
        printf("%s\n", text);
}

static void
print_error(const struct run *run, const char *text)
{
        (void)fflush(stdout);
        show_progress(run, 0, 0);
        (void)fprintf(stderr, "wechat: %s\n", text);
}

void
tell(const struct run *run, const char *en, const char *zh, ...)
{
        char *text;

        if (run->json)
                return;
        FORMAT(text);
        print_error(run, text);
}

/* ---- refusals ---- */

static int
refuse_text(const struct run *run, const char *kind, int errcode, const char *text)
{
        struct pairs fields;

        print_error(run, text);
        if (run->json) {
                pairs_init(&fields, run->arena);
                pairs_add(&fields, "error", kind);
                if (errcode != 0)
                        pairs_add_number(&fields, "errcode", errcode);
                pairs_add(&fields, "message", text);
                print_pairs(run, &fields);
        }
        return STATUS_REFUSED;
}

int
refuse(const struct run *run, enum err_kind kind, const char *en, const char *zh, ...)
{
        char *text;

        FORMAT(text);
        return refuse_text(run, err_name(kind), 0, text);
}

char *
error_text(const struct run *run, const struct err *err)
{
        const char *rid = *err->rid == '\0' ? "" : arena_printf(run->arena, " (rid %s)", err->rid);
        const char *advice = run->chinese ? errcode_text(run->arena, err, true) : NULL;

        return advice == NULL ? arena_printf(run->arena, "%s%s", err->text, rid)
                              : arena_printf(run->arena, "微信回答 errcode %d：%s%s", err->errcode,
                                    advice, rid);
}

int
refuse_err(const struct run *run, const struct err *err)
{
        return refuse_text(run, err_name(err->kind), err->errcode, error_text(run, err));
}

int
refuse_file(const struct run *run, const char *path)
{
        return refuse_text(run, err_name(ERR_SYSTEM), 0,
            arena_printf(run->arena, "%s: %s", path, strerror(errno)));
}

int
refuse_mistakes(const struct run *run, const char *what, const struct json_file *file)
{
        struct pairs fields;

        pairs_init(&fields, run->arena);
        pairs_add(&fields, "error", err_name(ERR_REQUEST));
        pairs_add(&fields, "message", what);
        pairs_add_typed(&fields, "mistakes", "", PAIR_ARRAY);
        for (size_t i = 0; i < file->count; i++) {
                const struct json_mistake *mistake = &file->mistakes[i];
                const char *text = run->chinese ? mistake->zh : mistake->en;

                print_error(run,
                    words(run, "%s: line %d: %s", "%s：第 %d 行：%s", what, mistake->line, text));
                pairs_add_number(
                    &fields, arena_printf(run->arena, "mistakes/%zu/line", i), mistake->line);
                pairs_add(&fields, arena_printf(run->arena, "mistakes/%zu/message", i), text);
        }
        if (run->json)
                print_pairs(run, &fields);
        return STATUS_REFUSED;
}

int
refuse_usage(const struct run *run, const char *en, const char *zh, ...)
{
        char *text;

        FORMAT(text);
        print_error(run, text);
        print_usage(run, stderr);
        return STATUS_USAGE;
}

int
ask(struct run *run, const struct account_request *request, struct account_answer *answer)
{
        return account_call(&run->app, request, answer) == 0 ? STATUS_DONE
                                                             : refuse_err(run, &run->app.err);
}

/* ---- JSON ---- */

void
print_indented(const struct run *run, const char *text, size_t size)
{
        struct buf made;

        buf_init(&made, run->arena);
        indent_json(&made, text, size);
        (void)fwrite(made.data, 1, made.size, stdout);
        (void)fputc('\n', stdout);
}

void
print_json(const struct run *run, const char *text, size_t size)
{
        if (run->is_shown) {
                print_indented(run, text, size);
                return;
        }
        (void)fwrite(text, 1, size, stdout);
        if (size == 0 || text[size - 1] != '\n')
                (void)fputc('\n', stdout);
}

void
print_pairs(const struct run *run, const struct pairs *fields)
{
        struct err err = {.kind = ERR_NONE};
        char *text;

        if (json_build_tree(run->arena, fields, &text, &err) == 0)
                print_json(run, text, strlen(text));
}

void
print_answer(const struct run *run, const struct account_answer *answer)
{
        if (run->json)
                print_json(run, answer->body, answer->size);
}

/* ---- files ---- */

/* Writes all of data and closes the file. 0, or -1 with errno. */
static int
write_and_close(int fd, const char *data, size_t size)
{
        int number;

        if (file_write_all(fd, data, size) == 0)
                return close(fd);
        number = errno;
        close(fd);
        errno = number;
        return -1;
}

/* Writes a file that is none of its own: a device, a pipe. */
static int
write_into(const struct run *run, const char *path, const char *data, size_t size)
{
        int fd = open(path, O_WRONLY | O_CLOEXEC);

        return fd >= 0 && write_and_close(fd, data, size) == 0 ? STATUS_DONE
                                                               : refuse_file(run, path);
}

int
write_file(const struct run *run, const char *path, const char *data, size_t size)
{
        char *temporary = arena_printf(run->arena, "%s.XXXXXX", path);
        struct stat st;
        int fd;

        if (strcmp(path, "-") == 0)
                return fwrite(data, 1, size, stdout) == size ? STATUS_DONE
                                                             : refuse_file(run, "stdout");
        if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
                return write_into(run, path, data, size);
        fd = mkostemp(temporary, O_CLOEXEC);
        if (fd < 0)
                return refuse_file(run, path);
        if (fchmod(fd, 0666 & ~run->umask) == 0 && write_and_close(fd, data, size) == 0 &&
            rename(temporary, path) == 0)
                return STATUS_DONE;
        (void)refuse_file(run, path);
        unlink(temporary);
        return STATUS_REFUSED;
}

/* ---- progress ---- */

char *
thousands(const struct run *run, long long number)
{
        const char *digits = arena_printf(run->arena, "%lld", number);
        size_t size = strlen(digits);
        struct buf made;

        buf_init(&made, run->arena);
        for (size_t i = 0; i < size; i++) {
                if (i > 0 && (size - i) % 3 == 0)
                        buf_add_byte(&made, ',');
                buf_add_byte(&made, digits[i]);
        }
        return made.data;
}

void
show_progress(const struct run *run, long long done, long long total)
{
        if (!run->is_watched || (total == 0 && !*run->has_progress))
                return;
        (void)fprintf(stderr, "\r\033[K");
        if (total > 0)
                (void)fprintf(stderr, "%s",
                    words(run, "%s of %s", "%s / %s", thousands(run, done), thousands(run, total)));
        *run->has_progress = total > 0;
        (void)fflush(stderr);
}
