/*
 * role: what a user may do here. A user's roles are the texts in the member "roles" of the user's
 * file (user.h): "roles": ["staff", "board"]. An owner gives them (person.h), or writes them there
 * by hand; so they are checked whenever they are read.
 */
#ifndef WECHAT_ROLE_H
#define WECHAT_ROLE_H

#include <stdbool.h>

#include "base/pairs.h"

/* ROLE_SIZE_MAX: bytes of a role that an owner gives. ROLE_COUNT_MAX: roles of a user.
 * ROLE_BYTES_MAX: of one that was written by hand, as in the file for gate.cgi (access.h). */
enum { ROLE_SIZE_MAX = 32, ROLE_COUNT_MAX = 16, ROLE_BYTES_MAX = 64 };

/* Can an owner give a role of that name: 1 to ROLE_SIZE_MAX of a-z, 0-9, '-' and '_'? */
bool role_is_valid(const char *role);

/* Adds the user's roles to roles, as items "roles": at most ROLE_COUNT_MAX, each a text of 1 to
 * ROLE_BYTES_MAX bytes without blanks, commas and control characters; others are left out. user:
 * its members (session.h). */
void role_list(const struct pairs *user, struct pairs *roles);

/* Has the user one of these roles, the values of roles? Nobody has one of none. */
bool role_has_one(const struct pairs *user, const struct pairs *roles);

/* Has the user one of the roles in text, which are separated by blanks or commas? Nobody has one of
 * none. */
bool role_has_word(const struct pairs *user, const char *text);

#endif
