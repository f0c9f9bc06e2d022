/*
 * role: what a user may do here. A user's roles are the texts in the member "roles" of the user's
 * file (user.h): "roles": ["staff", "board"].
 */
#ifndef WECHAT_ROLE_H
#define WECHAT_ROLE_H

#include <stdbool.h>

#include "base/pairs.h"

/* Has the user, given by its members (session.h), one of these roles, the values of roles? Nobody
 * has one of none. */
bool role_has_one(const struct pairs *user, const struct pairs *roles);

#endif
