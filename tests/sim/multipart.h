/* multipart: a form with files (RFC 7578), of which one part is wanted. */
#ifndef SIM_MULTIPART_H
#define SIM_MULTIPART_H

#include <stddef.h>

struct arena;

struct multipart_part {
        const char *data; /* in the body; NULL: there is no such part */
        size_t size;
        const char *file; /* its file name; "": none */
};

/* Finds the part called name in a body of that content type. A body that is malformed has none. */
void multipart_find(struct arena *arena, const char *body, size_t size, const char *content_type,
    const char *name, struct multipart_part *part);

#endif
