#include "tour.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "docs.h"
#include "faces.h"
#include "host/lock.h"
#include "people.h"
#include "state.h"

/* The document of the steps that were done: each is a member. */
static const char file[] = "tour";
static const char *const steps[] = {
    "profile", "another", TOUR_COMPUTER, TOUR_MESSAGE, TOUR_FAILURE};

enum { STEP_COUNT = sizeof(steps) / sizeof(steps[0]) };

/* Sets a member, unless it is there. */
static int
add_member(struct app *app, const char *name, const char *value)
{
        struct pairs done;
        int lock, result = 0;

        if (docs_read(app, file, &done) != 0)
                return -1;
        if (pairs_get(&done, name) != NULL)
                return 0;
        if (docs_lock(app, &lock) != 0)
                return -1;
        result = docs_read(app, file, &done);
        if (result == 0) {
                docs_set(&done, name, value);
                result = docs_write(app, file, &done);
        }
        lock_release(lock);
        return result;
}

int
tour_note(struct app *app, const char *step)
{
        return add_member(app, step, "1");
}

int
tour_note_profile(struct app *app, const struct sim_person *person)
{
        struct pairs done;

        if (docs_read(app, file, &done) != 0)
                return -1;
        if (strcmp(pairs_get_text(&done, "profile"), person->id) == 0)
                return 0;
        return add_member(
            app, pairs_get(&done, "profile") == NULL ? "profile" : "another", person->id);
}

/* Adds done_<step> for each step that was done, next_<step> for the first that was not, and how
 * many were. */
static int
add_steps(struct app *app)
{
        bool found = false;
        struct pairs done;
        int count = 0;

        if (docs_read(app, file, &done) != 0)
                return -1;
        for (int i = 0; i < STEP_COUNT; i++) {
                bool is_done = pairs_get(&done, steps[i]) != NULL;

                count += is_done;
                if (!is_done && found)
                        continue;
                found = found || !is_done;
                pairs_add(&app->page,
                    arena_printf(app->arena, is_done ? "done_%s" : "next_%s", steps[i]), "1");
        }
        pairs_add_number(&app->page, "count", count);
        if (count > 0)
                pairs_add(&app->page, "is_begun", "1");
        if (count == STEP_COUNT)
                pairs_add(&app->page, "is_over", "1");
        return 0;
}

static int
begin_anew(struct app *app)
{
        struct pairs none;

        pairs_init(&none, app->arena);
        return docs_write(app, file, &none) != 0
                   ? -1
                   : app_answer_redirect(app, arena_printf(app->arena, "%s/", app->conf.api_url));
}

int
tour_page(struct app *app)
{
        struct pairs switches;

        if (strcmp(app->request.method, "POST") == 0)
                return begin_anew(app);
        if (kept_read_switches(app, &switches) != 0 ||
            faces_add(app, people_chosen(&switches)) != 0 || add_steps(app) != 0)
                return -1;
        pairs_add(&app->page, "site", app->conf.site_url);
        return app_answer_page(app, 200, "index");
}
