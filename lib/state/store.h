/*
 * store: small records that expire, in flat files.
 *
 * A record is found by its kind and a key; the key itself is not stored, only its SHA-256, so that
 * who reads the folder cannot sign in with what is there. Records are written once and replaced
 * whole (shard.h, record.h). Where the disk has no room what has expired goes, and the record is
 * written after all. The operations are those that a shared store such as Redis has too, so that
 * another back end can stand behind this header.
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

/* Opens state_dir; with create it is made where it is missing. ERR_NOT_FOUND: it is missing;
 * ERR_SYSTEM with what to do about it. */
int store_open(struct arena *arena, const char *state_dir, bool create, struct store **store,
    struct err *err) __attribute__((warn_unused_result));

/* The descriptor of state_dir. */
int store_folder(const struct store *store);

/* Stores a record of at most 64 fields: whole, seen by others when it returns 0, and durable then
 * where the kind lasts (shard.h). ERR_EXISTS: there is one already, whole or not. ERR_FULL: as many
 * are in force as may be, of all or of that person, whom the field "generation" names. ERR_SYSTEM.
 */
int store_create(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* As before it, but takes the place of the record that is there. */
int store_replace(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record that is in force at now. ERR_NOT_FOUND: none, expired, created in the future,
 * or of a kind that does not last and broken by a power cut; ERR_SYSTEM: it is broken, of another
 * version, or cannot be read. */
int store_read(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads as before it, and deletes: of those who take a record at the same moment one gets it, and
 * no power cut brings it back. */
int store_take(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes a record durably, of whatever kind; one that is missing is no error. */
int store_delete(struct store *store, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* The record's name, 64 hex digits, for keeping a list of records. Where a kind's records are owned
 * the key is "<owner> <rest>", and the first half of the name is the owner's. */
char *store_name(struct arena *arena, enum store_kind kind, const char *key);

/* As store_read(), by name; one that is no record's name is not found. */
int store_read_name(struct store *store, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* As store_delete(), by name. */
int store_delete_name(struct store *store, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* Empties the records of an owner: they stay until they expire, without fields. What cannot be
 * emptied is deleted. */
int store_empty_owned(struct store *store, enum store_kind kind, const char *owner, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to names, as values, the names of the records whose field has that value. It reads all
 * records of the kind: for what is rare. */
int store_find(struct store *store, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

/* Deletes what has expired, and after it the kind's grace (an hour; none for grants), from one
 * shard of a kind, chosen by draw (any number), and temporary files that are an hour old. *deleted
 * may be NULL. */
int store_sweep(struct store *store, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err) __attribute__((warn_unused_result));

#endif
