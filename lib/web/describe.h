/*
 * describe: formats as JSON, for scripts and tests, what a program declares in its struct
 * app_program (host.h).
 */
#ifndef WECHAT_DESCRIBE_H
#define WECHAT_DESCRIBE_H

struct app_program;
struct arena;
struct err;

/* Sets *json to {"name": "mini.cgi", "methods": ["POST"], "needs": ["write_state", "network"],
 * "links": ["curl"], "cross_origin": false, "without_settings": false}. methods is null if any will
 * do. ERR_SYSTEM: no memory. */
int describe_program(struct arena *arena, const struct app_program *program, char **json,
    struct err *err) __attribute__((warn_unused_result));

#endif
