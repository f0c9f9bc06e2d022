/* api: the calls on api.weixin.qq.com that web authorization needs. */
#ifndef SIM_API_H
#define SIM_API_H

struct app;

int api_access_token(struct app *app);   /* /sns/oauth2/access_token */
int api_refresh_token(struct app *app);  /* /sns/oauth2/refresh_token */
int api_userinfo(struct app *app);       /* /sns/userinfo */
int api_auth(struct app *app);           /* /sns/auth */
int api_jscode2session(struct app *app); /* /sns/jscode2session */
int api_wx_login(struct app *app);       /* /wx/login: like wx.login() on the phone */
int api_avatar(struct app *app);         /* /mmopen/<person>/<size> */

#endif
