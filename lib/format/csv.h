/*
 * csv: rows for spreadsheets (RFC 4180), in UTF-8 behind a byte order mark, without which some
 * spreadsheets take another encoding.
 */
#ifndef WECHAT_FORMAT_CSV_H
#define WECHAT_FORMAT_CSV_H

struct buf;

#define CSV_MARK "\xef\xbb\xbf"

/* Adds a cell and what stands behind it: "," or "\r\n". What a spreadsheet would run as a formula,
 * since it begins with = + - or @, or the wide forms of these, gets a ' in front. Line ends and
 * tabs become blanks, so that each row is one line. */
void csv_add_cell(struct buf *row, const char *value, const char *behind);

#endif
