#include "state/redis_base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"

enum { WORDS_MAX = 40 };

int
redis_do_all(struct redis_base *base, struct redis_question *question, struct redis_reply *replies,
    struct err *err)
{
        size_t count = question->count;

        if (redis_ask(base->redis, question, replies, err) != 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                if (replies[i].kind == REDIS_ERROR)
                        return redis_refuse(base->redis, &replies[i], err);
        return 0;
}

int
redis_do(
    struct redis_base *base, struct redis_reply *reply, struct err *err, const char *command, ...)
{
        const char *words[WORDS_MAX] = {command}, *word;
        struct redis_question question;
        size_t count = 1;
        va_list list;

        va_start(list, command);
        while ((word = va_arg(list, const char *)) != NULL && count < WORDS_MAX)
                words[count++] = word;
        va_end(list);
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
