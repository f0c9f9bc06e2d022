/* arena: sizes, alignment, many blocks, the order of closing, running out. */
#include "table.h"

static void
every_size_is_zeroed_and_aligned(void **state)
{
        static const size_t sizes[] = {0, 1, 15, 16, 17, 31, 32, 33, 4095, 16 * 1024 - 32,
            16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1 << 18};
        char *before = NULL;

        for (size_t i = 0; i < COUNT(sizes); i++) {
                char *data = arena_alloc(*state, sizes[i]);
                bool zero = true;

                ROW(data != NULL && (sizes[i] == 0 || data != before), sizes[i],
                    "a place of its own");
                ROW((uintptr_t)data % _Alignof(max_align_t) == 0, sizes[i], "aligned");
                for (size_t at = 0; at < sizes[i]; at++)
                        zero = zero && data[at] == 0;
                ROW(zero, sizes[i], "zeroed");
                if (sizes[i] > 0)
                        memset(data, 0xff, sizes[i]);
                before = sizes[i] == 0 ? NULL : data;
        }
        END_ROWS();
}

static void
pieces_do_not_overlap(void **state)
{
        enum { PIECES = 2000 };
        unsigned char *pieces[PIECES];

        for (size_t i = 0; i < PIECES; i++) {
                pieces[i] = arena_alloc(*state, i % 100 + 1);
                memset(pieces[i], (int)(i % 251), i % 100 + 1);
        }
        for (size_t i = 0; i < PIECES; i++)
                for (size_t at = 0; at < i % 100 + 1; at++)
                        ROW(pieces[i][at] == i % 251, i, "overwritten");
        END_ROWS();
}

static bool
resize(void **state, char **data, size_t size, size_t wanted)
{
        void *moved = *data;
        bool result = arena_resize(*state, &moved, size, wanted);

        *data = moved;
        return result;
}

static void
only_the_latest_piece_is_resized(void **state)
{
        char *first = arena_alloc_raw(*state, 10), *second = arena_alloc_raw(*state, 10), *third;

        memset(first, 'a', 10);
        memset(second, 'b', 10);
        assert_false(resize(state, &first, 10, 20));
        assert_false(resize(state, &second, 9, 20)); /* wrong size */
        assert_false(resize(state, &second, 10, SIZE_MAX));
#ifndef ARENA_BLOCK_SIZE /* else each allocation has a block of its own */
        assert_false(resize(state, &second, 10, 1 << 20)); /* larger than a block */
#endif
        assert_true(resize(state, &second, 10, 1000));
        memset(second, 'b', 1000);
        third = arena_alloc_raw(*state, 1);
        *third = 'c';
        for (size_t i = 0; i < 1000; i++)
                ROW(second[i] == 'b' && (i > 9 || first[i] == 'a'), i, "overwritten");
        assert_false(resize(state, &second, 1000, 2000));
        END_ROWS();
}

static void
a_piece_with_a_block_of_its_own_grows_without_a_copy_left_behind(void **state)
{
        enum { SIZE = 100000 };
        char *large = arena_alloc_raw(*state, SIZE), *next;

        memset(large, 'x', SIZE);
        assert_true(resize(state, &large, SIZE, 5 * SIZE));
        for (size_t i = 0; i < SIZE; i++)
                ROW(large[i] == 'x', i, "lost");
        memset(large, 'y', (size_t)5 * SIZE);
        assert_false(resize(state, &large, (size_t)5 * SIZE, SIZE_MAX));
        next = arena_alloc_raw(*state, 10);
        memset(next, 'z', 10);
        for (size_t i = 0; i < (size_t)5 * SIZE; i++)
                ROW(large[i] == 'y', i, "overwritten");
        END_ROWS();
}

static void
what_is_given_back_is_taken_again(void **state)
{
        char *first = arena_alloc_raw(*state, 1000), *second;

        assert_true(resize(state, &first, 1000, 16));
        second = arena_alloc_raw(*state, 16);
#ifndef ARENA_BLOCK_SIZE
        assert_ptr_equal(second, first + 16);
#else
        (void)second;
#endif
}

static void
copies_end_with_a_nul(void **state)
{
        static const char with_nul[] = {'a', '\0', 'b'};
        char *copy = arena_copy(*state, with_nul, sizeof(with_nul));
        char *long_text = arena_alloc(*state, 100001);

        assert_memory_equal(copy, with_nul, sizeof(with_nul));
        assert_int_equal(copy[3], 0);
        assert_string_equal(arena_copy(*state, "abc", 0), "");
        assert_string_equal(arena_copy(*state, NULL, 0), "");
        assert_string_equal(arena_strdup(*state, ""), "");
        assert_null(arena_strdup(*state, NULL));
        memset(long_text, 'x', 100000);
        assert_string_equal(arena_printf(*state, "%s", long_text), long_text);
        assert_int_equal(strlen(arena_printf(*state, "%0*d", 20000, 7)), 20000);
}

static size_t closed_count;

static void
close_in_order(void *handle)
{
        size_t *number = handle;

        /* The arena's memory is freed after the handles are closed. */
        if (*number == 99 - closed_count)
                closed_count++;
}

static void
handles_close_latest_first(void **state)
{
        struct arena *arena = arena_new(abort);

        (void)state;
        closed_count = 0;
        for (size_t i = 0; i < 100; i++) {
                size_t *number = arena_alloc(arena, sizeof(*number));

                *number = i;
                arena_defer(arena, close_in_order, number);
        }
        arena_free(arena);
        assert_int_equal(closed_count, 100);
}

static jmp_buf ran_out;

static void
run_out(void)
{
        longjmp(ran_out, 1);
}

static void
impossible_sizes_run_out(void **state)
{
        static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 31,
            SIZE_MAX - 32, SIZE_MAX - 64, SIZE_MAX / 2, SIZE_MAX / 2 + 1};
        struct arena *arena = arena_new(run_out);
        volatile size_t stopped = 0;

        (void)state;
        for (volatile size_t i = 0; i < COUNT(sizes); i++) {
                if (setjmp(ran_out) == 0) {
                        arena_alloc(arena, sizes[i]);
                        ROW(false, i, "taken");
                } else {
                        stopped++;
                }
        }
        assert_int_equal(stopped, COUNT(sizes));
        assert_string_equal(arena_strdup(arena, "still good"), "still good");
        arena_free(arena);
        END_ROWS();
}

static int closed;

static void
count_close(void *handle)
{
        closed = closed * 10 + *(int *)handle;
}

static void
arena_keeps_and_closes(void **state)
{
        struct arena *arena = arena_new(abort);
        static int one = 1, two = 2;
        char *big, *small;

        (void)state;
        arena_defer(arena, count_close, &one);
        arena_defer(arena, count_close, &two);
        small = arena_alloc(arena, 3);
        big = arena_alloc(arena, 1 << 20);
        for (size_t i = 0; i < 1 << 20; i++)
                assert_int_equal(big[i], 0);
        memset(big, 'x', 1 << 20);
        assert_int_equal(small[0] + small[2], 0);
        assert_int_equal((uintptr_t)small % _Alignof(max_align_t), 0);
        assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
        assert_null(arena_strdup(arena, NULL));
        arena_free(arena);
        assert_int_equal(closed, 21); /* latest first */
        arena_free(NULL);
}

/* After a reset, the handles of the last request are closed and its memory is cleared. */
static void
arena_is_empty_after_a_reset(void **state)
{
        struct arena *arena = arena_new(abort);
        static int one = 1;
        const char *text;

        (void)state;
        closed = 0;
        for (int i = 1; i <= 3; i++) {
                memset(arena_alloc(arena, 100), 'x', 100);
                memset(arena_alloc(arena, 1 << 20), 'x', 1 << 20);
                memset(arena_alloc(arena, 1000), 'x', 1000);
                arena_defer(arena, count_close, &one);
                arena_reset(arena);
                text = arena_alloc_raw(arena, 1000);
                for (size_t at = 0; at < 1000; at++)
                        assert_int_not_equal(text[at], 'x');
        }
        assert_int_equal(closed, 111); /* each once */
        arena_free(arena);
        assert_int_equal(closed, 111);
}

static jmp_buf exhausted_jump;

static void
exhausted(void)
{
        longjmp(exhausted_jump, 1);
}

static void
arena_says_when_it_is_exhausted(void **state)
{
        struct arena *arena = arena_new(exhausted);

        (void)state;
        if (setjmp(exhausted_jump) == 0) {
                arena_alloc(arena, SIZE_MAX / 2);
                fail();
        }
        arena_free(arena);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(arena_keeps_and_closes),
            TEST(arena_is_empty_after_a_reset), TEST(arena_says_when_it_is_exhausted),
            TEST(every_size_is_zeroed_and_aligned), TEST(pieces_do_not_overlap),
            TEST(only_the_latest_piece_is_resized),
            TEST(a_piece_with_a_block_of_its_own_grows_without_a_copy_left_behind),
            TEST(what_is_given_back_is_taken_again), TEST(copies_end_with_a_nul),
            TEST(handles_close_latest_first), TEST(impossible_sizes_run_out)};

        return RUN(tests);
}
