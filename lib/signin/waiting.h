/*
 * waiting: the records of a computer that shows a QR code (desktop.h, scene.h): what the phone is
 * told about it, whether the phone has opened the link, and what it has answered.
 *
 * A computer's record is under its user code. So is the note that there was an answer, which is
 * written first, so that there is only one, and which says what it was once the answer is stored.
 * The programs store the answers themselves (STORE_ANSWER).
 */
#ifndef WECHAT_WAITING_H
#define WECHAT_WAITING_H

#include <stdbool.h>

#include "state/state.h"

struct app;

struct waiting {
        const char *user_code;
        const char *browser; /* "Chrome, Windows"; "" if unknown */
        const char *address; /* the computer's */
        long long expires;   /* seconds since 1970; the phone may answer until then */
        bool is_scanned;
};

/* Counts the codes that an address asks for; what: "desktop", "scene". ERR_FULL: more than most
 * within WAITING_COUNT_SECONDS. ERR_SYSTEM. */
enum { WAITING_COUNT_SECONDS = 600 };
int waiting_count(struct app *app, const char *what, int most) __attribute__((warn_unused_result));

/* Stores that the browser that asks waits under that code. kind: STORE_DESKTOP or STORE_SCENE.
 * Errors as state_create(). */
int waiting_create(struct app *app, enum store_kind kind, const char *user_code, long long expires,
    struct waiting *waiting) __attribute__((warn_unused_result));

/* Reads what is stored, until DESKTOP_PICKUP_SECONDS after its end. ERR_NOT_FOUND: nothing, or not
 * any more. */
int waiting_read(struct app *app, enum store_kind kind, const char *user_code,
    struct waiting *waiting) __attribute__((warn_unused_result));

/* Stores that a phone has opened the link. */
int waiting_note_scan(struct app *app, struct waiting *waiting) __attribute__((warn_unused_result));

/* Answers the script of a page that waits, as JSON: {"state": …} is "waiting", "scanned",
 * "answered", or "missing" if the record is. This takes nothing; the page itself does. */
int waiting_answer_script(struct app *app, enum store_kind kind, const char *user_code)
    __attribute__((warn_unused_result));

/* Notes that person (a generation, or an openid) answers. ERR_EXISTS: somebody has answered.
 * Errors as state_create(). */
int waiting_begin_answer(struct app *app, struct waiting *waiting, const char *person)
    __attribute__((warn_unused_result));

/* Notes what was answered, once that is stored; or, if it could not be stored, deletes the note, so
 * that it can be tried again. An error is logged. */
void waiting_end_answer(
    struct app *app, const struct waiting *waiting, const char *person, bool yes);
void waiting_undo_answer(struct app *app, const struct waiting *waiting);

/* Is an answer noted that has been stored? Asked before the answer is looked for: if there is none,
 * it has been taken. */
int waiting_is_answered(struct app *app, const char *user_code, bool *answered)
    __attribute__((warn_unused_result));

/* If the code has been answered, answers with a page: to that person what they answered, to others
 * that the code is of no more use. *answered: it has been. */
int waiting_answer_again(struct app *app, const struct waiting *waiting, const char *person,
    bool *answered) __attribute__((warn_unused_result));

#endif
