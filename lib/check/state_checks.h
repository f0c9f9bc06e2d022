/*
 * state_checks: whether the state folder is private and writable, and its file system good for it.
 */
#ifndef WECHAT_STATE_CHECKS_H
#define WECHAT_STATE_CHECKS_H

struct trial;

/* Creates a missing folder, as any program would, and opens it: trial->state_folder. */
void check_state_folder(struct trial *trial);
void check_state_writable(struct trial *trial);
void check_state_room(struct trial *trial);
void check_oidc_keys(struct trial *trial);

#endif
