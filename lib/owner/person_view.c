/* One person: what is stored, and what an owner can do about it. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "owner/letter.h"
#include "owner/pushes_find.h"
#include "owner/pushes_show.h"
#include "owner/refusal.h"
#include "owner/views.h"
#include "signin/display_name.h"
#include "signin/admission.h"
#include "signin/download.h"
#include "signin/forget.h"
#include "signin/own_picture.h"
#include "signin/person.h"
#include "signin/role.h"
#include "signin/session.h"
#include "state/state.h"
#include "web/app.h"
#include "wechat/api.h"
#include "wechat/reply.h"

/* RECENT: pushes that are shown, of so many days. */
enum { RECENT = 10, RECENT_DAYS = 7, DAY_SECONDS = 86400 };

/* The person whom a link or a form names. */
static const char *
openid_of(const struct desk *desk)
{
        const struct cgi_request *request = &desk->app->request;
        const char *openid = pairs_get(&request->form, "openid");

        return openid != NULL ? openid : pairs_get_text(&request->query, "openid");
}

static const char *
person_url(struct desk *desk, const char *more)
{
        return desk_url(
            desk, "person", arena_printf(desk->app->arena, "openid=%s%s", openid_of(desk), more));
}

static void
add(struct app *app, const char *prefix, const char *name, const char *value)
{
        pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, name), value);
}

static void
add_time(struct app *app, const char *prefix, const char *name, long long time)
{
        if (time > 0)
                add(app, prefix, name, text_beijing_time(app->arena, time));
}

/* ---- the page ---- */

static void
add_members(struct desk *desk, const struct pairs *user)
{
        static const char *const texts[] = {
            "openid", "unionid", "country", "province", "city", "note"};
        static const char *const times[] = {"first_sign_in", "last_sign_in", "last_seen",
            "subscribed_since", "waiting", "approved", "blocked", "consented"};
        struct app *app = desk->app;
        struct pairs roles;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                add(app, "", texts[i], pairs_get(user, texts[i]));
        add(app, "", "nickname", display_name_get(user));
        add(app, "", "headimgurl", own_picture_path(app->arena, &app->conf, user));
        add(app, "", "wechat_name",
            pairs_get(user, "display_name") == NULL ? NULL : pairs_get(user, "nickname"));
        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
                add_time(app, "", times[i], pairs_get_number(user, times[i], 0));
        pairs_init(&roles, app->arena);
        role_list(user, &roles);
        add(app, "", "roles", pairs_join(&roles, "roles", " "));
        add(app, "", "is_owner",
            admission_is_owner(app, pairs_get_text(user, "openid")) ? "1" : NULL);
}

static int
add_sessions(struct desk *desk, const struct pairs *user)
{
        struct app *app = desk->app;
        struct person_session *sessions;
        size_t count;

        if (person_list_sessions(app, user, &sessions, &count) != 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                const char *prefix = arena_printf(app->arena, "sessions/%zu/", i);

                add(app, prefix, "name", sessions[i].name);
                add(app, prefix, "browser", sessions[i].browser);
                add(app, prefix, "address", sessions[i].address);
                add(app, prefix, "is_dev",
                    strcmp(sessions[i].scope, SESSION_SCOPE_DEV) == 0 ? "1" : NULL);
                add(app, prefix, "is_this",
                    strcmp(sessions[i].name, desk->session.name) == 0 ? "1" : NULL);
                add_time(app, prefix, "since", sessions[i].created);
                add_time(app, prefix, "until", sessions[i].expires);
                add_time(app, prefix, "used", sessions[i].used);
        }
        add(app, "", "has_sessions", count > 0 ? "1" : NULL);
        return 0;
}

/* The latest pushes of the last days. *wrote: when the last message came; 0: none is in the
 * journal.
 */
static int
add_pushes(struct desk *desk, long long *wrote)
{
        struct app *app = desk->app;
        size_t number = 0;

        *wrote = 0;
        for (int i = 0; i < RECENT_DAYS && number < RECENT; i++) {
                struct pushes_query query = {.openid = openid_of(desk),
                    .kind = "",
                    .most = RECENT - number,
                    .day = arena_printf(app->arena, "%.10s",
                        text_beijing_time(app->arena, app->now - (long long)i * DAY_SECONDS))};
                struct pushes_found found;

                if (pushes_find(app, &query, &found) != 0)
                        return -1;
                for (size_t n = 0; n < found.count; n++) {
                        const struct push_line *line = &found.lines[n];

                        pushes_add_line(desk, line, number++);
                        if (*wrote == 0 && !text_starts_with(line->kind, "event."))
                                *wrote = line->time;
                }
        }
        add(app, "", "has_pushes", number > 0 ? "1" : NULL);
        return 0;
}

/* May an owner write to this person? */
static void
add_letter(struct desk *desk, const struct pairs *user, long long wrote)
{
        static const char *const words[] = {
            [LETTER_NO_KEYS] = "owner.person.no_keys", [LETTER_TOO_LATE] = "owner.person.too_late"};
        enum letter_bar bar = letter_bar(desk->app, user, wrote);

        add(desk->app, "", "may_write", bar == LETTER_MAY ? "1" : NULL);
        if (bar != LETTER_MAY)
                add(desk->app, "", "why_not", desk_word(desk, words[bar], NULL));
        add(desk->app, "", "text", pairs_get(&desk->app->request.form, "text"));
}

static int
show_page(struct desk *desk, const struct pairs *user)
{
        struct app *app = desk->app;
        long long wrote;

        add_members(desk, user);
        if (add_sessions(desk, user) != 0 || add_pushes(desk, &wrote) != 0)
                return -1;
        add_letter(desk, user, wrote);
        /* What was refused stays in its field. */
        if (desk->flaw != NULL) {
                static const char *const fields[] = {"roles", "note"};

                for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                        if (pairs_get(&app->request.form, fields[i]) != NULL) {
                                pairs_remove(&app->page, fields[i]);
                                add(app, "", fields[i], pairs_get(&app->request.form, fields[i]));
                        }
        }
        add(app, "", "delete_url", person_url(desk, "&ask=delete"));
        add(app, "", "export_url", person_url(desk, "&format=json"));
        add(app, "", "pushes_url",
            desk_url(desk, "messages", arena_printf(app->arena, "openid=%s", openid_of(desk))));
        return desk_answer_page(desk, "owner-person");
}

/* The same as the person's own download. */
static int
answer_download(struct app *app, const struct pairs *user)
{
        const struct session theirs = {
            .openid = pairs_get_text(user, "openid"), .scope = "", .user = *user};

        return download_answer(app, &theirs);
}

static int
show(struct desk *desk)
{
        struct app *app = desk->app;
        const struct pairs *query = &app->request.query;
        struct pairs user;

        if (!api_is_openid(openid_of(desk)))
                return err_set(&app->err, ERR_NOT_FOUND, "owner: no such person");
        if (state_read_user(app->state, openid_of(desk), &user, &app->err) != 0)
                return -1;
        if (strcmp(pairs_get_text(query, "format"), "json") == 0)
                return answer_download(app, &user);
        if (strcmp(pairs_get_text(query, "ask"), "delete") != 0)
                return show_page(desk, &user);
        add_members(desk, &user);
        add(app, "", "person_url", person_url(desk, ""));
        return desk_answer_page(desk, "owner-delete");
}

/* ---- changes ---- */

/* The person is named in the record, and shown again. */
static const char *
begin(struct desk *desk, enum desk_result *result)
{
        const char *openid = openid_of(desk);

        *result = DESK_DONE;
        desk->subject = openid;
        desk->back = person_url(desk, "");
        return api_is_openid(openid) ? openid : "";
}

/* A mistake of the owner's is said on the page; anything else is an error. */
static int
finish(struct desk *desk, int changed, const char *word, enum desk_result *result)
{
        struct app *app = desk->app;

        if (changed == 0)
                return 0;
        if (app->err.kind != ERR_REQUEST && app->err.kind != ERR_DENIED)
                return -1;
        desk->flaw = desk_word(desk, word, NULL);
        *result = DESK_REFUSED;
        err_clear(&app->err);
        return 0;
}

static int
approve(struct desk *desk, enum desk_result *result)
{
        return person_approve(desk->app, begin(desk, result));
}

static int
block(struct desk *desk, enum desk_result *result)
{
        return finish(
            desk, person_block(desk->app, begin(desk, result)), "owner.person.flaw_block", result);
}

static int
unblock(struct desk *desk, enum desk_result *result)
{
        return person_unblock(desk->app, begin(desk, result));
}

/* Roles are separated by blanks or commas, also those of a Chinese keyboard. */
static int
set_roles(struct desk *desk, enum desk_result *result)
{
        static const char *const commas[] = {"，", "、", "　"};
        struct app *app = desk->app;
        char *text = arena_strdup(app->arena, pairs_get_text(&app->request.form, "roles"));
        struct pairs roles;
        char *at;

        for (size_t i = 0; i < sizeof(commas) / sizeof(commas[0]); i++)
                while ((at = strstr(text, commas[i])) != NULL)
                        memset(at, ' ', strlen(commas[i]));
        pairs_init(&roles, app->arena);
        for (at = text; *(at += strspn(at, " ,\t\r\n")) != '\0'; at += strcspn(at, " ,\t\r\n"))
                pairs_add_typed(&roles, "roles",
                    arena_copy(app->arena, at, strcspn(at, " ,\t\r\n")), PAIR_ITEM);
        for (size_t i = 0; i < roles.count; i++)
                pairs_add_typed(&desk->details, "roles", roles.items[i].value, PAIR_ITEM);
        return finish(desk, person_set_roles(app, begin(desk, result), &roles),
            "owner.person.flaw_roles", result);
}

static int
set_note(struct desk *desk, enum desk_result *result)
{
        struct app *app = desk->app;
        char *note = arena_strdup(app->arena, pairs_get_text(&app->request.form, "note"));

        /* A user's members are read without line ends (json.h). */
        for (char *at = note; *(at += strcspn(at, "\t\r\n")) != '\0';)
                *at = ' ';
        note = text_clean(app->arena, note);
        return finish(desk, person_set_note(app, begin(desk, result), note),
            "owner.person.flaw_note", result);
}

static int
sign_out(struct desk *desk, enum desk_result *result)
{
        return person_sign_out(desk->app, begin(desk, result));
}

/* A session that has ended meanwhile is ended. */
static int
end_session(struct desk *desk, enum desk_result *result)
{
        struct app *app = desk->app;
        const char *openid = begin(desk, result);

        if (person_end_session(app, openid, pairs_get_text(&app->request.form, "name")) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

static int
write_letter(struct desk *desk, enum desk_result *result)
{
        struct app *app = desk->app;
        const char *openid = begin(desk, result);
        const char *text = text_clean_lines(app->arena, pairs_get_text(&app->request.form, "text"));

        if (text[strspn(text, " \t\r\n")] == '\0' || strlen(text) > REPLY_TEXT_MAX) {
                desk->flaw = desk_word(desk, "owner.person.flaw_text", NULL);
                *result = DESK_REFUSED;
                return 0;
        }
        if (letter_send(app, openid, text) == 0)
                return 0;
        desk->flaw = refusal_say(desk);
        *result = DESK_REFUSED;
        return 0;
}

static int
delete_person(struct desk *desk, enum desk_result *result)
{
        const char *openid = begin(desk, result);

        desk->back = desk_url(desk, "people", "");
        return forget_openid(desk->app, openid);
}

static const struct desk_action actions[] = {{"approve", approve}, {"block", block},
    {"unblock", unblock}, {"roles", set_roles}, {"note", set_note}, {"sign_out", sign_out},
    {"end", end_session}, {"write", write_letter}, {"delete", delete_person}, {NULL, NULL}};

const struct desk_view view_person = {.name = "person", .show = show, .actions = actions};
