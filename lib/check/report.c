#include "check/report.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "format/page.h"

/* GROWTH: lines for which memory is taken at a time. */
enum { GROWTH = 64 };

void
report_init(struct arena *arena, struct report *report)
{
        *report = (struct report){.arena = arena, .group = "", .order = 0};
}

static struct report_line *
new_line(struct report *report)
{
        if (report->count % GROWTH == 0) {
                struct report_line *more =
                    arena_alloc(report->arena, (report->count + GROWTH) * sizeof(*more));

                if (report->count > 0)
                        memcpy(more, report->lines, report->count * sizeof(*more));
                report->lines = more;
        }
        return &report->lines[report->count++];
}

void
report_put(struct report *report, enum report_state state, const char *const texts[])
{
        struct report_line *line = new_line(report);

        *line = (struct report_line){
            .name = texts[0], .group = report->group, .state = state, .order = report->order};
        pairs_init(&line->values, report->arena);
        report->counts[state]++;
        for (texts++; *texts != NULL; texts += 2)
                pairs_add(&line->values, texts[0], texts[1]);
}

/* The order of a group is that of its first check. */
static size_t
order_of_group(const struct report *report, const char *group)
{
        size_t least = (size_t)-1;

        for (size_t i = 0; i < report->count; i++)
                if (strcmp(report->lines[i].group, group) == 0 && report->lines[i].order < least)
                        least = report->lines[i].order;
        return least;
}

static bool
is_before(const struct report *report, const struct report_line *a, const struct report_line *b)
{
        size_t of_a = order_of_group(report, a->group), of_b = order_of_group(report, b->group);

        if (of_a != of_b)
                return of_a < of_b;
        return a->state != b->state ? a->state < b->state : a->order < b->order;
}

/* There are some fifty lines. */
void
report_sort(struct report *report)
{
        for (size_t i = 1; i < report->count; i++) {
                struct report_line line = report->lines[i];
                size_t at = i;

                for (; at > 0 && is_before(report, &line, &report->lines[at - 1]); at--)
                        report->lines[at] = report->lines[at - 1];
                report->lines[at] = line;
        }
}

bool
report_has(const struct report *report, const char *name)
{
        size_t size = strlen(name);

        for (size_t i = 0; i < report->count; i++) {
                const char *has = report->lines[i].name;

                if (strncmp(has, name, size) == 0 &&
                    (has[size] == '\0' || (has[size] == '.' && strchr(name, '.') == NULL)))
                        return true;
        }
        return false;
}

const char *
report_state_name(enum report_state state)
{
        static const char *const names[REPORT_STATES] = {"failed", "hint", "untried", "good"};

        return names[state];
}

const char *
report_sign(enum report_state state)
{
        static const char *const signs[REPORT_STATES] = {"✗", "!", "!", "✓"};

        return signs[state];
}

const char *
report_check(struct arena *arena, const struct report_line *line)
{
        return arena_copy(arena, line->name, strcspn(line->name, "."));
}

const char *
report_say(struct arena *arena, const struct pairs *words, const struct report_line *line,
    const char *suffix)
{
        const char *template =
            pairs_get_text(words, arena_printf(arena, "%s%s", line->name, suffix));
        struct err err;
        char *text;

        return page_render_text(arena, template, &line->values, &text, &err) == 0 ? text : template;
}

static void
add_line(
    struct arena *arena, const struct pairs *words, const struct report_line *line, struct buf *out)
{
        const char *check = report_check(arena, line), *title = pairs_get_text(words, check);

        buf_add_text(out, arena_printf(arena, "%s %s: %s", report_sign(line->state),
                              *title == '\0' ? check : title,
                              words->count == 0 ? line->name : report_say(arena, words, line, "")));
        buf_add_text(out, "\n");
        if (*report_say(arena, words, line, ".do") != '\0')
                buf_add_text(
                    out, arena_printf(arena, "  → %s\n", report_say(arena, words, line, ".do")));
}

const char *
report_text(struct arena *arena, const struct report *report, const struct pairs *words)
{
        struct buf out;

        buf_init(&out, arena);
        for (size_t i = 0; i < report->count; i++)
                add_line(arena, words, &report->lines[i], &out);
        return buf_finish(&out);
}
