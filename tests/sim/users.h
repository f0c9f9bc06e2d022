/* users: what the account may know of its followers. */
#ifndef SIM_USERS_H
#define SIM_USERS_H

struct call;

/* GET /cgi-bin/user/info: since 2021-12-27 without nickname and avatar. */
int users_info(struct call *call);

/* POST /cgi-bin/user/info/batchget: at most 100. */
int users_batch(struct call *call);

/* GET /cgi-bin/user/get: the followers' openids, a page at a time. */
int users_list(struct call *call);

/* POST /cgi-bin/user/info/updateremark */
int users_remark(struct call *call);

/* Checks an openid. Returns 0, or 40003: it is not one of this account. */
int users_check(const struct call *call, const char *openid);

#endif
