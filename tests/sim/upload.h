/* upload: a body larger than the kit's programs read (CGI_BODY_MAX in web/cgi.h). */
#ifndef SIM_UPLOAD_H
#define SIM_UPLOAD_H

#include <stddef.h>

struct app;

enum { UPLOAD_MAX = 11 * 1024 * 1024, UPLOAD_MS = 30000 };

/* If the request is an upload, moves its body from standard input to a file in memory, which
 * becomes standard input, so that the kit sees no body. Called before the request is read. */
void upload_hold(void);

/* Reads that body; one larger than UPLOAD_MAX was cut there, and *size is larger. */
int upload_read(struct app *app, char **body, size_t *size) __attribute__((warn_unused_result));

#endif
