#include "visit.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "deliver.h"
#include "docs.h"
#include "format/url.h"

enum { REDIRECTS_MAX = 10 };

static const char cookie_prefix[] = "cookies/";

int
visit_read(struct app *app, const char *name, const char *user_agent, struct visit *visit)
{
        visit->name = name;
        visit->user_agent = user_agent;
        return docs_read(app, name, &visit->kept);
}

bool
visit_is_allowed(const struct app *app, const char *url)
{
        const char *origin = url_origin(app->arena, url);

        return origin != NULL &&
               (strcmp(origin, app->conf.site_url) == 0 || strcmp(origin, app->conf.open_url) == 0);
}

int
visit_forget(struct app *app, struct visit *visit)
{
        pairs_init(&visit->kept, app->arena);
        return docs_write(app, visit->name, &visit->kept);
}

/* ---- cookies: all pages are of one host, so that a name is enough ---- */

static void
forget_cookies(struct visit *visit)
{
        for (size_t i = visit->kept.count; i-- > 0;)
                if (text_starts_with(visit->kept.items[i].name, cookie_prefix))
                        pairs_remove(&visit->kept, visit->kept.items[i].name);
}

static void
take_cookie(struct app *app, struct visit *visit, const char *line)
{
        size_t name = strcspn(line, "="), size = strcspn(line, ";");
        char *member;

        if (name >= size)
                return;
        member = arena_printf(app->arena, "%s%.*s", cookie_prefix, (int)name, line);
        pairs_remove(&visit->kept, member);
        if (strstr(line, "Max-Age=0") == NULL)
                pairs_add(
                    &visit->kept, member, arena_copy(app->arena, line + name + 1, size - name - 1));
}

static void
take_cookies(struct app *app, struct visit *visit, const struct pairs *headers)
{
        if (pairs_get(headers, "clear-site-data") != NULL)
                forget_cookies(visit);
        for (size_t i = 0; i < headers->count; i++)
                if (strcmp(headers->items[i].name, "set-cookie") == 0)
                        take_cookie(app, visit, headers->items[i].value);
}

static const char *
cookie_header(struct app *app, const struct visit *visit)
{
        char *text = arena_strdup(app->arena, "");

        for (size_t i = 0; i < visit->kept.count; i++) {
                const struct pair *pair = &visit->kept.items[i];

                if (text_starts_with(pair->name, cookie_prefix))
                        text =
                            arena_printf(app->arena, "%s%s%s=%s", text, *text == '\0' ? "" : "; ",
                                pair->name + strlen(cookie_prefix), pair->value);
        }
        return text;
}

/* ---- pages ---- */

static const char *
language_tag(const struct app *app)
{
        return strcmp(app->language, "zh_CN") == 0   ? "zh-CN"
               : strcmp(app->language, "zh_TW") == 0 ? "zh-TW"
                                                     : "en";
}

int
visit_open(struct app *app, struct visit *visit, const char *url, const char *form)
{
        struct fetch fetch = {.url = url, .form = form};

        fetch.user_agent = visit->user_agent;
        fetch.language = language_tag(app);
        for (int i = 0; i < REDIRECTS_MAX; i++) {
                const char *to;

                if (!visit_is_allowed(app, fetch.url))
                        return err_set(&app->err, ERR_REQUEST, "not a link of this site");
                fetch.cookies = cookie_header(app, visit);
                fetch.origin = fetch.form == NULL ? NULL : url_origin(app->arena, fetch.url);
                if (deliver_fetch(app, &fetch) != 0)
                        return -1;
                take_cookies(app, visit, &fetch.headers);
                to = pairs_get(&fetch.headers, "location");
                if (fetch.status < 300 || fetch.status > 399 || to == NULL) {
                        docs_set(&visit->kept, "url", fetch.url);
                        docs_set(&visit->kept, "html", text_clean_lines(app->arena, fetch.body));
                        return docs_write(app, visit->name, &visit->kept);
                }
                fetch.url = arena_copy(app->arena, to, strcspn(to, "#"));
                fetch.form = NULL;
        }
        return err_set(&app->err, ERR_UPSTREAM, "too many redirects");
}
