/* fastcgi: requests from records, however they are cut; what is refused; the records of answers. */
#include "table.h"

#include "base/buf.h"
#include "format/fastcgi.h"

static const char *const names[] = {"QUERY_STRING", "SCRIPT_NAME", "HTTP_COOKIE", NULL};

enum { BODY_MAX_HERE = 100 };

static void
add_record(struct buf *out, int type, unsigned id, const char *content, size_t size, size_t padding)
{
        unsigned char header[FASTCGI_HEADER_SIZE];

        fastcgi_put_header(header, (enum fastcgi_type)type, id, size);
        header[6] = (unsigned char)padding;
        buf_add(out, header, sizeof(header));
        buf_add(out, content, size);
        for (size_t i = 0; i < padding; i++)
                buf_add_byte(out, 'p');
}

static void
add_begin(struct buf *out, unsigned id, int role, int flags)
{
        const char content[8] = {0, (char)role, (char)flags};

        add_record(out, FASTCGI_BEGIN, id, content, sizeof(content), 0);
}

static void
add_pair(struct buf *out, const char *name, const char *value)
{
        size_t sizes[] = {strlen(name), strlen(value)};

        for (size_t i = 0; i < COUNT(sizes); i++) {
                if (sizes[i] > 127)
                        for (int shift = 24; shift > 0; shift -= 8)
                                buf_add_byte(
                                    out, (char)((shift == 24 ? 0x80 : 0) | (sizes[i] >> shift)));
                buf_add_byte(out, (char)sizes[i]);
        }
        buf_add_text(out, name);
        buf_add_text(out, value);
}

/* A long name is not kept, a long value is. */
static void
add_request(struct arena *arena, struct buf *out, unsigned id, size_t padding)
{
        char *long_name = arena_alloc(arena, 201), *long_value = arena_alloc(arena, 301);
        struct buf params;

        memset(long_name, 'N', 200);
        memset(long_value, 'v', 300);
        buf_init(&params, arena);
        add_pair(&params, "QUERY_STRING", "a=1");
        add_pair(&params, "", "nameless");
        add_pair(&params, "SCRIPT_NAME", "");
        add_pair(&params, long_name, "x");
        add_pair(&params, "SERVER_ADMIN", "nobody");
        add_pair(&params, "HTTP_COOKIE", long_value);
        add_begin(out, id, 1, 1);
        /* The pairs do not end where the records do. */
        add_record(out, FASTCGI_PARAMS, id, params.data, 5, padding);
        add_record(out, FASTCGI_PARAMS, id, params.data + 5, params.size - 5, padding);
        add_record(out, FASTCGI_PARAMS, id, "", 0, 0);
        add_record(out, FASTCGI_STDIN, id, "bo", 2, padding);
        add_record(out, FASTCGI_STDIN, id, "dy", 2, 0);
        add_record(out, FASTCGI_STDIN, id, "", 0, padding);
}

static void
begin(struct arena *arena, struct fastcgi *request)
{
        fastcgi_begin(request, arena, names, BODY_MAX_HERE);
}

static void
requests_are_read_however_they_are_cut(void **state)
{
        struct buf out;
        char long_value[301] = "";

        memset(long_value, 'v', 300);
        for (size_t cut = 1; cut < 700; cut += cut < 40 ? 1 : 97) {
                struct fastcgi request;
                char *const *environment;
                size_t done = 0;

                buf_init(&out, *state);
                add_request(*state, &out, 258, cut % 9);
                buf_add_text(&out, "of the next");
                begin(*state, &request);
                while (request.state < FASTCGI_COMPLETE && done < out.size) {
                        size_t part = out.size - done < cut ? out.size - done : cut;

                        done += fastcgi_feed(&request, out.data + done, part);
                }
                environment = fastcgi_environment(&request);
                ROW(request.state == FASTCGI_COMPLETE, cut, "state");
                ROW(out.size - done == strlen("of the next"), cut, "no byte too many");
                ROW(request.id == 258 && request.keep, cut, "id");
                ROW(request.flaw == NULL, cut, "flaw");
                ROW(same(environment[0], "QUERY_STRING=a=1"), cut, "first");
                ROW(same(environment[1], "SCRIPT_NAME="), cut, "empty");
                ROW(same(environment[2], arena_printf(*state, "HTTP_COOKIE=%s", long_value)), cut,
                    "long");
                ROW(environment[3] == NULL, cut, "no more");
                ROW(request.body.size == 4 && memcmp(request.body.data, "body", 4) == 0, cut,
                    "body");
        }
        END_ROWS();
}

/* ---- what is refused ---- */

static void
feed(struct arena *arena, struct fastcgi *request, const struct buf *out)
{
        begin(arena, request);
        (void)fastcgi_feed(request, out->data, out->size);
}

static void
what_is_no_request_is_broken_off(void **state)
{
        static const struct {
                const char *name;
                size_t size;
                const char *bytes;
        } rows[] = {{"another version", 8, "\2\1\0\1\0\10\0\0"}, {"HTTP", 14, "GET / HTTP/1.1"},
            {"a short beginning", 8, "\1\1\0\1\0\7\0\0"},
            {"a request of id 0", 8, "\1\1\0\0\0\10\0\0"},
            {"the same id again", 24, "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\1\0\1\0\10\0\0"},
            {"a body without variables", 24, "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\5\0\1\0\1\0\0"},
            {"variables that end in a pair", 33,
                "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4\0\1\0\1\0\0\5\1\4\0\1\0\0\0\0"},
            {"variables after their end", 40,
                "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4\0\1\0\0\0\0"
                "\1\4\0\1\0\1\0\0\1\4\0\1\0\1\0\0"},
            {"an authorizer on a connection of its own", 16, "\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0"},
            {"too many questions", 8, "\1\11\0\0\5\0\0\0"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct fastcgi request;

                begin(*state, &request);
                (void)fastcgi_feed(&request, rows[i].bytes, rows[i].size);
                ROW(request.state == FASTCGI_BROKEN, i, rows[i].name);
        }
        END_ROWS();
}

/* So many variables, or such a value. */
static void
add_many(struct buf *out, struct arena *arena, size_t count, const char *value)
{
        struct buf params;

        buf_init(&params, arena);
        for (size_t i = 0; i < count; i++)
                add_pair(&params, "QUERY_STRING", value);
        add_begin(out, 1, 1, 0);
        for (size_t done = 0; done < params.size;) {
                size_t part = params.size - done < 60000 ? params.size - done : 60000;

                add_record(out, FASTCGI_PARAMS, 1, params.data + done, part, 0);
                done += part;
        }
        add_record(out, FASTCGI_PARAMS, 1, "", 0, 0);
        add_record(out, FASTCGI_STDIN, 1, "", 0, 0);
}

static void
variables_have_limits(void **state)
{
        char *long_value = arena_alloc(*state, FASTCGI_KEPT_MAX + 1);
        struct fastcgi request;
        struct buf out;

        memset(long_value, 'v', FASTCGI_KEPT_MAX);
        buf_init(&out, *state);
        add_many(&out, *state, FASTCGI_VARIABLES_MAX, "x");
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_null(request.flaw);

        buf_init(&out, *state);
        add_many(&out, *state, FASTCGI_VARIABLES_MAX + 1, "x");
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_string_equal(request.flaw, "too many variables");
        assert_null(fastcgi_environment(&request)[FASTCGI_VARIABLES_MAX]);

        buf_init(&out, *state);
        add_many(&out, *state, 1, long_value);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_string_equal(request.flaw, "the headers are too long");
        assert_null(fastcgi_environment(&request)[0]);

        long_value[FASTCGI_KEPT_MAX / 2] = '\0';
        buf_init(&out, *state);
        add_many(&out, *state, 9, long_value);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_BROKEN); /* more than FASTCGI_PARAMS_MAX */
}

static void
a_byte_0_is_in_no_variable(void **state)
{
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        add_begin(&out, 1, 1, 0);
        add_record(&out, FASTCGI_PARAMS, 1, "\14\3QUERY_STRINGa\0b\13\1SCRIPT_NAME/", 31, 0);
        add_record(&out, FASTCGI_PARAMS, 1, "", 0, 0);
        add_record(&out, FASTCGI_STDIN, 1, "", 0, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_string_equal(request.flaw, "a variable has a byte 0");
}

static void
of_a_long_body_one_byte_too_many_is_kept(void **state)
{
        char *body = arena_alloc(*state, 60000);
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        add_begin(&out, 1, 1, 0);
        add_record(&out, FASTCGI_PARAMS, 1, "", 0, 0);
        add_record(&out, FASTCGI_STDIN, 1, body, BODY_MAX_HERE, 0);
        add_record(&out, FASTCGI_STDIN, 1, body, 60000, 0);
        add_record(&out, FASTCGI_STDIN, 1, "", 0, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_int_equal(request.body.size, BODY_MAX_HERE + 1);

        /* Nobody may send for ever. */
        out.size -= FASTCGI_HEADER_SIZE;
        feed(*state, &request, &out);
        for (int i = 0; i < 600 && request.state != FASTCGI_COMPLETE; i++) {
                buf_init(&out, *state);
                add_record(&out, FASTCGI_STDIN, 1, body, 60000, 0);
                (void)fastcgi_feed(&request, out.data, out.size);
        }
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_true(request.cut && !request.keep && request.dropped > FASTCGI_DROPPED_MAX);
        assert_int_equal(request.body.size, BODY_MAX_HERE + 1);
}

/* ---- what is no request ---- */

static void
another_request_meanwhile_is_refused(void **state)
{
        static const unsigned char refused[] = {1, 3, 0, 7, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        add_begin(&out, 1, 1, 1);
        add_begin(&out, 7, 1, 1);
        add_record(&out, FASTCGI_PARAMS, 7, "\14\1QUERY_STRINGx", 15, 0);
        add_record(&out, FASTCGI_PARAMS, 1, "\14\1QUERY_STRINGy", 15, 0);
        add_record(&out, FASTCGI_ABORT, 7, "", 0, 0);
        add_record(&out, FASTCGI_PARAMS, 1, "", 0, 0);
        add_record(&out, FASTCGI_STDIN, 7, "x", 1, 0);
        add_record(&out, FASTCGI_STDIN, 1, "", 0, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_string_equal(fastcgi_environment(&request)[0], "QUERY_STRING=y");
        assert_int_equal(request.body.size, 0);
        assert_int_equal(request.replies.size, sizeof(refused));
        assert_memory_equal(request.replies.data, refused, sizeof(refused));
}

static void
an_aborted_request_ends(void **state)
{
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        add_begin(&out, 1, 1, 1);
        add_record(&out, FASTCGI_PARAMS, 1, "\14\1QUERY_STRINGy", 15, 0);
        add_record(&out, FASTCGI_ABORT, 1, "", 0, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_ABORTED);
}

static void
other_roles_are_refused_and_the_connection_goes_on(void **state)
{
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        add_begin(&out, 3, 2, 1);
        add_request(*state, &out, 4, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_COMPLETE);
        assert_int_equal(request.id, 4);
        assert_int_equal(request.replies.size, FASTCGI_END_SIZE);
        assert_int_equal(request.replies.data[12], 3); /* FCGI_UNKNOWN_ROLE */
}

static void
questions_are_answered(void **state)
{
        static const char values[] = "\1\12\0\0\0\43\0\0"
                                     "\16\1FCGI_MAX_CONNS1\17\1FCGI_MPXS_CONNS0";
        static const char unknown[] = "\1\13\0\0\0\10\0\0\14\0\0\0\0\0\0\0";
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        buf_add(&out, "", 0);
        add_record(
            &out, FASTCGI_GET_VALUES, 0, "\16\0FCGI_MAX_CONNS\4\0NONE\17\0FCGI_MPXS_CONNS", 39, 3);
        add_record(&out, 12, 0, "?", 1, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_IDLE);
        assert_int_equal(request.replies.size, sizeof(values) - 1 + sizeof(unknown) - 1);
        assert_memory_equal(request.replies.data, values, sizeof(values) - 1);
        assert_memory_equal(
            request.replies.data + sizeof(values) - 1, unknown, sizeof(unknown) - 1);
}

static void
who_asks_and_asks_is_broken_off(void **state)
{
        struct fastcgi request;
        struct buf out;

        buf_init(&out, *state);
        for (int i = 0; i < 100; i++)
                add_record(&out, 12, 0, "", 0, 0);
        feed(*state, &request, &out);
        assert_int_equal(request.state, FASTCGI_BROKEN);
        assert_true(request.replies.size <= FASTCGI_REPLIES_MAX);
}

static void
answers_are_records(void **state)
{
        static const unsigned char header[] = {1, 6, 1, 2, 0xff, 0xf8, 0, 0};
        static const unsigned char end[] = {1, 3, 1, 2, 0, 8, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0};
        unsigned char bytes[FASTCGI_END_SIZE];

        (void)state;
        fastcgi_put_header(bytes, FASTCGI_STDOUT, 258, FASTCGI_CONTENT_MAX);
        assert_memory_equal(bytes, header, sizeof(header));
        fastcgi_put_end(bytes, 258, 5);
        assert_memory_equal(bytes, end, sizeof(end));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(requests_are_read_however_they_are_cut),
            TEST(what_is_no_request_is_broken_off), TEST(variables_have_limits),
            TEST(a_byte_0_is_in_no_variable), TEST(of_a_long_body_one_byte_too_many_is_kept),
            TEST(another_request_meanwhile_is_refused), TEST(an_aborted_request_ends),
            TEST(other_roles_are_refused_and_the_connection_goes_on), TEST(questions_are_answered),
            TEST(who_asks_and_asks_is_broken_off), TEST(answers_are_records)};

        return RUN(tests);
}
