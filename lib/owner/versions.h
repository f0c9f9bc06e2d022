/*
 * versions: the files that owners edit (editable.h), as they are, and how a new version of one gets
 * in place of it.
 *
 * They are opened before the sandbox, which they are outside of. wechat-save.cgi writes them
 * (local.h); a process that was started before the sandbox waits to run it (runner.h).
 */
#ifndef WECHAT_VERSIONS_H
#define WECHAT_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct editable;
struct host;

struct version {
        bool exists;
        const char *text; /* as owner_read_text() (owner.h) leaves it */
        size_t size;
        const char *digest; /* of the file's bytes; "": there is no file */
        long long changed;  /* seconds since 1970 */
};

enum version_which { VERSION_NOW, VERSION_BEFORE };

enum version_saved {
        VERSION_SAVED,
        VERSION_SAME,      /* it had that text already */
        VERSION_CHANGED,   /* somebody else saved another one meanwhile */
        VERSION_FORBIDDEN, /* the programs may not write there */
        VERSION_FAILED     /* the log says why */
};

/* A program's .prepare (host.h), or part of it: opens the files if the browser has a session, and
 * starts the process that saves if it sends a form. */
void versions_prepare(struct host *host);

/* Reads a version. ERR_SYSTEM: it cannot be read. ERR_CONFIG: it is not text in UTF-8. In both
 * cases version->digest and changed are set if they are known. */
int versions_read(struct app *app, const struct editable *file, enum version_which which,
    struct version *version) __attribute__((warn_unused_result));

/* Saves text, which has been checked, in place of the version with that digest. What goes wrong is
 * logged. */
enum version_saved versions_save(
    struct app *app, const struct editable *file, const char *digest, const char *text);

#endif
