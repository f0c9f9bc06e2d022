/* sim.cgi: simulates open.weixin.qq.com and api.weixin.qq.com, under their own paths. */
#include <string.h>

#include "answer.h"
#include "api.h"
#include "web/app.h"
#include "authorize.h"
#include "console.h"
#include "call.h"
#include "account.h"
#include "control.h"
#include "media.h"
#include "qrcode.h"
#include "screens.h"
#include "state.h"
#include "tap.h"
#include "tour.h"
#include "upload.h"
#include "web/program.h"
#include "base/text.h"

/* The account's calls are in account.c. */
static const struct {
        const char *path;
        bool prefix;
        int (*handle)(struct app *app);
} routes[] = {
    {"/", false, tour_page},
    {"/control", false, control_page},
    {"/screens", false, screens_page},
    {"/console", false, console_page},
    {"/console/view", false, tap_view},
    {"/connect/oauth2/authorize", false, authorize_begin},
    {"/connect/qrconnect", false, authorize_begin},
    {"/connect/confirm", false, authorize_confirm},
    {"/sns/oauth2/access_token", false, api_access_token},
    {"/sns/oauth2/refresh_token", false, api_refresh_token},
    {"/sns/userinfo", false, api_userinfo},
    {"/sns/auth", false, api_auth},
    {"/sns/jscode2session", false, api_jscode2session},
    {"/cgi-bin/showqrcode", false, qrcode_show},
    {"/q/", true, qrcode_scan},
    {"/media/", true, media_show},
    {"/wx/login", false, api_wx_login},
    {"/mmopen/", true, api_avatar},
};

/* Moves the simulator's time by the switch clock. */
static int
set_clock(struct app *app)
{
        struct pairs switches;

        if (kept_read_switches(app, &switches) != 0)
                return -1;
        app->now += pairs_get_number(&switches, "clock", 0);
        return 0;
}

static int
simulate(struct app *app)
{
        const char *path = *app->request.path_info == '\0' ? "/" : app->request.path_info;
        const struct call_route *call = account_find(path);

        /* These pages are WeChat's, and have no site's name in their titles. */
        pairs_add(&app->page, "site_name", "");
        if (set_clock(app) != 0)
                return -1;
        if (call != NULL)
                return call_answer(app, call);
        for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
                if (routes[i].prefix ? text_starts_with(path, routes[i].path)
                                     : strcmp(path, routes[i].path) == 0)
                        return routes[i].handle(app);
        return answer_errcode(app, 40066);
}

static const struct app_program program = {
    .name = "sim.cgi",
    .purpose = "WeChat, simulated. A web server gives it all paths of a host of its own.",
    .methods = "GET, POST",
    .handle = simulate,
};

int
main(int argc, char **argv)
{
        upload_hold();
        return program_main(argc, argv, &program);
}
