/* authorize: the pages that the visitor's browser sees on open.weixin.qq.com. */
#ifndef SIM_AUTHORIZE_H
#define SIM_AUTHORIZE_H

struct app;

/* GET /connect/oauth2/authorize and /connect/qrconnect: consent page, or straight back. */
int authorize_begin(struct app *app);

/* GET /connect/confirm: the choice on the consent page. */
int authorize_confirm(struct app *app);

#endif
