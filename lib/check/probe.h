/*
 * probe: a question that the check asks its own program over the web, and the answer that only this
 * installation can give. It begins no other check.
 */
#ifndef WECHAT_PROBE_H
#define WECHAT_PROBE_H

#include <stdbool.h>

struct app;
struct arena;
struct conf;
struct err;

/* Does the query have a question? */
bool probe_is_one(const struct app *app);

/* Answers it with "MAC authorization=1 path=1", if it was asked by this installation. Returns false
 * if it was not, and nothing is answered. */
bool probe_answer(struct app *app);

/* Makes a question, for the query, and the MAC of its answer. ERR_SYSTEM. */
int probe_make(struct arena *arena, const struct conf *conf, const char **query,
    const char **wanted, struct err *err) __attribute__((warn_unused_result));

#endif
