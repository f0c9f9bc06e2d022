/*
 * access: who may read which folder of private_dir, from the JSON file that the site's owner
 * writes:
 *
 *   [{"folder": "/"},
 *    {"folder": "/reports", "roles": ["staff", "board"], "listing": true}]
 *
 *   folder    a folder, and all that is in it: its path below private_dir, from "/"
 *   roles     who may read it: everybody who has one of these roles. Without it: everybody who is
 *             signed in
 *   listing   whether the folder shows the names of its files; without it, private_listing says
 *   scripts   whether scripts in its HTML, SVG and XML files run; without it they do not
 *
 * Of the entries that a path is in, the one with the longest folder counts, alone. What no entry
 * covers is closed to everybody: so a name that is misspelt opens nothing.
 */
#ifndef WECHAT_ACCESS_H
#define WECHAT_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct arena;
struct err;
struct json_file;

enum { ACCESS_PATH_MAX = 4000, ACCESS_ROLE_MAX = 64 };

/* What an entry does not say. */
enum access_answer { ACCESS_UNSAID, ACCESS_NO, ACCESS_YES };

struct access_rule {
        const char *folder; /* without a slash at its end: "" is all */
        struct pairs roles; /* the values; none: everybody who is signed in */
        enum access_answer listing;
        enum access_answer scripts;
};

struct access {
        struct access_rule *rules;
        size_t count;
};

/* The rule without a file: all that is private may be read by everybody who is signed in. */
void access_open_all(struct arena *arena, struct access *access);

/* Reads the text of file. ERR_CONFIG, with file, entry (from 1), line, and what is wrong. */
int access_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct access *access, struct err *err) __attribute__((warn_unused_result));

/* Checks the entries in file (json_file_read()), and adds the first mistake of each. Returns how
 * many entries there are. */
size_t access_check(struct json_file *file);

/* Returns the rule for a path (access_is_path()); NULL: no entry covers it. */
const struct access_rule *access_find(const struct access *access, const char *path);

/*
 * Is it a path to a file or a folder that may be served? It begins with '/', and a folder's may end
 * with one; no part of it is empty or begins with a dot; it has no backslash, no control byte, and
 * at most ACCESS_PATH_MAX bytes.
 */
bool access_is_path(const char *path);

/* The same for one part of a path: a name that a listing may show. */
bool access_is_name(const char *name);

#endif
