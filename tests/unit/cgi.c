/* cgi: the environment, CONTENT_LENGTH, content types, each byte in a header, statuses. */
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "web/cgi.h"
#include "host/os.h"

static size_t body_max; /* of the next requests; 0: the usual one */

/* Reads the bytes sent, with length as CONTENT_LENGTH; "chunked": without one. */
static int
read_body(struct arena *arena, const char *sent, size_t size, const char *length,
    const char *content_type, struct cgi_request *request, struct err *err)
{
        int in = memfd_create("body", MFD_CLOEXEC), result;

        memset(request, 0, sizeof(*request));
        request->body = "";
        request->body_max = body_max;
        request->content_type = content_type;
        request->transfer_encoding = length != NULL && strcmp(length, "chunked") == 0 ? length : "";
        length = *request->transfer_encoding != '\0' ? NULL : length;
        pairs_init(&request->form, arena);
        assert_true(in >= 0);
        assert_int_equal(write(in, sent, size), (ssize_t)size);
        assert_int_equal(lseek(in, 0, SEEK_SET), 0);
        result = cgi_read_body(arena, in, length, request, err);
        close(in);
        return result;
}

static void
lengths_are_believed_or_refused(void **state)
{
        static const struct {
                const char *length;
                int size; /* how many of the 10 bytes are read; -1: refused */
                enum err_kind kind;
        } rows[] = {{NULL, 0, ERR_NONE}, {"", 0, ERR_NONE}, {"0", 0, ERR_NONE}, {"1", 1, ERR_NONE},
            {"9", 9, ERR_NONE}, {"10", 10, ERR_NONE}, {"0010", 10, ERR_NONE},
            {"11", -1, ERR_REQUEST}, {"-1", -1, ERR_REQUEST}, {"+5", -1, ERR_REQUEST},
            {" 5", -1, ERR_REQUEST}, {"5 ", -1, ERR_REQUEST}, {"5,5", -1, ERR_REQUEST},
            {"0x5", -1, ERR_REQUEST}, {"5.0", -1, ERR_REQUEST}, {"5e0", -1, ERR_REQUEST},
            {"five", -1, ERR_REQUEST}, {"5\n", -1, ERR_REQUEST}, {"NaN", -1, ERR_REQUEST},
            {"\xef\xbc\x95", -1, ERR_REQUEST}, {"65536", -1, ERR_REQUEST}, /* allowed, not sent */
            {"65537", -1, ERR_TOO_LARGE}, {"4294967296", -1, ERR_TOO_LARGE},
            {"4294967301", -1, ERR_TOO_LARGE}, {"999999999999999999", -1, ERR_TOO_LARGE}};
        static const char *const endless[] = {
            "18446744073709551615", "18446744073709551621", "99999999999999999999999999999999"};
        struct cgi_request request;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                int result =
                    read_body(*state, "0123456789", 10, rows[i].length, "text/xml", &request, &err);
                const char *name = rows[i].length == NULL ? "(none)" : rows[i].length;

                ROW(result == (rows[i].size < 0 ? -1 : 0) && err.kind == rows[i].kind, i, name);
                ROW(rows[i].size < 0 ||
                        (request.body_size == (size_t)rows[i].size &&
                            strlen(request.body) == (size_t)rows[i].size &&
                            memcmp(request.body, "0123456789", (size_t)rows[i].size) == 0),
                    i, name);
        }
        for (size_t i = 0; i < COUNT(endless); i++) { /* either error will do */
                struct err err = {.kind = ERR_NONE};

                ROW(read_body(*state, "x", 1, endless[i], "text/xml", &request, &err) == -1 &&
                        (err.kind == ERR_TOO_LARGE || err.kind == ERR_REQUEST),
                    i, endless[i]);
        }
        char *most = arena_alloc(*state, CGI_BODY_MAX + 1);
        struct err err;

        memset(most, 'x', CGI_BODY_MAX);
        assert_int_equal(
            read_body(*state, most, CGI_BODY_MAX, "65536", "text/xml", &request, &err), 0);
        assert_int_equal(request.body_size, CGI_BODY_MAX);
        /* A chunked body is read up to its end. */
        static const size_t sizes[] = {0, 1, 10, CGI_BODY_MAX};

        for (size_t i = 0; i < COUNT(sizes); i++)
                ROW(read_body(*state, most, sizes[i], "chunked", "text/xml", &request, &err) == 0 &&
                        request.body_size == sizes[i] && strlen(request.body) == sizes[i],
                    i, "chunked");
        most[CGI_BODY_MAX] = 'x';
        assert_int_equal(
            read_body(*state, most, CGI_BODY_MAX + 1, "chunked", "text/xml", &request, &err), -1);
        assert_int_equal(err.kind, ERR_TOO_LARGE);
        END_ROWS();
}

/* A program may set another limit; it is checked before a byte is read, or behind the last one. */
static void
a_program_may_read_more(void **state)
{
        static const struct {
                size_t most, size;
                const char *length;
                bool read;
        } rows[] = {{8, 8, "8", true}, {8, 9, "9", false}, {8, 8, "chunked", true},
            {8, 9, "chunked", false}, {CGI_BODY_MAX + 8, CGI_BODY_MAX + 8, "65544", true},
            {CGI_BODY_MAX + 8, CGI_BODY_MAX + 9, "65545", false}};
        struct cgi_request request;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                char *body = arena_alloc(*state, rows[i].size + 1);
                int result;

                memset(body, 'x', rows[i].size);
                body_max = rows[i].most;
                result = read_body(
                    *state, body, rows[i].size, rows[i].length, "text/xml", &request, &err);
                body_max = 0;
                ROW((result == 0) == rows[i].read &&
                        (result == 0 ? request.body_size == rows[i].size
                                     : err.kind == ERR_TOO_LARGE),
                    i, rows[i].length);
        }
        END_ROWS();
}

static void
only_forms_are_forms(void **state)
{
        static const struct {
                const char *type;
                bool form;
        } rows[] = {{"application/x-www-form-urlencoded", true},
            {"application/x-www-form-urlencoded; charset=utf-8", true},
            {"application/x-www-form-urlencoded;charset=utf-8", true},
            {"APPLICATION/X-WWW-FORM-URLENCODED", true},
            {"application/x-www-form-urlencoded2", false}, {"text/xml", false},
            {"multipart/form-data; boundary=x", false}, {"", false}, {"application/json", false},
            {"text/plain; application/x-www-form-urlencoded", false}};
        static const struct {
                const char *body;
                size_t size;
        } broken[] = {{"a=%", 3}, {"a=%00", 5}, {"a=\0b", 4}, {"\0", 1}, {"b=1&a=%zz&\0", 11}};
        struct cgi_request request;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};

                ROW(read_body(*state, "a=1+2", 5, "5", rows[i].type, &request, &err) == 0 &&
                        same(pairs_get(&request.form, "a"), rows[i].form ? "1 2" : NULL) &&
                        same(request.body, "a=1+2"),
                    i, rows[i].type);
        }
        for (size_t i = 0; i < COUNT(broken); i++) {
                struct err err = {.kind = ERR_NONE};
                char *length = arena_printf(*state, "%zu", broken[i].size);

                ROW(read_body(*state, broken[i].body, broken[i].size, length, rows[0].type,
                        &request, &err) == 0 &&
                        request.form.count > 0 && request.body_size == broken[i].size,
                    i, broken[i].body);
                ROW(read_body(*state, broken[i].body, broken[i].size, length, "text/xml", &request,
                        &err) == 0 &&
                        memcmp(request.body, broken[i].body, broken[i].size) == 0,
                    i, "any bytes, where it is no form");
        }
        END_ROWS();
}

static void
requests_come_from_the_environment(void **state)
{
        char *const environment[] = {"REQUEST_METHOD=POST", "QUERY_STRING=a=1&b=%E5%B0%8F",
            "REMOTE_ADDR=2001:db8::1", "REMOTE_PORT=5", "HTTP_COOKIE=c=1; d=2",
            "HTTP_X_WX_SESSION=t", "HTTP_AUTHORIZATION=Bearer t", "CONTENT_TYPE=text/plain",
            "HTTP_ACCEPT_LANGUAGE=en", "HTTP_ORIGIN=https://a", "HTTP_SEC_FETCH_SITE=same-origin",
            "PATH_INFO=/x", "HTTP_USER_AGENT=u", "HTTP_X_ORIGINAL_URI=/o",
            "HTTP_X_FORWARDED_URI=/f", "REQUEST_METHODS=GET", "REQUEST_URI=/r?a", "HTTP_RANGE=1",
            "HTTP_IF_RANGE=2", "HTTP_IF_MATCH=3", "HTTP_IF_NONE_MATCH=4",
            "HTTP_IF_MODIFIED_SINCE=5", "HTTP_IF_UNMODIFIED_SINCE=6", NULL};
        char *const nothing[] = {NULL};
        struct cgi_request r;

        cgi_parse_request(*state, environment, &r);
        assert_string_equal(r.method, "POST");
        assert_string_equal(pairs_get(&r.query, "b"), "小");
        assert_string_equal(r.query_string, "a=1&b=%E5%B0%8F");
        assert_string_equal(pairs_get(&r.cookies, "d"), "2");
        assert_string_equal(r.client, "2001:db8::1");
        assert_string_equal(r.client_port, "5");
        assert_string_equal(r.wx_session, "t");
        assert_string_equal(r.authorization, "Bearer t");
        assert_string_equal(r.accept_language, "en");
        assert_string_equal(r.origin, "https://a");
        assert_string_equal(r.fetch_site, "same-origin");
        assert_string_equal(r.path_info, "/x");
        assert_string_equal(r.user_agent, "u");
        assert_string_equal(r.original_uri, "/o");
        assert_string_equal(r.forwarded_uri, "/f");
        assert_string_equal(r.request_uri, "/r?a");
        assert_string_equal(r.range, "1");
        assert_string_equal(r.if_range, "2");
        assert_string_equal(r.if_match, "3");
        assert_string_equal(r.if_none_match, "4");
        assert_string_equal(r.if_modified_since, "5");
        assert_string_equal(r.if_unmodified_since, "6");
        cgi_parse_request(*state, nothing, &r);
        assert_string_equal(r.client, "-");
        assert_string_equal(r.client_port, "");
        assert_string_equal(r.path_info, "");
        assert_string_equal(r.query_string, "");
        assert_string_equal(r.body, "");
        assert_string_equal(r.authorization, "");
        assert_string_equal(r.range, "");
        assert_int_equal(r.query.count + r.cookies.count + r.form.count, 0);
}

static void
bodies_are_there_or_not(void **state)
{
        static const struct {
                const char *variable;
                bool body;
        } rows[] = {{"CONTENT_LENGTH=", false}, {"CONTENT_LENGTH=0", false},
            {"CONTENT_LENGTH=00", false}, {"CONTENT_LENGTH=1", true}, {"CONTENT_LENGTH=010", true},
            {"CONTENT_LENGTH=abc", true}, {"HTTP_TRANSFER_ENCODING=chunked", true},
            {"HTTP_CONTENT_LENGTH=1", false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *variable = arena_strdup(*state, rows[i].variable);
                char *const environment[] = {variable, NULL};
                struct cgi_request r;

                cgi_parse_request(*state, environment, &r);
                ROW(r.has_body == rows[i].body, i, rows[i].variable);
        }
        END_ROWS();
}

/* The body is whole when CONTENT_LENGTH is reached, although the web server keeps the pipe open. */
static void
a_sender_may_stay(void **state)
{
        struct cgi_request request = {
            .body = "", .content_type = "text/xml", .transfer_encoding = ""};
        long long start = os_clock_ms();
        struct err err = {.kind = ERR_NONE};
        int ends[2];

        pairs_init(&request.form, *state);
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], "0123456789", 10), 10);
        assert_int_equal(cgi_read_body(*state, ends[0], "10", &request, &err), 0);
        assert_string_equal(request.body, "0123456789");
        assert_true(os_clock_ms() - start < CGI_READ_MS);
        close(ends[0]);
        close(ends[1]);
}

/* The sender writes a byte every 50 ms until the pipe is closed. */
static void
a_slow_body_is_dropped_in_time(void **state)
{
        long long start = os_clock_ms();
        int ends[2];
        pid_t sender;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        sender = fork();
        assert_true(sender >= 0);
        if (sender == 0) {
                close(ends[0]);
                while (write(ends[1], "x", 1) == 1)
                        poll(NULL, 0, 50);
                _exit(0);
        }
        close(ends[1]);
        cgi_discard_body(ends[0]);
        close(ends[0]);
        assert_true(os_clock_ms() - start >= CGI_DISCARD_MS);
        assert_true(os_clock_ms() - start < 5 * CGI_DISCARD_MS);
        assert_int_equal(waitpid(sender, NULL, 0), sender);
}

static void
authorization_comes_by_either_name(void **state)
{
        static const struct {
                const char *direct, *redirected; /* NULL: not set */
                const char *taken;
        } rows[] = {{"Bearer a", NULL, "Bearer a"}, {NULL, "Bearer b", "Bearer b"},
            {"", "Bearer b", "Bearer b"}, {"Bearer a", "Bearer b", "Bearer a"}, {NULL, NULL, ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *environment[3] = {NULL};
                size_t count = 0;
                struct cgi_request r;

                if (rows[i].redirected != NULL)
                        environment[count++] = arena_printf(
                            *state, "REDIRECT_HTTP_AUTHORIZATION=%s", rows[i].redirected);
                if (rows[i].direct != NULL)
                        environment[count++] =
                            arena_printf(*state, "HTTP_AUTHORIZATION=%s", rows[i].direct);
                cgi_parse_request(*state, environment, &r);
                ROW(same(r.authorization, rows[i].taken), i, rows[i].taken);
        }
        END_ROWS();
}

/* A faulty query is still read; query_flaw says what is wrong with it. */
static void
queries_are_read_with_their_flaws(void **state)
{
        static const struct {
                size_t size; /* of another field */
                const char *fields;
                bool good;
        } rows[] = {{CGI_QUERY_MAX - 20, "", true}, {CGI_QUERY_MAX, "", false},
            {CGI_QUERY_MAX * 7, "", false}, {0, "&utm=100%", false}, {0, "&a=%00", false},
            {0, "&a=%zz&%=%", false}, {0, "&a=%25", true}};
        struct cgi_request r;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *filler = arena_alloc(*state, rows[i].size + 1);
                char *environment[2] = {NULL, NULL};

                memset(filler, 'x', rows[i].size);
                environment[0] =
                    arena_printf(*state, "QUERY_STRING=u=%s%s&b=1", filler, rows[i].fields);
                cgi_parse_request(*state, environment, &r);
                ROW(same(pairs_get(&r.query, "b"), "1"), i, rows[i].fields);
                ROW((r.query_flaw == NULL) == rows[i].good, i, rows[i].fields);
        }
        assert_int_equal(CGI_QUERY_MAX, 16384);
        END_ROWS();
}

static void
headers_hold_visible_bytes_only(void **state)
{
        struct cgi_response response = {
            .status = 200, .content_type = "text/plain", .body = "", .size = 0};
        char *bytes;
        size_t size;
        struct err err;

        for (int byte = 1; byte < 256; byte++) {
                char *value = arena_printf(*state, "a%cb", byte);
                bool token = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';

                pairs_init(&response.headers, *state);
                pairs_add(&response.headers, "X-A", value);
                ROW((cgi_format_headers(*state, &response, &bytes, &size, &err) == 0) ==
                        (byte >= 0x20 && byte <= 0x7e),
                    byte, "in a value");
                pairs_init(&response.headers, *state);
                pairs_add(&response.headers, value, "v");
                ROW((cgi_format_headers(*state, &response, &bytes, &size, &err) == 0) == token,
                    byte, "in a name");
                pairs_init(&response.headers, *state);
                response.content_type = value;
                ROW((cgi_format_headers(*state, &response, &bytes, &size, &err) == 0) ==
                        (byte >= 0x20 && byte <= 0x7e),
                    byte, "in the content type");
                response.content_type = "text/plain";
        }
        pairs_add(&response.headers, "", "v");
        assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), -1);
        END_ROWS();
}

static void
responses_are_formatted(void **state)
{
        static const int statuses[] = {200, 204, 206, 303, 304, 400, 401, 403, 404, 405, 409, 410,
            412, 413, 416, 500, 502, 503, 504};
        struct cgi_response response = {
            .status = 303, .content_type = NULL, .body = "a\0b", .size = 3};
        char *bytes;
        size_t size;
        struct err err;

        pairs_init(&response.headers, *state);
        pairs_add(&response.headers, "Location", "https://a/b");
        pairs_add(&response.headers, "Set-Cookie", "a=1");
        pairs_add(&response.headers, "Set-Cookie", "b=2");
        response.size = 0;
        assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), 0);
        assert_string_equal(bytes, "Status: 303 See Other\r\nLocation: https://a/b\r\n"
                                   "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
        assert_int_equal(size, strlen(bytes));
        response.size = 3;
        response.content_type = "text/plain";
        pairs_init(&response.headers, *state);
        assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), 0);
        assert_memory_equal(bytes + size - 4, "\r\n\r\n", 4);
        assert_non_null(strstr(bytes, "Content-Length: 3\r\n"));
        response.file = &(struct cgi_file){-1, 5, 5000000000};
        assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), 0);
        assert_non_null(strstr(bytes, "Content-Length: 5000000000\r\n"));
        response.file = NULL;
        for (size_t i = 0; i < COUNT(statuses); i++) {
                response.status = statuses[i];
                assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), 0);
                ROW(strncmp(bytes, arena_printf(*state, "Status: %d ", statuses[i]), 12) == 0 &&
                        strncmp(bytes + 12, "Status\r", 7) != 0,
                    i, bytes);
        }
        END_ROWS();
}

static void
all_is_written_or_said_not_to_be(void **state)
{
        int ends[2];
        char back[8] = "";
        struct err err;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(
            cgi_write(&(struct cgi_out){.file = ends[1]}, "abc", 3, "d\0e", 3, &err), 0);
        assert_int_equal(cgi_write(&(struct cgi_out){.file = ends[1]}, "", 0, "", 0, &err), 0);
        assert_int_equal(read(ends[0], back, sizeof(back)), 6);
        assert_memory_equal(back, "abcd\0e", 6);
        close(ends[1]);
        assert_int_equal(cgi_write(&(struct cgi_out){.file = ends[0]}, "abc", 3, "", 0, &err),
            -1); /* not open for writing */
        assert_int_equal(err.kind, ERR_SYSTEM);
        close(ends[0]);
}

/* Each part of a file, to its last byte; a file that is shorter than it was is an error. */
static void
files_are_written_in_pieces(void **state)
{
        enum { SIZE = 3 * CGI_COPY_SIZE + 100 };
        static const struct {
                long long offset, size;
                bool whole;
        } rows[] = {{0, 0, true}, {0, 1, true}, {0, SIZE, true}, {SIZE - 1, 1, true},
            {7, CGI_COPY_SIZE, true}, {CGI_COPY_SIZE - 1, CGI_COPY_SIZE + 2, true}, {SIZE, 0, true},
            {0, SIZE + 1, false}, {SIZE, 1, false}, {SIZE + 5, 1, false}};
        char *bytes = arena_alloc(*state, SIZE), *back = arena_alloc(*state, SIZE);
        int in = memfd_create("file", MFD_CLOEXEC), out;
        struct err err;

        for (size_t i = 0; i < SIZE; i++)
                bytes[i] = (char)(i * 31 % 251);
        assert_int_equal(write(in, bytes, SIZE), SIZE);
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct cgi_file file = {in, rows[i].offset, rows[i].size};
                long long there = rows[i].whole           ? rows[i].size
                                  : rows[i].offset < SIZE ? SIZE - rows[i].offset
                                                          : 0;

                err_clear(&err);
                out = memfd_create("answer", MFD_CLOEXEC);
                ROW(cgi_write_file(&(struct cgi_out){.file = out}, &file, &err) ==
                        (rows[i].whole ? 0 : -1),
                    i, "result");
                ROW(rows[i].whole || (err.kind == ERR_SYSTEM && err.number == 0 &&
                                         strstr(err.text, "became shorter") != NULL),
                    i, err.text);
                ROW(lseek(out, 0, SEEK_CUR) == there &&
                        pread(out, back, SIZE, 0) == (ssize_t)there &&
                        memcmp(back, bytes + (rows[i].whole || there > 0 ? rows[i].offset : 0),
                            (size_t)there) == 0,
                    i, "bytes");
                close(out);
        }
        out = open("/dev/full", O_WRONLY | O_CLOEXEC);
        assert_int_equal(
            cgi_write_file(&(struct cgi_out){.file = out}, &(struct cgi_file){in, 0, 5}, &err), -1);
        assert_int_equal(err.number, ENOSPC);
        assert_int_equal(
            cgi_write_file(&(struct cgi_out){.file = out}, &(struct cgi_file){-1, 0, 5}, &err), -1);
        assert_int_equal(err.number, EBADF);
        close(out);
        close(in);
        END_ROWS();
}

static void
headers_take_no_control_bytes(void **state)
{
        struct err err;
        static const char *const bad[] = {
            "a\r\nb: c", "a\nb", "a\rb", "a\x01", "\x7f", "\xe5\xb0\x8f"};
        struct cgi_response response = {
            .status = 200, .content_type = "text/plain", .body = "hi", .size = 2};
        size_t size;
        char *bytes;

        for (size_t i = 0; i < COUNT(bad); i++) {
                pairs_init(&response.headers, *state);
                pairs_add(&response.headers, "X-A", bad[i]);
                ROW(cgi_format_headers(*state, &response, &bytes, &size, &err) == -1 &&
                        err.kind == ERR_SYSTEM,
                    i, bad[i]);
                pairs_init(&response.headers, *state);
                pairs_add(&response.headers, bad[i], "v");
                ROW(cgi_format_headers(*state, &response, &bytes, &size, &err) == -1, i, bad[i]);
        }
        pairs_init(&response.headers, *state);
        assert_int_equal(cgi_format_headers(*state, &response, &bytes, &size, &err), 0);
        assert_string_equal(
            bytes, "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(headers_take_no_control_bytes),
            TEST(lengths_are_believed_or_refused), TEST(a_program_may_read_more),
            TEST(only_forms_are_forms), TEST(requests_come_from_the_environment),
            TEST(authorization_comes_by_either_name), TEST(a_sender_may_stay),
            TEST(bodies_are_there_or_not), TEST(a_slow_body_is_dropped_in_time),
            TEST(queries_are_read_with_their_flaws), TEST(files_are_written_in_pieces),
            TEST(headers_hold_visible_bytes_only), TEST(responses_are_formatted),
            TEST(all_is_written_or_said_not_to_be)};

        return RUN(tests);
}
