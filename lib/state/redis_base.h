/*
 * redis_base: what the parts of the Redis back end share: the connection, the names of keys, single
 * questions.
 *
 * Keys, behind "<prefix>:". A part in braces keeps those together that one script changes.
 *
 *     <kind>:<name>                records; the text is that of record.h, as in the files
 *     {<kind>}:<name>              records of a kind that has an index
 *     {<kind>}:                    the index: names by the time of expiry
 *     {<kind>}:of:<generation>     the same for one user (kinds with .persons)
 *     pushes:{<owner>}<rest>       pushes; owner and rest are the halves of the name
 *     pushes:{<owner>}             the index of one owner's
 *     lock:<SHA-256>               a lock (redis_lock.h)
 *     users:<2 hex of the openid's SHA-256>   users: a hash, with a JSON text for each openid
 *     {events}:<day>, {events}:days           the journal: a stream for each day
 *     errors:<day>, late, audit, tallies:<day>, noted:<name>
 */
#ifndef WECHAT_REDIS_BASE_H
#define WECHAT_REDIS_BASE_H

#include <stdbool.h>
#include <stddef.h>

#include "host/redis.h"
#include "state/kind.h"

struct arena;
struct err;
struct redis_primary;

enum { REDIS_USER_SHARDS = 256 };

struct redis_lock {
        const char *key; /* NULL: not held */
        const char *value;
};

struct redis_base {
        struct arena *arena;
        struct redis_primary *primary; /* has the connection */
        struct redis *redis;
        const char *prefix;
        const struct redis_lock *fence; /* what is written is written only while this is held */
        struct redis_lock push;         /* of the push at work */
        bool marked;                    /* the push at work is marked */
        bool confirm; /* the next question changes what replicas have to confirm */
        int wait;     /* how many of them; 0: none */
};

/* Asks one command; words end with NULL. An error of the server's becomes err. */
int redis_do_words(struct redis_base *base, struct redis_reply *reply, struct err *err,
    const char *const *words) __attribute__((warn_unused_result));

/* The same, with the words as arguments, NULL as the last. */
#define redis_do(base, reply, err, ...)                                                            \
        redis_do_words(base, reply, err, (const char *const[]){__VA_ARGS__})

/* Runs a script. */
int redis_run(struct redis_base *base, const char *script, const char *const *keys,
    size_t key_count, const char *const *words, size_t word_count, struct redis_reply *reply,
    struct err *err) __attribute__((warn_unused_result));

/* Asks several commands; the first error of the server's becomes err. */
int redis_do_all(struct redis_base *base, struct redis_question *question,
    struct redis_reply *replies, struct err *err) __attribute__((warn_unused_result));

/* Returns the key "<prefix>:…". */
char *redis_key(const struct redis_base *base, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Waits for a random time of at most so many milliseconds, before another attempt. ERR_SYSTEM. */
int redis_pause(int milliseconds, struct err *err) __attribute__((warn_unused_result));

/* Returns a number as a word. */
char *redis_word(const struct redis_base *base, long long number);

/* Does the reply say so, as a text? */
bool redis_says(const struct redis_reply *reply, const char *text);

#endif
