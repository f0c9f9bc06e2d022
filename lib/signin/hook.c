#include "signin/hook.h"

#include <string.h>

#include "web/app.h"
#include "web/errand.h"
#include "format/json_build.h"
#include "signin/desktop.h"
#include "signin/role.h"
#include "state/state.h"

bool
hook_is_set(const struct app *app)
{
        return errand_is_possible(app, ERRAND_HOOK);
}

static void
add_person(struct app *app, const char *openid, struct pairs *fields)
{
        static const char *const members[] = {"nickname", "unionid", "scope"};
        struct err ignored;
        struct pairs user;

        pairs_init(&user, app->arena);
        if (state_read_user(app->state, openid, &user, &ignored) != 0)
                return;
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                pairs_add(fields, members[i], pairs_get(&user, members[i]));
        role_list(&user, fields);
}

void
hook_add(struct app *app, const char *event, const char *openid)
{
        bool signs_in = strcmp(event, "sign_in") == 0 || strcmp(event, "first_sign_in") == 0;
        struct pairs fields, person;
        struct err err = {.kind = ERR_NONE};
        char *json;

        if (!hook_is_set(app))
                return;
        pairs_init(&fields, app->arena);
        pairs_init(&person, app->arena);
        if (strcmp(event, "delete") != 0)
                add_person(app, openid, &person);
        pairs_add(&fields, "event", event);
        pairs_add(&fields, "openid", openid);
        pairs_add_number(&fields, "time", app->now);
        for (size_t i = 0; i < person.count; i++)
                pairs_add_typed(
                    &fields, person.items[i].name, person.items[i].value, person.items[i].type);
        if (signs_in) {
                pairs_add(&fields, "browser", desktop_browser(app->arena, app->request.user_agent));
                pairs_add(&fields, "address", app->request.client);
        }
        if (json_build(app->arena, &fields, &json, &err) == 0)
                errand_add(app, ERRAND_HOOK, json);
        else
                app_log(app, &err);
}
