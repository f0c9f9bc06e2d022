/*
 * describe: a program as JSON, for scripts and tests: what it says of itself in its struct
 * app_program (app.h), which it is then held to.
 */
#ifndef WECHAT_DESCRIBE_H
#define WECHAT_DESCRIBE_H

struct app_program;
struct arena;
struct err;

/* {"name": "mini.cgi", "methods": ["POST"], "needs": ["write_state", "network"], "links":
 * ["curl"], "cross_origin": false}. methods is null where any will do. ERR_SYSTEM: no memory. */
int describe_program(struct arena *arena, const struct app_program *program, char **json,
    struct err *err) __attribute__((warn_unused_result));

#endif
