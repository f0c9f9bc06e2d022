#include "owner/troubles.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "state/state.h"
#include "web/app.h"

struct reading {
        struct arena *arena;
        struct troubles *troubles;
};

/* Returns the value behind " name=", up to a blank or a colon; "" if there is none. */
static const char *
value_of(struct arena *arena, const char *line, const char *name)
{
        const char *found = strstr(line, arena_printf(arena, " %s=", name));

        if (found == NULL)
                return "";
        found += strlen(name) + 2;
        return arena_copy(arena, found, strcspn(found, " :"));
}

/* Parses what log_error() writes. */
static bool
parse(struct arena *arena, const char *line, struct trouble *trouble)
{
        static const char start[] = "wechat-cgi: ";
        const char *program = line + strlen(start), *text;

        if (strncmp(line, start, strlen(start)) != 0 || (text = strstr(program, ": ")) == NULL)
                return false;
        trouble->program = arena_copy(arena, program, strcspn(program, " "));
        trouble->kind = value_of(arena, line, "kind");
        trouble->request = value_of(arena, line, "request");
        if (strcmp(trouble->request, "-") == 0)
                trouble->request = "";
        trouble->errcode = (int)strtol(value_of(arena, line, "errcode"), NULL, 10);
        trouble->text = arena_strdup(arena, text + 2);
        return true;
}

static bool
is_same(const struct trouble *one, const struct trouble *other)
{
        return one->errcode == other->errcode && strcmp(one->program, other->program) == 0 &&
               strcmp(one->kind, other->kind) == 0 && strcmp(one->text, other->text) == 0;
}

/* The newest come first, so a group's first error is its last one. */
static bool
visit(void *context, long long when, const char *line)
{
        struct reading *reading = context;
        struct troubles *troubles = reading->troubles;
        struct trouble trouble = {.times = 1, .last = when};

        if (!parse(reading->arena, line, &trouble))
                return true;
        for (size_t i = 0; i < troubles->count; i++)
                if (is_same(&troubles->list[i], &trouble)) {
                        troubles->list[i].times++;
                        return true;
                }
        if (troubles->count < TROUBLES_MAX)
                troubles->list[troubles->count++] = trouble;
        else
                troubles->more = true;
        return true;
}

int
troubles_read(struct app *app, long long since, struct troubles *troubles)
{
        struct reading reading = {app->arena, troubles};

        *troubles = (struct troubles){.count = 0};
        return state_read_errors(app->state, since, app->now, visit, &reading, &app->err);
}
