/* account_api: URLs and bodies, exactly; answers of the wrong type; the JS-SDK's official vectors.
 */
#include "table.h"

#include "base/pairs.h"
#include "conf/conf.h"
#include "format/json.h"
#include "wechat/account_api.h"
#include "wechat/api.h"

static void
answers_are_parsed(void **state)
{
        static const struct {
                const char *body;
                bool token, ticket, qrcode; /* is it a good answer to that call? */
        } rows[] = {{"{\"access_token\":\"T\",\"expires_in\":7200}", true, false, false},
            {"{\"access_token\":\"T\",\"expires_in\":1}", true, false, false},
            {"{\"access_token\":\"T\",\"expires_in\":0}", false, false, false},
            {"{\"access_token\":\"T\",\"expires_in\":86400}", true, false, false},
            {"{\"access_token\":\"T\",\"expires_in\":86401}", false, false, false},
            {"{\"access_token\":\"\",\"expires_in\":7200}", false, false, false},
            {"{\"access_token\":\"T\"}", false, false, false},
            {"{\"expires_in\":7200}", false, false, false},
            {"{\"access_token\":[],\"expires_in\":7200}", false, false, false},
            {"{\"access_token\":\"a b\",\"expires_in\":7200}", false, false, false},
            {"{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"T\",\"expires_in\":7200}", false, true,
                false},
            {"{\"ticket\":\"T\",\"expires_in\":0}", false, false, false},
            {"{\"ticket\":\"T\",\"expire_seconds\":60,\"url\":\"http://weixin.qq.com/q/"
             "kZgfwMTm72\"}",
                false, false, true},
            {"{\"ticket\":\"T\",\"url\":\"\"}", false, false, false},
            {"{\"ticket\":\"T\",\"url\":\"javascript:alert(1)\"}", false, false, false},
            {"{}", false, false, false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *token = NULL, *ticket = NULL, *url = NULL;
                long long seconds = 0, valid = 0;
                struct err err = {.kind = ERR_NONE};
                struct pairs fields;

                pairs_init(&fields, *state);
                ROW(json_parse(*state, rows[i].body, strlen(rows[i].body), &fields, &err) == 0, i,
                    "JSON");
                ROW((api_parse_stable_token(&fields, &token, &seconds, &err) == 0) == rows[i].token,
                    i, rows[i].body);
                ROW(!rows[i].token || (same(token, "T") && seconds > 0), i, "its token");
                ROW((api_parse_ticket(&fields, &ticket, &valid, &err) == 0) == rows[i].ticket, i,
                    rows[i].body);
                ROW(!rows[i].ticket || (same(ticket, "T") && valid == 7200), i, "its ticket");
                ROW((api_parse_qrcode(&fields, &url, &err) == 0) == rows[i].qrcode, i,
                    rows[i].body);
                ROW(!rows[i].qrcode || same(url, "http://weixin.qq.com/q/kZgfwMTm72"), i,
                    "its url");
        }
        END_ROWS();
}

static void
calls_are_wechats(void **state)
{
        struct conf conf = {.appid = "wx1", .secret = "s", .api_url = "https://api.weixin.qq.com"};

        assert_string_equal(
            api_stable_token_url(*state, &conf), "https://api.weixin.qq.com/cgi-bin/stable_token");
        assert_string_equal(api_stable_token_json(*state, &conf),
            "{\"grant_type\":\"client_credential\",\"appid\":\"wx1\",\"secret\":\"s\","
            "\"force_refresh\":false}");
        assert_string_equal(api_call_url(*state, &conf, "/cgi-bin/qrcode/create", "a-b/c", NULL),
            "https://api.weixin.qq.com/cgi-bin/qrcode/create?access_token=a-b%2Fc");
        assert_string_equal(api_call_url(*state, &conf, "/cgi-bin/user/info", "T", "openid=o1"),
            "https://api.weixin.qq.com/cgi-bin/user/info?access_token=T&openid=o1");
        assert_string_equal(api_qrcode_json(*state, "in-x", 120),
            "{\"expire_seconds\":120,\"action_name\":\"QR_STR_SCENE\",\"action_info\":"
            "{\"scene\":{\"scene_str\":\"in-x\"}}}");
}

static void
pages_are_signed_as_the_documentation_says(void **state)
{
        static const struct {
                const char *url, *signature;
        } rows[] = {
            {"http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"},
            {"http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char signature[DIGEST_SHA1_HEX_SIZE + 1];

                api_sign_page(*state,
                    "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1A"
                    "OcHKP7qg",
                    "Wm3WZYTPz0wzccnW", 1414587457, rows[i].url, signature);
                ROW(same(signature, rows[i].signature), i, signature);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(answers_are_parsed), TEST(calls_are_wechats),
            TEST(pages_are_signed_as_the_documentation_says)};

        return RUN(tests);
}
