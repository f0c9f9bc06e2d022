#include "state/redis_base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"

enum { WORDS_MAX = 40, WAIT_MS = 200 };

static int
check_replies(
    const struct redis_base *base, const struct redis_reply *replies, size_t count, struct err *err)
{
        for (size_t i = 0; i < count; i++)
                if (replies[i].kind == REDIS_ERROR)
                        return redis_refuse(base->redis, &replies[i], err);
        return 0;
}

/* What fewer replicas have confirmed may be lost with the primary. */
static int
ask_confirmed(struct redis_base *base, struct redis_question *question, struct redis_reply *replies,
    struct err *err)
{
        size_t count = question->count;
        struct redis_reply *all = arena_alloc(base->arena, (count + 1) * sizeof(*all));

        base->confirm = false;
        redis_add(question, "WAIT", redis_word(base, base->wait), redis_word(base, WAIT_MS), NULL);
        if (redis_ask(base->redis, question, all, err) != 0 ||
            check_replies(base, all, count + 1, err) != 0)
                return -1;
        memcpy(replies, all, count * sizeof(*all));
        if (all[count].number < base->wait)
                return err_set(err, ERR_SYSTEM,
                    "state: only %lld of %d replicas confirmed a change (state_wait): it may be "
                    "lost with the primary",
                    all[count].number, base->wait);
        return 0;
}

int
redis_do_all(struct redis_base *base, struct redis_question *question, struct redis_reply *replies,
    struct err *err)
{
        if (base->confirm && base->wait > 0)
                return ask_confirmed(base, question, replies, err);
        return redis_ask(base->redis, question, replies, err) != 0
                   ? -1
                   : check_replies(base, replies, question->count, err);
}

int
redis_do_words(
    struct redis_base *base, struct redis_reply *reply, struct err *err, const char *const *words)
{
        struct redis_question question;
        size_t count = 0;

        while (words[count] != NULL)
                count++;
        redis_ask_begin(&question, base->arena);
        redis_add_words(&question, words, count);
        return redis_do_all(base, &question, reply, err);
}

/* Scripts are always sent whole: one that the server does not know any more, after a restart, would
 * take another question, and is as fast. */
int
redis_run(struct redis_base *base, const char *script, const char *const *keys, size_t key_count,
    const char *const *words, size_t word_count, struct redis_reply *reply, struct err *err)
{
        const char *all[WORDS_MAX] = {"EVAL", script, redis_word(base, (long long)key_count)};
        struct redis_question question;
        size_t count = 3;

        for (size_t i = 0; i < key_count; i++)
                all[count++] = keys[i];
        for (size_t i = 0; i < word_count; i++)
                all[count++] = words[i];
        redis_ask_begin(&question, base->arena);
        redis_add_words(&question, all, count);
        return redis_do_all(base, &question, reply, err);
}

char *
redis_key(const struct redis_base *base, const char *format, ...)
{
        va_list list, again;
        int size, at;
        char *key;

        va_start(list, format);
        va_copy(again, list);
        size = vsnprintf(NULL, 0, format, list);
        va_end(list);
        key = arena_alloc(base->arena, strlen(base->prefix) + (size_t)size + 2);
        at = sprintf(key, "%s:", base->prefix);
        (void)vsnprintf(key + at, (size_t)size + 1, format, again);
        va_end(again);
        return key;
}

int
redis_pause(int milliseconds, struct err *err)
{
        unsigned draw;

        if (os_random(&draw, sizeof(draw), err) != 0)
                return -1;
        os_sleep((int)(draw % (unsigned)milliseconds) + 1);
        return 0;
}

char *
redis_word(const struct redis_base *base, long long number)
{
        return arena_printf(base->arena, "%lld", number);
}

bool
redis_says(const struct redis_reply *reply, const char *text)
{
        return reply->kind == REDIS_TEXT && strcmp(reply->text, text) == 0;
}
