#include "csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/pairs.h"
#include "base/text.h"

const char csv_header[] = "\xef\xbb\xbfopenid,unionid,subscribe_time,subscribe_scene,qr_scene,"
                          "qr_scene_str,language,tagid_list,remark\r\n";

/* Adds a cell and what stands behind it. Spreadsheets run what begins with = + - or @: a ' in front
 * makes it text. Line ends become blanks, so that each row is one line. */
static void
add_cell(struct buf *row, const char *value, const char *behind)
{
        bool quoted = value[strcspn(value, ",\"")] != '\0';

        if (quoted)
                buf_add_byte(row, '"');
        if (*value != '\0' && strchr("=+-@\t\r\n", *value) != NULL)
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

void
csv_add_row(const struct pairs *user, struct buf *rows)
{
        long long since = pairs_get_number(user, "subscribe_time", 0);

        if (pairs_get_number(user, "subscribe", 0) != 1)
                return;
        add_cell(rows, pairs_get_text(user, "openid"), ",");
        add_cell(rows, pairs_get_text(user, "unionid"), ",");
        add_cell(rows, since == 0 ? "" : text_beijing_time(user->arena, since), ",");
        add_cell(rows, pairs_get_text(user, "subscribe_scene"), ",");
        add_cell(rows, pairs_get_text(user, "qr_scene"), ",");
        add_cell(rows, pairs_get_text(user, "qr_scene_str"), ",");
        add_cell(rows, pairs_get_text(user, "language"), ",");
        add_cell(rows, pairs_join(user, "tagid_list", " "), ",");
        add_cell(rows, pairs_get_text(user, "remark"), "\r\n");
}

const char *
csv_first_cell(char *row)
{
        row += *row == '\'';
        row[strcspn(row, ",")] = '\0';
        return row;
}
