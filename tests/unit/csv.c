/* csv: cells that spreadsheets read as they are, and do not run. */
#include "table.h"

#include "base/buf.h"
#include "format/csv.h"

static void
cells_are_read_as_they_are(void **state)
{
        static const struct {
                const char *value, *cell;
        } rows[] = {{"", ""}, {"a", "a"}, {"小明", "小明"}, {"a,b", "\"a,b\""},
            {"a\"b", "\"a\"\"b\""}, {"a\r\nb\tc", "a  b c"}, {"1", "1"}, {"a=1", "a=1"},
            {"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@a", "'@a"}, {"\t=1", "' =1"},
            {"\n=1", "' =1"}, {"=a,b", "\"'=a,b\""}, {"＝1", "'＝1"}, {"＋1", "'＋1"},
            {"－1", "'－1"}, {"＠a", "'＠a"}, {"（1", "（1"}};
        struct arena *arena = arena_new(abort);

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct buf row;

                buf_init(&row, arena);
                csv_add_cell(&row, rows[i].value, ",");
                csv_add_cell(&row, rows[i].value, "\r\n");
                ROW(same(buf_finish(&row),
                        arena_printf(arena, "%s,%s\r\n", rows[i].cell, rows[i].cell)),
                    i, rows[i].value);
        }
        arena_free(arena);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_read_as_they_are)};

        return RUN(tests);
}
