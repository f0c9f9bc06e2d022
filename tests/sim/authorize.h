/* authorize: the pages of open.weixin.qq.com that a visitor's browser opens. */
#ifndef SIM_AUTHORIZE_H
#define SIM_AUTHORIZE_H

struct app;

/* GET /connect/oauth2/authorize and /connect/qrconnect: the consent page, or a redirect back. */
int authorize_begin(struct app *app);

/* GET /connect/confirm: the choice on the consent page. */
int authorize_confirm(struct app *app);

#endif
