#include "faces.h"

#include "web/app.h"
#include "base/arena.h"
#include "people.h"

int
faces_add(struct app *app, const struct sim_person *chosen)
{
        const struct sim_person *person;
        struct pairs words;

        if (app_read_words(app, app->language, &words) != 0)
                return -1;
        for (size_t i = 0; (person = people_at(i)) != NULL; i++) {
                const char *name =
                    pairs_get(&words, arena_printf(app->arena, "people.%s", person->id));

                pairs_add(&app->page, arena_printf(app->arena, "people/%zu/id", i), person->id);
                pairs_add(&app->page, arena_printf(app->arena, "people/%zu/name", i), name);
                pairs_add(&app->page, arena_printf(app->arena, "people/%zu/is_chosen", i),
                    person == chosen ? "1" : "");
                if (person == chosen)
                        pairs_add(&app->page, "person_name", name);
        }
        pairs_add(&app->page, "person", chosen->id);
        pairs_add(&app->page, "person_face", *chosen->colour == '\0' ? "" : "1");
        return 0;
}
