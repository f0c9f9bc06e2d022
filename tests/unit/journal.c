/* journal: days, deletion, half lines, several writers at once. */
#include "folder.h"

#include <sys/wait.h>

#include "base/buf.h"
#include "state/journal.h"

#define DAY 86400LL
#define NOON 1795492800LL /* 2026-11-24 12:00 in Beijing */

static const char *
contents(struct folder *f, const char *name)
{
        char *text = NULL;
        size_t size;

        return file_read_public(f->arena, inside(f, name), &text, &size, &f->err) == 0 ? text
                                                                                       : NULL;
}

static void
set_time(struct folder *f, const char *name, long seconds)
{
        struct timespec times[] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

        assert_int_equal(utimensat(AT_FDCWD, inside(f, name), times, 0), 0);
}

static int
append(struct folder *f, const char *line, long long days, long long now)
{
        return journal_append(f->arena, f->path, line, days, now, &f->err);
}

static void
a_day_has_a_file(void **state)
{
        struct folder *f = *state;

        assert_int_equal(append(f, "{\"a\":1}", 30, NOON), 0);
        assert_int_equal(append(f, "{\"a\":2}", 30, NOON + 12 * 3600 - 1), 0); /* 23:59:59 */
        assert_int_equal(append(f, "{\"a\":3}", 30, NOON + 12 * 3600), 0);
        assert_string_equal(contents(f, "events/2026-11-24.jsonl"), "{\"a\":1}\n{\"a\":2}\n");
        assert_string_equal(contents(f, "events/2026-11-25.jsonl"), "{\"a\":3}\n");
}

static void
old_days_are_deleted(void **state)
{
        struct folder *f = *state;

        for (int day = 0; day < 5; day++)
                assert_int_equal(append(f, "{}", 30, NOON + day * DAY), 0);
        put_file(inside(f, "events/notes.txt"), "x", 1);
        assert_int_equal(append(f, "{}", 2, NOON + 5 * DAY), 0); /* 29th: 27th and 28th stay */
        assert_null(contents(f, "events/2026-11-24.jsonl"));
        assert_null(contents(f, "events/2026-11-26.jsonl"));
        assert_string_equal(contents(f, "events/2026-11-27.jsonl"), "{}\n");
        assert_string_equal(contents(f, "events/2026-11-28.jsonl"), "{}\n");
        assert_string_equal(contents(f, "events/2026-11-29.jsonl"), "{}\n");
        assert_string_equal(contents(f, "events/notes.txt"), "x");
}

/* Also where no line is written any more. */
static void
a_sweep_deletes_old_days(void **state)
{
        struct folder *f = *state;

        assert_int_equal(journal_sweep(f->arena, f->path, 2, NOON, &f->err), 0); /* no journal */
        for (int day = 0; day < 5; day++)
                assert_int_equal(append(f, "{}", 30, NOON + day * DAY), 0);
        put_file(inside(f, "events/notes.txt"), "x", 1);
        assert_int_equal(journal_sweep(f->arena, f->path, 30, NOON + 5 * DAY, &f->err), 0);
        assert_string_equal(contents(f, "events/2026-11-24.jsonl"), "{}\n");
        assert_int_equal(journal_sweep(f->arena, f->path, 2, NOON + 5 * DAY, &f->err), 0);
        assert_null(contents(f, "events/2026-11-24.jsonl"));
        assert_null(contents(f, "events/2026-11-26.jsonl"));
        assert_string_equal(contents(f, "events/2026-11-27.jsonl"), "{}\n");
        assert_int_equal(journal_sweep(f->arena, f->path, 1, NOON + 5 * DAY, &f->err), 0);
        assert_null(contents(f, "events/2026-11-27.jsonl"));
        assert_string_equal(contents(f, "events/2026-11-28.jsonl"), "{}\n");
        /* No days are kept any more: today's goes as well. */
        assert_int_equal(append(f, "{}", 30, NOON + 5 * DAY), 0);
        assert_int_equal(journal_sweep(f->arena, f->path, 0, NOON + 5 * DAY, &f->err), 0);
        assert_null(contents(f, "events/2026-11-28.jsonl"));
        assert_null(contents(f, "events/2026-11-29.jsonl"));
        assert_string_equal(contents(f, "events/notes.txt"), "x");
}

/* The lines of a person, the oldest first; of too many the latest. */
static void
lines_of_a_person_are_found(void **state)
{
        static const struct {
                size_t size;
                const char *lines;
                bool all;
        } rows[] = {{1000, "1 \"oA\"\n3 \"oA\"\n4 \"oA\"\n6 \"oA\"\n", true},
            {28, "1 \"oA\"\n3 \"oA\"\n4 \"oA\"\n6 \"oA\"\n", true},
            {27, "3 \"oA\"\n4 \"oA\"\n6 \"oA\"\n", false}, {14, "4 \"oA\"\n6 \"oA\"\n", false},
            {13, "6 \"oA\"\n", false}, {7, "6 \"oA\"\n", false}, {6, "", false}};
        struct folder *f = *state;
        struct buf lines;
        bool all;

        buf_init(&lines, f->arena);
        assert_int_equal(journal_find(f->arena, f->path, "oA", 99, &lines, &all, &f->err), 0);
        assert_true(all && lines.size == 0); /* no journal */
        assert_int_equal(append(f, "1 \"oA\"", 30, NOON), 0);
        assert_int_equal(append(f, "2 \"oB\"", 30, NOON), 0);
        assert_int_equal(append(f, "3 \"oA\"", 30, NOON + DAY), 0);
        assert_int_equal(append(f, "4 \"oA\"", 30, NOON + DAY), 0);
        assert_int_equal(append(f, "5 \"oAA\"", 30, NOON + DAY), 0);
        assert_int_equal(append(f, "6 \"oA\"", 30, NOON + 2 * DAY), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                buf_init(&lines, f->arena);
                if (journal_find(f->arena, f->path, "oA", rows[i].size, &lines, &all, &f->err) != 0)
                        fail_msg("%s", f->err.text);
                ROW(same(lines.data, rows[i].lines), i, lines.data);
                ROW(all == rows[i].all, i, "all or not");
        }
        END_ROWS();
}

static void
half_a_line_is_cut_off(void **state)
{
        static const struct {
                const char *before, *after;
        } rows[] = {{"{\"a\":1}\n{\"b", "{\"a\":1}\n{}\n"}, {"{\"b", "{}\n"}, {"", "{}\n"},
            {"\n", "\n{}\n"}, {"{\"a\":1}\n", "{\"a\":1}\n{}\n"}};
        struct folder *f = *state;

        assert_int_equal(append(f, "{}", 30, NOON), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                put_file(
                    inside(f, "events/2026-11-24.jsonl"), rows[i].before, strlen(rows[i].before));
                assert_int_equal(append(f, "{}", 30, NOON), 0);
                ROW(same(contents(f, "events/2026-11-24.jsonl"), rows[i].after), i, rows[i].before);
        }
        END_ROWS();
}

static void
planted_files_are_not_written(void **state)
{
        struct folder *f = *state;
        struct buf lines;
        bool all;

        buf_init(&lines, f->arena);
        put_file(inside(f, "target"), "x", 1);
        assert_int_equal(append(f, "{}", 30, NOON), 0);
        assert_int_equal(unlink(inside(f, "events/2026-11-24.jsonl")), 0);
        assert_int_equal(symlink("../target", inside(f, "events/2026-11-24.jsonl")), 0);
        assert_int_equal(append(f, "{}", 30, NOON), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_int_equal(journal_find(f->arena, f->path, "x", 99, &lines, &all, &f->err), 0);
        assert_int_equal(lines.size, 0); /* a link is no day */
        assert_int_equal(unlink(inside(f, "events/2026-11-24.jsonl")), 0);
        assert_int_equal(link(inside(f, "target"), inside(f, "events/2026-11-24.jsonl")), 0);
        assert_int_equal(append(f, "{}", 30, NOON), -1);
        assert_int_equal(journal_find(f->arena, f->path, "oA", 99, &lines, &all, &f->err), -1);
        assert_string_equal(contents(f, "target"), "x");
}

enum { WRITERS = 8, LINES = 100, LONG = 6000 };

static void
write_lines(struct folder *f, int writer)
{
        char *text = arena_alloc(f->arena, LONG + 1);

        memset(text, 'a' + writer, LONG);
        for (int i = 0; i < LINES; i++)
                if (append(f,
                        arena_printf(f->arena, "%d %d %.*s", writer, i, i * LONG / LINES, text), 30,
                        NOON) != 0)
                        _exit(1);
        _exit(0);
}

/* Every line is there, complete, and in its writer's order. */
static void
many_write_at_once(void **state)
{
        struct folder *f = *state;
        int next[WRITERS] = {0}, status, lines = 0;
        char *path = inside(f, "events/2026-11-24.jsonl"), *line = NULL;
        size_t room = 0;
        FILE *file;

        for (int writer = 0; writer < WRITERS; writer++) {
                pid_t pid = fork();

                assert_true(pid >= 0);
                if (pid == 0)
                        write_lines(f, writer);
        }
        while (wait(&status) > 0)
                assert_int_equal(status, 0);
        file = fopen(path, "r");
        assert_non_null(file);
        for (ssize_t size; (size = getline(&line, &room, file)) > 0; lines++) {
                int writer, number, at;

                assert_int_equal(sscanf(line, "%d %d %n", &writer, &number, &at), 2);
                ROW(number == next[writer], (size_t)writer, "in order");
                next[writer] = number + 1;
                ROW((size_t)(size - at - (line[at] == '\n')) + (line[at] == '\n' ? 0 : 0) ==
                            (size_t)(number * LONG / LINES) + (number == 0 ? 0 : 1) &&
                        strspn(line + at, (char[]){(char)('a' + writer), '\0'}) ==
                            (size_t)(number * LONG / LINES),
                    (size_t)number, "whole");
        }
        free(line);
        fclose(file);
        assert_int_equal(lines, WRITERS * LINES);
        END_ROWS();
}

static void
the_latest_line_is_known(void **state)
{
        struct folder *f = *state;
        long long when = -1;

        assert_int_equal(journal_last(f->arena, f->path, &when, &f->err), 0);
        assert_int_equal(when, 0); /* no journal */
        assert_int_equal(append(f, "{}", 30, NOON), 0);
        assert_int_equal(append(f, "{}", 30, NOON + DAY), 0);
        put_file(inside(f, "events/notes.txt"), "x", 1);
        set_time(f, "events/2026-11-24.jsonl", 1000);
        set_time(f, "events/2026-11-25.jsonl", 2000);
        assert_int_equal(journal_last(f->arena, f->path, &when, &f->err), 0);
        assert_int_equal(when, 2000);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(a_day_has_a_file),
            FOLDER_TEST(old_days_are_deleted), FOLDER_TEST(a_sweep_deletes_old_days),
            FOLDER_TEST(lines_of_a_person_are_found), FOLDER_TEST(half_a_line_is_cut_off),
            FOLDER_TEST(planted_files_are_not_written), FOLDER_TEST(the_latest_line_is_known),
            FOLDER_TEST(many_write_at_once)};

        return RUN(tests);
}
