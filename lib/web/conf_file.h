/*
 * conf_file: reads the settings file, after checking who else may read it.
 */
#ifndef WECHAT_CONF_FILE_H
#define WECHAT_CONF_FILE_H

struct arena;
struct conf;
struct err;
struct place;

/* Stores what holds without a setting: conf_init()'s defaults, with the state and the templates of
 * an installation (installed.h) where these are used. */
void conf_file_init(
    struct arena *arena, const struct place *place, const char *folder, struct conf *conf);

/* Reads the file that place.h found into conf, which has the defaults even after an error.
 * ERR_CONFIG: there is no file, others may read it, it is not text, conf_parse() rejects it, or its
 * state_dir or private_dir would be published (place.h). */
int conf_file_read(struct arena *arena, const struct place *place, struct conf *conf,
    struct err *err) __attribute__((warn_unused_result));

#endif
