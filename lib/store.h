/*
 * store: small records that expire, in flat files.
 *
 * A record is found by its kind and a key; the key itself is not stored, only its SHA-256, so that
 * who reads the folder cannot sign in with what is there. Records are written once and replaced
 * whole. <state_dir>/<kind>/<shard>/<hash>. The operations are those that a shared store such as
 * Redis has too, so that another back end can stand behind this header.
 */
#ifndef WECHAT_STORE_H
#define WECHAT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "pairs.h"

struct arena;
struct err;
struct store;

enum store_kind {
        STORE_CLAIM,   /* a sign-in's callback that has begun, and the session it will open */
        STORE_CODE,    /* a code that was handed to WeChat */
        STORE_SESSION, /* someone who is signed in */
        STORE_GRANT,   /* the session's access_token and refresh_token */
        STORE_PUSH,    /* a push that was answered, with the reply */
        STORE_VALUES,  /* what the pages of a session hand over */
        STORE_TICKET,  /* names a session, for who may have one of the same person, once */
        STORE_KINDS
};

struct store_record {
        struct pairs fields;
        long long created; /* seconds since 1970 */
        long long expires;
};

/* Opens state_dir; with create it is made where it is missing. ERR_NOT_FOUND: it is missing;
 * ERR_SYSTEM with what to do about it. */
int store_open(struct arena *arena, const char *state_dir, bool create, struct store **store,
    struct err *err) __attribute__((warn_unused_result));

/* The descriptor of state_dir. */
int store_folder(const struct store *store);

/* Stores a record of at most 64 fields, durably when it returns 0. ERR_EXISTS: there is one
 * already. ERR_FULL: as many tickets are in force as may be. ERR_SYSTEM. */
int store_create(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* As before it, but takes the place of the record that is there. */
int store_replace(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record that is in force at now. ERR_NOT_FOUND: none, expired, or created in the future;
 * ERR_SYSTEM: it is broken or cannot be read. */
int store_read(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads as before it, and deletes: of those who take a record at the same moment one gets it. */
int store_take(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes a record; one that is missing is no error. */
int store_delete(struct store *store, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* The record's name, 64 hex digits, for keeping a list of records. */
char *store_name(struct arena *arena, enum store_kind kind, const char *key);

/* As store_delete(), by name. */
int store_delete_name(struct store *store, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes what expired more than an hour before now from one shard of a kind, chosen by draw (any
 * number), and temporary files as old. *deleted may be NULL. */
int store_sweep(struct store *store, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err) __attribute__((warn_unused_result));

#endif
