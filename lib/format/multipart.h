/*
 * multipart: a form that sends a file, multipart/form-data (RFC 7578), as browsers write it (HTML,
 * “multipart form data”).
 */
#ifndef WECHAT_MULTIPART_H
#define WECHAT_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

/* Parts of a form; bytes of one part's headers, which have the file's name; of a boundary (RFC
 * 2046, section 5.1.1). */
enum { MULTIPART_PARTS_MAX = 16, MULTIPART_HEAD_MAX = 4096, MULTIPART_BOUNDARY_MAX = 70 };

/* The file of a form. Its name and type, which anybody can choose, are not kept. */
struct multipart_file {
        const char *field; /* the name of the form's field; NULL: the form has none */
        const char *bytes; /* within the body */
        size_t size;
};

/* Is this the Content-Type of such a form? */
bool multipart_is_type(const char *content_type);

/* Adds the form's texts to fields, and finds its file. A file that the visitor did not choose,
 * which has neither name nor bytes, is there with a size of 0. ERR_REQUEST: the form is malformed,
 * has a text with a NUL, more than one file or more than MULTIPART_PARTS_MAX parts. */
int multipart_parse(struct arena *arena, const char *content_type, const char *body, size_t size,
    struct pairs *fields, struct multipart_file *file, struct err *err)
    __attribute__((warn_unused_result));

#endif
