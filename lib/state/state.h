/*
 * state: the one door to what is kept. Behind it stands a back end (backend.h): the files of a
 * folder, whose paths and descriptors nobody else knows.
 *
 * For each operation its comment says whether it is atomic (of those at the same moment each finds
 * all of another's change or nothing), whether it is durable (a power cut does not undo it once it
 * has returned 0), and when others see it. Errors: ERR_NOT_FOUND only where the back end has said
 * that there is none; what could not be asked, or not be understood, is ERR_SYSTEM.
 */
#ifndef WECHAT_STATE_H
#define WECHAT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "state/kind.h"
#include "state/member.h"
#include "state/record.h"

struct arena;
struct err;
struct state;

/* The state of a folder, found if it is there; what is wrong with it is said when it is asked for.
 * It lasts as long as the arena. writes: who will write makes the folder where it is missing. */
struct state *state_new(struct arena *arena, const char *state_dir, bool writes);

/* Makes ready for all of the operations below, which need it. Who writes makes the folder here,
 * durably. ERR_NOT_FOUND: who only reads has nothing to read yet; ERR_SYSTEM: with what to do. */
int state_open(struct state *state, struct err *err) __attribute__((warn_unused_result));

/* For the sandbox, and for nothing else: the descriptor of the folder that has to stay in reach;
 * -1: none. */
int state_reach(const struct state *state);

/* Was name noted for the first time, now? Atomic: one of many is told so. Not durable. */
bool state_note(struct state *state, const char *name);

/* ---- records that expire (kind.h) ---- */

/* Creates a record of at most 64 fields. Atomic: of those who create it at the same moment one
 * succeeds, and its record is seen whole from then on. Durable where the kind lasts. ERR_EXISTS:
 * there is one already, whole or not; one that has expired may count. ERR_FULL: as many are in
 * force as may be, of all or of that person, whom the field "generation" names. ERR_SYSTEM: nothing
 * was created. */
int state_create(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Puts a record in the place of the one that is there, if any. Atomic: who reads finds the old or
 * the new one, whole; from when this returns on, the new one. Durable where the kind lasts. */
int state_replace(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record that is in force at now: the record itself says so, not the back end's clock.
 * ERR_NOT_FOUND: none, expired, created in the future, or broken by a power cut where its kind does
 * not last. ERR_SYSTEM: broken otherwise, of another version, or it cannot be read. */
int state_read(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record, which is gone then. Atomic: one of many gets it. Durable. Errors as
 * state_read(). */
int state_take(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes a record; one that is missing is no error. Durable, of every kind, and for everyone at
 * once: who reads from then on finds none. */
int state_delete(struct state *state, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* The record's name, 64 hex digits, for keeping a list of records: the key is not stored. Where a
 * kind's records are owned the key is "<owner> <rest>". Asks no back end. */
char *state_name(struct arena *arena, enum store_kind kind, const char *key);

/* As state_read() and state_delete(), by name. One that is no record's name is ERR_NOT_FOUND for
 * the first, ERR_SYSTEM for the second. */
int state_read_name(struct state *state, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int state_delete_name(struct state *state, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* Empties the records of an owner: they stay until they expire, without fields. Durable. Each is
 * old or empty, whatever happens; after an error it can be done again. */
int state_empty_owned(struct state *state, enum store_kind kind, const char *owner, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to names, as values, the names of the records whose field has that value. Not atomic: what
 * is created meanwhile may be missing. It reads all records of the kind: for what is rare. */
int state_find(struct state *state, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

/* ---- users (user.h says what members they have) ---- */

/* Reads a user's members. ERR_NOT_FOUND: there is no such user; ERR_SYSTEM: broken. */
int state_read_user(struct state *state, const char *openid, struct pairs *user, struct err *err)
    __attribute__((warn_unused_result));

/*
 * The changes of a user are atomic: of those at the same moment none is lost, members that we do
 * not know stay, and who reads finds all of a change or nothing. They are durable, and seen from
 * when they return. ERR_SYSTEM: nothing changed.
 */

/* Records a sign-in: the profile's members replace those stored (one with only an openid replaces
 * nothing), the session joins the list. The names of the sessions that leave the list come back as
 * values of ended, to be deleted; and the user's generation. */
int state_sign_in(struct state *state, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err) __attribute__((warn_unused_result));

/* Adds a session to the list of a user who is there, is of that generation, and has a session of
 * the name beside. ERR_EXPIRED: it is not so. */
int state_join(struct state *state, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
    __attribute__((warn_unused_result));

/* Sets members of the user, who begins here if need be. last_seen alone is not durable: a power cut
 * may undo it, and it alone. ERR_TOO_LARGE: there would be more than can be read. */
int state_set_user(struct state *state, const char *openid, const struct pairs *members,
    struct err *err) __attribute__((warn_unused_result));

/* Deletes what WeChat told about the user, but not the openid. None is no error. */
int state_drop_profile(struct state *state, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the user: from here on none of their sessions is in force. Their names come back as the
 * values of sessions, to be deleted too; *listed is false where the user could not be read, who is
 * deleted all the same. None is no error. */
int state_forget_user(struct state *state, const char *openid, struct pairs *sessions, bool *listed,
    struct err *err) __attribute__((warn_unused_result));

/* ---- pushes: one effect each, however often and at how many moments they come ---- */

/*
 * Begins a push, whose key is "<owner> <id>". *reply NULL: it is new, and this process alone is at
 * work at it until it finishes it or ends, however it ends; then the next one goes on. Else the
 * reply that it was given. Waits for who is at work until os_clock_ms() says until. ERR_BUSY: still
 * at work.
 */
int state_begin_push(struct state *state, const char *key, long long until, const char **reply,
    struct err *err) __attribute__((warn_unused_result));

/* Keeps the reply ("" for none) from now until expires: who begins the push later gets it. Not
 * durable: after a power cut the push may be done once more. */
int state_finish_push(struct state *state, const char *key, const char *reply, long long now,
    long long expires, struct err *err) __attribute__((warn_unused_result));

/* ---- the journal ---- */

/* Adds a line, JSON without a line end, to the day of now. Atomic: lines of many stand whole.
 * Durable. Who begins a day deletes those more than days old. ERR_SYSTEM: it may have been added
 * all the same, and is added again where the push is repeated. */
int state_log(struct state *state, const char *line, long long days, long long now, struct err *err)
    __attribute__((warn_unused_result));

/* Removes the lines that have the openid as a value, durably. Each day is old or new, whatever
 * happens; what is added at that moment stays. ERR_SYSTEM: some may be there still. */
int state_forget_lines(struct state *state, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* ---- tidying ---- */

/* What has come to an end, for state_tidy(). */
enum state_end { STATE_SIGNED_IN, STATE_PUSHED };

/* Deletes a little of what has expired, and of what processes left that were ended, so that all of
 * it is gone after enough sign-ins and pushes. -1: the first thing that failed; the rest was done.
 * Not durable: what comes back goes again. */
int state_tidy(struct state *state, enum state_end end, long long now, struct err *err)
    __attribute__((warn_unused_result));

#endif
