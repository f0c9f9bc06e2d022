/*
 * media: the type of a file, by its name. The contents do not matter, and browsers are told not to
 * guess either (nosniff).
 */
#ifndef WECHAT_MEDIA_H
#define WECHAT_MEDIA_H

#include <stdbool.h>

struct media {
        const char *type;   /* for Content-Type; a text's has its charset, UTF-8 */
        bool is_known;      /* it is in the table; anything else is to be downloaded, not shown */
        bool holds_scripts; /* HTML, SVG, XML: a browser runs the scripts that are in it */
};

/* Returns the type of the file with that name or path; "application/octet-stream" if the end of the
 * name is not in the table. */
struct media media_of(const char *name);

#endif
