#include "state/redis_notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "state/notes.h"

enum {
        LATE_LOG_MAX = 128 * 1024,
        DAY_SECONDS = 86400,
        DAY_SIZE = sizeof("2026-11-24") - 1,
        ERROR_DAYS = 2,
        TALLY_KEPT_DAYS = 64,
        TRIES = 5
};

/* Words: text, bytes that are kept at most, seconds to live. */
static const char append[] =
    "if redis.call('STRLEN',KEYS[1])+#ARGV[1]>tonumber(ARGV[2]) then return 0 end "
    "redis.call('APPEND',KEYS[1],ARGV[1]) redis.call('EXPIRE',KEYS[1],ARGV[3]) return 1";

static const char swap[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                           "if ARGV[2]=='' then redis.call('DEL',KEYS[1]) "
                           "else redis.call('SET',KEYS[1],ARGV[2],'KEEPTTL') end return 1";

bool
redis_note(struct redis_base *base, const char *name)
{
        struct redis_reply reply;
        struct err ignored;

        return redis_do(base, &reply, &ignored, "SET", redis_key(base, "noted:%s", name), "1", "NX",
                   NULL) == 0 &&
               reply.kind == REDIS_TEXT;
}

/* Appends a text, if there is room. *added: there was. */
static int
add_text(struct redis_base *base, const char *key, const char *text, long long most,
    long long seconds, bool *added, struct err *err)
{
        struct redis_reply reply;

        if (redis_run(base, append, &key, 1,
                (const char *const[]){text, redis_word(base, most), redis_word(base, seconds)}, 3,
                &reply, err) != 0)
                return -1;
        *added = reply.number == 1;
        return 0;
}

int
redis_defer_log(struct redis_base *base, const char *text, struct err *err)
{
        bool added;

        if (add_text(base, redis_key(base, "late"), text, LATE_LOG_MAX, 7LL * DAY_SECONDS, &added,
                err) != 0)
                return -1;
        return added ? 0
                     : err_set(
                           err, ERR_TOO_LARGE, "%s: more than %d bytes", "late", (int)LATE_LOG_MAX);
}

int
redis_take_log(struct redis_base *base, const char **text, struct err *err)
{
        struct redis_reply reply;

        if (redis_do(base, &reply, err, "GETDEL", redis_key(base, "late"), NULL) != 0)
                return -1;
        if (reply.kind == REDIS_TEXT)
                *text = reply.text;
        return 0;
}

/* ---- errors ---- */

static char *
key_of_day(struct redis_base *base, const char *what, long long when)
{
        return redis_key(base, "%s:%.*s", what, DAY_SIZE, text_beijing_time(base->arena, when));
}

int
redis_note_error(struct redis_base *base, const char *line, long long now, struct err *err)
{
        const char *text =
            arena_printf(base->arena, "%lld %.*s\n", now, (int)strcspn(line, "\n"), line);
        bool added;

        if (add_text(base, key_of_day(base, "errors", now), text, NOTES_DAY_MAX,
                (ERROR_DAYS + 1LL) * DAY_SECONDS, &added, err) != 0)
                return -1;
        return added ? 0
                     : err_set(err, ERR_TOO_LARGE, "%s: more than %d bytes", "errors",
                           (int)NOTES_DAY_MAX);
}

/* Visits the lines of a text, the last one first; the text is modified. Returns whether to go on.
 */
static bool
visit_back(char *text, size_t size, long long since,
    bool (*visit)(void *context, long long when, const char *line), void *context)
{
        while (size > 0) {
                char *line, *rest;
                long long when;

                text[--size] = '\0'; /* the line end */
                while (size > 0 && text[size - 1] != '\n')
                        size--;
                line = text + size;
                when = strtoll(line, &rest, 10);
                if (when >= since && *rest == ' ' && !visit(context, when, rest + 1))
                        return false;
        }
        return true;
}

int
redis_read_errors(struct redis_base *base, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
{
        bool goes_on = true;

        for (int i = 0; i < ERROR_DAYS && goes_on; i++) {
                const char *key = key_of_day(base, "errors", now - (long long)i * DAY_SECONDS);
                struct redis_reply reply;

                if (redis_do(base, &reply, err, "GET", key, NULL) != 0)
                        return -1;
                if (reply.kind == REDIS_TEXT)
                        goes_on = visit_back(arena_copy(base->arena, reply.text, reply.size),
                            reply.size, since, visit, context);
        }
        return 0;
}

/* Returns the text without the lines that contain word. */
static char *
without(struct arena *arena, const char *text, const char *word)
{
        struct buf kept;

        buf_init(&kept, arena);
        while (*text != '\0') {
                size_t size = strcspn(text, "\n") + 1;
                const char *line = arena_copy(arena, text, size);

                if (strstr(line, word) == NULL)
                        buf_add_text(&kept, line);
                text += size;
        }
        return buf_finish(&kept);
}

static int
forget_day(struct redis_base *base, const char *key, const char *openid, struct err *err)
{
        for (int i = 0; i < TRIES; i++) {
                struct redis_reply old, reply;
                const char *words[2];

                if (redis_do(base, &old, err, "GET", key, NULL) != 0)
                        return -1;
                if (old.kind != REDIS_TEXT || strstr(old.text, openid) == NULL)
                        return 0;
                words[0] = old.text;
                words[1] = without(base->arena, old.text, openid);
                if (redis_run(base, swap, &key, 1, words, 2, &reply, err) != 0)
                        return -1;
                if (reply.number == 1)
                        return 0;
        }
        return err_set(err, ERR_SYSTEM, "state: too many errors at the same time");
}

int
redis_forget_errors(struct redis_base *base, const char *openid, long long now, struct err *err)
{
        for (int i = 0; i <= ERROR_DAYS; i++)
                if (forget_day(base, key_of_day(base, "errors", now - (long long)i * DAY_SECONDS),
                        openid, err) != 0)
                        return -1;
        return 0;
}

/* ---- counts by day ---- */

int
redis_tally(
    struct redis_base *base, enum state_tally kind, long long count, long long now, struct err *err)
{
        const char *key = key_of_day(base, "tallies", now);
        struct redis_question question;
        struct redis_reply replies[2];

        redis_ask_begin(&question, base->arena);
        redis_add(&question, "HINCRBY", key, redis_word(base, (long long)kind),
            redis_word(base, count), NULL);
        redis_add(&question, "EXPIRE", key,
            redis_word(base, (long long)TALLY_KEPT_DAYS * DAY_SECONDS), NULL);
        return redis_do_all(base, &question, replies, err);
}

int
redis_read_tallies(struct redis_base *base, long long now, int days,
    long long counts[][TALLY_KINDS], struct err *err)
{
        struct redis_question question;
        struct redis_reply replies[TALLY_DAYS_MAX];

        redis_ask_begin(&question, base->arena);
        for (int i = 0; i < days; i++)
                redis_add(&question, "HGETALL",
                    key_of_day(base, "tallies", now - (long long)i * DAY_SECONDS), NULL);
        if (redis_do_all(base, &question, replies, err) != 0)
                return -1;
        for (int i = 0; i < days; i++) {
                memset(counts[i], 0, sizeof(counts[i]));
                for (size_t j = 0; j + 1 < replies[i].count; j += 2) {
                        long kind = strtol(replies[i].items[j].text, NULL, 10);

                        if (kind >= 0 && kind < TALLY_KINDS)
                                counts[i][kind] = strtoll(replies[i].items[j + 1].text, NULL, 10);
                }
        }
        return 0;
}
