#include "state/redis_journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "host/file.h"

enum { DAY_SECONDS = 86400, DAY_SIZE = sizeof("2026-11-24") - 1, BATCH = 200 };

/* Keys: the stream, the set of days. Words: line, day, the day's time, seconds to live. */
static const char append[] = "local new=redis.call('EXISTS',KEYS[1])==0 "
                             "redis.call('XADD',KEYS[1],'*','line',ARGV[1]) "
                             "if new then redis.call('ZADD',KEYS[2],ARGV[3],ARGV[2]) "
                             "redis.call('EXPIRE',KEYS[1],ARGV[4]) return 1 end return 0";

static char *
stream_of(const struct redis_base *base, const char *day)
{
        return redis_key(base, "{events}:%s", day);
}

int
redis_log(struct redis_base *base, const char *line, long long days, long long now, struct err *err)
{
        const char *day = arena_copy(base->arena, text_beijing_time(base->arena, now), DAY_SIZE);
        const char *const keys[] = {stream_of(base, day), redis_key(base, "{events}:days")};
        const char *const words[] = {line, day, redis_word(base, text_beijing_day(day)),
            redis_word(base, (days + 2) * DAY_SECONDS)};
        struct redis_reply reply;

        base->confirm = true;
        if (redis_run(base, append, keys, 2, words, 4, &reply, err) != 0)
                return -1;
        return reply.number == 1 ? redis_sweep_days(base, days, now, err) : 0;
}

int
redis_sweep_days(struct redis_base *base, long long days, long long now, struct err *err)
{
        const char *set = redis_key(base, "{events}:days");
        long long first = days == 0 ? now + DAY_SECONDS : now - days * DAY_SECONDS;
        const char *day = arena_copy(base->arena, text_beijing_time(base->arena, first), DAY_SIZE);
        struct redis_reply over, reply;

        if (redis_do(base, &over, err, "ZRANGEBYSCORE", set, "-inf",
                arena_printf(base->arena, "(%lld", text_beijing_day(day)), NULL) != 0)
                return -1;
        for (size_t i = 0; i < over.count; i++)
                if (redis_do(base, &reply, err, "DEL", stream_of(base, over.items[i].text), NULL) !=
                        0 ||
                    redis_do(base, &reply, err, "ZREM", set, over.items[i].text, NULL) != 0)
                        return -1;
        return 0;
}

int
redis_list_days(struct redis_base *base, struct pairs *days, struct err *err)
{
        struct redis_reply reply;

        if (redis_do(base, &reply, err, "ZRANGE", redis_key(base, "{events}:days"), "0", "-1",
                NULL) != 0)
                return -1;
        for (size_t i = 0; i < reply.count; i++)
                pairs_add(days, "day", arena_strdup(days->arena, reply.items[i].text));
        return 0;
}

/* ---- entries ---- */

/* Is called for an entry's id and line. Returns whether to go on. */
typedef bool entry_visit(void *context, const char *id, const struct redis_reply *line);

/* Visits the entries of a reply to XRANGE. *last: the id of the last one. */
static bool
visit_entries(const struct redis_reply *reply, char last[64], entry_visit *visit, void *context)
{
        for (size_t i = 0; i < reply->count; i++) {
                const struct redis_reply *entry = &reply->items[i];

                if (entry->count != 2 || entry->items[1].count != 2 || entry->items[0].size >= 64)
                        continue;
                memcpy(last, entry->items[0].text, entry->items[0].size + 1);
                if (!visit(context, last, &entry->items[1].items[1]))
                        return false;
        }
        return true;
}

/* Visits the entries of a stream, in batches, whose memory is freed. */
static int
each_entry(struct redis_base *base, const char *key, bool newest_first, entry_visit *visit,
    void *context, struct err *err)
{
        struct arena *outer = base->arena, *batch = arena_begin(outer);
        char last[64] = "", from[80] = "";
        bool goes_on = true;
        int result = 0;

        base->arena = batch;
        while (goes_on && result == 0) {
                struct redis_reply reply;
                const char *start = *last == '\0' ? (newest_first ? "+" : "-") : from;

                result = redis_do(base, &reply, err, newest_first ? "XREVRANGE" : "XRANGE", key,
                    start, newest_first ? "-" : "+", "COUNT", redis_word(base, BATCH), NULL);
                if (result != 0 || reply.count == 0)
                        break;
                goes_on = visit_entries(&reply, last, visit, context) && reply.count == BATCH;
                from[0] = '(';
                memcpy(from + 1, last, sizeof(last));
                arena_reset(batch);
        }
        base->arena = outer;
        arena_free(batch);
        return result;
}

struct reading {
        lines_visit *visit;
        void *context;
        size_t left; /* bytes; 0: no more */
};

static bool
read_entry(void *context, const char *id, const struct redis_reply *line)
{
        struct reading *reading = context;

        (void)id;
        if (reading->left < line->size)
                return false;
        reading->left -= line->size;
        return reading->visit(reading->context, line->text, line->size);
}

int
redis_read_day(
    struct redis_base *base, const char *day, lines_visit *visit, void *context, struct err *err)
{
        struct reading reading = {visit, context, (size_t)-1};

        if (text_beijing_day(day) < 0)
                return 0;
        return each_entry(base, stream_of(base, day), false, read_entry, &reading, err);
}

/* ---- the lines of one person ---- */

struct finding {
        const char *word;
        struct arena *arena;
        struct pairs found; /* ids, or lines, the newest first */
        size_t left;
        bool all;
};

static bool
find_id(void *context, const char *id, const struct redis_reply *line)
{
        struct finding *f = context;

        if (strstr(line->text, f->word) != NULL)
                pairs_add(&f->found, "id", arena_strdup(f->arena, id));
        return true;
}

static bool
find_line(void *context, const char *id, const struct redis_reply *line)
{
        struct finding *f = context;

        (void)id;
        if (strstr(line->text, f->word) == NULL)
                return true;
        f->all = f->left > line->size;
        if (!f->all)
                return false;
        f->left -= line->size + 1;
        pairs_add(&f->found, "line", arena_copy(f->arena, line->text, line->size));
        return true;
}

/* An openid needs no escapes in JSON: as a value it is the openid in quotes. */
static struct finding
begin_finding(struct redis_base *base, const char *openid, size_t size)
{
        struct finding f = {.word = arena_printf(base->arena, "\"%s\"", openid),
            .arena = base->arena,
            .left = size,
            .all = true};

        pairs_init(&f.found, base->arena);
        return f;
}

int
redis_forget_lines(struct redis_base *base, const char *openid, struct err *err)
{
        struct redis_reply reply;
        struct pairs days;

        pairs_init(&days, base->arena);
        if (redis_list_days(base, &days, err) != 0)
                return -1;
        for (size_t i = 0; i < days.count; i++) {
                const char *key = stream_of(base, days.items[i].value);
                struct finding f = begin_finding(base, openid, 0);

                if (each_entry(base, key, false, find_id, &f, err) != 0)
                        return -1;
                for (size_t j = 0; j < f.found.count; j++)
                        if (redis_do(
                                base, &reply, err, "XDEL", key, f.found.items[j].value, NULL) != 0)
                                return -1;
        }
        return 0;
}

int
redis_find_lines(struct redis_base *base, const char *openid, size_t size, struct buf *lines,
    bool *all, struct err *err)
{
        struct finding f = begin_finding(base, openid, size);
        struct pairs days;

        pairs_init(&days, base->arena);
        if (redis_list_days(base, &days, err) != 0)
                return -1;
        for (size_t i = days.count; i > 0 && f.all; i--)
                if (each_entry(base, stream_of(base, days.items[i - 1].value), true, find_line, &f,
                        err) != 0)
                        return -1;
        for (size_t i = f.found.count; i > 0; i--) {
                buf_add_text(lines, f.found.items[i - 1].value);
                buf_add_byte(lines, '\n');
        }
        *all = f.all;
        return 0;
}

int
redis_last_log(struct redis_base *base, long long *when, struct err *err)
{
        struct redis_reply reply;
        struct pairs days;

        *when = 0;
        pairs_init(&days, base->arena);
        if (redis_list_days(base, &days, err) != 0)
                return -1;
        for (size_t i = days.count; i > 0 && *when == 0; i--) {
                if (redis_do(base, &reply, err, "XREVRANGE",
                        stream_of(base, days.items[i - 1].value), "+", "-", "COUNT", "1",
                        NULL) != 0)
                        return -1;
                if (reply.count > 0 && reply.items[0].count > 0)
                        *when = strtoll(reply.items[0].items[0].text, NULL, 10) / 1000;
        }
        return 0;
}

/* ---- what owners did ---- */

int
redis_audit(struct redis_base *base, const char *line, struct err *err)
{
        struct redis_reply reply;

        base->confirm = true;
        return redis_do(
            base, &reply, err, "XADD", redis_key(base, "audit"), "*", "line", line, NULL);
}

int
redis_read_audit(struct redis_base *base, lines_visit *visit, void *context, struct err *err)
{
        struct reading reading = {visit, context, FILE_SIZE_MAX};

        return each_entry(base, redis_key(base, "audit"), true, read_entry, &reading, err);
}

int
redis_each_audit(struct redis_base *base, lines_visit *visit, void *context, struct err *err)
{
        struct reading reading = {visit, context, (size_t)-1};

        return each_entry(base, redis_key(base, "audit"), false, read_entry, &reading, err);
}
