/*
 * installed: where `make install` has put the settings, the state and the pages. It writes the
 * paths into its copies of the programs (tools/installed); the programs that were built, and those
 * of the archives, have none.
 */
#ifndef WECHAT_INSTALLED_H
#define WECHAT_INSTALLED_H

/* Room for a path, with its terminator. */
enum { INSTALLED_PATH_MAX = 256 };

/* The settings file, used if web/place.h finds no other; "": none. */
const char *installed_settings(void);

/* The state folder and the templates' folder, unless the settings say otherwise; "": none. The
 * state is for that settings file only. The templates are for every site without a wechat-html
 * folder beside its settings. */
const char *installed_state(void);
const char *installed_pages(void);

#endif
