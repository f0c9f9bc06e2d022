/*
 * send: answers with a file, a part of it, or that it has not changed.
 */
#ifndef WECHAT_SEND_H
#define WECHAT_SEND_H

struct app;
struct stat;

/*
 * Answers with the open regular file, by the request's conditions and its Range (part.h); *st is
 * what fstat() says of it. The length is that of this moment: of a file that grows meanwhile the
 * rest is not sent, and one that becomes shorter ends the answer early, with a line in the log.
 */
int send_file(struct app *app, int fd, const struct stat *st, const char *content_type);

#endif
