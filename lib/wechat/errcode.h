/*
 * errcode: what WeChat's errcodes ask for, of a program and of the site's owner.
 *
 * Facts: "全局返回码说明" and the pages of the calls (Official Accounts documentation).
 */
#ifndef WECHAT_ERRCODE_H
#define WECHAT_ERRCODE_H

struct arena;
struct err;

/* What a program does about an errcode. */
enum wechat_reaction {
        WECHAT_OK,            /* errcode 0 */
        WECHAT_RETRY,         /* busy: ask again after a second */
        WECHAT_REFRESH,       /* the access_token is bad or over: refresh it once */
        WECHAT_SIGN_IN_AGAIN, /* the code or the grant is of no more use */
        WECHAT_CODE_USED,     /* the code was used before */
        WECHAT_NEED_USERINFO, /* the grant does not cover the profile */
        WECHAT_GIVE_UP        /* show it: err has the kind */
};

/* The reaction to an errcode; WECHAT_GIVE_UP to those that are not known. */
enum wechat_reaction wechat_reaction(int errcode);

/*
 * Sets err: errcode, kind, and a line for the owner, in Chinese and English, that says what to do.
 * Of errmsg, WeChat's own words, only an IP address gets into it: the one that WeChat does not let
 * call (40164 and its kin).
 */
void errcode_explain(struct arena *arena, int errcode, const char *errmsg, struct err *err);

#endif
