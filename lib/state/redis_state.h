/*
 * redis_state: the back end that keeps the state in Redis or Valkey (redis_base.h says under which
 * keys). where is an address (redis_url.h).
 */
#ifndef WECHAT_REDIS_STATE_H
#define WECHAT_REDIS_STATE_H

#include "state/backend.h"

extern const struct backend redis_backend;

#endif
