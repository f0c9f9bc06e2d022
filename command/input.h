/*
 * input: what the user names: files, openids.
 */
#ifndef WECHAT_INPUT_H
#define WECHAT_INPUT_H

#include <stddef.h>

struct http_file;
struct json_file;
struct run;

/* The largest JSON, and the largest file for a call without a limit of its own (WeChat's own limits
 * are below). */
enum { JSON_SIZE_MAX = 1024 * 1024, UPLOAD_SIZE_MAX = 32 * 1024 * 1024 };

/* Is the first argument an openid? Returns STATUS_DONE, or that of refuse_usage(). */
int check_openid(const struct run *run);

/* Reads a file of at most so many bytes, and adds a NUL. "-" is stdin. Returns STATUS_DONE, or that
 * of refuse(). */
int read_file(const struct run *run, const char *path, size_t most, char **data, size_t *size);

/* Reads a JSON object that somebody wrote: the file, or if given is not NULL that text. Mistakes
 * are said with their lines. Returns STATUS_DONE, or that of refuse(). */
int read_json(const struct run *run, const char *path, struct json_file *file);
int parse_json(
    const struct run *run, const char *what, char *text, size_t size, struct json_file *file);

/* Reads a file for an upload as a form's field. Its Content-Type follows from its name. */
int read_upload(const struct run *run, const char *field, const char *path, size_t most,
    struct http_file *file);

/* Returns the part of path behind the last '/'. */
const char *base_name(const char *path);

/* Returns what follows the last '.' of the name; "": nothing. */
const char *extension(const char *path);

#endif
