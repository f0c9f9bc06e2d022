/*
 * picture_maker: has a small JPEG made of a picture that somebody sent, by wechat-picture.cgi: a
 * process that is started before the sandbox, gets nothing but the picture, and can do nothing
 * else.
 */
#ifndef WECHAT_PICTURE_MAKER_H
#define WECHAT_PICTURE_MAKER_H

#include <stddef.h>

#include "format/pixels.h"

struct app;
struct host;

/* For prepare(): starts what runs that program, if the request may send a picture. */
void picture_maker_prepare(struct host *host);

/* Stores in *made the JPEG of picture.h, as base64url, of a picture of size bytes; in *flaw what is
 * wrong with the picture, and then *made is "". ERR_CONFIG: the program is missing, or was ended;
 * ERR_TIMEOUT, ERR_SYSTEM. */
int picture_maker_run(struct app *app, const char *bytes, size_t size, const char **made,
    enum picture_flaw *flaw) __attribute__((warn_unused_result));

#endif
