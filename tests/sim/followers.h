/* followers: who follows the account, and what the account knows of each of them. */
#ifndef SIM_FOLLOWERS_H
#define SIM_FOLLOWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct app;
struct push_kind;

enum { FOLLOWERS_MAX = 99999 }; /* invented ones, by the switch followers */

/* Returns the openid of a person, or of an invented follower, by number; NULL after the last. They
 * need not follow. */
const char *followers_at(struct app *app, const struct pairs *switches, size_t number);

/* Has the account seen this openid? */
bool followers_is_known(struct app *app, const struct pairs *switches, const char *openid);

/*
 * Reads what is known of an openid: follows ("1" or "0"), subscribe_time, subscribe_scene,
 * qr_scene, qr_scene_str, remark; heard and tapped (when the person's latest message came, and the
 * latest event that allows custom messages), heard_sent and tapped_sent (custom messages since),
 * spoke (when either side spoke last), typing_until.
 */
int followers_read(struct app *app, const char *openid, struct pairs *follower)
    __attribute__((warn_unused_result));

int followers_write(struct app *app, const char *openid, const struct pairs *follower)
    __attribute__((warn_unused_result));

bool followers_follows(const struct pairs *follower);

/* Notes what a push of that kind says of the person: a message, following, leaving, a tap. form has
 * the fields of the push. */
int followers_note(struct app *app, const char *openid, const struct push_kind *kind,
    const struct pairs *form) __attribute__((warn_unused_result));

#endif
