/*
 * editable: the files of the site's owners that owner.cgi shows and wechat-save.cgi writes, in one
 * table. To add one: a line in editable.c, and its two words in html/words/owner.LANGUAGE.txt.
 */
#ifndef WECHAT_EDITABLE_H
#define WECHAT_EDITABLE_H

#include <stddef.h>

struct conf;
struct json_file;

/* EDITABLE_MAX: a file that is larger can be seen to be there, and no more. */
enum { EDITABLE_FILES = 5, EDITABLE_MAX = 256 * 1024 };

struct editable {
        const char *name; /* that of the setting, too */
        size_t setting;   /* offsetof(struct conf, …) */
        /* Checks a file that json_file_read() has read, and adds its mistakes. Returns how many
         * entries it has. */
        size_t (*check)(struct json_file *file);
        const char *title, *what; /* names of words: what it is called, what it is for */
        const char *begin;        /* what is shown to begin with if there is no file yet */
};

extern const struct editable editables[EDITABLE_FILES];

/* Returns the one of that name; NULL: there is none. */
const struct editable *editable_find(const char *name);

/* Returns the path of the file; "": it is not set. */
const char *editable_path(const struct editable *file, const struct conf *conf);

#endif
