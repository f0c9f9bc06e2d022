/*
 * notice: tells programs, by a call to each, that sessions have ended (Back-Channel Logout 1.0).
 * wechat-notify.cgi does so behind the answer of the program that has ended them.
 */
#ifndef WECHAT_NOTICE_H
#define WECHAT_NOTICE_H

struct app;
struct host;
struct provider;

/* How long a call may take. */
enum { NOTICE_MS = 5000 };

/* Finds the addresses that may be called, before the sandbox. */
void notice_prepare(struct host *host);

/*
 * Makes the calls. text: a line "client session subject" for each program of each session
 * (programs.h). A program that has no backchannel_logout_uri is not called. HTTP_AT_ONCE_MAX calls
 * are made at the same time, so that a program which does not answer holds up few others, and those
 * by NOTICE_MS. A failure is logged, and not tried again. ERR_CONFIG: there is no key. ERR_SYSTEM.
 */
int notice_send(struct app *app, const struct provider *provider, const char *text)
    __attribute__((warn_unused_result));

#endif
