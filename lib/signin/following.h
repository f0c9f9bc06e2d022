/*
 * following: asks WeChat whether somebody follows the account, for people = followers
 * (admission.h). Programs that include this link libcurl.
 *
 * Facts: "获取用户基本信息" (Official Accounts documentation), which verified service accounts and
 * test accounts may call.
 */
#ifndef WECHAT_FOLLOWING_H
#define WECHAT_FOLLOWING_H

struct app;
struct token_response;

/* Before a sign-in by web authorization: if only followers may come in and the state does not know
 * the person as one, asks WeChat, and notes the answer in the user's file. If the account may not
 * ask, that is logged, and the person stays unknown. Other errors as account_call(). */
int following_find(struct app *app, const struct token_response *grant)
    __attribute__((warn_unused_result));

#endif
