/*
 * report: the lines of a check of the installation, each with one sentence of cause and one of
 * cure.
 *
 * The sentences are words (page.h) of the file words/check.LANGUAGE.txt:
 *
 *         group.files = Files
 *         programs = The programs
 *         programs.damaged = {{names}} differ from the archive.
 *         programs.damaged.do = Upload them again, in binary mode.
 *         line = {{sign}} {{title}}: {{cause}}
 */
#ifndef WECHAT_REPORT_H
#define WECHAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct arena;

enum report_state {
        REPORT_FAILED,
        REPORT_HINT,
        REPORT_UNTRIED, /* it could not be tested, and is not known to be well */
        REPORT_GOOD,
        REPORT_STATES
};

struct report_line {
        const char *name; /* "programs.damaged": the check, and what it found */
        const char *group;
        enum report_state state;
        size_t order;        /* of the check in its table */
        struct pairs values; /* for its words: none is secret; "detail" is translated (phrase.h) */
};

struct report {
        struct arena *arena;
        struct report_line *lines;
        size_t count;
        size_t counts[REPORT_STATES];
        /* The check that adds lines. */
        const char *group;
        size_t order;
};

void report_init(struct arena *arena, struct report *report);

/* Adds a line. texts: its name; then names and values for its words, up to NULL. */
void report_put(struct report *report, enum report_state state, const char *const texts[]);

/* The same, with the texts as arguments: report_add(report, REPORT_FAILED, "pages.version",
 * "there", version, NULL). */
#define report_add(report, state, ...)                                                             \
        report_put((report), (state), (const char *const[]){__VA_ARGS__})

/* Sorts the lines: the groups in their order, in each what failed first. */
void report_sort(struct report *report);

/* Has a line of that name, or one of that check if name has no dot, been added? */
bool report_has(const struct report *report, const char *name);

/* Returns "failed", "hint", "untried" or "good". */
const char *report_state_name(enum report_state state);

/* Returns the check of a line: what stands before the dot. */
const char *report_check(struct arena *arena, const struct report_line *line);

/* Returns the sentence of that word for a line, as plain text; "" if there is no such word. suffix:
 * "" for the cause, ".do" for the cure. */
const char *report_say(struct arena *arena, const struct pairs *words,
    const struct report_line *line, const char *suffix);

/* Adds the report as JSON has it: status, how many lines there are of each state, version, and
 * checks, with the words in cause and cure. */
void report_fill(struct arena *arena, const struct report *report, const struct pairs *words,
    const char *version, struct pairs *fields);

/* Returns all lines as text, for a shell or where there is no template. Without words the lines are
 * their names, and a text in two languages says that the words are missing. */
const char *report_text(
    struct arena *arena, const struct report *report, const struct pairs *words);

#endif
