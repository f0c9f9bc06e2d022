#include "screens.h"

#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "faces.h"
#include "format/url.h"
#include "people.h"
#include "screen.h"
#include "state.h"
#include "tour.h"
#include "visit.h"

static const char computer_agent[] =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36";
static const char phone_agent[] =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.54 NetType/WIFI";

struct screens {
        const struct sim_person *person; /* whose phone it is */
        struct visit computer;
        struct visit phone;
};

static int
read_screens(struct app *app, struct screens *s)
{
        struct pairs switches;
        char *phone;

        if (kept_read_switches(app, &switches) != 0)
                return -1;
        s->person = people_chosen(&switches);
        phone = arena_printf(app->arena, "phone-%s", s->person->id);
        return visit_read(app, "computer", computer_agent, &s->computer) != 0
                   ? -1
                   : visit_read(app, phone, phone_agent, &s->phone);
}

static const char *
page_of(const struct visit *visit)
{
        return pairs_get_text(&visit->kept, "html");
}

static const char *
program(struct app *app, const char *call)
{
        return conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, call));
}

/* Lets the computer ask for a QR code, which will lead to the personal page. */
static int
begin(struct app *app, struct screens *s)
{
        const char *me = url_encode(app->arena, conf_program(app->arena, &app->conf, "me.cgi"));

        return visit_open(app, &s->computer,
            arena_printf(app->arena, "%s?qr=1&again=1&next=%s", program(app, "login.cgi"), me),
            NULL);
}

/* A computer that waits for the phone looks whether that has answered. */
static int
look_again(struct app *app, struct screens *s)
{
        const char *wait = screen_find(app, page_of(&s->computer), "data-wait=\"", "\"");

        if (wait == NULL)
                return 0;
        wait = screen_resolve(app, pairs_get_text(&s->computer.kept, "url"), wait);
        if (visit_open(app, &s->computer, wait, NULL) != 0)
                return -1;
        return strcmp(pairs_get_text(&s->computer.kept, "url"), program(app, "me.cgi")) == 0
                   ? tour_note(app, TOUR_COMPUTER)
                   : 0;
}

/* ---- what the visitor does ---- */

static int
go_back(struct app *app, const char *query)
{
        return app_answer_redirect(
            app, arena_printf(app->arena, "%s/screens%s", app->conf.api_url, query));
}

/* Returns the fields of a form on one of the screens, as it posts them; NULL: a link was opened. */
static const char *
posted(struct app *app)
{
        struct pairs fields;

        if (strcmp(app->request.method, "POST") != 0 || pairs_get(&app->request.form, "do") != NULL)
                return NULL;
        pairs_init(&fields, app->arena);
        for (size_t i = 0; i < app->request.form.count; i++) {
                const struct pair *pair = &app->request.form.items[i];

                if (!text_has_word("on to", pair->name))
                        pairs_add(&fields, pair->name, pair->value);
        }
        return url_build_form(app->arena, &fields);
}

static int
open_on(struct app *app, struct screens *s, const char *screen, const char *to)
{
        bool on_phone = strcmp(screen, "computer") != 0;

        if (!visit_is_allowed(app, to))
                return go_back(app, "?refused=1");
        if (visit_open(app, on_phone ? &s->phone : &s->computer, to, posted(app)) != 0)
                return -1;
        return go_back(app, on_phone ? "#phone" : "");
}

/* The phone scans the code: it opens the link that the code holds. */
static int
scan(struct app *app, struct screens *s)
{
        const char *link = screen_find(app, page_of(&s->computer), "id=\"link\">", "<");

        return link == NULL ? go_back(app, "") : open_on(app, s, "phone", link);
}

static int
begin_anew(struct app *app, struct screens *s)
{
        if (visit_forget(app, &s->computer) != 0 || visit_forget(app, &s->phone) != 0)
                return -1;
        return go_back(app, "");
}

/* ---- the page ---- */

/* Puts html in place of a mark that the page has: values are escaped, and this is HTML. */
static void
fill(struct app *app, const char *mark, const char *html)
{
        const char *at = strstr(app->response.body, mark);
        struct buf body;

        if (at == NULL)
                return;
        buf_init(&body, app->arena);
        buf_add(&body, app->response.body, (size_t)(at - app->response.body));
        buf_add_text(&body, html);
        buf_add_text(&body, at + strlen(mark));
        app->response.body = body.data;
        app->response.size = body.size;
}

static char *
render(struct app *app, const struct visit *visit, const char *name)
{
        return screen_render(app, page_of(visit), pairs_get_text(&visit->kept, "url"), name);
}

static int
show(struct app *app, struct screens *s)
{
        bool fresh = *page_of(&s->computer) == '\0', scanned = *page_of(&s->phone) != '\0';

        if ((fresh ? begin(app, s) : look_again(app, s)) != 0 || faces_add(app, s->person) != 0)
                return -1;
        pairs_add(&app->page, "url", pairs_get(&s->computer.kept, "url"));
        pairs_add(&app->page, "is_scanned", scanned ? "1" : "");
        pairs_add(&app->page, "refused", pairs_get(&app->request.query, "refused"));
        if (screen_find(app, page_of(&s->computer), "id=\"link\">", "<") != NULL)
                pairs_add(&app->page, "has_code", "1");
        if (app_answer_page(app, 200, "screens") != 0)
                return -1;
        fill(app, "/* of both pages */",
            arena_printf(app->arena, "%s\n%s", screen_style(app, page_of(&s->computer)),
                screen_style(app, page_of(&s->phone))));
        if (scanned)
                fill(app, "[phone]", render(app, &s->phone, "phone"));
        fill(app, "[computer]", render(app, &s->computer, "computer"));
        return 0;
}

int
screens_page(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        const struct pairs *fields = post ? &app->request.form : &app->request.query;
        const char *what = pairs_get_text(&app->request.form, "do");
        struct screens s;

        if (read_screens(app, &s) != 0)
                return -1;
        if (strcmp(what, "scan") == 0)
                return scan(app, &s);
        if (strcmp(what, "again") == 0)
                return begin_anew(app, &s);
        if (pairs_get(fields, "to") != NULL)
                return open_on(app, &s, pairs_get_text(fields, "on"), pairs_get_text(fields, "to"));
        return show(app, &s);
}
