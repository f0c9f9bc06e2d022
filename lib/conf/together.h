/*
 * together: settings that depend on each other.
 */
#ifndef WECHAT_TOGETHER_H
#define WECHAT_TOGETHER_H

struct conf;
struct err;

/* Checks settings that are valid by themselves. file: its name, for errors. ERR_CONFIG. */
int together_check(const struct conf *conf, const char *file, struct err *err)
    __attribute__((warn_unused_result));

#endif
