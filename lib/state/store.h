/*
 * store: small records that expire, in files.
 *
 * A record is found by its kind and a key. Only the key's SHA-256 is stored, so that nobody can
 * sign in with what they read in the folder. Records are replaced as a whole (shard.h, record.h).
 * If the disk is full, expired records are deleted, and the record is written after all (room.h).
 *
 * The functions have the guarantees and errors of those in state.h: store_take() of state_take(),
 * and so on.
 */
#ifndef WECHAT_STORE_H
#define WECHAT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "state/record.h"
#include "state/shard.h"

struct arena;
struct err;
struct store;

/* Opens state_dir; with create, a missing folder is created. ERR_NOT_FOUND: it is missing, and
 * create is false. ERR_SYSTEM: the text says what to do. */
int store_open(struct arena *arena, const char *state_dir, bool create, struct store **store,
    struct err *err) __attribute__((warn_unused_result));

/* Returns the same store for another arena, without opening anything; NULL: at its path is another
 * folder by now, or none, or others can enter it. */
struct store *store_again(const struct store *store, struct arena *arena);

/* Returns the descriptor of state_dir. */
int store_folder(const struct store *store);

int store_create(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

int store_replace(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

int store_read(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

int store_take(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

int store_delete(struct store *store, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes a record without a sync, for what may come back after a power cut. ERR_SYSTEM. */
int store_drop(struct store *store, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* As state_name(); if the kind's records have owners, the first half of the name is the owner's. */
char *store_name(struct arena *arena, enum store_kind kind, const char *key);

/* The name of that record in version 0.1.0, where no kind had owners. */
char *store_name_ownerless(struct arena *arena, enum store_kind kind, const char *key);

int store_read_name(struct store *store, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Adds a record with the text as it is. Errors as state_create(), without ERR_FULL. */
int store_add_text(struct store *store, enum store_kind kind, const char *name, const char *text,
    long long expires, struct err *err) __attribute__((warn_unused_result));

int store_delete_name(struct store *store, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));

int store_empty_owned(struct store *store, enum store_kind kind, const char *owner, struct err *err)
    __attribute__((warn_unused_result));

int store_find_owned(struct store *store, enum store_kind kind, const char *owner,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

int store_find(struct store *store, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

/* As room_sweep(). */
int store_sweep(struct store *store, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err) __attribute__((warn_unused_result));

#endif
