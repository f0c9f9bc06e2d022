/* err: name and status of each kind, the limit of the text, clearing. */
#include "table.h"

#include <errno.h>

#include "base/text.h"

static void
kinds_have_names_and_statuses(void **state)
{
        static const struct {
                enum err_kind kind;
                int status;
                const char *name;
        } rows[] = {
            {ERR_NONE, 200, "none"},
            {ERR_REQUEST, 400, "request"},
            {ERR_DENIED, 403, "denied"},
            {ERR_NOT_FOUND, 404, "not_found"},
            {ERR_METHOD, 405, "method"},
            {ERR_EXISTS, 409, "exists"},
            {ERR_EXPIRED, 410, "expired"},
            {ERR_TOO_LARGE, 413, "too_large"},
            {ERR_CONFIG, 500, "config"},
            {ERR_SYSTEM, 503, "system"},
            {ERR_UPSTREAM, 502, "upstream"},
            {ERR_BUSY, 503, "busy"},
            {ERR_FULL, 503, "full"},
            {ERR_TIMEOUT, 504, "timeout"},
            {ERR_FOLLOW, 403, "follow"},
            {ERR_RESTRICTED, 403, "restricted"},
            {ERR_BLOCKED, 403, "blocked"},
            {ERR_WAITING, 403, "waiting"},
        };

        (void)state;
        assert_int_equal(COUNT(rows), ERR_KINDS);
        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(err_status(rows[i].kind) == rows[i].status, i, rows[i].name);
                ROW(same(err_name(rows[i].kind), rows[i].name), i, rows[i].name);
        }
        ROW(err_status(ERR_KINDS) == 500, COUNT(rows), "past the last");
        ROW(err_name(ERR_KINDS) != NULL, COUNT(rows), "past the last");
        END_ROWS();
}

static void
texts_are_one_line(void **state)
{
        struct err err;
        char byte;

        (void)state;
        for (int value = 1; value < 256; value++) {
                byte = (char)value;
                assert_int_equal(err_set(&err, ERR_REQUEST, "a%cb", byte), -1);
                ROW(err.text[1] == (value < 0x20 || value == 0x7f ? '?' : byte), value, "byte");
                ROW(strlen(err.text) == 3 && err.kind == ERR_REQUEST, value, "whole");
        }
        END_ROWS();
}

/* A log line cut within a UTF-8 character would not be valid UTF-8. */
static void
texts_are_cut_at_a_character(void **state)
{
        static const char *const tails[] = {
            "小小", "é小", "\xf0\x9f\x8c\xb8\xf0\x9f\x8c\xb8", "aaaaaa"};

        for (size_t i = 0; i < COUNT(tails); i++)
                for (size_t before = sizeof((struct err){0}.text) - 10;
                     before < sizeof((struct err){0}.text) + 2; before++) {
                        char *text = arena_alloc(*state, before + 1);
                        struct err err;
                        uint32_t point;
                        const char *p = err.text;

                        memset(text, 'a', before);
                        err_set(&err, ERR_REQUEST, "%s%s", text, tails[i]);
                        while (*p != '\0' && text_decode(p, &point) > 0)
                                p += text_decode(p, &point);
                        ROW(*p == '\0' && strlen(err.text) + 4 >= sizeof(err.text) - 10, i,
                            tails[i]);
                }
        END_ROWS();
}

static void
texts_are_cut_at_their_room(void **state)
{
        struct err err;
        size_t room = sizeof(err.text);

        for (size_t length = room - 3; length < room + 3; length++) {
                char *text = arena_alloc(*state, length + 1);

                memset(text, 'x', length);
                assert_int_equal(err_set(&err, ERR_SYSTEM, "%s", text), -1);
                ROW(strlen(err.text) == (length < room ? length : room - 1), length, "length");
                assert_int_equal(err_set_errno(&err, ERR_SYSTEM, ENOSPC, text), -1);
                ROW(strlen(err.text) == room - 1, length, "length with errno");
        }
        END_ROWS();
}

static void
errno_is_said_and_cleared(void **state)
{
        struct err err = {.errcode = 7, .rid = "r"};

        (void)state;
        assert_int_equal(err_set_errno(&err, ERR_SYSTEM, ENOSPC, "write"), -1);
        assert_true(strncmp(err.text, "write: ", 7) == 0);
        assert_true(strncmp(err.text + 7, strerror(ENOSPC), strlen(strerror(ENOSPC))) == 0);
        assert_string_equal(
            err.text + 7 + strlen(strerror(ENOSPC)), ": make room"); /* what to do */
        assert_int_equal(err_set_errno(&err, ERR_SYSTEM, EINVAL, "write"), -1);
        assert_string_equal(err.text + 7, strerror(EINVAL)); /* no advice */
        static const struct {
                int number;
                const char *advice; /* a part of it */
        } rows[] = {{EACCES, "chown"}, {EPERM, "chmod"}, {ENOTDIR, "a folder"},
            {ELOOP, "no symbolic link"}, {EROFS, "can be written"}, {EDQUOT, "make room"},
            {EFBIG, "ulimit -f"}, {EMFILE, "ulimit -n"}, {ENFILE, "open files"},
            {ENOMEM, "ulimit -v"}, {ENOLCK, "locks"}, {EIO, "disk"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                err_set_errno(&err, ERR_SYSTEM, rows[i].number, "write");
                ROW(strstr(err.text, rows[i].advice) != NULL, i, err.text);
        }
        END_ROWS();
        assert_int_equal(err.errcode, 7); /* WeChat's errcode is kept */
        err_clear(&err);
        assert_int_equal(err.kind, ERR_NONE);
        assert_int_equal(err.errcode, 0);
        assert_string_equal(err.rid, "");
        assert_string_equal(err.text, "");
}

static void
err_has_kind_status_and_one_line(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(err_set(&err, ERR_UPSTREAM, "a\nb\x7f %d", 3), -1);
        assert_string_equal(err.text, "a?b? 3");
        for (int kind = ERR_NONE; kind < ERR_KINDS; kind++) {
                assert_non_null(err_name((enum err_kind)kind));
                assert_in_range(err_status((enum err_kind)kind), 200, 504);
        }
        assert_int_equal(err_status(ERR_EXPIRED), 410);
        err_set(&err, ERR_SYSTEM, "%0999d", 1);
        assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void
one_kind_can_be_accepted(void **state)
{
        struct err err;

        (void)state;
        err_set(&err, ERR_NOT_FOUND, "there is none");
        assert_int_equal(err_accept(&err, ERR_SYSTEM), -1);
        assert_int_equal(err.kind, ERR_NOT_FOUND);
        assert_string_equal(err.text, "there is none");
        assert_int_equal(err_accept(&err, ERR_NOT_FOUND), 0);
        assert_int_equal(err.kind, ERR_NONE);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(err_has_kind_status_and_one_line),
            TEST(kinds_have_names_and_statuses), TEST(texts_are_one_line),
            TEST(texts_are_cut_at_their_room), TEST(texts_are_cut_at_a_character),
            TEST(errno_is_said_and_cleared), TEST(one_kind_can_be_accepted)};

        return RUN(tests);
}
