/*
 * owner: reads text that the site's owner wrote, in a file or by a program.
 */
#ifndef WECHAT_OWNER_H
#define WECHAT_OWNER_H

#include <stddef.h>

struct err;

/*
 * Converts text, *size bytes followed by a NUL, in place to UTF-8 with "\n" at the end of each
 * line: removes byte order marks, and the 0x1A that some Windows editors put at the end. Updates
 * *size. ERR_CONFIG, with what, the name of the file, and how to save it: it is UTF-16, or holds a
 * NUL or bytes that are not UTF-8, such as GBK.
 */
int owner_read_text(const char *what, char *text, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
