#include "check/report.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "check/phrase.h"
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

/* The sign of a line in a report that is text. */
static const char *
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
        struct pairs values;
        struct err err;
        char *text;

        pairs_init(&values, arena);
        for (size_t i = 0; i < line->values.count; i++) {
                const struct pair *value = &line->values.items[i];

                pairs_add(&values, value->name,
                    strcmp(value->name, "detail") == 0
                        ? phrase_translate(arena, words, value->value)
                        : value->value);
        }
        return page_render_text(arena, template, &values, &text, &err) == 0 ? text : template;
}

void
report_fill(struct arena *arena, const struct report *report, const struct pairs *words,
    const char *version, struct pairs *fields)
{
        pairs_add(fields, "status", report->counts[REPORT_FAILED] > 0 ? "failed" : "good");
        pairs_add_number(fields, "failed", (long long)report->counts[REPORT_FAILED]);
        pairs_add_number(fields, "hints", (long long)report->counts[REPORT_HINT]);
        pairs_add_number(fields, "untried", (long long)report->counts[REPORT_UNTRIED]);
        pairs_add(fields, "version", version);
        pairs_add_typed(fields, "checks", "", PAIR_ARRAY);
        for (size_t i = 0; i < report->count; i++) {
                const struct report_line *line = &report->lines[i];
                const struct {
                        const char *name, *value;
                } members[] = {{"check", report_check(arena, line)},
                    {"result", strchr(line->name, '.') + 1},
                    {"state", report_state_name(line->state)},
                    {"cause", report_say(arena, words, line, "")},
                    {"cure", report_say(arena, words, line, ".do")}};

                for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++)
                        pairs_add(fields, arena_printf(arena, "checks/%zu/%s", i, members[m].name),
                            members[m].value);
        }
}

/* "✓ Settings: all is well", as the language writes it. */
static const char *
format_line(struct arena *arena, const struct pairs *words, const struct report_line *line)
{
        struct pairs values;
        struct err err;
        char *text;

        pairs_init(&values, arena);
        pairs_add(&values, "sign", report_sign(line->state));
        pairs_add(&values, "title", pairs_get_text(words, report_check(arena, line)));
        pairs_add(&values, "cause", report_say(arena, words, line, ""));
        return words->count > 0 && page_render_text(arena, pairs_get_text(words, "line"), &values,
                                       &text, &err) == 0
                   ? text
                   : arena_printf(arena, "%s %s", report_sign(line->state), line->name);
}

static void
add_line(
    struct arena *arena, const struct pairs *words, const struct report_line *line, struct buf *out)
{
        const char *cure = report_say(arena, words, line, ".do");

        buf_add_text(out, format_line(arena, words, line));
        buf_add_text(out, "\n");
        if (*cure != '\0')
                buf_add_text(out, arena_printf(arena, "  → %s\n", cure));
}

static const char no_words[] =
    "✗ 没有页面模板：把压缩包里的 wechat-html 上传到设置文件旁边。\n"
    "✗ There are no page templates: upload the archive's wechat-html beside the settings "
    "file.\n\n";

const char *
report_text(struct arena *arena, const struct report *report, const struct pairs *words)
{
        struct buf out;

        buf_init(&out, arena);
        if (words->count == 0)
                buf_add_text(&out, no_words);
        for (size_t i = 0; i < report->count; i++)
                add_line(arena, words, &report->lines[i], &out);
        return buf_finish(&out);
}
