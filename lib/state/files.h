/*
 * files: the back end that keeps the state in the files of a folder (shard.h, user.h, journal.h).
 */
#ifndef WECHAT_FILES_H
#define WECHAT_FILES_H

#include "state/backend.h"

extern const struct backend files_backend;

#endif
