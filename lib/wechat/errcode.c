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
        "openid 不对，或不属于这个公众号：换过 appid 的话，请用户重新登录。"
        "The openid is wrong, or of another account: where appid was changed, users sign in "
        "again."},
    {40004, WECHAT_GIVE_UP, ERR_REQUEST,
        "文件类型不对：类型是 image、voice、video 或 thumb。"
        "The type of file is wrong: it is image, voice, video or thumb."},
    {40005, WECHAT_GIVE_UP, ERR_REQUEST,
        "文件的格式不对：换成这种类型接受的格式。"
        "The file's format is wrong: convert it to one that WeChat takes for its type."},
    {40006, WECHAT_GIVE_UP, ERR_REQUEST,
        "文件太大：压缩以后再传。"
        "The file is too large: make it smaller."},
    {40007, WECHAT_GIVE_UP, ERR_REQUEST,
        "media_id 无效：临时素材只保存三天，请重新上传。"
        "The media_id is not valid: WeChat keeps uploads for three days; upload it again."},
    {40008, WECHAT_GIVE_UP, ERR_REQUEST,
        "消息类型不对：改 msgtype。"
        "The type of message is wrong: change msgtype."},
    {40009, WECHAT_GIVE_UP, ERR_REQUEST,
        "图片太大：最多 10 MB。"
        "The picture is too large: 10 MB at most."},
    {40010, WECHAT_GIVE_UP, ERR_REQUEST,
        "语音太大：最多 2 MB。"
        "The voice file is too large: 2 MB at most."},
    {40011, WECHAT_GIVE_UP, ERR_REQUEST,
        "视频太大：最多 10 MB。"
        "The video is too large: 10 MB at most."},
    {40012, WECHAT_GIVE_UP, ERR_REQUEST,
        "缩略图太大：最多 64 KB。"
        "The thumb is too large: 64 KB at most."},
    {40013, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppID 不对：从 " PLATFORM " 复制，再填入 wechat.conf。"
        "The AppID is wrong: copy it from there into wechat.conf."},
    {40014, WECHAT_REFRESH, ERR_EXPIRED,
        "access_token 无效：重新登录即可。The access_token is bad: signing in again mends it."},
    {40016, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单的按钮个数不对：1 到 3 个。"
        "A menu has 1 to 3 buttons."},
    {40017, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单按钮的 type 不对：改成微信有的类型。"
        "A button's type is wrong: use one that WeChat has."},
    {40018, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单按钮的 name 太长：最多 16 个字节，一个汉字 3 个。"
        "A button's name is too long: 16 bytes at most, 3 for a Chinese character."},
    {40019, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单按钮的 key 不对：1 到 128 个字节。"
        "A button's key is wrong: it has 1 to 128 bytes."},
    {40020, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单按钮的 url 不对：最多 1024 个字节。"
        "A button's url is wrong: it has 1,024 bytes at most."},
    {40023, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单的按钮个数不对：1 到 5 个。"
        "A button has 1 to 5 buttons in its list."},
    {40024, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单按钮的 type 不对：改成微信有的类型。"
        "The type of a button in a list is wrong: use one that WeChat has."},
    {40025, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单按钮的 name 太长：最多 60 个字节，一个汉字 3 个。"
        "The name of a button in a list is too long: 60 bytes at most, 3 for a Chinese character."},
    {40026, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单按钮的 key 不对：1 到 128 个字节。"
        "The key of a button in a list is wrong: it has 1 to 128 bytes."},
    {40027, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单按钮的 url 不对：最多 1024 个字节。"
        "The url of a button in a list is wrong: it has 1,024 bytes at most."},
    {40029, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "code 无效：重新登录即可；若每次如此，appid 和 secret 不是同一个账号的。"
        "The code is bad: sign in again; if it comes every time, appid and secret are of two "
        "accounts."},
    {40030, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED,
        "refresh_token 无效：重新登录即可。The refresh_token is bad: signing in again mends it."},
    {40032, WECHAT_GIVE_UP, ERR_REQUEST,
        "openid 的个数不对：减少一次的人数。"
        "The number of openids is wrong: ask about fewer people at once."},
    {40033, WECHAT_GIVE_UP, ERR_REQUEST,
        "请求里有 \\u 转义：改成 UTF-8 的汉字。"
        "The request has \\u escapes: write the characters in UTF-8."},
    {40035, WECHAT_GIVE_UP, ERR_REQUEST,
        "参数不对：对照接口的文档。"
        "A parameter is wrong: compare it with the call's documentation."},
    {40037, WECHAT_GIVE_UP, ERR_REQUEST,
        "模板 id 不对：在公众号后台的模板库里复制。"
        "The template's id is wrong: copy it from the account's templates."},
    {40052, WECHAT_GIVE_UP, ERR_REQUEST,
        "二维码的 action_name 不对：对照接口的文档。"
        "The QR code's action_name is wrong: compare it with the call's documentation."},
    {40053, WECHAT_GIVE_UP, ERR_REQUEST,
        "二维码的场景不对：数字 1 到 4294967295（永久的到 100000），文字 1 到 64 个字符。"
        "The QR code's scene is wrong: a number from 1 to 4294967295 (100000 if permanent), or a "
        "text of 1 to 64 characters."},
    {40054, WECHAT_GIVE_UP, ERR_REQUEST,
        "子菜单按钮的 url 不能用：换成 http 或 https 的完整地址。"
        "The url of a button in a list cannot be used: write a whole http or https address."},
    {40055, WECHAT_GIVE_UP, ERR_REQUEST,
        "菜单按钮的 url 不能用：换成 http 或 https 的完整地址。"
        "A button's url cannot be used: write a whole http or https address."},
    {40066, WECHAT_GIVE_UP, ERR_CONFIG,
        "接口地址不对：核对路径；wechat.conf 里有 api_url 的话，去掉它。"
        "There is no such call: check the path, and remove api_url from wechat.conf if it is "
        "set."},
    {40097, WECHAT_GIVE_UP, ERR_REQUEST,
        "参数不对：对照接口的文档。"
        "A parameter is wrong: compare it with the call's documentation."},
    {40125, WECHAT_GIVE_UP, ERR_CONFIG,
        "AppSecret 不对：在 " PLATFORM " 重置，再填入 wechat.conf。"
        "The AppSecret is wrong: reset it there and copy it into wechat.conf."},
    {40163, WECHAT_CODE_USED, ERR_EXPIRED,
        "code 已用过：重新登录即可；若常见，有别的程序也在用这个回调。"
        "The code was used before: sign in again; if it comes often, another program uses it too."},
    {40164, WECHAT_GIVE_UP, ERR_CONFIG,
        "IP 不在白名单：把 {ip} 加到 " PLATFORM " → API IP白名单。"
        "The host's address is not allowed: add {ip} to the IP white list there."},
    {40201, WECHAT_GIVE_UP, ERR_CONFIG,
        "没有填接收消息的地址：在 " PLATFORM " → 消息与事件推送 填写。"
        "There is no address for messages: enter it there, at 消息与事件推送."},
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
    {41005, WECHAT_GIVE_UP, ERR_REQUEST,
        "没有文件：表单里文件的名字要是 media。"
        "There was no file: in the form it has to be called media."},
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
    {43001, WECHAT_GIVE_UP, ERR_REQUEST,
        "要用 GET。"
        "This call takes GET."},
    {43002, WECHAT_GIVE_UP, ERR_REQUEST,
        "要用 POST。"
        "This call takes POST."},
    {43004, WECHAT_GIVE_UP, ERR_FOLLOW,
        "用户要先关注公众号。The user has to follow the account first."},
    {44002, WECHAT_GIVE_UP, ERR_REQUEST,
        "请求体是空的：加上 JSON。"
        "The request has no body: add the JSON."},
    {44003, WECHAT_GIVE_UP, ERR_REQUEST,
        "图文消息里没有文章：写上一篇。"
        "The news message has no article: add one."},
    {44004, WECHAT_GIVE_UP, ERR_REQUEST,
        "消息的文字是空的：写上内容。"
        "The message has no text: write one."},
    {45002, WECHAT_GIVE_UP, ERR_REQUEST,
        "消息太长：文字最多 2048 个字节，缩短它，或分成几条。"
        "The message is too long: a text has 2,048 bytes at most; shorten it, or divide it."},
    {45003, WECHAT_GIVE_UP, ERR_REQUEST,
        "标题太长：缩短它。"
        "The title is too long: shorten it."},
    {45004, WECHAT_GIVE_UP, ERR_REQUEST,
        "描述太长：缩短它。"
        "The description is too long: shorten it."},
    {45005, WECHAT_GIVE_UP, ERR_REQUEST,
        "链接太长：缩短它。"
        "The link is too long: shorten it."},
    {45008, WECHAT_GIVE_UP, ERR_REQUEST,
        "图文消息的文章太多：只留一篇。"
        "The news message has too many articles: keep one."},
    {45009, WECHAT_GIVE_UP, ERR_BUSY,
        "今天的调用次数用完了：等到零点，或在 " PLATFORM " 清零。"
        "Today's calls are used up: wait until midnight, or reset the count there."},
    {45011, WECHAT_GIVE_UP, ERR_BUSY, "调用太频繁：等一分钟。Too many calls: wait a minute."},
    {45015, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "用户 48 小时内没有发过消息，或者取消了关注，不能再发客服消息：等用户再来。"
        "The user has not written for 48 hours, or has unsubscribed: no message can be sent until "
        "they write again."},
    {45047, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "用户上次发消息以后，客服消息已经发满（发消息后 5 条，点菜单、关注、扫码后 3 "
        "条）：少发几条，"
        "等用户再来。"
        "As many messages as WeChat takes were sent since the user last wrote (5; 3 after a menu "
        "click, a subscription or a scan): send fewer."},
    {45080, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "只能在用户发消息后 30 秒内显示“正在输入”。"
        "\"Typing\" can be shown within 30 seconds after the user has written."},
    {45081, WECHAT_GIVE_UP, ERR_BUSY, "“正在输入”已经显示了。\"Typing\" is shown already."},
    {46003, WECHAT_GIVE_UP, ERR_NOT_FOUND,
        "没有菜单，或者菜单是在公众号后台设置的。"
        "There is no menu, or it was made in the account's admin page."},
    {46004, WECHAT_GIVE_UP, ERR_NOT_FOUND,
        "没有这个用户：核对 openid，和它是哪个公众号的。"
        "There is no such person: check the openid, and of which account it is."},
    {47001, WECHAT_GIVE_UP, ERR_REQUEST,
        "请求不是 JSON：检查格式。"
        "The request is no JSON: check it."},
    {47003, WECHAT_GIVE_UP, ERR_REQUEST,
        "模板的参数不对：data 要和模板的字段一致。"
        "The template's parameters are wrong: data has to fit the template."},
    {48001, WECHAT_NEED_USERINFO, ERR_CONFIG,
        "没有这个接口的权限：网页授权、场景码、模板消息要认证的服务号或测试号，"
        "客服消息要认证的账号；登录可用 sign_in = message。"
        "The account may not call this: web authorization, scene QR codes and templates take a "
        "verified service account or a test account, customer service a verified one; any can use "
        "sign_in = message."},
    {48002, WECHAT_GIVE_UP, ERR_RESTRICTED,
        "用户拒收公众号的消息。The user refuses the account's messages."},
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

enum errcode_subject
errcode_subject(int errcode)
{
        static const struct {
                int errcode;
                enum errcode_subject subject;
        } subjects[] = {{40164, ERRCODE_ADDRESS}, {61004, ERRCODE_ADDRESS}, {40013, ERRCODE_APPID},
            {41002, ERRCODE_APPID}, {40001, ERRCODE_SECRET}, {40125, ERRCODE_SECRET},
            {41004, ERRCODE_SECRET}, {40243, ERRCODE_FROZEN}, {45009, ERRCODE_QUOTA}};

        for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
                if (subjects[i].errcode == errcode)
                        return subjects[i].subject;
        return ERRCODE_OTHER;
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

const char *
errcode_address(struct arena *arena, const char *errmsg)
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
                        address = errcode_address(arena, errmsg);
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

const char *
errcode_chinese(struct arena *arena, const char *advice)
{
        static const char stop[] = "。";
        const char *end = NULL;

        for (const char *at = advice; (at = strstr(at, stop)) != NULL; at += strlen(stop))
                end = at + strlen(stop);
        return end == NULL ? advice : arena_copy(arena, advice, (size_t)(end - advice));
}

char *
errcode_text(struct arena *arena, const struct err *err, bool chinese)
{
        const char *advice = strstr(err->text, ": ");

        if (err->errcode == 0 || advice == NULL)
                return NULL;
        return arena_strdup(arena, chinese ? errcode_chinese(arena, advice + 2) : advice + 2);
}

void
errcode_explain(struct arena *arena, int errcode, const char *errmsg, struct err *err)
{
        const struct entry *entry = find(errcode);

        err_set(err, entry == NULL ? ERR_UPSTREAM : entry->kind, "WeChat answered errcode %d: %s",
            errcode, errcode_advice(arena, errcode, errmsg));
        err->errcode = errcode;
}
