/* wechat menu: the account's menu. */
#include "wechat/menu.h"

#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "command.h"
#include "commands.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "input.h"
#include "output.h"

int
run_menu_get(struct run *run)
{
        struct account_request request = {.path = "/cgi-bin/menu/get"};
        struct account_answer answer;
        char *json;

        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        if (run->json) {
                print_json(run, answer.body, answer.size);
                return STATUS_DONE;
        }
        if (menu_take(run->arena, answer.body, answer.size, &json, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        print_indented(run, json, strlen(json));
        return STATUS_DONE;
}

int
run_menu_set(struct run *run)
{
        struct account_request request = {.path = "/cgi-bin/menu/create"};
        struct account_answer answer;
        struct json_file file;
        struct err err = {.kind = ERR_NONE};
        const char *path = run->arguments[0] == NULL ? run->app.conf.menu : run->arguments[0];
        char *json;

        if (*path == '\0')
                return refuse_usage(run, "FILE is missing, and the setting menu names none",
                    "缺少 FILE，设置 menu 也是空的");
        if (read_json(run, path, &file) != STATUS_DONE)
                return STATUS_REFUSED;
        menu_check(&file);
        if (file.count > 0)
                return refuse_mistakes(run, path, &file);
        if (json_build_tree(run->arena, &file.fields, &json, &err) != 0)
                return refuse_err(run, &err);
        request.json = json;
        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        print_answer(run, &answer);
        say(run,
            "The menu is set. Phones show it within five minutes; those who follow anew, at once.",
            "菜单设好了。手机上五分钟之内更新；取消关注再关注，马上就能看到。");
        return STATUS_DONE;
}

int
run_menu_delete(struct run *run)
{
        struct account_request request = {.path = "/cgi-bin/menu/delete"};
        struct account_answer answer;

        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        print_answer(run, &answer);
        say(run, "The menu is deleted.", "菜单删除了。");
        return STATUS_DONE;
}
