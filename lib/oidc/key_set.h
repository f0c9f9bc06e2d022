/*
 * key_set: the keys that sign ID tokens. Made by `wechat keys`, or by an owner's page, never by a
 * visitor's request, and kept in the state as one record (STORE_KEYS): as a file, its mode is 0600.
 *
 * A key that takes the place of another is published for a day before it signs, and the other one
 * for a day after: programs keep a copy of what is published for an hour to a day. The set has a
 * salt as well, for the names of people that differ from program to program (claims.h); it stays
 * when keys change.
 */
#ifndef WECHAT_KEY_SET_H
#define WECHAT_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "format/key.h"

struct pairs;
struct state;

/* KEY_SET_OVERLAP: seconds that a key is published before it signs, and after. KEY_SET_MAX: keys in
 * a set: of each algorithm the next one, the one that signs, and two before it. KEY_SET_OLD: days
 * after which wechat check advises to change a key. */
enum { KEY_SET_OVERLAP = 86400, KEY_SET_MAX = 8, KEY_SET_OLD = 400 };

/* What a key is at some moment. */
enum key_phase {
        KEY_NEXT,    /* published, and does not sign yet */
        KEY_SIGNS,   /* published, and signs */
        KEY_LAST,    /* published, and signs no more */
        KEY_RETIRED, /* neither; it still verifies a hint that a program brings to sign out */
        KEY_PHASES
};

struct key_set_item {
        const char *id; /* key_id() */
        enum key_algorithm algorithm;
        long long made, begins; /* seconds since 1970; it signs from begins on */
        const char *pem;        /* secret */
        const char *public_key; /* JSON (key_public()) */
};

struct key_set {
        struct key_set_item items[KEY_SET_MAX]; /* of each algorithm in the order of begins */
        size_t count;
        const char *salt; /* secret: 43 characters */
};

/* ---- reading: pure, but for the state ---- */

/* Reads the set. ERR_NOT_FOUND: no keys have been made. ERR_SYSTEM. */
int key_set_read(struct state *state, struct arena *arena, long long now, struct key_set *set,
    struct err *err) __attribute__((warn_unused_result));

/* Returns what the item, one of the set's, is at now. Of an algorithm, the key signs that began
 * last. */
enum key_phase key_set_phase(
    const struct key_set *set, const struct key_set_item *item, long long now);

/* Returns the key that signs with this algorithm at now; NULL: none does. */
const struct key_set_item *key_set_signing(
    const struct key_set *set, enum key_algorithm algorithm, long long now);

/* Returns the key that will sign with this algorithm after now; NULL: there is none. */
const struct key_set_item *key_set_next(
    const struct key_set *set, enum key_algorithm algorithm, long long now);

/* Returns the keys that are published at now, as a JSON object (RFC 7517, section 5). */
char *key_set_published(struct arena *arena, const struct key_set *set, long long now);

/* Signs payload (jws_sign()) with the key that signs with this algorithm at now. ERR_CONFIG: there
 * is none. ERR_SYSTEM. */
int key_set_sign(struct arena *arena, const struct key_set *set, enum key_algorithm algorithm,
    long long now, const char *type, const char *payload, char **text, struct err *err)
    __attribute__((warn_unused_result));

/* Verifies a text (jws_verify()) with the keys of the set, the retired ones included. Errors as
 * there. */
int key_set_verify(struct arena *arena, const struct key_set *set, const char *text,
    const char *type, struct pairs *claims, struct err *err) __attribute__((warn_unused_result));

/* ---- changing ---- */

enum key_change {
        KEY_MAKE,   /* the first key of an algorithm, which signs at once */
        KEY_ROTATE, /* another one, which signs from a day later on */
        KEY_REPLACE /* another one, which signs at once; those before are deleted: they have become
                     * known to somebody */
};

/* Makes a key of that algorithm and stores the set, durably; the salt is made with the first one.
 * Keys that are retired, but for the latest, are deleted. set: as it then is. ERR_EXISTS: KEY_MAKE,
 * and there is one; KEY_ROTATE, and the next one is there already. ERR_NOT_FOUND: KEY_ROTATE or
 * KEY_REPLACE, and there is none. ERR_BUSY: another request is making
 * keys, which holds their lock until it ends. ERR_SYSTEM. */
int key_set_change(struct state *state, struct arena *arena, enum key_change change,
    enum key_algorithm algorithm, long long now, struct key_set *set, struct err *err)
    __attribute__((warn_unused_result));

#endif
