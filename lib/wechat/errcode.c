#include "wechat/errcode.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* The page where an account's settings are today. */
#define PLATFORM "微信开发者平台 → 我的业务 → 公众号/服务号"

static const struct entry {
        int errcode;
        enum wechat_reaction reaction;
        enum err_kind kind;
        const char *advice; /* what the owner should do; {ip}: the address that WeChat names */
} entries[] = {
    {0, WECHAT_OK, ERR_NONE, ""},
    {-1, WECHAT_RETRY, ERR_BUSY, "微信系统繁忙，稍后会好。WeChat is busy: nothing to do but wait."},
    {40001, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppSecret 不对：在 " PLATFORM " 重置，再填入 wechat.conf。"
        "The AppSecret is wrong: reset it there and copy it into wechat.conf."},
    {40003, WECHAT_REFRESH, ERR_UPSTREAM,
        "openid 不属于这个公众号：换过 appid 的话，请用户重新登录。"
        "The openid is of another account: where appid was changed, users sign in again."},
    {40013, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppID 不对：从 " PLATFORM " 复制，再填入 wechat.conf。"
        "The AppID is wrong: copy it from there into wechat.conf."},
    {40014, WECHAT_REFRESH, ERR_EXPIRED,
        "access_token 无效：重新登录即可。The access_token is bad: signing in again mends it."},
    {40029, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "code 无效：重新登录即可；若每次如此，appid 和 secret 不是同一个账号的。"
        "The code is bad: sign in again; if it comes every time, appid and secret are of two "
        "accounts."},
    {40030, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "refresh_token 无效：重新登录即可。The refresh_token is bad: signing in again mends it."},
    {40066, WECHAT_GIVE_UP, ERR_CONFIG,
        "接口地址不对：去掉 wechat.conf 里的 api_url。"
        "There is no such call: remove api_url from wechat.conf."},
    {40125, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppSecret 不对：在 " PLATFORM " 重置，再填入 wechat.conf。"
        "The AppSecret is wrong: reset it there and copy it into wechat.conf."},
    {40163, WECHAT_CODE_USED, ERR_EXPIRED,
        "code 已用过：重新登录即可；若常见，有别的程序也在用这个回调。"
        "The code was used before: sign in again; if it comes often, another program uses it too."},
    {40164, WECHAT_GIVE_UP, ERR_CONFIG,
        "IP 不在白名单：把 {ip} 加到 " PLATFORM " → API IP白名单。"
        "The host's address is not allowed: add {ip} to the IP white list there."},
    {40226, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "微信认为这个小程序用户有风险，不让登录。"
        "WeChat holds this user of the mini program for a risk: there is nothing to change."},
    {40243, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppSecret 已冻结：在 " PLATFORM " 解冻。The AppSecret is frozen: unfreeze it there."},
    {41001, WECHAT_REFRESH, ERR_EXPIRED,
        "缺少 access_token：重新登录即可。There was no access_token: signing in again mends it."},
    {41002, WECHAT_GIVE_UP, ERR_CONFIG,
        "缺少 AppID：在 wechat.conf 填写。There was no AppID: set it in wechat.conf."},
    {41003, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "缺少 refresh_token：重新登录即可。There was no refresh_token: signing in again mends it."},
    {41004, WECHAT_GIVE_UP, ERR_CONFIG,
        "缺少 AppSecret：在 wechat.conf 填写。There was no AppSecret: set it in wechat.conf."},
    {41008, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "缺少 code：重新登录即可。There was no code: signing in again mends it."},
    {41009, WECHAT_GIVE_UP, ERR_UPSTREAM,
        "缺少 openid：重新登录即可。There was no openid: signing in again mends it."},
    {42001, WECHAT_REFRESH, ERR_EXPIRED,
        "access_token 已过期：重新登录即可。The access_token expired: signing in again mends it."},
    {42002, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "refresh_token 已过期：重新登录即可。"
        "The refresh_token expired: signing in again mends it."},
    {42003, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "code 已过期：重新登录即可。The code expired: signing in again mends it."},
    {42007, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "用户改了微信密码：重新登录即可。"
        "The user changed the password: signing in again mends it."},
    {43004, WECHAT_GIVE_UP, ERR_FOLLOW,
        "用户要先关注公众号。The user has to follow the account first."},
    {45009, WECHAT_GIVE_UP, ERR_BUSY,
        "今天的调用次数用完了：等到零点，或在 " PLATFORM " 清零。"
        "Today's calls are used up: wait until midnight, or reset the count there."},
    {45011, WECHAT_GIVE_UP, ERR_BUSY, "调用太频繁：等一分钟。Too many calls: wait a minute."},
    {48001, WECHAT_NEED_USERINFO, ERR_CONFIG,
        "公众号没有这个接口的权限：网页授权、带参数的二维码、模板消息要认证的服务号或测试号；登录可"
        "用 "
        "sign_in = message。"
        "The account may not call this: web authorization, scene QR codes and template messages "
        "take a verified service account or a test account; any account can use sign_in = "
        "message."},
    {48004, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "接口被封禁：看公众号后台的通知。"
        "WeChat banned the account from this call: read the notices in its admin page."},
    {50001, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "用户没有授权：重新登录即可。The user has not granted this: signing in again mends it."},
    {50002, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "用户或公众号被限制：看公众号后台的通知。"
        "WeChat restricted the user or the account: read the notices in its admin page."},
    {50005, WECHAT_GIVE_UP, ERR_FOLLOW,
        "用户要先关注公众号。The user has to follow the account first."},
    {61004, WECHAT_GIVE_UP, ERR_CONFIG,
        "IP 未登记：在微信开放平台登记 {ip}。"
        "The host's address is not registered: register {ip} on WeChat's open platform."},
    {61010, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "code 已过期：重新登录即可。The code expired: signing in again mends it."},
    {89501, WECHAT_GIVE_UP, ERR_CONFIG,
        "{ip} 正在等管理员确认：请管理员在微信里确认。"
        "{ip} waits for the account's administrator, who confirms it in WeChat."},
    {89503, WECHAT_GIVE_UP, ERR_CONFIG,
        "{ip} 调用接口要管理员确认：请管理员在微信里确认。"
        "{ip} may call only after the account's administrator has confirmed it in WeChat."},
    {89506, WECHAT_GIVE_UP, ERR_CONFIG,
        "{ip} 被管理员拒绝了两次：24 小时后再试。"
        "The account's administrator refused {ip} twice: try again after 24 hours."},
    {89507, WECHAT_GIVE_UP, ERR_CONFIG,
        "{ip} 被管理员拒绝了一次：一小时后再试。"
        "The account's administrator refused {ip}: try again after an hour."},
};

enum { ENTRY_COUNT = sizeof(entries) / sizeof(entries[0]) };

static const struct entry *
find(int errcode)
{
        for (size_t i = 0; i < ENTRY_COUNT; i++)
                if (entries[i].errcode == errcode)
                        return &entries[i];
        return NULL;
}

enum wechat_reaction
wechat_reaction(int errcode)
{
        const struct entry *entry = find(errcode);

        return entry == NULL ? WECHAT_GIVE_UP : entry->reaction;
}

/* Returns the address at the start of text, an IPv4 one inside IPv6 as IPv4; NULL: there is none.
 */
static const char *
read_address(struct arena *arena, const char *text)
{
        size_t size = strspn(text, "0123456789abcdefABCDEF.:");
        unsigned char bytes[sizeof(struct in6_addr)];
        char *address;

        if (size >= INET6_ADDRSTRLEN || strchr(" ,;", text[size]) == NULL)
                return NULL;
        address = arena_copy(arena, text, size);
        if (inet_pton(AF_INET, address, bytes) == 1)
                return address;
        if (inet_pton(AF_INET6, address, bytes) != 1)
                return NULL;
        if (memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0)
                return address;
        return arena_printf(arena, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
}

/* Returns the address in "invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7, not in whitelist". */
static const char *
find_address(struct arena *arena, const char *errmsg)
{
        static const char *const marks[] = {"ip ", "ip: ", "ipv6 ", "ip:"};

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
                const char *at = strstr(errmsg, marks[i]);
                const char *address =
                    at == NULL ? NULL : read_address(arena, at + strlen(marks[i]));

                if (address != NULL)
                        return address;
        }
        return "(IP)";
}

static const char *
fill(struct arena *arena, const char *advice, const char *errmsg)
{
        const char *address = NULL, *at;

        while ((at = strstr(advice, "{ip}")) != NULL) {
                if (address == NULL)
                        address = find_address(arena, errmsg);
                advice = arena_printf(
                    arena, "%.*s%s%s", (int)(at - advice), advice, address, at + strlen("{ip}"));
        }
        return advice;
}

const char *
errcode_advice(struct arena *arena, int errcode, const char *errmsg)
{
        const struct entry *entry = find(errcode);

        return entry == NULL
                   ? "在“全局返回码说明”里查找。Look it up in WeChat's list of return codes."
                   : fill(arena, entry->advice, errmsg);
}

void
errcode_explain(struct arena *arena, int errcode, const char *errmsg, struct err *err)
{
        const struct entry *entry = find(errcode);

        err_set(err, entry == NULL ? ERR_UPSTREAM : entry->kind, "WeChat answered errcode %d: %s",
            errcode, errcode_advice(arena, errcode, errmsg));
        err->errcode = errcode;
}
