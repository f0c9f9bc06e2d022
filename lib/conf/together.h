/*
 * together: settings that depend on each other.
 */
#ifndef WECHAT_TOGETHER_H
#define WECHAT_TOGETHER_H

#include <stddef.h>

struct conf;
struct err;

enum { TOGETHER_RULES = 10 };

/* Checks rule number, below TOGETHER_RULES, about settings that are valid by themselves. file: its
 * name, for errors. *key: the setting that the rule is about. ERR_CONFIG. */
int together_check(const struct conf *conf, size_t number, const char *file, const char **key,
    struct err *err) __attribute__((warn_unused_result));

#endif
