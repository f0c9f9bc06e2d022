/* multipart: forms with a file, as browsers and others write them, and what is none. */
#include "table.h"

#include "format/multipart.h"

static const char type[] = "multipart/form-data; boundary=B";

#define FIELD(name, value) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_FIELD(name, file, value)                                                              \
        "Content-Disposition: form-data; name=\"" name "\"; filename=\"" file                      \
        "\"\r\nContent-Type: image/png\r\n\r\n" value "\r\n"

static int
parse(void **state, const char *content_type, const char *body, size_t size, struct pairs *fields,
    struct multipart_file *file)
{
        struct err err = {.kind = ERR_NONE};
        int result;

        pairs_init(fields, *state);
        /* A copy of its own, so that a look behind its end is noticed. */
        body = memcpy(malloc(size + 1), body, size);
        result = multipart_parse(*state, content_type, body, size, fields, file, &err);
        if (result == 0 && file->field != NULL)
                file->bytes = arena_copy(*state, file->bytes, file->size);
        free((void *)(uintptr_t)body);
        assert_int_equal(err.kind, result == 0 ? ERR_NONE : ERR_REQUEST);
        return result;
}

static void
types_are_read(void **state)
{
        static const struct {
                const char *type;
                bool is, parses;
        } rows[] = {{"multipart/form-data; boundary=B", true, true},
            {"Multipart/Form-Data;boundary=\"B\"", true, true},
            {"multipart/form-data; charset=utf-8; BOUNDARY=B", true, true},
            {"multipart/form-data", true, false}, {"multipart/form-data; boundary=", true, false},
            {"multipart/form-data; boundary=\"B", true, false},
            {"multipart/form-data; boundary=B; boundary=C", true, false},
            {"multipart/form-data; boundary=C", true, false},
            {"multipart/form-data; boundary", true, false},
            {"multipart/form-data; boundary=B x", true, false},
            {"multipart/form-data; boundary="
             "1234567890123456789012345678901234567890123456789012345678901234567890x",
                true, false},
            {"multipart/form-datax; boundary=B", false, false},
            {"multipart/mixed; boundary=B", false, false},
            {"application/x-www-form-urlencoded", false, false}, {"", false, false}};
        static const char body[] = "--B\r\n" FIELD("a", "1") "--B--\r\n";

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct multipart_file file;
                struct pairs fields;

                ROW(multipart_is_type(rows[i].type) == rows[i].is, i, rows[i].type);
                ROW((parse(state, rows[i].type, body, strlen(body), &fields, &file) == 0) ==
                        rows[i].parses,
                    i, rows[i].type);
        }
        END_ROWS();
}

static void
forms_are_read(void **state)
{
        static const struct {
                const char *body;
                size_t texts;
                const char *a, *field, *bytes;
        } rows[] = {{"--B\r\n" FIELD("a", "1") "--B--\r\n", 1, "1", NULL, ""},
            {"--B--\r\n", 0, NULL, NULL, ""}, {"--B--", 0, NULL, NULL, ""},
            {"--B\r\n" FIELD("a", "") "--B\r\n" FILE_FIELD("p", "x.png", "PNG") "--B--", 1, "", "p",
                "PNG"},
            {"--B\r\n" FILE_FIELD("p", "", "") "--B--\r\n", 0, NULL, "p", ""},
            {"--B\r\n" FILE_FIELD("p", "x", "\r\n--C\r\n--\r\n-B\r\n") "--B--\r\n", 0, NULL, "p",
                "\r\n--C\r\n--\r\n-B\r\n"},
            {"--B\r\n" FIELD("a", "1\r\n2\xe5\xb0\x8f") "--B--\r\n", 1, "1\r\n2\xe5\xb0\x8f", NULL,
                ""},
            {"--B\r\n" FILE_FIELD("p", "\xe5\xb0\x8f; name=%22q%22\\", "x") "--B--\r\n", 0, NULL,
                "p", "x"},
            {"--B\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--B--", 1, "1", NULL, ""},
            {"--B\r\nX: y\r\nContent-Disposition:\tform-data ; name=\"a\"\r\nZ\r\n\r\n1\r\n--B--",
                1, "1", NULL, ""},
            {"--B\r\n" FIELD("a", "1") "--B\r\n" FIELD("a", "2") "--B--epilogue", 2, "1", NULL,
                ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct multipart_file file;
                struct pairs fields;

                ROW(parse(state, type, rows[i].body, strlen(rows[i].body), &fields, &file) == 0, i,
                    rows[i].body);
                ROW(fields.count == rows[i].texts, i, "texts");
                ROW(same(pairs_get(&fields, "a"), rows[i].a), i, "a");
                ROW(same(file.field, rows[i].field), i, "file");
                ROW(file.size == strlen(rows[i].bytes) &&
                        memcmp(file.bytes, rows[i].bytes, file.size) == 0,
                    i, "bytes");
        }
        END_ROWS();
}

static void
files_may_have_any_byte(void **state)
{
        char body[1024] = "--B\r\n" FILE_FIELD("p", "x", "");
        size_t begin = strlen(body) - 2, size;
        struct multipart_file file;
        struct pairs fields;

        for (size_t i = 0; i < 256; i++)
                body[begin + i] = (char)i;
        memcpy(body + begin + 256, "\r\n--B--", 7);
        size = begin + 256 + 7;
        assert_int_equal(parse(state, type, body, size, &fields, &file), 0);
        assert_int_equal(file.size, 256);
        assert_memory_equal(file.bytes, body + begin, 256);
        /* Not so a text. */
        memcpy(body, "--B\r\n" FIELD("p", "x"), strlen("--B\r\n" FIELD("p", "x")));
        body[strlen("--B\r\n" FIELD("p", "x")) - 3] = '\0';
        memcpy(body + strlen("--B\r\n" FIELD("p", "")) + 1, "\r\n--B--", 7);
        assert_int_equal(
            parse(state, type, body, strlen("--B\r\n" FIELD("p", "")) + 8, &fields, &file), -1);
}

static void
broken_forms_are_refused(void **state)
{
        static const char *const rows[] = {"", "--", "--B", "--B\r", "--B-", "--C--", "x--B--",
            "\r\n--B--", "--B\n" FIELD("a", "1") "--B--", "--B\r\n", "--B\r\n\r\n",
            "--B\r\n\r\nx\r\n--B--", "--B\r\n" FIELD("a", "1"), "--B\r\n" FIELD("a", "1") "--B",
            "--B\r\n" FIELD("a", "1") "--Bx--", "--B\r\n" FIELD("a", "1") "--C--",
            "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\" x\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; "
            "name=\"a\"\r\n\r\nx\r\n--B--",
            "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--",
            "--B\r\n" FILE_FIELD("p", "", "") "--B\r\n" FILE_FIELD("q", "", "") "--B--"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct multipart_file file;
                struct pairs fields;

                ROW(parse(state, type, rows[i], strlen(rows[i]), &fields, &file) == -1, i, rows[i]);
        }
        END_ROWS();
}

static void
limits_hold(void **state)
{
        for (int over = 0; over < 2; over++) {
                struct multipart_file file;
                struct pairs fields;
                char *body = arena_strdup(*state, "");

                for (int i = 0; i < MULTIPART_PARTS_MAX + over; i++)
                        body = arena_printf(*state, "%s--B\r\n" FIELD("a", "1"), body);
                body = arena_printf(*state, "%s--B--", body);
                assert_int_equal(parse(state, type, body, strlen(body), &fields, &file), -over);
                body = arena_printf(*state,
                    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\nX: %*d\r\n\r\n1\r\n--B--",
                    over ? MULTIPART_HEAD_MAX : MULTIPART_HEAD_MAX - 100, 1);
                assert_int_equal(parse(state, type, body, strlen(body), &fields, &file), -over);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(types_are_read), TEST(forms_are_read),
            TEST(files_may_have_any_byte), TEST(broken_forms_are_refused), TEST(limits_hold)};

        return RUN(tests);
}
