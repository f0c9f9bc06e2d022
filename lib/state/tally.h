/*
 * tally: how often something happened on each day (UTC+8, Beijing): <state_dir>/tallies, a text
 * with a line for each of the last 64 days: "2026-11-24" and the counts, in the order of enum
 * state_tally. The file does not grow: a day's line replaces that of 64 days before.
 */
#ifndef WECHAT_TALLY_H
#define WECHAT_TALLY_H

struct arena;
struct err;

enum state_tally {
        TALLY_SIGN_INS,
        TALLY_NEW_PEOPLE, /* users who signed in for the first time */
        TALLY_FOLLOWED,
        TALLY_UNFOLLOWED,
        TALLY_MESSAGES, /* from users, without events */
        TALLY_KINDS
};

/* So many days, today among them, can be read. */
enum { TALLY_DAYS_MAX = 40 };

/* Adds one to a count of the day of now. Waits for others who add. folder: the state folder.
 * ERR_SYSTEM: nothing was counted. */
int tally_add(struct arena *arena, int folder, enum state_tally kind, long long now,
    struct err *err) __attribute__((warn_unused_result));

/* Reads the counts of so many days, at most TALLY_DAYS_MAX: counts[0] is the day of now, counts[1]
 * the day before it, and so on; 0 where nothing was counted. ERR_SYSTEM. */
int tally_read(struct arena *arena, int folder, long long now, int days,
    long long counts[][TALLY_KINDS], struct err *err) __attribute__((warn_unused_result));

#endif
