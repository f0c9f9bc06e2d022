/*
 * csv: the file of followers (RFC 4180), in UTF-8 with a byte order mark, for spreadsheets.
 */
#ifndef WECHAT_CSV_H
#define WECHAT_CSV_H

struct buf;
struct pairs;

extern const char csv_header[];

/* Adds the row of a person, one line; none for somebody who no longer follows the account. */
void csv_add_row(const struct pairs *user, struct buf *rows);

/* Returns the first cell of the row, the openid, and ends it with a NUL. */
const char *csv_first_cell(char *row);

#endif
