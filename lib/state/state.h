/*
 * state: the interface to everything that is stored. A back end (backend.h) stores it in the files
 * of a folder, whose paths and descriptors no other module sees, or in Redis.
 *
 * The comment of each operation says whether it is atomic (operations at the same time see all of
 * its change or nothing), whether it is durable (a power cut does not undo it once it has returned
 * 0), and when others see it. ERR_NOT_FOUND is set only if the back end has answered that there is
 * none; if it cannot be asked, or its answer cannot be understood, that is ERR_SYSTEM.
 */
#ifndef WECHAT_STATE_H
#define WECHAT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "host/lines.h"
#include "state/copy.h"
#include "state/kind.h"
#include "state/member.h"
#include "state/record.h"
#include "state/store_server.h"
#include "state/tally.h"

struct arena;
struct buf;
struct err;
struct state;

/* Returns the state of a folder, or that at an address of Redis (redis_url.h), which lasts as long
 * as the arena. The folder is opened if it exists, and Redis is connected to; state_open() reports
 * what is wrong. writes: the caller will write, so state_open() creates a missing folder. */
struct state *state_new(struct arena *arena, const char *where, bool writes);

/* Returns the same state for another request, in the arena of that. The folder, or the connection,
 * stays open: it is state's, and ends with the arena of that one. If another folder is in its place
 * by now, that is opened. */
struct state *state_again(const struct state *state, struct arena *arena, bool writes);

/* Must have returned 0 before records, users, pushes or the journal are used. Creates a missing
 * folder, durably, if writes is set. ERR_NOT_FOUND: the folder is missing, and writes is not set.
 * ERR_SYSTEM: the text says what to do. */
int state_open(struct state *state, struct err *err) __attribute__((warn_unused_result));

/* For the sandbox only: returns the descriptor of the folder that has to stay accessible; -1:
 * none. */
int state_reach(const struct state *state);

/* For the sandbox only: returns the TCP port of the server that has the state now; 0: none. */
int state_port(const struct state *state);

/* Was the state found: is it open, or missing and can be created? */
bool state_is_there(const struct state *state);

/* Asks the server, if the state is in one. ERR_NOT_FOUND: it is in files. ERR_SYSTEM. */
int state_probe(struct state *state, struct state_server *server, struct err *err)
    __attribute__((warn_unused_result));

/* Notes a name. Returns true if it was not noted before; false also if the state is not open, or
 * not for writing. Atomic: of several callers one gets true. Not durable. */
bool state_note(struct state *state, const char *name);

/*
 * Keeps whole lines for state_take_log(): those of a process that has no web server any more to log
 * them. Atomic: texts of several processes do not mix. ERR_TOO_LARGE: so much is kept already
 * that they are dropped. ERR_SYSTEM.
 */
int state_defer_log(struct state *state, const char *text, struct err *err)
    __attribute__((warn_unused_result));

/* Takes what was kept: *text is "" if there is nothing, or if the state is not open for writing.
 * Atomic: of several callers one gets a line. Takes one system call if there is nothing.
 * ERR_SYSTEM. */
int state_take_log(struct state *state, const char **text, struct err *err)
    __attribute__((warn_unused_result));

/* ---- records that expire (kind.h) ---- */

/* Creates a record of at most 64 fields. Atomic: of several callers that create it at the same time
 * one succeeds, and others then find its record whole. Durable if the kind lasts. ERR_EXISTS: there
 * is one already, broken or not; one that has expired may count. ERR_FULL: as many are in force as
 * allowed, altogether or of the user whom the field "generation" names. ERR_BUSY: after two seconds
 * another process is still creating records of that user. ERR_SYSTEM: nothing was created. */
int state_create(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Creates a record, or replaces the one that is there. Atomic: a reader finds the old or the new
 * one, whole; after this has returned 0, the new one. Durable if the kind lasts. ERR_SYSTEM. */
int state_replace(struct state *state, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record that is in force at now. The times in the record decide, not the back end's clock.
 * ERR_NOT_FOUND: there is none, it has expired, or it was broken by a power cut and is of a kind
 * that does not last. ERR_SYSTEM: it is broken otherwise, is of another version, or cannot be read.
 * One that was created more than RECORD_AHEAD_SECONDS in the future is ERR_NOT_FOUND in files,
 * where this machine's clock went back, and ERR_SYSTEM in Redis, where the clocks of machines
 * differ. */
int state_read(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Reads a record and deletes it. Atomic: of several callers one gets it. Durable, whatever the
 * kind. Errors as state_read(). */
int state_take(struct state *state, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes a record; a missing one is not an error. Durable, whatever the kind; once this has
 * returned 0, nobody finds it. ERR_SYSTEM. */
int state_delete(struct state *state, enum store_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));

/* Returns a record's name, 64 hex digits, for lists of records: the key is not stored. For a kind
 * whose records have owners the key is "<owner> <rest>". Does not ask the back end. */
char *state_name(struct arena *arena, enum store_kind kind, const char *key);

/* As state_read() and state_delete(), by name. If name is not a record's name, the first sets
 * ERR_NOT_FOUND, the second ERR_SYSTEM. */
int state_read_name(struct state *state, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int state_delete_name(struct state *state, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* Removes the fields from all records of an owner; the records stay until they expire. A record
 * that cannot be emptied is deleted. Durable. Each record is unchanged or empty at any moment;
 * after ERR_SYSTEM the call can be repeated. */
int state_empty_owned(struct state *state, enum store_kind kind, const char *owner, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to names, as values, the names of an owner's records, expired or not. Not atomic: records
 * created meanwhile may be missing. ERR_SYSTEM. */
int state_find_owned(struct state *state, enum store_kind kind, const char *owner,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

/* Adds to names, as values, the names of the records whose field has that value, expired or not.
 * Not atomic: records created meanwhile may be missing. Reads all records of the kind, so it is for
 * rare cases. ERR_SYSTEM. */
int state_find(struct state *state, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));

/*
 * Adds change to a counter and returns its new value, never below 0, in *count. The counter starts
 * at 0 and is deleted seconds after its first change. Atomic: of many simultaneous changes none is
 * lost. Not durable. Only for kinds that nothing else writes (STORE_COUNT, STORE_TOTAL).
 * ERR_SYSTEM: nothing was counted.
 */
int state_count(struct state *state, enum store_kind kind, const char *key, int change,
    long long now, long long seconds, int *count, struct err *err)
    __attribute__((warn_unused_result));

/* Waits until no other request holds the lock of that key, and holds it until this request, or its
 * process, ends. Waits until os_clock_ms() reaches until. ERR_BUSY: another request still holds it.
 */
int state_lock(struct state *state, const char *key, long long until, struct err *err)
    __attribute__((warn_unused_result));

/* ---- users (user.h says what members they have) ---- */

/* Reads a user's members. ERR_NOT_FOUND: there is no such user. ERR_SYSTEM: the stored user is
 * broken or cannot be read. */
int state_read_user(struct state *state, const char *openid, struct pairs *user, struct err *err)
    __attribute__((warn_unused_result));

/* Returns a user's members as one JSON object, also those that only the site's own programs know,
 * but not what signs somebody in: generation and sessions. Errors as state_read_user(). */
int state_export_user(struct state *state, const char *openid, char **json, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Changes of a user are atomic: none of several at the same time is lost, members unknown to the
 * kit stay, and a reader finds all of a change or nothing. They are durable, and seen by others,
 * once the function has returned 0. ERR_SYSTEM: nothing changed, except as state_forget_user()
 * says.
 */

/* Records a sign-in and creates the user if there is none. The profile's members replace those
 * stored; a profile of only openid and unionid leaves the others as they are. The session is added
 * to the list. *generation: the user's. The names of the sessions that leave the list are added to
 * ended, as values, for the caller to delete. */
int state_sign_in(struct state *state, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err) __attribute__((warn_unused_result));

/* Adds a session to the list of a user who exists, has that generation, and has the session beside
 * in the list. ended: as for state_sign_in(). ERR_EXPIRED: there is no such user or session any
 * more. */
int state_join(struct state *state, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
    __attribute__((warn_unused_result));

/* Sets members of the user, who is created if need be; those that are PAIR_NULL are removed. A
 * value longer than MEMBER_VALUE_MAX leaves
 * its member as it was. If last_seen is the only member, the change is not durable: a power cut may
 * undo it, and nothing else. ERR_TOO_LARGE: the user would become too large to be read. */
int state_set_user(struct state *state, const char *openid, const struct pairs *members,
    struct err *err) __attribute__((warn_unused_result));

/* Puts somebody who may not sign in yet on the waiting list, and creates the user if there is none:
 * sets the profile's members as state_sign_in(), and "waiting" unless that is there. *begun: it was
 * not. */
int state_wait(struct state *state, const struct pairs *profile, const char *scope, long long now,
    bool *begun, struct err *err) __attribute__((warn_unused_result));

/* Makes a change to a user who exists. The names of the sessions that a new generation ends are
 * added to ended, as values, for the caller to delete; they are over already. ERR_NOT_FOUND: there
 * is no such user. ERR_TOO_LARGE: as state_set_user(). */
int state_change_user(struct state *state, const char *openid, const struct member_change *change,
    struct pairs *ended, struct err *err) __attribute__((warn_unused_result));

/* Deletes WeChat's data about the user, except the openid. A missing user is not an error. */
int state_drop_profile(struct state *state, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the user: from that moment none of their sessions is in force. Of a user who is blocked
 * the openid and "blocked" stay. The names of the sessions
 * are added to sessions, as values, for the caller to delete; *listed is false if the user could
 * not be read, and so not the names. A missing user is not an error. ERR_SYSTEM: the user may have
 * been deleted all the same. */
int state_forget_user(struct state *state, const char *openid, struct pairs *sessions, bool *listed,
    struct err *err) __attribute__((warn_unused_result));

/* As state_forget_user(), for a user who is away (member.h). A missing user is not an error.
 * ERR_EXISTS: the user is no longer away, and nothing changed. ERR_SYSTEM also if the user cannot
 * be read. */
int state_forget_away(struct state *state, const char *openid, const struct member_away *away,
    struct pairs *sessions, struct err *err) __attribute__((warn_unused_result));

/* Adds to openids, as values, some of the users who are away. Each call looks at a part of the
 * users, so that it costs little; after enough calls all of them were looked at. ERR_SYSTEM. */
int state_find_away(struct state *state, const struct member_away *away, struct pairs *openids,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Calls visit for each user, in no order, until it returns false. user lasts until visit returns;
 * visit may change or delete that user. Users who come or go meanwhile may be visited or not.
 * Memory does not grow with the number of users. ERR_SYSTEM: some could not be read, and the others
 * were visited, or the walk ended early.
 */
int state_each_user(struct state *state, bool (*visit)(void *context, const struct pairs *user),
    void *context, struct err *err) __attribute__((warn_unused_result));

/* ---- pushes: each takes effect once, however often it is delivered ---- */

/*
 * Begins the work on a push; key is "<owner> <id>". *reply NULL: there is no reply yet, and only
 * this process works on it, until state_end_push(), the end of the state's arena or of the process;
 * if it has not called state_finish_push() by then, the next delivery does the work. *marked: a
 * process that died had called state_mark_push(); NULL: that does not matter. Otherwise *reply is
 * the stored reply. Waits for another process at work until os_clock_ms() reaches until. ERR_BUSY:
 * it is still at work. ERR_SYSTEM.
 */
int state_begin_push(struct state *state, const char *key, long long until, const char **reply,
    bool *marked, struct err *err) __attribute__((warn_unused_result));

/* Before work that must not be done twice: marks the push until state_finish_push(), or until
 * expires. Not durable. ERR_SYSTEM. */
int state_mark_push(struct state *state, const char *key, long long now, long long expires,
    struct err *err) __attribute__((warn_unused_result));

/* Stores the reply ("" for none) from now until expires, for later deliveries of the push. Of a
 * push that was marked, and whose owner's were emptied since (state_empty_owned()), the reply is
 * not stored, but that it was answered. Not durable: after a power cut the push may take effect
 * once more. ERR_SYSTEM. */
int state_finish_push(struct state *state, const char *key, const char *reply, long long now,
    long long expires, struct err *err) __attribute__((warn_unused_result));

/* Ends the work on the push that was begun: other deliveries of it need not wait any longer. */
void state_end_push(struct state *state);

/* ---- the journal ---- */

/* Appends a line, JSON without a line end, to the day of now. Atomic: lines of several processes do
 * not mix. Durable. days: how many days back lines are kept; the first line of a day deletes older
 * ones. ERR_SYSTEM: the line may have been appended all the same; a repeat of the push appends it
 * again. */
int state_log(struct state *state, const char *line, long long days, long long now, struct err *err)
    __attribute__((warn_unused_result));

/* Removes the lines that have the openid as a value, durably. Each day is replaced as a whole;
 * lines appended meanwhile stay. Noted errors whose line contains the openid are removed as well.
 * ERR_SYSTEM: some of the lines may still be there. */
int state_forget_lines(struct state *state, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to lines those that have the openid as a value, each with a line end, the oldest first: of
 * more than size bytes the latest ones, and then *all is false. Lines that are appended meanwhile
 * may be missing. ERR_SYSTEM. */
int state_find_lines(struct state *state, const char *openid, size_t size, struct buf *lines,
    bool *all, struct err *err) __attribute__((warn_unused_result));

/* Sets *when to the time of the latest line, by the back end's clock, in seconds since 1970; 0:
 * there is none. ERR_SYSTEM. */
int state_last_log(struct state *state, long long *when, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for each line of a day, given as "2026-11-24" (Beijing), oldest first, until it
 * returns false. Memory does not grow with the number of lines. A day without lines, or no day at
 * all, is not an error. ERR_SYSTEM. */
int state_read_day(struct state *state, const char *day, lines_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

/* ---- for the site's owner ---- */

/* Adds one to a count of the day of now (Beijing). Atomic: of many at the same time none is lost.
 * Not durable. ERR_SYSTEM: nothing was counted. */
int state_tally(struct state *state, enum state_tally kind, long long now, struct err *err)
    __attribute__((warn_unused_result));

/* Reads the counts of so many days, at most TALLY_DAYS_MAX: counts[0] is the day of now, counts[1]
 * the day before it, and so on. ERR_SYSTEM. */
int state_read_tallies(struct state *state, long long now, int days,
    long long counts[][TALLY_KINDS], struct err *err) __attribute__((warn_unused_result));

/* Keeps an error's log line (log_line()) for a day or two. Atomic: lines of several processes do
 * not mix. Not durable. Nothing happens if the state is not open, or not for writing.
 * ERR_TOO_LARGE: so many were kept that day that this one is dropped. ERR_SYSTEM. */
int state_note_error(struct state *state, const char *line, long long now, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for each error that was noted at since or later, newest first, until it returns
 * false. line has no line end. ERR_SYSTEM. */
int state_read_errors(struct state *state, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
    __attribute__((warn_unused_result));

/* Appends a line, JSON without a line end, to the record of what owners did, which is kept for
 * ever. Atomic, and durable. ERR_SYSTEM: nothing was added. */
int state_audit(struct state *state, const char *line, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for the latest lines, newest first, until it returns false: for those in the last
 * 256 kB. ERR_SYSTEM. */
int state_read_audit(struct state *state, lines_visit *visit, void *context, struct err *err)
    __attribute__((warn_unused_result));

/* ---- a copy ---- */

/* Copies all of a state to another: see copy.h. Both must be open. ERR_SYSTEM: the copy is not
 * whole; it can be repeated, and goes on where it stopped. */
int state_copy(struct state *from, struct state *to, long long now,
    void (*tell)(void *context, const struct copy_part *part), void *context, struct err *err)
    __attribute__((warn_unused_result));

/* ---- tidying ---- */

/* What has ended when state_tidy() is called. */
enum state_end { STATE_SIGNED_IN, STATE_PUSHED };

/* Deletes part of the expired records and of the files left by processes that died; after enough
 * sign-ins and pushes all of them are deleted. Deletes the journal's days that are no longer kept:
 * days as for state_log(), 0: all of them. Not durable: what a power cut brings back is deleted
 * again. An error does not stop the other deletions; err is the first. */
int state_tidy(struct state *state, enum state_end end, long long days, long long now,
    struct err *err) __attribute__((warn_unused_result));

/* Deletes people who have been on the waiting list since before limit (seconds since 1970), from a
 * small part of all users; after some hundred calls all of them are deleted. Followers who have
 * written to the account stay. Not durable. ERR_SYSTEM. */
int state_tidy_waiting(struct state *state, long long limit, struct err *err)
    __attribute__((warn_unused_result));

#endif
