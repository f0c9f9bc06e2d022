/*
 * part: which part of a file a request gets, by its conditional headers and its Range (RFC 9110,
 * sections 13 and 14). Headers that are malformed do not count.
 */
#ifndef WECHAT_PART_H
#define WECHAT_PART_H

#include <stdbool.h>

struct arena;

/* A request's headers; "": not sent. */
struct part_asked {
        bool is_get; /* a Range counts in a GET only */
        const char *range;
        const char *if_range;
        const char *if_match;
        const char *if_none_match;
        const char *if_modified_since;
        const char *if_unmodified_since;
};

/* The file as it is now. */
struct part_file {
        const char *tag;    /* its entity tag, quoted; with W/ in front if it is a weak one */
        long long modified; /* seconds since 1970, as Last-Modified says it */
        bool is_settled;    /* it has not been modified within the second that modified names */
        long long size;
};

struct part {
        int status;       /* 200: the whole file; 206; 304; 412; 416 */
        long long offset; /* for 200 and 206: where the part begins, and its bytes */
        long long size;
};

/*
 * Chooses the part. Several ranges in one header get the whole file, which RFC 9110, section 14.2,
 * allows: so a header with a thousand of them costs no more than none. So do the ranges of an empty
 * file, which has no bytes that a 206 could name.
 */
void part_choose(struct arena *arena, const struct part_asked *asked, const struct part_file *file,
    struct part *part);

#endif
