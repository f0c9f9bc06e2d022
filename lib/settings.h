/*
 * settings: the settings file: where it is, who may read it, what it says.
 */
#ifndef WECHAT_SETTINGS_H
#define WECHAT_SETTINGS_H

struct arena;
struct conf;
struct err;

/* Its name: what the environment variable WECHAT_CONF says, else wechat.conf in the folder above
 * the program's own. */
const char *settings_find(struct arena *arena);

/* Reads the file into conf. conf has the defaults also where this fails. ERR_CONFIG: it is missing,
 * others may read it, it is no text, or conf_parse() refuses it. */
int settings_read(struct arena *arena, const char *file, struct conf *conf, struct err *err)
    __attribute__((warn_unused_result));

#endif
