/*
 * download: everything that is stored about a user, for themselves.
 */
#ifndef WECHAT_DOWNLOAD_H
#define WECHAT_DOWNLOAD_H

struct app;
struct session;

/* Bytes of the journal's lines; of more, the latest are in it. */
enum { DOWNLOAD_LINES_MAX = 4 * 1024 * 1024 };

/*
 * Answers with a JSON file: "picture", the address of the picture that is shown; "user", the
 * members of the user's file, without what signs somebody in; "sessions", with since, until, scope,
 * browser, address and the time of the last use, without names and tokens; "journal", the lines of
 * pushes that the user sent; "journal_is_complete". ERR_DENIED: as session_check_power();
 * ERR_SYSTEM.
 */
int download_answer(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

#endif
