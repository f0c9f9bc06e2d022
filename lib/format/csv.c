#include "format/csv.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static bool
begins_formula(const char *value)
{
        static const char *const wide[] = {
            "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

        for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
                if (text_starts_with(value, wide[i]))
                        return true;
        return *value != '\0' && strchr("=+-@\t\r\n", *value) != NULL;
}

void
csv_add_cell(struct buf *row, const char *value, const char *behind)
{
        bool quoted = value[strcspn(value, ",\"")] != '\0';

        if (quoted)
                buf_add_byte(row, '"');
        if (begins_formula(value))
                buf_add_byte(row, '\'');
        for (; *value != '\0'; value++) {
                if (*value == '"')
                        buf_add_byte(row, '"');
                buf_add_byte(row, strchr("\t\r\n", *value) != NULL ? ' ' : *value);
        }
        if (quoted)
                buf_add_byte(row, '"');
        buf_add_text(row, behind);
}
