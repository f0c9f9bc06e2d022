/* token: the account's access_tokens, of both kinds, and the tickets made with them. */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

struct call;

/*
 * POST /cgi-bin/stable_token: the same token until five minutes before its end; then a new one, and
 * both are valid for five minutes. force_refresh: a new one at once, and the old one ends; every
 * 30 s (45011), 20 times a day (45009).
 */
int token_stable(struct call *call);

/* GET /cgi-bin/token: a new token each time, apart from the stable one. The one before it is valid
 * for five more minutes. */
int token_plain(struct call *call);

/* GET /cgi-bin/ticket/getticket: the same ticket until its end, for jsapi and for wx_card. */
int token_ticket(struct call *call);

/* Checks the access_token in the query, which may be of either kind. Returns 0, an errcode, or -1.
 */
int token_check(struct call *call);

#endif
