#include "csv.h"

#include <string.h>

#include "base/buf.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/csv.h"

const char csv_header[] = CSV_MARK "openid,unionid,subscribe_time,subscribe_scene,qr_scene,"
                                   "qr_scene_str,language,tagid_list,remark\r\n";

void
csv_add_row(const struct pairs *user, struct buf *rows)
{
        long long since = pairs_get_number(user, "subscribe_time", 0);

        if (pairs_get_number(user, "subscribe", 0) != 1)
                return;
        csv_add_cell(rows, pairs_get_text(user, "openid"), ",");
        csv_add_cell(rows, pairs_get_text(user, "unionid"), ",");
        csv_add_cell(rows, since == 0 ? "" : text_beijing_time(user->arena, since), ",");
        csv_add_cell(rows, pairs_get_text(user, "subscribe_scene"), ",");
        csv_add_cell(rows, pairs_get_text(user, "qr_scene"), ",");
        csv_add_cell(rows, pairs_get_text(user, "qr_scene_str"), ",");
        csv_add_cell(rows, pairs_get_text(user, "language"), ",");
        csv_add_cell(rows, pairs_join(user, "tagid_list", " "), ",");
        csv_add_cell(rows, pairs_get_text(user, "remark"), "\r\n");
}

const char *
csv_first_cell(char *row)
{
        row += *row == '\'';
        row[strcspn(row, ",")] = '\0';
        return row;
}
