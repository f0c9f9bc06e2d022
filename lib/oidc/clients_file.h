/*
 * clients_file: the JSON file of the clients, which the site's owner writes, or has written by
 * `wechat client`:
 *
 *   [{"client_id": "gitea-7c1f", "client_name": "Gitea",
 *     "client_secret_sha256": "9f86d081…",
 *     "redirect_uris": ["https://git.example.com/user/oauth2/WeChat/callback"]}]
 *
 * The names are those of RFC 7591, section 2, and of OpenID Connect; where there is none, our own.
 * client_entry.c has a table of them.
 */
#ifndef WECHAT_CLIENTS_FILE_H
#define WECHAT_CLIENTS_FILE_H

#include <stddef.h>

struct arena;
struct clients;
struct err;
struct json_file;

/* Reads the text of file. ERR_CONFIG, with file, entry (from 1), line, and what is wrong. */
int clients_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct clients *clients, struct err *err) __attribute__((warn_unused_result));

/* Checks the entries in file (json_file_read()), and adds the first mistake of each. Returns how
 * many entries there are. */
size_t clients_check(struct json_file *file);

#endif
