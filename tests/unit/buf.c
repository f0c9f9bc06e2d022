/* buf: growing, byte by byte and in pieces around its first room. */
#include "table.h"

#include "base/buf.h"

static void
pieces_of_every_size_are_kept(void **state)
{
        static const size_t sizes[] = {0, 1, 2, 254, 255, 256, 257, 511, 512, 513, 100000};

        for (size_t i = 0; i < COUNT(sizes); i++)
                for (size_t first = 0; first < 3; first++) {
                        struct buf buf;
                        char *piece = arena_alloc(*state, sizes[i] + 1);

                        memset(piece, 'x', sizes[i]);
                        buf_init(&buf, *state);
                        ROW(buf.size == 0 && buf.data[0] == '\0', i, "empty");
                        buf_add(&buf, "ab", first);
                        buf_add_text(&buf, piece);
                        ROW(buf.size == first + sizes[i] && buf.data[buf.size] == '\0' &&
                                buf.size < buf.room && memcmp(buf.data, "ab", first) == 0 &&
                                strcmp(buf.data + first, piece) == 0,
                            i, "kept");
                }
        END_ROWS();
}

static void
bytes_are_kept_with_a_nul_after_each(void **state)
{
        struct buf buf;

        buf_init(&buf, *state);
        for (size_t i = 0; i < 5000; i++) {
                buf_add_byte(&buf, (char)(i % 256));
                ROW(buf.size == i + 1 && buf.data[buf.size] == '\0', i, "size");
        }
        for (size_t i = 0; i < 5000; i++)
                ROW(buf.data[i] == (char)(i % 256), i, "byte"); /* NULs among them */
        buf_add(&buf, NULL, 0);
        assert_int_equal(buf.size, 5000);
        END_ROWS();
}

static void
room_is_made_once_and_keeps_what_is_there(void **state)
{
        for (size_t between = 0; between < 2; between++) {
                struct buf buf;
                const char *data;

                buf_init(&buf, *state);
                buf_add_text(&buf, "abc");
                if (between == 1)
                        arena_alloc_raw(*state, 1);
                buf_reserve(&buf, 5000);
                ROW(buf.size == 3 && strcmp(buf.data, "abc") == 0, between, "kept");
                data = buf.data;
                for (size_t i = 0; i < 5000; i++)
                        buf_add_byte(&buf, 'x');
                ROW(buf.data == data && buf.size == 5003, between, "in the same place");
                buf_reserve(&buf, 0);
                ROW(buf.size == 5003 && buf.data[5002] == 'x', between, "no less");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(pieces_of_every_size_are_kept),
            TEST(bytes_are_kept_with_a_nul_after_each),
            TEST(room_is_made_once_and_keeps_what_is_there)};

        return RUN(tests);
}
