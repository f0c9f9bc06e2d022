/*
 * checked: what the check of an owner's file found, for a page.
 */
#ifndef WECHAT_CHECKED_H
#define WECHAT_CHECKED_H

#include <stddef.h>

#include "format/json_file.h"

struct desk;
struct editable;

struct checked {
        struct json_file file;
        size_t entries;
};

/* Checks text, size bytes, as that file. */
void checked_read(const struct desk *desk, const struct editable *kind, const char *text,
    size_t size, struct checked *checked);

/* Adds at most so many mistakes to the page, as PREFIXmistakes/N/: line, text (what is wrong, and
 * what to do, in the visitor's language) and excerpt (the line itself); PREFIXmore: how many are
 * left. */
void checked_show(
    struct desk *desk, const struct checked *checked, const char *prefix, size_t most);

#endif
