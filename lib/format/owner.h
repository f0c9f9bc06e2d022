/*
 * owner: what the site's owner wrote, a file or a program's output, as text.
 */
#ifndef WECHAT_OWNER_H
#define WECHAT_OWNER_H

#include <stddef.h>

struct err;

/*
 * Makes of text, *size bytes and a NUL after them, UTF-8 with "\n" at the end of each line, in its
 * place: byte order marks go, and 0x1A at the end, which some Windows editors put there. *size
 * follows. ERR_CONFIG, with what, the name of the file, and how to save it: it is UTF-16, or has
 * bytes that are not UTF-8, as GBK has, or a NUL.
 */
int owner_read_text(const char *what, char *text, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
