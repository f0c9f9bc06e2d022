#include "authorize.h"

#include <regex.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "faces.h"
#include "people.h"
#include "state.h"
#include "tour.h"
#include "base/text.h"
#include "format/url.h"

enum { TICKET_SECONDS = 600, CODE_SECONDS = 300, DESKTOP_CODE_SECONDS = 600, STATE_MAX = 128 };

/* WeChat's page compares the whole link: order and case matter. state may be missing. */
static const char link_pattern[] =
    "^appid=[^&]*&redirect_uri=[A-Za-z0-9%._~-]*&response_type=code&scope=[^&]*(&state=[^&]*)?"
    "(&forcePopup=(true|false))?(&forceUserInfo=(true|false))?(&connect_redirect=1)?$";

static bool
matches(const char *pattern, const char *text)
{
        regex_t regex;
        bool found;

        if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
                return false;
        found = regexec(&regex, text, 0, NULL, 0) == 0;
        regfree(&regex);
        return found;
}

/* May a code be sent to redirect_uri? Only to the site's origin, or to any origin on loopback if
 * any_origin is switched on. */
static bool
is_on_domain(struct app *app, const char *redirect_uri, const struct pairs *switches)
{
        const char *site = app->conf.site_url;
        size_t size = strlen(site);

        for (const char *p = redirect_uri; *p != '\0'; p++)
                if (*p < 0x21 || *p > 0x7e)
                        return false;
        if (strncmp(redirect_uri, site, size) == 0 && strchr("/?", redirect_uri[size]) != NULL)
                return true;
        return *pairs_get_text(switches, "any_origin") != '\0' &&
               matches("^http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?(/.*)?$", redirect_uri);
}

/* Only verified service accounts and test accounts have web authorization. */
static bool
may_authorize(const struct pairs *switches)
{
        const char *account = pairs_get_text(switches, "account");

        return *account == '\0' || text_has_word("verified test", account);
}

/* Was an error of this page ordered on the control page? */
static bool
is_ordered(const struct pairs *switches)
{
        return !may_authorize(switches) || *pairs_get_text(switches, "authorize_error") != '\0';
}

static bool
is_link(const struct cgi_request *request)
{
        return matches(link_pattern, request->query_string) &&
               strlen(pairs_get_text(&request->query, "state")) <= STATE_MAX;
}

/* Returns WeChat's error number (10003 …) for a mistake in the link; 0: there is none. */
static int
check_link(struct app *app, const struct pairs *switches, const char *appid, const char *scopes)
{
        const struct pairs *query = &app->request.query;
        long long forced = pairs_get_number(switches, "authorize_error", 0);
        const char *redirect_uri = pairs_get(query, "redirect_uri");

        if (*pairs_get_text(query, "scope") == '\0')
                return 10010;
        if (redirect_uri == NULL || *redirect_uri == '\0')
                return 10011;
        if (*pairs_get_text(query, "appid") == '\0')
                return 10012;
        if (strcmp(pairs_get_text(query, "appid"), appid) != 0)
                return 10016;
        if (!matches(scopes, pairs_get_text(query, "scope")) || !may_authorize(switches))
                return 10005;
        if (!is_on_domain(app, redirect_uri, switches))
                return 10003;
        return forced > 0 && forced < 100000 ? (int)forced : 0;
}

static int
answer_error(struct app *app, int number)
{
        char *name = arena_printf(app->arena, "%d", number);

        if (kept_journal(app, name) != 0)
                return -1;
        pairs_add(&app->page, "number", name);
        pairs_add(&app->page, arena_printf(app->arena, "is_%d", number), "1");
        return app_answer_page(app, 200, "wechat-error");
}

/* Sends the browser back to the site with code, unless it is NULL, and with state unchanged. */
static int
go_back(struct app *app, const struct pairs *ticket, const char *code, const struct pairs *switches)
{
        const char *redirect_uri = pairs_get_text(ticket, "redirect_uri");
        size_t size = strcspn(redirect_uri, "#");
        const char *mark = memchr(redirect_uri, '?', size) == NULL ? "?" : "&";
        bool loses = *pairs_get_text(switches, "lost_cookie") != '\0';
        bool twice = *pairs_get_text(switches, "double_callback") != '\0' && code != NULL;
        char *to;

        if ((loses || twice) && tour_note(app, TOUR_FAILURE) != 0)
                return -1;
        /* lost_cookie: the browser deletes all cookies of this host. That includes the site's,
         * since cookies do not depend on the port. */
        if (loses)
                pairs_add(&app->response.headers, "Clear-Site-Data", "\"cookies\"");
        to = arena_printf(app->arena, "%.*s%s%s%s%sstate=%s%s", (int)size, redirect_uri, mark,
            code == NULL ? "" : "code=", code == NULL ? "" : code, code == NULL ? "" : "&",
            url_encode(app->arena, pairs_get_text(ticket, "state")), redirect_uri + size);
        if (twice) {
                pairs_add(&app->page, "callback", to);
                if (app_answer_page(app, 200, "double") != 0)
                        return -1;
                pairs_remove(&app->response.headers, "Content-Security-Policy");
                return 0;
        }
        return app_answer_redirect(app, to);
}

static int
issue_code(
    struct app *app, const struct pairs *ticket, const char *person, const struct pairs *switches)
{
        const char *scope = pairs_get_text(ticket, "scope");
        long long seconds =
            strcmp(scope, "snsapi_login") == 0 ? DESKTOP_CODE_SECONDS : CODE_SECONDS;
        struct pairs fields;
        char *code;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "person", person);
        pairs_add(&fields, "scope", scope);
        pairs_add(&fields, "appid", pairs_get_text(ticket, "appid"));
        if (kept_issue(app, STATE_CODE, &fields, seconds, &code) != 0)
                return -1;
        return go_back(app, ticket, code, switches);
}

int
authorize_begin(struct app *app)
{
        bool desktop = text_starts_with(app->request.path_info, "/connect/qrconnect");
        const char *scopes = desktop ? "^snsapi_login$" : "^snsapi_(base|userinfo)$";
        const char *appid =
            desktop && *app->conf.website_appid != '\0' ? app->conf.website_appid : app->conf.appid;
        const struct pairs *query = &app->request.query;
        struct pairs switches, ticket;
        char *key;
        int wrong;

        if (kept_read_switches(app, &switches) != 0)
                return -1;
        wrong = check_link(app, &switches, appid, scopes);
        if (wrong != 0 && is_ordered(&switches) && tour_note(app, TOUR_FAILURE) != 0)
                return -1;
        if (wrong != 0)
                return answer_error(app, wrong);
        if (!is_link(&app->request))
                return answer_error(app, 10000);
        if (kept_journal(app, "ok") != 0)
                return -1;
        pairs_init(&ticket, app->arena);
        pairs_add(&ticket, "redirect_uri", pairs_get(query, "redirect_uri"));
        pairs_add(&ticket, "scope", pairs_get(query, "scope"));
        pairs_add(&ticket, "state", pairs_get(query, "state"));
        pairs_add(&ticket, "appid", appid);
        if (strcmp(pairs_get(query, "scope"), "snsapi_base") == 0)
                return issue_code(app, &ticket, people_chosen(&switches)->id, &switches);
        if (faces_add(app, people_chosen(&switches)) != 0 ||
            kept_issue(app, STATE_TICKET, &ticket, TICKET_SECONDS, &key) != 0)
                return -1;
        pairs_add(&app->page, "ticket", key);
        pairs_add(&app->page, "site", app->conf.site_url);
        return app_answer_page(app, 200, "consent");
}

int
authorize_confirm(struct app *app)
{
        const struct pairs *query = &app->request.query;
        const char *ticket = pairs_get_text(query, "ticket");
        const struct sim_person *person = people_find(pairs_get(query, "person"));
        struct store_record record;
        struct pairs switches;

        if (person == NULL && pairs_get(query, "refuse") == NULL)
                return answer_error(app, 10000);
        if (kept_find(app, STATE_TICKET, ticket, &record) != 0 ||
            kept_use(app, STATE_TICKET, ticket) != 0) {
                if (app->err.kind != ERR_NOT_FOUND && app->err.kind != ERR_EXISTS)
                        return -1;
                err_clear(&app->err);
                return answer_error(app, 10000);
        }
        if (kept_read_switches(app, &switches) != 0)
                return -1;
        if (person == NULL)
                return go_back(app, &record.fields,
                    *pairs_get_text(&switches, "authdeny") == '\0' ? NULL : "authdeny", &switches);
        return issue_code(app, &record.fields, person->id, &switches);
}
