/* errcode: advice to the site's owner in two languages; of errmsg, only the IP address is used. */
#include "table.h"

#include "wechat/errcode.h"
#include "base/text.h"

static void
owners_are_told_what_to_do(void **state)
{
        static const struct {
                int errcode;
                const char *chinese, *english;
        } rows[] = {{40001, "AppSecret 不对", "AppSecret is wrong"},
            {40125, "AppSecret 不对", "AppSecret is wrong"},
            {40013, "AppID 不对", "AppID is wrong"}, {40164, "API IP白名单", "IP white list"},
            {40243, "已冻结", "is frozen"}, {40029, "重新登录", "sign in again"},
            {40163, "重新登录", "sign in again"}, {40226, "有风险", "a risk"},
            {41002, "缺少 AppID", "no AppID"}, {41004, "缺少 AppSecret", "no AppSecret"},
            {43004, "先关注", "has to follow"}, {45009, "次数用完", "used up"},
            {45011, "太频繁", "wait a minute"}, {48001, "认证的服务号", "verified service account"},
            {48004, "被封禁", "banned"}, {40007, "三天", "three days"}, {45002, "太长", "divide"},
            {45015, "48 小时", "48 hours"}, {45047, "发满", "send fewer"},
            {45080, "30 秒", "30 seconds"}, {48002, "拒收", "refuses"},
            {48001, "客服消息", "customer service"}, {50001, "没有授权", "not granted"},
            {50002, "被限制", "restricted"}, {50005, "先关注", "has to follow"},
            {61010, "已过期", "expired"}, {89503, "管理员确认", "administrator has confirmed"},
            {40066, "api_url", "api_url"}, {40201, "消息与事件推送", "no address"},
            {-1, "繁忙", "busy"}, {42007, "密码", "password"}, {40018, "16 个字节", "16 bytes"},
            {40033, "转义", "escapes"}, {46003, "没有菜单", "no menu"},
            {46004, "没有这个用户", "no such person"},
            {12345, "全局返回码说明", "list of return codes"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};

                errcode_explain(*state, rows[i].errcode, "canary, rid: 1", &err);
                ROW(strstr(err.text, arena_printf(*state, "errcode %d: ", rows[i].errcode)) !=
                            NULL &&
                        strstr(err.text, rows[i].chinese) != NULL &&
                        strstr(err.text, rows[i].english) != NULL &&
                        strstr(err.text, "canary") == NULL && err.errcode == rows[i].errcode,
                    i, err.text);
        }
        END_ROWS();
}

static void
the_chinese_part_stands_alone(void **state)
{
        const char *advice = errcode_advice(*state, 40125, "");

        assert_string_equal(
            errcode_chinese(*state, "先做。再做。Do this. Then that."), "先做。再做。");
        assert_string_equal(errcode_chinese(*state, "Do this."), "Do this.");
        assert_null(strstr(errcode_chinese(*state, advice), "wrong"));
}

/* Every known code has an explanation, and none is cut off. */
static void
every_code_has_its_whole_sentence(void **state)
{
        size_t known = 0;

        for (int errcode = -1; errcode < 100000; errcode++) {
                struct err err = {.kind = ERR_NONE};

                if (errcode == 0 || (errcode > 0 && errcode < 40000))
                        continue;
                errcode_explain(*state, errcode,
                    "invalid ip 2001:db8:1111:2222:3333:4444:5555:6666, not in whitelist", &err);
                if (strstr(err.text, "list of return codes") != NULL)
                        continue;
                known++;
                ROW(strlen(err.text) < 400 && err.text[strlen(err.text) - 1] == '.' &&
                        strstr(err.text, "。") != NULL && strstr(err.text, "{ip}") == NULL,
                    errcode, err.text);
        }
        assert_true(known >= 35);
        END_ROWS();
}

static void
the_address_is_an_address(void **state)
{
        static const struct {
                const char *errmsg, *address;
        } rows[] = {{"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2",
                        " 203.0.113.7 "},
            {"invalid ip 203.0.113.7, not in whitelist", " 203.0.113.7 "},
            {"invalid ip ::ffff:203.0.113.7, not in whitelist", " 203.0.113.7 "},
            {"invalid ip 2001:db8::1 ipv6 2001:db8::1, not in whitelist", " 2001:db8::1 "},
            {"invalid ip  ipv6 2001:db8::1, not in whitelist", " 2001:db8::1 "},
            {"invalid ip: 203.0.113.7", " 203.0.113.7 "}, {"203.0.113.7", " (IP) "},
            {"invalid ip 999.0.0.1, x", " (IP) "}, {"invalid ip <b>, x", " (IP) "},
            {"invalid ip 203.0.113.7<b>, x", " (IP) "}, {"invalid ip 203.0.113.7\xff, x", " (IP) "},
            {"invalid ip ..., x", " (IP) "}, {"invalid ip ::::, x", " (IP) "},
            {"invalid ip 1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9, x", " (IP) "},
            {"", " (IP) "}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};

                errcode_explain(*state, 40164, rows[i].errmsg, &err);
                ROW(strstr(err.text, arena_printf(*state, "把%s加到", rows[i].address)) != NULL &&
                        strstr(err.text, arena_printf(*state, "add%sto", rows[i].address)) !=
                            NULL &&
                        err.kind == ERR_CONFIG,
                    i, err.text);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(owners_are_told_what_to_do),
            TEST(the_chinese_part_stands_alone), TEST(every_code_has_its_whole_sentence),
            TEST(the_address_is_an_address)};

        return RUN(tests);
}
