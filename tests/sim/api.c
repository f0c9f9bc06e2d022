#include "api.h"

#include <string.h>

#include "app.h"
#include "arena.h"
#include "fault.h"
#include "json.h"
#include "file.h"
#include "page.h"
#include "people.h"
#include "state.h"
#include "text.h"

enum { ACCESS_SECONDS = 7200, REFRESH_SECONDS = 30 * 86400 };

static const char *
query_text(struct app *app, const char *name)
{
        return pairs_get_text(&app->request.query, name);
}

/* appid, and where the call has it the secret, are those of the account; 0 or an errcode. */
static int
check_account(struct app *app, bool with_secret)
{
        const char *appid = query_text(app, "appid");
        const char *secret = query_text(app, "secret");

        if (*appid == '\0')
                return 41002;
        if (strcmp(appid, app->conf.appid) != 0)
                return 40013;
        if (with_secret && *secret == '\0')
                return 41004;
        if (with_secret && strcmp(secret, app->conf.secret) != 0)
                return 40125;
        return 0;
}

static const char *
generation(const struct pairs *switches, const char *name)
{
        const char *value = pairs_get(switches, name);

        return value == NULL ? "0" : value;
}

/* Issues an access_token for who is in fields and answers with the grant. */
static int
answer_grant(
    struct app *app, const struct pairs *who, char *refresh_token, const struct pairs *switches)
{
        const struct sim_person *person = people_find(pairs_get_text(who, "person"));
        const char *scope = pairs_get_text(who, "scope");
        struct pairs fields, answer;
        char *access_token;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "person", person->id);
        pairs_add(&fields, "scope", scope);
        pairs_add(&fields, "access_generation", generation(switches, "access_generation"));
        pairs_add(&fields, "refresh_generation", generation(switches, "refresh_generation"));
        if (state_issue(app, STATE_ACCESS, &fields, 86400, &access_token) != 0)
                return -1;
        if (refresh_token == NULL &&
            state_issue(app, STATE_REFRESH, &fields, REFRESH_SECONDS, &refresh_token) != 0)
                return -1;
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "access_token", access_token);
        pairs_add_number(&answer, "expires_in", ACCESS_SECONDS);
        pairs_add(&answer, "refresh_token", refresh_token);
        pairs_add(&answer, "openid", person->openid);
        pairs_add(&answer, "scope", scope);
        if (person->is_snapshot)
                pairs_add_number(&answer, "is_snapshotuser", 1);
        if (*person->unionid != '\0' && strcmp(scope, "snsapi_base") != 0)
                pairs_add(&answer, "unionid", person->unionid);
        return fault_answer(app, &answer);
}

int
api_access_token(struct app *app)
{
        const char *code = query_text(app, "code");
        struct store_record record;
        struct pairs switches;
        int wrong = check_account(app, true);

        if (fault_happens(app, "grant", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong != 0)
                return fault_answer_errcode(app, wrong);
        if (strcmp(query_text(app, "grant_type"), "authorization_code") != 0)
                return fault_answer_errcode(app, 40002);
        if (*code == '\0')
                return fault_answer_errcode(app, 41008);
        if (state_find(app, STATE_CODE, code, &record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? fault_answer_errcode(app, 40029) : -1;
        if (state_use(app, STATE_CODE, code) != 0)
                return app->err.kind == ERR_EXISTS ? fault_answer_errcode(app, 40163) : -1;
        return answer_grant(app, &record.fields, NULL, &switches);
}

int
api_refresh_token(struct app *app)
{
        char *token = arena_strdup(app->arena, query_text(app, "refresh_token"));
        struct store_record record;
        struct pairs switches;
        int wrong = check_account(app, false);

        if (fault_happens(app, "refresh", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong != 0)
                return fault_answer_errcode(app, wrong);
        if (strcmp(query_text(app, "grant_type"), "refresh_token") != 0)
                return fault_answer_errcode(app, 40002);
        if (*token == '\0')
                return fault_answer_errcode(app, 41003);
        if (state_find(app, STATE_REFRESH, token, &record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? fault_answer_errcode(app, 40030) : -1;
        if (strcmp(pairs_get_text(&record.fields, "refresh_generation"),
                generation(&switches, "refresh_generation")) != 0)
                return fault_answer_errcode(app, 42002);
        return answer_grant(app, &record.fields, token, &switches);
}

/* Whose access_token came, with the right openid beside it? 0, an errcode, or -1. */
static int
check_token(struct app *app, const struct pairs *switches, struct store_record *record,
    const struct sim_person **person)
{
        const char *token = query_text(app, "access_token");

        if (*token == '\0')
                return 41001;
        if (state_find(app, STATE_ACCESS, token, record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 40001 : -1;
        if (record->created + ACCESS_SECONDS <= app->now ||
            strcmp(pairs_get_text(&record->fields, "access_generation"),
                generation(switches, "access_generation")) != 0)
                return 42001;
        *person = people_find(pairs_get_text(&record->fields, "person"));
        return strcmp(query_text(app, "openid"), (*person)->openid) == 0 ? 0 : 40003;
}

static int
answer_profile(struct app *app, const struct sim_person *person)
{
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "openid", person->openid);
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
        return fault_answer(app, &answer);
}

int
api_userinfo(struct app *app)
{
        const struct sim_person *person;
        struct store_record record;
        struct pairs switches;
        int wrong;

        if (fault_happens(app, "userinfo", &switches))
                return app->response.status == 0 ? -1 : 0;
        wrong = check_token(app, &switches, &record, &person);
        if (wrong < 0)
                return -1;
        if (wrong == 0 && strcmp(pairs_get_text(&record.fields, "scope"), "snsapi_base") == 0)
                wrong = 48001;
        return wrong != 0 ? fault_answer_errcode(app, wrong) : answer_profile(app, person);
}

int
api_auth(struct app *app)
{
        const struct sim_person *person;
        struct store_record record;
        struct pairs switches;
        int wrong;

        if (fault_happens(app, "auth", &switches))
                return app->response.status == 0 ? -1 : 0;
        wrong = check_token(app, &switches, &record, &person);
        return wrong < 0 ? -1 : fault_answer_errcode(app, wrong);
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
