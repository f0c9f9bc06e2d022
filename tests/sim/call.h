/* call: a call that the account makes in its own name, and the checks that all of them share. */
#ifndef SIM_CALL_H
#define SIM_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct app;
struct call;

/* What a call needs besides its method. */
enum {
        CALL_TOKEN = 1 << 0,    /* an access_token in the query */
        CALL_VERIFIED = 1 << 1, /* a verified service account or a test account */
        CALL_JSON = 1 << 2      /* JSON in the body */
};

struct call_route {
        const char *path;
        const char *name;   /* of its switches: fault_<name>, delay_<name>, quota_<name> */
        const char *method; /* "GET" or "POST" */
        unsigned needs;
        /* Fills call->answer, or nothing for {"errcode":0,"errmsg":"ok"}, or answers by itself.
         * Returns 0, an errcode to answer with, or -1 with the error of app. */
        int (*handle)(struct call *call);
};

struct call {
        struct app *app;
        const struct call_route *route;
        struct pairs switches;
        struct pairs body; /* the JSON, as json_parse_tree() reads it */
        struct pairs answer;
        const char *errmsg; /* in place of the errcode's own; NULL: that */
};

/* Makes the call: sleeps or fails as the switches say; then checks method (43001, 43002),
 * access_token (41001, 40001, 42001), address (40164), kind of account (48001), quota (45009) and
 * JSON (44002, 47001), in this order; then handles it. One call is handled at a time. */
int call_answer(struct app *app, const struct call_route *route);

/* Returns a field of the query; "" if there is none. */
const char *call_query(const struct call *call, const char *name);

/* Returns the number of the day in Beijing, by which WeChat counts calls. */
long long call_day(const struct call *call);

/* Returns how many elements the array called name has in pairs. */
size_t call_elements(const struct pairs *pairs, const char *name);

/* Returns how many characters a text has. */
size_t call_characters(const char *text);

/* Does the body write characters beyond ASCII as \uXXXX, which some calls refuse (40033)? */
bool call_has_escapes(const struct call *call);

#endif
