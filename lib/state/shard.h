/*
 * shard: where the records of a kind lie: <state_dir>/<kind>/<shard>/<name>. A name is 64 hex
 * digits, and a shard the first few of them.
 */
#ifndef WECHAT_SHARD_H
#define WECHAT_SHARD_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct store_record;

enum store_kind {
        STORE_CLAIM,    /* a sign-in's callback that has begun, and the session it will open */
        STORE_CODE,     /* a code that was handed to WeChat */
        STORE_SESSION,  /* someone who is signed in */
        STORE_TOKENS,   /* the session's access_token and refresh_token */
        STORE_PUSH,     /* a push that was answered, with the reply */
        STORE_VALUES,   /* what the pages of a session hand over */
        STORE_TICKET,   /* names a session, for a page that may have one of the same person, once */
        STORE_ANSWER,   /* what a phone answered, for the computer that takes it once */
        STORE_ANSWERED, /* that a phone has answered, which it does once */
        STORE_KINDS
};

/* What is so of a kind. */
struct shard_kind {
        const char *folder;
        /* A record survives a power cut. Those of other kinds are written without a sync, and one
         * that a power cut broke is as one that is not there. */
        bool lasts;
        size_t digits;   /* of a name, that name its shard */
        size_t most;     /* records that a shard holds, 0: any number */
        bool evicts;     /* where there are as many, the one that expires first goes */
        size_t persons;  /* records in force that one person may have, 0: any number */
        bool owned;      /* a key begins with its owner and a blank */
        long long grace; /* seconds that a record stays after it has expired */
};

const struct shard_kind *shard_kind(enum store_kind kind);

/* Opens the shard that name, or the beginning of one, belongs to, in the state folder root.
 * ERR_NOT_FOUND: create is not set, and it is not there; ERR_SYSTEM. */
int shard_open(struct arena *arena, int root, enum store_kind kind, const char *name, bool create,
    int *folder, struct err *err) __attribute__((warn_unused_result));

/* Reads the record of a name in an open shard. ERR_NOT_FOUND; ERR_SYSTEM: it cannot be read. */
int shard_read(struct arena *arena, int folder, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each shard of a kind that is there, with an arena that ends with the call; stops
 * where it returns not 0, and returns that. */
int shard_each(struct arena *arena, int root, enum store_kind kind,
    int (*visit)(void *context, struct arena *arena, int parent, const char *shard, int folder),
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
