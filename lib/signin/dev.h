/*
 * dev: pages under local development, for which WeChat issues no codes. This site signs in those on
 * an origin of dev_origins, and gives them a ticket for a session token of their own.
 */
#ifndef WECHAT_DEV_H
#define WECHAT_DEV_H

#include <stdbool.h>

struct app;

enum { DEV_TICKET_SECONDS = 60, DEV_SESSION_SECONDS = 3600 };

/* Is link, which may be any text, a page on one of dev_origins? */
bool dev_is_page(struct app *app, const char *link);

/* Answers that it is not: a page that names the link's origin, and a log line for the owner. */
int dev_answer_unlisted(struct app *app, const char *link) __attribute__((warn_unused_result));

/* Returns the page of this site that sends a visitor who is signed in on to link, with a ticket. */
char *dev_ticket_page(struct app *app, const char *link);

#endif
