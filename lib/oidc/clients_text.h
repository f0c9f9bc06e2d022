/*
 * clients_text: changes of the text of the clients' file (clients_file.h) that leave the rest as
 * its owner wrote it.
 */
#ifndef WECHAT_CLIENTS_TEXT_H
#define WECHAT_CLIENTS_TEXT_H

struct arena;
struct err;

/*
 * Each takes a text that clients_parse() accepts, and stores the changed one. ERR_NOT_FOUND: there
 * is no client of that id. ERR_CONFIG: the text is not valid, or the place cannot be found, since a
 * name in it is written with escapes.
 */

/* Adds entry, the text of one JSON object, behind the others. text: "" if there is no file yet. */
int clients_text_add(struct arena *arena, const char *text, const char *entry, char **changed,
    struct err *err) __attribute__((warn_unused_result));

/* Removes the entry. */
int clients_text_remove(struct arena *arena, const char *text, const char *id, char **changed,
    struct err *err) __attribute__((warn_unused_result));

/* Sets client_secret_sha256, which the entry has. ERR_DENIED: it has none. */
int clients_text_set_secret(struct arena *arena, const char *text, const char *id,
    const char *secret_sha256, char **changed, struct err *err) __attribute__((warn_unused_result));

#endif
