/*
 * settings: finds the settings as the programs find them, and makes sure that the command runs as
 * the user that the programs run as, so that no file of another user comes into the state.
 *
 * The command has no sandbox, unlike the programs: it reads and writes files that its user names,
 * and nobody else can send it anything but WeChat.
 */
#ifndef WECHAT_SETTINGS_H
#define WECHAT_SETTINGS_H

struct run;

/* Finds the settings file, reads it into run->host, where err says whether it is valid, and begins
 * a request. Returns NULL; or why no file is read, and what to do. */
const char *settings_find(struct run *run);

/* Then: does the state belong to this user, if there is one? As settings_find(). */
const char *settings_check_state(const struct run *run);

/* Both, for valid settings. */
const char *settings_open(struct run *run);

/* Begins a request: run->app, in memory of its own. What the last one used is freed, and a lock
 * that it holds released: a long export makes a request of each call. */
void begin_request(struct run *run);

#endif
