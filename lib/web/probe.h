/*
 * probe: a question that a check of the installation asks a program over the web, and the answer
 * that only this installation can give. Every program answers it before anything else and whatever
 * its methods are, so that nothing is changed.
 */
#ifndef WECHAT_PROBE_H
#define WECHAT_PROBE_H

#include <stdbool.h>

struct app;
struct arena;
struct conf;
struct err;

/* Does the query have a question of this installation? */
bool probe_is_asked(const struct app *app);

/* Answers it with "MAC authorization=1 path=1 gaps=0", of the header Authorization, the path
 * /probe behind the program's name, and the sandbox (host.h), followed by host->facts. Returns
 * false, without an answer, if it was not asked. */
bool probe_answer(struct app *app);

/* Makes a question, for the query, and the MAC of its answer. ERR_SYSTEM. */
int probe_make(struct arena *arena, const struct conf *conf, const char **query,
    const char **wanted, struct err *err) __attribute__((warn_unused_result));

#endif
