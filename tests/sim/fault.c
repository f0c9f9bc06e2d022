#include "fault.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "web/app.h"
#include "base/arena.h"
#include "host/lock.h"
#include "host/os.h"
#include "state.h"
#include "tour.h"

/* Answers that are not JSON, or JSON of the wrong form. The texts of the two with NULL are made
 * below. */
static const struct broken {
        const char *name;
        int status;
        const char *type; /* NULL: the service's usual type */
        const char *text;
} broken[] = {
    {"http500", 500, NULL, "internal error"},
    {"garbage", 200, NULL, "\001\002 not { JSON ]"},
    {"truncated", 200, NULL, "{\"access_token\":\"abc\",\"openid\":\"oSim"},
    {"html", 200, "text/html", "busy, please come back later"},
    {"empty", 200, NULL, ""},
    {"wrong_types", 200, NULL,
        "{\"access_token\":{},\"expires_in\":[],\"openid\":7,\"scope\":true}"},
    {"wrong_openid", 200, NULL,
        "{\"openid\":\"oSim9999somebodyElse\",\"nickname\":\"somebody else\"}"},
    {"huge", 200, NULL, NULL},
    {"redirect", 303, NULL, NULL},
};

static const struct broken *
find_broken(const char *name)
{
        for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
                if (strcmp(broken[i].name, name) == 0)
                        return &broken[i];
        return NULL;
}

bool
fault_is_known(const char *fault)
{
        const char *digits = *fault == '-' ? fault + 1 : fault;
        size_t size = strlen(digits);

        return find_broken(fault) != NULL ||
               (size >= 1 && size <= 8 && strspn(digits, "0123456789") == size);
}

static char *
huge(struct app *app)
{
        size_t size = (size_t)10 * 1024 * 1024;
        char *text = arena_alloc(app->arena, size + 1);

        memset(text, ' ', size);
        text[0] = '{';
        text[size - 1] = '}';
        return text;
}

static int
answer_fault(struct app *app, const char *fault)
{
        const struct broken *way = find_broken(fault);

        if (way == NULL)
                return answer_errcode(app, (int)strtol(fault, NULL, 10));
        if (kept_journal(app, strcmp(fault, "empty") == 0 ? "(empty)" : "(fault)") != 0)
                return -1;
        if (way->status == 303)
                return app_answer_redirect(
                    app, arena_printf(app->arena, "%s/sns/elsewhere", app->conf.api_url));
        return app_answer_text(app, way->status, way->type == NULL ? answer_type(app) : way->type,
            way->text == NULL ? huge(app) : way->text);
}

/* Counts a fault down and removes it at the end; a fault without a count stays. */
static int
count_down(struct app *app, const char *name, struct pairs *switches)
{
        char *count_name = arena_printf(app->arena, "%s_count", name);
        long long count = pairs_get_number(switches, count_name, 0);

        if (count <= 0)
                return 0;
        pairs_remove(switches, count_name);
        if (count == 1) {
                pairs_remove(switches, name);
                pairs_remove(switches, "scenario");
        } else
                pairs_add_number(switches, count_name, count - 1);
        return kept_write_switches(app, switches);
}

/* Reads the switches and takes the fault that is set for the call; NULL: none. The switches are
 * locked meanwhile, so that simultaneous calls are counted one by one. */
static int
take_fault(struct app *app, const char *call, struct pairs *switches, const char **fault)
{
        char *name = arena_printf(app->arena, "fault_%s", call);
        int lock, result;

        if (kept_lock_switches(app, &lock) != 0)
                return -1;
        result = kept_read_switches(app, switches);
        if (result == 0) {
                *fault = arena_strdup(app->arena, pairs_get(switches, name));
                result = *fault == NULL ? 0 : count_down(app, name, switches);
        }
        lock_release(lock);
        return result;
}

bool
fault_happens(struct app *app, const char *call, struct pairs *switches)
{
        const char *fault;
        long long delay;

        if (take_fault(app, call, switches, &fault) != 0)
                return true;
        delay = pairs_get_number(switches, arena_printf(app->arena, "delay_%s", call), 0);
        if ((fault != NULL || delay > 0) && tour_note(app, TOUR_FAILURE) != 0)
                return true;
        if (delay > 0)
                os_sleep(delay > 60000 ? 60000 : (int)delay);
        if (fault == NULL)
                return false;
        if (answer_fault(app, fault) != 0)
                app->response.status = 0;
        return true;
}
