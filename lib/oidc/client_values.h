/*
 * client_values: what the values of a client's entry (client_entry.h) may be. Each function returns
 * NULL if value is valid, else a description of valid ones that completes "must be …".
 */
#ifndef WECHAT_CLIENT_VALUES_H
#define WECHAT_CLIENT_VALUES_H

#include <stdbool.h>

struct arena;

const char *client_value_id(struct arena *arena, const char *value);
const char *client_value_name(struct arena *arena, const char *value);
const char *client_value_site_picture(struct arena *arena, const char *value);
const char *client_value_hash(struct arena *arena, const char *value);
const char *client_value_scope_words(struct arena *arena, const char *value);
const char *client_value_openid(struct arena *arena, const char *value);
const char *client_value_role(struct arena *arena, const char *value);
const char *client_value_uri(struct arena *arena, const char *value);
const char *client_value_web_uri(struct arena *arena, const char *value);
const char *client_value_grant(struct arena *arena, const char *value);
const char *client_value_method(struct arena *arena, const char *value);
const char *client_value_algorithm(struct arena *arena, const char *value);
const char *client_value_subject(struct arena *arena, const char *value);
const char *client_value_email(struct arena *arena, const char *value);

/* Is it the address of a web page, rather than of an app? */
bool client_value_is_web(const char *uri);

#endif
