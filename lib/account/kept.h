/*
 * kept: the account's own access_token and jsapi_ticket, in the state, so that one process asks
 * WeChat for them and all use them. They are in no log and no page.
 */
#ifndef WECHAT_KEPT_H
#define WECHAT_KEPT_H

#include <stdbool.h>

struct app;
struct arena;
struct err;
struct host;
struct state;

enum kept_kind { KEPT_ACCESS_TOKEN, KEPT_JSAPI_TICKET };

struct kept {
        const char *text;  /* "": there is none in force */
        long long expires; /* seconds since 1970; 0 if there is none */
};

/* Returns the name: "access_token" or "jsapi_ticket". */
const char *kept_name(enum kept_kind kind);

/* Reads the one in force at now. ERR_SYSTEM. */
int kept_read(struct state *state, enum kept_kind kind, long long now, struct kept *kept,
    struct err *err) __attribute__((warn_unused_result));

/* Is it time to ask for the next one? WeChat gives a new one five minutes before the end ("获取稳定
 * 版接口调用凭据"). */
bool kept_is_due(const struct kept *kept, long long now);

/* Can a program of that name answer with what is in the state? Otherwise WeChat has to be asked.
 * For app_program.instead: host->err decides first. What was read is kept for kept_find(). */
bool kept_is_ready(struct host *host, const char *program, enum kept_kind kind);

/* Gets the one in force for a request: what kept_is_ready() has read, else from the state. Errors
 * as state_open() and kept_read(). */
int kept_find(struct app *app, enum kept_kind kind, struct kept *kept)
    __attribute__((warn_unused_result));

/* Replaces it, and forgets a failure. arena: for the record. ERR_SYSTEM. */
int kept_write(struct state *state, struct arena *arena, enum kept_kind kind,
    const struct kept *kept, long long now, struct err *err) __attribute__((warn_unused_result));

/* After WeChat has refused, it is not asked again for a while: until midnight in Beijing where
 * today's calls are used up (45009), a minute after too many calls (45011), and ten seconds
 * otherwise. */

/* Notes a refusal; a failure without an errcode, after which the next request tries again, is not
 * noted. Nor is one that cannot be stored. */
void kept_write_failure(struct state *state, struct arena *arena, enum kept_kind kind,
    const struct err *failure, long long now);

/* Returns 0 if WeChat may be asked; else -1 with the failure in err. */
int kept_check_failure(struct state *state, struct arena *arena, enum kept_kind kind, long long now,
    struct err *err) __attribute__((warn_unused_result));

#endif
