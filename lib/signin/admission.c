#include "signin/admission.h"

#include <string.h>

#include "web/app.h"
#include "web/errand.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/json_build.h"
#include "format/page.h"
#include "signin/consent.h"
#include "signin/signin.h"
#include "state/state.h"
#include "wechat/api.h"
#include "wechat/custom.h"

enum { HOUR = 3600, DAY = 86400 };

bool
admission_is_owner(const struct app *app, const char *openid)
{
        return text_has_word(app->conf.owners, openid);
}

bool
admission_is_blocked(const struct app *app, const struct pairs *user)
{
        return member_is_blocked(user) && !admission_is_owner(app, pairs_get_text(user, "openid"));
}

/* Both are set by pushes of the account, which come from followers, and go with the user's file
 * when the user unfollows. */
bool
admission_is_follower(const struct pairs *user)
{
        return pairs_get(user, "subscribed_since") != NULL || pairs_get(user, "last_seen") != NULL;
}

static int
refuse(struct app *app, enum err_kind kind, const char *text)
{
        return err_set(&app->err, kind, "sign-in: %s", text);
}

/* ---- people = approved ---- */

/* So that a crowd cannot fill the disk. */
static int
count_newcomer(struct app *app)
{
        int count;

        if (state_count(
                app->state, STORE_TOTAL, "newcomers", 1, app->now, HOUR, &count, &app->err) != 0)
                return -1;
        return count <= ADMISSION_MAX
                   ? 0
                   : err_set(&app->err, ERR_BUSY,
                         "sign-in: more than %d newcomers in an hour: nobody else is put on the "
                         "waiting list until the hour is over",
                         ADMISSION_MAX);
}

/* Deletes those who have waited in vain. Not a reason to refuse anybody. */
static void
tidy(struct app *app)
{
        struct err err = {.kind = ERR_NONE};

        if (state_tidy_waiting(app->state, app->now - (long long)ADMISSION_DAYS * DAY, &err) != 0)
                app_log(app, &err);
}

/* How many messages owners have got in this hour. Without an answer there is no message. */
static bool
is_enough(struct app *app)
{
        struct err err = {.kind = ERR_NONE};
        int count;

        if (state_count(
                app->state, STORE_TOTAL, "newcomers told", 1, app->now, HOUR, &count, &err) == 0)
                return count > ADMISSION_TOLD_MAX;
        app_log(app, &err);
        return true;
}

/* Markup in a name would be a link in the owner's chat. */
static const char *
plain_name(struct app *app, const struct pairs *profile)
{
        char *name = arena_strdup(app->arena, pairs_get_text(profile, "nickname"));

        for (char *at = name; *at != '\0'; at++)
                if (*at == '<' || *at == '>')
                        *at = ' ';
        return name;
}

static int
format_message(
    struct app *app, const struct pairs *profile, const char *owner, char **json, struct err *err)
{
        struct pairs words, values, members;
        char *text;

        pairs_init(&values, app->arena);
        pairs_init(&members, app->arena);
        if (app_read_words(app, app->conf.language, &words) != 0) {
                *err = app->err;
                return -1;
        }
        pairs_add(&values, "nickname", plain_name(app, profile));
        pairs_add(&values, "site", strstr(app->conf.site_url, "://") + 3);
        pairs_add(&values, "link",
            arena_printf(app->arena, "%s?view=people&filter=waiting",
                conf_url(
                    app->arena, &app->conf, conf_program(app->arena, &app->conf, "owner.cgi"))));
        if (page_render_text(
                app->arena, pairs_get_text(&words, "reply.newcomer"), &values, &text, err) != 0)
                return -1;
        pairs_add(&members, "touser", owner);
        pairs_add(&members, "msgtype", "text");
        pairs_add(&members, "text/content", text);
        return json_build_tree(app->arena, &members, json, err);
}

/* Tells each owner by a customer-service message behind the answer. Failures are only logged. */
static void
tell_owners(struct app *app, const struct pairs *profile)
{
        struct err err = {.kind = ERR_NONE};
        const char *owner = app->conf.owners;
        char *lines = "", *json;

        if (!errand_is_possible(app, ERRAND_LATE) || is_enough(app))
                return;
        for (owner += strspn(owner, " "); *owner != '\0'; owner += strspn(owner, " ")) {
                size_t size = strcspn(owner, " ");

                if (format_message(
                        app, profile, arena_copy(app->arena, owner, size), &json, &err) != 0) {
                        app_log(app, &err);
                        return;
                }
                lines = arena_printf(app->arena, "%s%s %s\n", lines, CUSTOM_SEND_PATH, json);
                owner += size;
        }
        errand_add(app, ERRAND_LATE, lines);
}

/* An agreement is recorded by a sign-in, which this is not yet. */
static int
keep_consent(struct app *app, const char *openid, const struct pairs *user)
{
        struct pairs members;

        pairs_init(&members, app->arena);
        consent_add(app, &members);
        return members.count == 0 || pairs_get(user, "consented") != NULL
                   ? 0
                   : state_set_user(app->state, openid, &members, &app->err);
}

static int
put_on_list(
    struct app *app, const struct pairs *profile, const char *scope, const struct pairs *user)
{
        bool begun;

        if (pairs_get(user, "waiting") == NULL && count_newcomer(app) != 0)
                return -1;
        if (state_wait(app->state, profile, scope, app->now, &begun, &app->err) != 0 ||
            keep_consent(app, pairs_get_text(profile, "openid"), user) != 0)
                return -1;
        if (begun) {
                tell_owners(app, profile);
                tidy(app);
        }
        return refuse(app, ERR_WAITING, "a newcomer waits for an owner (people = approved)");
}

static bool
is_newcomer(const struct pairs *user)
{
        return pairs_get(user, "approved") == NULL && pairs_get(user, "first_sign_in") == NULL;
}

/* ---- people = followers ---- */

/* Sign-ins by message and scene come from followers by nature: the account has answered them. */
static bool
is_by_push(const char *scope)
{
        return strcmp(scope, WECHAT_SCOPE_MESSAGE) == 0 || strcmp(scope, WECHAT_SCOPE_SCENE) == 0;
}

static int
ask_to_follow(struct app *app)
{
        pairs_add(&app->page, "account_name", app->conf.account_name);
        pairs_add(&app->page, "account_qr", app->conf.account_qr);
        if (signin_is_in_wechat(app)) {
                pairs_add(&app->page, "in_wechat", "1");
                pairs_add(&app->page, "account_url", app->conf.account_url);
        }
        return refuse(
            app, ERR_FOLLOW, "not known as a follower of the account (people = followers)");
}

/* A mini program has openids of its own, which say nothing about the account's followers. */
static int
refuse_mini(struct app *app)
{
        return refuse(app, ERR_FOLLOW,
            "from a mini program nobody is known as a follower of the account: with people = "
            "followers only owners sign in there; people = approved lets you choose");
}

int
admission_ask(struct app *app, const struct pairs *profile, const char *scope)
{
        const char *openid = pairs_get_text(profile, "openid"), *people = app->conf.people;
        struct pairs user;

        if (admission_is_owner(app, openid))
                return 0;
        pairs_init(&user, app->arena);
        if (app_open_state(app) != 0 ||
            (state_read_user(app->state, openid, &user, &app->err) != 0 &&
                app->err.kind != ERR_NOT_FOUND))
                return -1;
        err_clear(&app->err);
        if (member_is_blocked(&user))
                return refuse(app, ERR_BLOCKED, "an owner has blocked this person");
        if (strcmp(people, "approved") == 0 && is_newcomer(&user))
                return put_on_list(app, profile, scope, &user);
        if (strcmp(people, "followers") == 0 && !is_by_push(scope) && !admission_is_follower(&user))
                return strcmp(scope, WECHAT_SCOPE_MINI) == 0 ? refuse_mini(app)
                                                             : ask_to_follow(app);
        return 0;
}
