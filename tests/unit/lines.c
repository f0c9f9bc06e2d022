/* lines: removing lines from a file while other processes add lines. */
#include "folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "host/atomic.h"
#include "host/lines.h"

static const char name[] = "day.jsonl";

static char *
text_of(struct folder *f)
{
        size_t size;
        char *text;

        if (file_read_public(f->arena, inside(f, name), &text, &size, &f->err) != 0)
                fail_msg("%s", f->err.text);
        return text;
}

static void
lines_with_a_word_go(void **state)
{
        static const struct {
                const char *before, *after;
        } rows[] = {{"", ""}, {"a\n", "a\n"}, {"\"x\"\n", ""}, {"a\n{\"k\":\"x\"}\nb\n", "a\nb\n"},
            {"\"x\"\n\"x\"\na\n", "a\n"}, {"\"xy\"\nx\n", "\"xy\"\nx\n"},
            {"\n\n\"x\"\n\n", "\n\n\n"},
            /* An incomplete last line is removed too if any line is removed. */
            {"a\n\"x\"\nhal", "a\n"}, {"a\n\"x\"", "a\n"}, {"a\nhal", "a\nhal"}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                put_file(inside(f, name), rows[i].before, strlen(rows[i].before));
                assert_int_equal(lines_remove(f->arena, f->fd, name, "\"x\"", &f->err), 0);
                ROW(strcmp(text_of(f), rows[i].after) == 0, i, text_of(f));
        }
        assert_int_equal(lines_remove(f->arena, f->fd, "missing", "x", &f->err), 0);
        assert_int_equal(access(inside(f, "missing"), F_OK), -1);
        END_ROWS();
}

static void
all_lines_are_taken_once(void **state)
{
        static const char text[] = "one\ntwo\n";
        struct folder *f = *state;
        bool created;
        char *taken;

        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        put_file(inside(f, name), text, strlen(text));
        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), 0);
        assert_string_equal(taken, text);
        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(lines_append(f->fd, name, "three\n", &created, &f->err), 0);
        assert_true(created);
        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), 0);
        assert_string_equal(taken, "three\n");
}

/* A file that is too large is deleted, so that it is not in the way for ever; a planted one is
 * not. */
static void
what_cannot_be_taken_is_said(void **state)
{
        struct folder *f = *state;
        size_t size = FILE_SIZE_MAX + 1;
        char *large = arena_alloc(f->arena, size), *taken;

        memset(large, 'x', size);
        put_file(inside(f, name), large, size);
        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_TOO_LARGE);
        assert_int_equal(access(inside(f, name), F_OK), -1);
        put_file(inside(f, "other"), "x\n", 2);
        assert_int_equal(symlink("other", inside(f, name)), 0);
        assert_int_equal(lines_take(f->arena, f->fd, name, &taken, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(access(inside(f, "other"), F_OK), 0);
}

/* A line may be longer than the read buffer, and may begin in one read and end in another. */
static void
lines_may_be_long(void **state)
{
        struct folder *f = *state;
        size_t size = 3 * 1024 * 1024, at = 0;
        char *before = arena_alloc(f->arena, size + 1), *after = arena_alloc(f->arena, size + 1);

        for (unsigned i = 0; at + 300000 < size; i++) {
                size_t length = i % 7 == 0 ? 200000 : i * 37 % 5000;
                char *line = arena_alloc(f->arena, length + 16);

                memset(line, 'a' + (int)(i % 26), length);
                strcat(line, i % 3 == 0 ? "\"who\"\n" : "\"how\"\n");
                if (i % 3 != 0)
                        memcpy(after + strlen(after), line, strlen(line));
                memcpy(before + at, line, strlen(line));
                at += strlen(line);
        }
        put_file(inside(f, name), before, at);
        assert_int_equal(lines_remove(f->arena, f->fd, name, "\"who\"", &f->err), 0);
        assert_true(text_of(f)[0] != '\0');
        assert_string_equal(text_of(f), after);
}

/* Four processes add lines of two users, while another keeps removing those of one user: each line
 * of the other user is there once, complete and in order. */
static void
no_line_is_lost_while_others_go(void **state)
{
        enum { WRITERS = 4, LINES = 100 };
        struct folder *f = *state;
        pid_t pids[WRITERS + 1];
        int next[WRITERS] = {0};

        for (int w = 0; w <= WRITERS; w++)
                if ((pids[w] = fork()) == 0) {
                        bool created;

                        for (int i = 0; i < LINES; i++) {
                                if (w == WRITERS) {
                                        if (lines_remove(
                                                f->arena, f->fd, name, "\"gone\"", &f->err) != 0)
                                                _exit(1);
                                        continue;
                                }
                                if (lines_append(f->fd, name,
                                        arena_printf(f->arena, "%d %d \"stays\"\n", w, i), &created,
                                        &f->err) != 0 ||
                                    lines_append(f->fd, name, "\"gone\"\n", &created, &f->err) != 0)
                                        _exit(1);
                        }
                        _exit(0);
                }
        for (int w = 0; w <= WRITERS; w++) {
                int status;

                assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
                assert_int_equal(status, 0);
        }
        assert_int_equal(lines_remove(f->arena, f->fd, name, "\"gone\"", &f->err), 0);
        for (char *line = text_of(f); *line != '\0'; line += strcspn(line, "\n") + 1) {
                int w = line[0] - '0';

                assert_in_range(w, 0, WRITERS - 1);
                assert_int_equal(strtol(line + 2, NULL, 10), next[w]++);
                assert_non_null(strstr(line, " \"stays\"\n"));
        }
        for (int w = 0; w < WRITERS; w++)
                assert_int_equal(next[w], LINES);
}

static void
only_files_of_our_own_are_written_anew(void **state)
{
        struct folder *f = *state;

        put_file(inside(f, "aside"), "\"x\"\n", 4);
        assert_int_equal(symlink("aside", inside(f, name)), 0);
        assert_int_equal(lines_remove(f->arena, f->fd, name, "x", &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(unlink(inside(f, name)), 0);
        assert_int_equal(link(inside(f, "aside"), inside(f, name)), 0);
        assert_int_equal(lines_remove(f->arena, f->fd, name, "x", &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(lines_with_a_word_go),
            FOLDER_TEST(all_lines_are_taken_once), FOLDER_TEST(what_cannot_be_taken_is_said),
            FOLDER_TEST(lines_may_be_long), FOLDER_TEST(no_line_is_lost_while_others_go),
            FOLDER_TEST(only_files_of_our_own_are_written_anew)};

        return RUN(tests);
}
