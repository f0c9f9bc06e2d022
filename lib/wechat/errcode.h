/*
 * errcode: what to do about WeChat's errcodes: the program, and the site's owner.
 *
 * Facts: "全局返回码说明" and the pages of the calls (Official Accounts documentation).
 */
#ifndef WECHAT_ERRCODE_H
#define WECHAT_ERRCODE_H

#include <stdbool.h>

struct arena;
struct err;

/* What a program does about an errcode. */
enum wechat_reaction {
        WECHAT_OK,            /* errcode 0 */
        WECHAT_RETRY,         /* busy: ask again after a second */
        WECHAT_REFRESH,       /* the access_token is invalid or expired: refresh it once */
        WECHAT_SIGN_IN_AGAIN, /* the code or the tokens are no longer valid */
        WECHAT_CODE_USED,     /* the code was used before */
        WECHAT_NEED_USERINFO, /* the scope does not cover the profile */
        WECHAT_GIVE_UP        /* show the error: err has the kind */
};

/* What of the owner's settings WeChat does not accept. */
enum errcode_subject {
        ERRCODE_OTHER,
        ERRCODE_ADDRESS, /* the host's, from which no calls are accepted */
        ERRCODE_APPID,
        ERRCODE_SECRET,
        ERRCODE_FROZEN, /* the AppSecret is right, and switched off */
        ERRCODE_QUOTA   /* the day's calls are used up */
};

/* Returns what an errcode that comes in place of an access_token is about. */
enum errcode_subject errcode_subject(int errcode);

/* Returns the reaction to an errcode; WECHAT_GIVE_UP for unknown ones. */
enum wechat_reaction wechat_reaction(int errcode);

/* Returns the line for the owner, in Chinese and English, that says what to do. Of errmsg, WeChat's
 * own words, it contains only an IP address: the one from which WeChat accepts no calls (40164 and
 * its kin). */
const char *errcode_advice(struct arena *arena, int errcode, const char *errmsg);

/* Returns the Chinese part of such a line, which needs no other; the English one refers to it. Of a
 * text without Chinese, all. */
const char *errcode_chinese(struct arena *arena, const char *advice);

/* Returns the address in "invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7, not in whitelist" (40164);
 * "(IP)" if there is none. */
const char *errcode_address(struct arena *arena, const char *errmsg);

/* Returns what the text of err says of the errcode, in Chinese alone, or in both languages: the
 * English sentence refers to the Chinese one. NULL: err has no errcode. */
char *errcode_text(struct arena *arena, const struct err *err, bool chinese);

/* Sets err: errcode, kind, and errcode_advice(). */
void errcode_explain(struct arena *arena, int errcode, const char *errmsg, struct err *err);

#endif
