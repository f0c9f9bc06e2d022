/* wechat user: what WeChat says about a follower. */
#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "format/json.h"
#include "input.h"
#include "output.h"

/* The members that are shown, in this order; "获取用户基本信息(UnionID机制)" has them. */
static const struct {
        const char *name, *en, *zh;
} shown[] = {{"unionid", "unionid", "unionid"}, {"subscribe_scene", "came from", "来源"},
    {"qr_scene_str", "scene", "场景"}, {"qr_scene", "scene number", "数字场景"},
    {"remark", "remark", "备注"}, {"tagid_list", "tags", "标签"}};

static void
show(const struct run *run, const struct pairs *user)
{
        say(run, "openid: %s", "openid：%s", pairs_get_text(user, "openid"));
        if (pairs_get_number(user, "subscribe", 0) != 1) {
                say(run, "does not follow the account", "没有关注公众号");
                return;
        }
        say(run, "follower since: %s (Beijing time)", "关注时间：%s（北京时间）",
            text_beijing_time(run->arena, pairs_get_number(user, "subscribe_time", 0)));
        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
                const char *value = pairs_join(user, shown[i].name, " ");

                if (*value != '\0' && strcmp(value, "0") != 0)
                        say(run, "%s: %s", "%s：%s", run->chinese ? shown[i].zh : shown[i].en,
                            value);
        }
}

int
run_user(struct run *run)
{
        const char *openid = run->arguments[0];
        struct account_request request = {.path = "/cgi-bin/user/info"};
        struct account_answer answer;
        struct pairs user;
        int status = check_openid(run);

        if (status != STATUS_DONE)
                return status;
        request.query = arena_printf(run->arena, "openid=%s&lang=zh_CN", openid);
        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        pairs_init(&user, run->arena);
        if (json_parse(run->arena, answer.body, answer.size, &user, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        print_answer(run, &answer);
        show(run, &user);
        return STATUS_DONE;
}
