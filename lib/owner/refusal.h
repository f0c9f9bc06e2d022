/*
 * refusal: a call to WeChat that did not succeed, for an owner's page.
 */
#ifndef WECHAT_REFUSAL_H
#define WECHAT_REFUSAL_H

struct desk;

/* Logs app->err, the error of a call (call.h), and clears it. Returns what it says and what to do
 * about it, in the visitor's language. */
const char *refusal_say(struct desk *desk);

#endif
