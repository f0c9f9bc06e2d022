/*
 * chart: bars for days, as numbers for the SVG of a page. A second row of bars is hatched, so that
 * the two differ without colours.
 *
 * Members that it adds, below chart.prefix: firsts/N/ and seconds/N/ with x, y, height (units of
 * the SVG) and text ("2026-11-24: 12"), for days that are not 0; axis (y of the line of 0), top (y
 * of the line of the greatest value), most (that of the first row), from, to (the first and last
 * day), sum_first, sum_second.
 */
#ifndef WECHAT_CHART_H
#define WECHAT_CHART_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pairs;

/* Units of the SVG. CHART_STEP: from one bar to the next. */
enum {
        CHART_DAYS_MAX = 40,
        CHART_TOP = 16,
        CHART_HEIGHT = 120,
        CHART_BOTTOM = CHART_HEIGHT - 16,
        CHART_STEP = 11
};

struct chart {
        const char *prefix; /* "charts/0/" */
        bool below; /* the second row hangs below the line of 0; else it stands in the first */
        int count;
        const char *days[CHART_DAYS_MAX]; /* the oldest first */
        long long first[CHART_DAYS_MAX];
        long long second[CHART_DAYS_MAX];
};

void chart_draw(struct arena *arena, const struct chart *chart, struct pairs *page);

#endif
