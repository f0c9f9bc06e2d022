#include "format/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { DAY = 86400, BEIJING = 8 * 3600 };

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

char *
date_format(struct arena *arena, long long seconds)
{
        static const char days[] = "ThuFriSatSunMonTueWed";
        /* "2026-11-24 17:30" */
        const char *time = text_beijing_time(arena, seconds - BEIJING);
        long long day = seconds / DAY - (seconds % DAY < 0);
        long long month = strtoll(time + 5, NULL, 10);

        return arena_printf(arena, "%.3s, %.2s %.3s %.4s %.5s:%02lld GMT",
            days + 3 * ((day % 7 + 7) % 7), time + 8, months + 3 * (month - 1), time, time + 11,
            (seconds - day * DAY) % 60);
}

/* Does text have this form? d: a digit; a: a letter; any other character is itself. */
static bool
has_form(const char *text, const char *form)
{
        for (; *form != '\0'; text++, form++) {
                bool letter = (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z');

                if (*form == 'd' ? *text < '0' || *text > '9'
                                 : (*form == 'a' ? !letter : *text != *form))
                        return false;
        }
        return *text == '\0';
}

/* Returns the number of the month that text begins with, from 1; 0: it is none. */
static int
month_of(const char *text)
{
        for (int i = 0; i < 12; i++)
                if (strncmp(text, months + (size_t)i * 3, 3) == 0)
                        return i + 1;
        return 0;
}

/* Where the parts of a date are. */
struct parts {
        const char *day, *month, *year, *time;
        const char *century; /* NULL: the year has four digits */
};

static bool
find_parts(const char *text, struct parts *parts)
{
        const char *comma = strchr(text, ',');

        if (has_form(text, "aaa, dd aaa dddd dd:dd:dd GMT"))
                *parts = (struct parts){text + 5, text + 8, text + 12, text + 17, NULL};
        else if (has_form(text, "aaa aaa dd dd:dd:dd dddd") ||
                 has_form(text, "aaa aaa  d dd:dd:dd dddd"))
                *parts = (struct parts){text + 8, text + 4, text + 20, text + 11, NULL};
        else if (comma != NULL && comma - text >= 6 && comma - text <= 9 &&
                 has_form(comma, ", dd-aaa-dd dd:dd:dd GMT"))
                *parts = (struct parts){
                    comma + 2, comma + 5, comma + 9, comma + 12, comma[9] < '7' ? "20" : "19"};
        else
                return false;
        return true;
}

bool
date_parse(struct arena *arena, const char *text, long long *seconds)
{
        struct parts parts;
        long long day, hour, minute, second;

        if (!find_parts(text, &parts))
                return false;
        day = text_beijing_day(arena_printf(arena, "%s%.*s-%02d-%c%c",
            parts.century == NULL ? "" : parts.century, parts.century == NULL ? 4 : 2, parts.year,
            month_of(parts.month), parts.day[0] == ' ' ? '0' : parts.day[0], parts.day[1]));
        hour = strtoll(parts.time, NULL, 10);
        minute = strtoll(parts.time + 3, NULL, 10);
        second = strtoll(parts.time + 6, NULL, 10);
        if (day == -1 || hour > 23 || minute > 59 || second > 60)
                return false;
        *seconds = day + BEIJING + hour * 3600 + minute * 60 + second;
        return true;
}
