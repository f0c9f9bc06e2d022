/*
 * approve_page: asks people whether a program may know who they are.
 */
#ifndef WECHAT_APPROVE_PAGE_H
#define WECHAT_APPROVE_PAGE_H

struct app;
struct request;
struct saved;
struct session;

enum approve_answer { APPROVE_UNANSWERED, APPROVE_YES, APPROVE_NO };

/* Answers with the page, for the request that was saved. */
int approve_page_answer(struct app *app, const struct request *request, const struct saved *saved,
    const struct session *session) __attribute__((warn_unused_result));

/* Reads the page's form. ERR_DENIED: it was not shown to whoever is signed in now, for this
 * request. ERR_REQUEST: neither yes nor no. */
int approve_page_read(struct app *app, const struct saved *saved, enum approve_answer *answer)
    __attribute__((warn_unused_result));

#endif
