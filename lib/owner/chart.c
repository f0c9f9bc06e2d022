#include "owner/chart.h"

#include "base/arena.h"
#include "base/pairs.h"

struct scale {
        long long most; /* the greatest value of the first row */
        int axis;       /* y of the line of 0 */
        double unit;    /* of the SVG, for a value of 1 */
};

static long long
most_of(const long long *values, int count)
{
        long long most = 0;

        for (int i = 0; i < count; i++)
                most = values[i] > most ? values[i] : most;
        return most;
}

static long long
sum_of(const long long *values, int count)
{
        long long sum = 0;

        for (int i = 0; i < count; i++)
                sum += values[i];
        return sum;
}

/* Both rows have the same scale. */
static struct scale
scale_of(const struct chart *chart)
{
        const int room = CHART_BOTTOM - CHART_TOP;
        long long up = most_of(chart->first, chart->count);
        long long down = most_of(chart->second, chart->count);
        struct scale scale = {.most = up, .axis = CHART_BOTTOM, .unit = 0};

        if (!chart->below)
                down = 0;
        if (up + down == 0)
                return scale;
        scale.unit = (double)room / (double)(up + down);
        scale.axis = CHART_TOP + (int)((double)up * scale.unit);
        return scale;
}

static void
add(struct arena *arena, struct pairs *page, const char *prefix, const char *name,
    const char *value)
{
        pairs_add(page, arena_printf(arena, "%s%s", prefix, name), value);
}

static void
add_bars(struct arena *arena, const struct chart *chart, const struct scale *scale,
    const char *name, const long long *values, bool hangs, struct pairs *page)
{
        int bars = 0;

        for (int i = 0; i < chart->count; i++) {
                const char *prefix;
                double height;

                if (values[i] <= 0)
                        continue;
                prefix = arena_printf(arena, "%s%s/%d/", chart->prefix, name, bars++);
                height = (double)values[i] * scale->unit;
                /* One of a thousand can still be seen. */
                if (height < 1)
                        height = 1;
                add(arena, page, prefix, "x", arena_printf(arena, "%d", i * CHART_STEP + 1));
                add(arena, page, prefix, "y",
                    arena_printf(arena, "%.1f", hangs ? scale->axis : scale->axis - height));
                add(arena, page, prefix, "height", arena_printf(arena, "%.1f", height));
                add(arena, page, prefix, "text",
                    arena_printf(arena, "%s: %lld", chart->days[i], values[i]));
        }
}

void
chart_draw(struct arena *arena, const struct chart *chart, struct pairs *page)
{
        struct scale scale = scale_of(chart);
        const char *prefix = chart->prefix;

        add(arena, page, prefix, "axis", arena_printf(arena, "%d", scale.axis));
        add(arena, page, prefix, "top", arena_printf(arena, "%d", CHART_TOP));
        add(arena, page, prefix, "most", arena_printf(arena, "%lld", scale.most));
        add(arena, page, prefix, "from", chart->days[0]);
        add(arena, page, prefix, "to", chart->days[chart->count - 1]);
        add(arena, page, prefix, "sum_first",
            arena_printf(arena, "%lld", sum_of(chart->first, chart->count)));
        add(arena, page, prefix, "sum_second",
            arena_printf(arena, "%lld", sum_of(chart->second, chart->count)));
        add_bars(arena, chart, &scale, "firsts", chart->first, false, page);
        add_bars(arena, chart, &scale, "seconds", chart->second, chart->below, page);
}
