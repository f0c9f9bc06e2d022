/*
 * conf_file: the settings file: who may read it, what it says.
 */
#ifndef WECHAT_CONF_FILE_H
#define WECHAT_CONF_FILE_H

struct arena;
struct conf;
struct err;
struct place;

/* Reads the file that was found (place.h) into conf. conf has the defaults also where this fails.
 * ERR_CONFIG: there is none, others may read it, it is no text, conf_parse() refuses it, or its
 * state_dir is where the web server would serve it. */
int conf_file_read(struct arena *arena, const struct place *place, struct conf *conf,
    struct err *err) __attribute__((warn_unused_result));

#endif
