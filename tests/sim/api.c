#include "api.h"

#include <string.h>

#include "answer.h"
#include "web/app.h"
#include "base/arena.h"
#include "fault.h"
#include "host/file.h"
#include "grant.h"
#include "format/page.h"
#include "people.h"
#include "state.h"
#include "base/text.h"
#include "tour.h"

enum { CODE_SECONDS = 300 };

static const char *
query_text(struct app *app, const char *name)
{
        return pairs_get_text(&app->request.query, name);
}

/* Returns the secret of the official account, website application or mini program with that appid;
 * NULL: there is none. */
static const char *
secret_of(const struct app *app, const char *appid)
{
        if (*appid == '\0')
                return NULL;
        return strcmp(appid, app->conf.appid) == 0           ? app->conf.secret
               : strcmp(appid, app->conf.website_appid) == 0 ? app->conf.website_secret
               : strcmp(appid, app->conf.mini_appid) == 0    ? app->conf.mini_secret
                                                             : NULL;
}

/* Checks appid, and if with_secret the secret, against the accounts. Returns 0 or an errcode. */
static int
check_account(struct app *app, bool with_secret)
{
        const char *appid = query_text(app, "appid");
        const char *secret = query_text(app, "secret");

        if (*appid == '\0')
                return 41002;
        if (secret_of(app, appid) == NULL)
                return 40013;
        if (with_secret && *secret == '\0')
                return 41004;
        if (with_secret && strcmp(secret, secret_of(app, appid)) != 0)
                return 40125;
        return 0;
}

/* A person has a different openid for each account. */
static const char *
openid_of(struct app *app, const struct sim_person *person, const char *appid)
{
        const char *kind = strcmp(appid, app->conf.appid) == 0        ? "oSim"
                           : strcmp(appid, app->conf.mini_appid) == 0 ? "oMin"
                                                                      : "oWeb";

        return arena_printf(app->arena, "%s%s", kind, person->openid + strlen(kind));
}

/* Uses up the code in the query's field name. Returns 0, with the record it was issued for, an
 * errcode, or -1. */
static int
use_code(struct app *app, const char *name, struct store_record *record)
{
        const char *code = query_text(app, name);

        if (strcmp(query_text(app, "grant_type"), "authorization_code") != 0)
                return 40002;
        if (*code == '\0')
                return 41008;
        if (kept_find(app, STATE_CODE, code, record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 40029 : -2;
        if (strcmp(pairs_get_text(&record->fields, "appid"), query_text(app, "appid")) != 0)
                return 40029;
        if (kept_use(app, STATE_CODE, code) != 0)
                return app->err.kind == ERR_EXISTS ? 40163 : -2;
        return 0;
}

static int
answer_grant(struct app *app, const struct grant *grant)
{
        const struct sim_person *person = people_find(pairs_get_text(&grant->who, "person"));
        const char *scope = pairs_get_text(&grant->who, "scope");
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "access_token", grant->access_token);
        pairs_add_number(&answer, "expires_in", GRANT_ACCESS_SECONDS);
        pairs_add(&answer, "refresh_token", grant->refresh_token);
        pairs_add(&answer, "openid", openid_of(app, person, pairs_get_text(&grant->who, "appid")));
        pairs_add(&answer, "scope", scope);
        if (person->is_snapshot)
                pairs_add_number(&answer, "is_snapshotuser", 1);
        if (*person->unionid != '\0' && strcmp(scope, "snsapi_base") != 0)
                pairs_add(&answer, "unionid", person->unionid);
        return answer_fields(app, &answer);
}

int
api_access_token(struct app *app)
{
        struct store_record record;
        struct pairs switches;
        struct grant grant;
        int wrong = check_account(app, true);

        if (fault_happens(app, "grant", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong == 0)
                wrong = use_code(app, "code", &record);
        if (wrong != 0)
                return wrong == -2 ? -1 : answer_errcode(app, wrong);
        if (grant_issue(app, &record.fields, &switches, &grant) != 0)
                return -1;
        return answer_grant(app, &grant);
}

int
api_jscode2session(struct app *app)
{
        const struct sim_person *person;
        struct store_record record;
        struct pairs switches, answer;
        int wrong = check_account(app, true);

        if (fault_happens(app, "mini", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong == 0 && strcmp(query_text(app, "appid"), app->conf.mini_appid) != 0)
                wrong = 40013;
        if (wrong == 0)
                wrong = use_code(app, "js_code", &record);
        if (wrong != 0)
                return wrong == -2 ? -1 : answer_errcode(app, wrong);
        person = people_find(pairs_get_text(&record.fields, "person"));
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "openid", openid_of(app, person, app->conf.mini_appid));
        pairs_add(&answer, "session_key", "c2ltdWxhdGVkU2Vzc2lvbktleQ==");
        if (*person->unionid != '\0')
                pairs_add(&answer, "unionid", person->unionid);
        return answer_fields(app, &answer);
}

int
api_wx_login(struct app *app)
{
        const struct sim_person *person = people_find(pairs_get(&app->request.query, "person"));
        struct pairs fields, answer;
        char *code;

        if (*app->conf.mini_appid == '\0' || person == NULL)
                return err_set(&app->err, ERR_REQUEST, "no mini program, or no such person");
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "person", person->id);
        pairs_add(&fields, "appid", app->conf.mini_appid);
        if (kept_issue(app, STATE_CODE, &fields, CODE_SECONDS, &code) != 0)
                return -1;
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "errMsg", "login:ok");
        pairs_add(&answer, "code", code);
        return app_answer_json(app, 200, &answer);
}

int
api_refresh_token(struct app *app)
{
        const char *token = query_text(app, "refresh_token");
        struct pairs switches;
        struct grant grant;
        int wrong = check_account(app, false);

        if (fault_happens(app, "refresh", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong == 0 && strcmp(query_text(app, "grant_type"), "refresh_token") != 0)
                wrong = 40002;
        if (wrong == 0 && *token == '\0')
                wrong = 41003;
        if (wrong == 0)
                wrong = grant_refresh(app, token, &switches, &grant);
        if (wrong != 0)
                return wrong < 0 ? -1 : answer_errcode(app, wrong);
        return answer_grant(app, &grant);
}

/* Finds the person of the query's access_token, and checks its openid. Returns 0, an errcode, or
 * -1. */
static int
check_token(struct app *app, const struct pairs *switches, struct pairs *who,
    const struct sim_person **person)
{
        const char *token = query_text(app, "access_token");
        const char *openid = query_text(app, "openid");
        int wrong;

        if (*token == '\0')
                return 41001;
        if (*openid == '\0')
                return 41009;
        wrong = grant_find(app, token, switches, who);
        if (wrong != 0)
                return wrong;
        *person = people_find(pairs_get_text(who, "person"));
        return strcmp(openid, openid_of(app, *person, pairs_get_text(who, "appid"))) == 0 ? 0
                                                                                          : 40003;
}

static int
answer_profile(struct app *app, const struct sim_person *person)
{
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "openid", query_text(app, "openid"));
        pairs_add(&answer, "nickname", person->nickname);
        pairs_add_number(&answer, "sex", person->sex);
        pairs_add(&answer, "language", "");
        pairs_add(&answer, "city", person->city);
        pairs_add(&answer, "province", person->province);
        pairs_add(&answer, "country", person->country);
        pairs_add(&answer, "headimgurl",
            *person->colour == '\0'
                ? ""
                : arena_printf(app->arena, "%s/mmopen/%s/132", app->conf.api_url, person->id));
        pairs_add_typed(&answer, "privilege", "", PAIR_ARRAY);
        if (*person->privilege != '\0')
                pairs_add_typed(&answer, "privilege", person->privilege, PAIR_ITEM);
        if (*person->unionid != '\0')
                pairs_add(&answer, "unionid", person->unionid);
        return answer_fields(app, &answer);
}

int
api_userinfo(struct app *app)
{
        const struct sim_person *person;
        struct pairs switches, who;
        int wrong;

        if (fault_happens(app, "userinfo", &switches))
                return app->response.status == 0 ? -1 : 0;
        wrong = check_token(app, &switches, &who, &person);
        if (wrong < 0)
                return -1;
        if (wrong == 0 && strcmp(pairs_get_text(&who, "scope"), "snsapi_base") == 0)
                wrong = 48001;
        if (wrong != 0)
                return answer_errcode(app, wrong);
        return tour_note_profile(app, person) != 0 ? -1 : answer_profile(app, person);
}

int
api_auth(struct app *app)
{
        const struct sim_person *person;
        struct pairs switches, who;
        int wrong;

        if (fault_happens(app, "auth", &switches))
                return app->response.status == 0 ? -1 : 0;
        wrong = check_token(app, &switches, &who, &person);
        return wrong < 0 ? -1 : answer_errcode(app, wrong);
}

int
api_avatar(struct app *app)
{
        const char *path = app->request.path_info + strlen("/mmopen/");
        const struct sim_person *person =
            people_find(arena_copy(app->arena, path, strcspn(path, "/")));
        struct pairs words, values;
        char *template, *svg;
        size_t size;

        if (person == NULL || *person->colour == '\0')
                return err_set(&app->err, ERR_NOT_FOUND, "no such avatar");
        pairs_init(&words, app->arena);
        pairs_init(&values, app->arena);
        pairs_add(&values, "colour", person->colour);
        if (file_read_public(app->arena,
                arena_printf(app->arena, "%s/avatar.svg", app->conf.html_dir), &template, &size,
                &app->err) != 0 ||
            page_render(app->arena, template, &words, &values, &svg, &app->err) != 0)
                return -1;
        return app_answer_text(app, 200, "image/svg+xml", svg);
}
