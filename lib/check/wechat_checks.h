/*
 * wechat_checks: WeChat as this host sees it. The calls change nothing at WeChat, and take
 * HTTP_TOTAL_MS at most together.
 *
 * Facts: "获取稳定版接口调用凭据", "查询菜单", "获取公众号已创建的标签",
 * "获取已添加至账号下所有模板列表", "网络检测" (Official Accounts documentation).
 */
#ifndef WECHAT_WECHAT_CHECKS_H
#define WECHAT_WECHAT_CHECKS_H

struct trial;

/* Is WeChat reached, is the clock right, are AppID and AppSecret accepted, and which permissions
 * has the account? Does WeChat reach this site? */
void check_wechat(struct trial *trial);

#endif
