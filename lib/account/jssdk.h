/*
 * jssdk: what jssdk.cgi and jssdk-live.cgi share: the values for wx.config().
 *
 * Facts: "JS-SDK 说明文档", "JS-SDK 使用权限签名算法" (Official Accounts documentation).
 */
#ifndef WECHAT_JSSDK_H
#define WECHAT_JSSDK_H

struct app;

/* Gets the page's address from the query, without what follows '#'. It must be a page of this site,
 * or of one of dev_origins. ERR_REQUEST, ERR_DENIED; ERR_CONFIG: there is no appid. */
int jssdk_read_page(struct app *app, const char **url) __attribute__((warn_unused_result));

/* Answers with appId, timestamp, nonceStr and signature. */
int jssdk_answer(struct app *app, const char *url, const char *jsapi_ticket)
    __attribute__((warn_unused_result));

#endif
