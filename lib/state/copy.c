#include "state/copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/sort.h"
#include "base/text.h"
#include "format/digest.h"
#include "state/backend.h"

enum { TOLD_EACH = 1000, KEPT_DAYS = 3660, NOON = 43200, DAY_SECONDS = 86400 };

struct copying {
        struct arena *arena;
        const struct copy_place *from, *to;
        long long now;
        void (*tell)(void *context, const struct copy_part *part);
        void *context;
        struct copy_part part;
        enum store_kind kind;
        const char *day;
        struct line *there; /* the lines of the day, or of the audit, that are there already */
        size_t count, room;
        struct err *err;
        int result;
};

struct line {
        char digest[DIGEST_HEX_SIZE / 2];
};

static void
begin_part(struct copying *c, const char *name)
{
        c->part = (struct copy_part){.name = name};
        c->result = 0;
}

static void
count(struct copying *c, long long *number)
{
        ++*number;
        if ((c->part.added + c->part.there + c->part.left) % TOLD_EACH == 0)
                c->tell(c->context, &c->part);
}

/* Counts what came of adding something. Returns whether to go on. */
static bool
count_added(struct copying *c, int result)
{
        if (result != 0 && c->err->kind != ERR_EXISTS && c->err->kind != ERR_FULL) {
                c->result = -1;
                return false;
        }
        count(c, result == 0                  ? &c->part.added
                 : c->err->kind == ERR_EXISTS ? &c->part.there
                                              : &c->part.left);
        err_clear(c->err);
        return true;
}

static int
end_part(struct copying *c, int result)
{
        c->part.ended = true;
        c->tell(c->context, &c->part);
        return result != 0 ? -1 : c->result;
}

/* ---- records and users ---- */

static bool
copy_record(void *context, const char *name, const char *text, size_t size)
{
        struct copying *c = context;
        struct arena *arena = arena_begin(c->arena);
        struct store_record record;
        struct err ignored;
        bool goes_on = true;

        if (record_parse(arena, arena_copy(arena, text, size), size, &record, &ignored) != 0 ||
            record.expires <= c->now)
                count(c, &c->part.left);
        else
                goes_on = count_added(c, c->to->backend->add_record(
                                             c->to->handle, c->kind, name, &record, text, c->err));
        arena_free(arena);
        return goes_on;
}

static bool
copy_user(void *context, const char *openid, const char *text, size_t size)
{
        struct copying *c = context;

        (void)size;
        return count_added(c, c->to->backend->add_user(c->to->handle, openid, text, c->err));
}

/* ---- lines ---- */

static int
compare(const void *one, const void *other)
{
        return memcmp(one, other, sizeof(struct line));
}

static struct line
digest_of(const char *text, size_t size)
{
        char hex[DIGEST_HEX_SIZE + 1];
        struct line line;

        digest_sha256_hex(text, size, hex);
        memcpy(line.digest, hex, sizeof(line.digest));
        return line;
}

static bool
note_line(void *context, const char *text, size_t size)
{
        struct copying *c = context;

        if (c->count == c->room) {
                struct line *more;

                c->room = c->room == 0 ? TOLD_EACH : 2 * c->room;
                more = arena_alloc(c->arena, c->room * sizeof(*more));
                if (c->count > 0)
                        memcpy(more, c->there, c->count * sizeof(*more));
                c->there = more;
        }
        c->there[c->count++] = digest_of(text, size);
        return true;
}

static bool
copy_line(void *context, const char *text, size_t size)
{
        const struct backend *to;
        struct copying *c = context;
        struct line line = digest_of(text, size);
        int result;

        if (c->count > 0 && bsearch(&line, c->there, c->count, sizeof(line), compare) != NULL) {
                count(c, &c->part.there);
                return true;
        }
        to = c->to->backend;
        result = c->day == NULL ? to->audit(c->to->handle, text, c->err)
                                : to->log(c->to->handle, text, KEPT_DAYS,
                                      text_beijing_day(c->day) + NOON, c->err);
        return count_added(c, result);
}

/* Copies the lines of a day; day NULL: of what owners did. */
static int
copy_lines(struct copying *c, const char *day)
{
        const struct backend *from = c->from->backend, *to = c->to->backend;

        c->day = day;
        c->count = 0;
        if ((day == NULL ? to->each_audit(c->to->handle, note_line, c, c->err)
                         : to->read_day(c->to->handle, day, note_line, c, c->err)) != 0)
                return -1;
        sort_array(c->there, c->count, sizeof(*c->there), compare);
        if ((day == NULL ? from->each_audit(c->from->handle, copy_line, c, c->err)
                         : from->read_day(c->from->handle, day, copy_line, c, c->err)) != 0)
                return -1;
        return c->result;
}

static int
copy_days(struct copying *c)
{
        struct pairs days;

        pairs_init(&days, c->arena);
        if (c->from->backend->list_days(c->from->handle, &days, c->err) != 0)
                return -1;
        for (size_t i = 0; i < days.count; i++)
                if (copy_lines(c, days.items[i].value) != 0)
                        return -1;
        return 0;
}

/* ---- counts by day ---- */

/* Where something was counted already, nothing is added. */
static int
copy_tallies(struct copying *c)
{
        long long counts[TALLY_DAYS_MAX][TALLY_KINDS], there[TALLY_DAYS_MAX][TALLY_KINDS];

        memset(counts, 0, sizeof(counts));
        memset(there, 0, sizeof(there));
        if (c->from->backend->read_tallies(
                c->from->handle, c->now, TALLY_DAYS_MAX, counts, c->err) != 0 ||
            c->to->backend->read_tallies(c->to->handle, c->now, TALLY_DAYS_MAX, there, c->err) != 0)
                return -1;
        for (int i = 0; i < TALLY_DAYS_MAX; i++)
                for (int kind = 0; kind < TALLY_KINDS; kind++)
                        for (long long n = there[i][kind]; n < counts[i][kind]; n++)
                                if (!count_added(c,
                                        c->to->backend->tally(c->to->handle, (enum state_tally)kind,
                                            c->now - (long long)i * DAY_SECONDS, c->err)))
                                        return -1;
        return 0;
}

int
copy_state(struct arena *arena, const struct copy_place *from, const struct copy_place *to,
    long long now, void (*tell)(void *context, const struct copy_part *part), void *context,
    struct err *err)
{
        struct copying c = {.arena = arena,
            .from = from,
            .to = to,
            .now = now,
            .tell = tell,
            .context = context,
            .err = err};

        /* The users come first: a session is in force only with its user. */
        begin_part(&c, "users");
        if (end_part(&c, from->backend->each_user_text(from->handle, copy_user, &c, err)) != 0)
                return -1;
        for (int kind = 0; kind < STORE_KINDS; kind++) {
                c.kind = (enum store_kind)kind;
                begin_part(&c, kind_of(c.kind)->folder);
                if (end_part(&c, from->backend->each_record(
                                     from->handle, c.kind, copy_record, &c, err)) != 0)
                        return -1;
        }
        begin_part(&c, "events");
        if (end_part(&c, copy_days(&c)) != 0)
                return -1;
        begin_part(&c, "audit");
        if (end_part(&c, copy_lines(&c, NULL)) != 0)
                return -1;
        begin_part(&c, "tallies");
        return end_part(&c, copy_tallies(&c));
}
