/* list.cgi: the owner's list and each item's page; with list_lesson, they show how pages hand
 * values to one another. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "list/list.h"
#include "web/program.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/session.h"
#include "base/text.h"
#include "format/url.h"
#include "signin/introspection.h"

enum { NAME_MAX_SIZE = 200 };

enum { BY_QUERY };

/* The ways in which an item's page learns which item it is for, and their names in the
 * templates. */
static const struct way {
        const char *name;
        const char *flag;
} ways[] = {[BY_QUERY] = {"query", "is_query"},
    {"id", "is_id"},
    {"index", "is_index"},
    {"global", "is_global"}};

static const struct way *
find_way(const char *name)
{
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
                if (name != NULL && strcmp(ways[i].name, name) == 0)
                        return &ways[i];
        return NULL;
}

/* Does a script or a mini program ask, rather than a browser for a page? */
static bool
wants_json(const struct app *app)
{
        return strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
}

/* Do the pages show the ways? */
static bool
is_lesson(const struct app *app)
{
        return strcmp(app->conf.list_lesson, "on") == 0;
}

static const char *
list_url(struct app *app, const char *query)
{
        return arena_printf(
            app->arena, "%s%s", conf_program(app->arena, &app->conf, "list.cgi"), query);
}

static int
read_list(struct app *app, const struct session *session, struct list *list)
{
        size_t size;
        char *text;

        if (*app->conf.list == '\0')
                return err_set(&app->err, ERR_CONFIG,
                    "list is not set: name the file of the list's items in wechat.conf "
                    "(docs/en/list.md)");
        if (app_read_file(app, &text, &size) != 0) {
                app->err.kind = ERR_CONFIG;
                return -1;
        }
        return list_parse(app->arena, text, size, app->conf.list, app->language, session->openid,
            list, &app->err);
}

/* Answers for a page that received no value. */
static int
answer_nothing(struct app *app, int status, bool for_want_of_script)
{
        if (wants_json(app))
                return err_set(&app->err, status == 400 ? ERR_REQUEST : ERR_NOT_FOUND, "no item");
        pairs_add(&app->page, "list_url", list_url(app, ""));
        pairs_add(&app->page, for_want_of_script ? "needs_script" : "none_chosen", "1");
        return app_answer_page(app, status, "nothing");
}

/* Stores the chosen item where all pages of this session find it, as a mini program would in its
 * global data, and goes to the item's page. */
static int
choose(struct app *app, const struct session *session, const struct list *list)
{
        const char *way = pairs_get_once(&app->request.form, "way");
        const char *item = pairs_get_once(&app->request.form, "item");
        struct pairs values;

        if (!session_is_own_form(app, session))
                return err_set(&app->err, ERR_DENIED, "list: not from our own page");
        if (find_way(way) == NULL || strcmp(way, "query") == 0)
                return err_set(&app->err, ERR_REQUEST, "unknown way");
        if (item == NULL || *item == '\0')
                return answer_nothing(app, 400, true);
        if (list_find(list, item) == NULL)
                return err_set(&app->err, ERR_NOT_FOUND, "the list has no such item");
        pairs_init(&values, app->arena);
        pairs_add(&values, "way", way);
        pairs_add(&values, "item", item);
        if (session_write_values(app, session, &values) != 0)
                return -1;
        return app_answer_redirect(
            app, list_url(app, wants_json(app) ? "?detail=1&format=json" : "?detail=1"));
}

/* The list as it was when the item was chosen. */
static const char *
back_url(struct app *app, const struct way *way)
{
        return list_url(app, !is_lesson(app) || way == &ways[BY_QUERY]
                                 ? ""
                                 : arena_printf(app->arena, "?way=%s", way->name));
}

/* The page of the item that value names. */
static int
answer_item(struct app *app, const struct list *list, const struct way *way, const char *value)
{
        const char *name = is_lesson(app) ? pairs_get_text(&app->request.query, "name") : "";
        const struct list_item *item = list_find(list, value);

        if (item == NULL)
                return err_set(&app->err, ERR_NOT_FOUND, "the list has no such item");
        if (strlen(name) > NAME_MAX_SIZE)
                return err_set(&app->err, ERR_REQUEST, "name: more than %d bytes", NAME_MAX_SIZE);
        list_fill(item, "", &app->page);
        if (wants_json(app)) {
                pairs_add(&app->page, "way", way->name);
                return app_answer_json(app, 200, &app->page);
        }
        if (is_lesson(app)) {
                pairs_add(&app->page, "is_lesson", "1");
                pairs_add(&app->page, way->flag, "1");
                pairs_add(&app->page, "name", text_clean(app->arena, name));
        }
        pairs_add(&app->page, "list_url", back_url(app, way));
        return app_answer_page(app, 200, "detail");
}

/* The page of the item that was chosen in this session, in whichever tab. */
static int
answer_chosen(struct app *app, const struct session *session, const struct list *list)
{
        struct pairs values;
        const struct way *way;

        if (session_read_values(app, session, &values) != 0)
                return -1;
        way = find_way(pairs_get(&values, "way"));
        if (way == NULL)
                return answer_nothing(app, 404, false);
        return answer_item(app, list, way, pairs_get_text(&values, "item"));
}

/* Where a tap on an item leads: in the lesson, to the item's page with all that a link can pass. */
static const char *
item_link(struct app *app, const struct list_item *item)
{
        const char *url = arena_printf(app->arena, "%s%s", list_url(app, "?item="), item->id);

        if (is_lesson(app))
                return arena_printf(
                    app->arena, "%s&name=%s", url, url_encode(app->arena, item->text));
        return *item->url == '\0' ? url : item->url;
}

static int
answer_list(struct app *app, const struct session *session, const struct list *list)
{
        const char *wanted = is_lesson(app) ? pairs_get(&app->request.query, "way") : NULL;
        const struct way *way = find_way(wanted == NULL ? "query" : wanted);

        if (way == NULL)
                return err_set(&app->err, ERR_REQUEST, "unknown way");
        pairs_add_typed(&app->page, "items", "", PAIR_ARRAY);
        for (size_t i = 0; i < list->count; i++) {
                const struct list_item *item = &list->items[i];
                char *prefix = arena_printf(app->arena, "items/%zu/", i);

                list_fill(item, prefix, &app->page);
                pairs_add(
                    &app->page, arena_printf(app->arena, "%slink", prefix), item_link(app, item));
        }
        if (wants_json(app))
                return app_answer_json(app, 200, &app->page);
        pairs_add(&app->page, "has_items", list->count > 0 ? "1" : NULL);
        pairs_add(&app->page, "nickname", display_name_get(&session->user));
        pairs_add(
            &app->page, "headimgurl", own_picture_path(app->arena, &app->conf, &session->user));
        if (!is_lesson(app))
                return app_answer_page(app, 200, "list");
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "way", way->name);
        pairs_add(&app->page, way->flag, "1");
        pairs_add(&app->page, "list_url", list_url(app, ""));
        return app_answer_page(app, 200, "lesson");
}

static int
answer_nobody(struct app *app)
{
        if (wants_json(app))
                return introspection_answer_inactive(app, NULL, NULL);
        return app_answer_login(app, list_url(app, ""));
}

static int
list(struct app *app)
{
        const char *item = pairs_get(&app->request.query, "item");
        struct session session;
        struct list list;

        /* I1. Who is it? Nobody: sign in, and come back. */
        if (session_of_request(app, &session) != 0)
                return app->err.kind == ERR_NOT_FOUND ? answer_nobody(app) : -1;

        /* I2. The owner's list, as this user sees it. */
        if (read_list(app, &session, &list) != 0)
                return -1;

        /* I3. An item is chosen: from now on, every page of the session knows it. */
        if (strcmp(app->request.method, "POST") == 0)
                return choose(app, &session, &list);

        /* I4. An item's page: the value came in the link, or is the chosen one. */
        if (item != NULL)
                return answer_item(app, &list, &ways[BY_QUERY], item);
        if (pairs_get(&app->request.query, "detail") != NULL)
                return answer_chosen(app, &session, &list);

        /* I5. The list. */
        return answer_list(app, &session, &list);
}

static int
answer_error(struct app *app)
{
        return wants_json(app) ? app_answer_error_json(app) : -1;
}

static const struct app_program program = {
    .name = "list.cgi",
    .purpose = "The list page of a signed-in user, from the file that the setting list names, and\n"
               "the page of each item: list.cgi?item=ID. ?format=json: the same for scripts.",
    .methods = "GET, HEAD, POST",
    .handle = list,
    .handle_error = answer_error,
    .reads = offsetof(struct conf, list),
    .cross_origin = true,
};

PROGRAM_MAIN(program)
