/*
 * commands: the functions in the table of wechat.c.
 */
#ifndef WECHAT_COMMANDS_H
#define WECHAT_COMMANDS_H

struct run;

int run_api(struct run *run);
int run_menu_get(struct run *run);
int run_menu_set(struct run *run);
int run_menu_delete(struct run *run);
int run_qr(struct run *run);
int run_user(struct run *run);
int run_followers(struct run *run);
int run_send(struct run *run);
int run_template(struct run *run);
int run_media_upload(struct run *run);
int run_token(struct run *run);
int run_check(struct run *run);
int run_state_copy(struct run *run);
int run_keys_list(struct run *run);
int run_keys_make(struct run *run);
int run_keys_rotate(struct run *run);
int run_keys_replace(struct run *run);
int run_client_add(struct run *run);
int run_client_list(struct run *run);
int run_client_check(struct run *run);
int run_client_secret(struct run *run);
int run_client_remove(struct run *run);

#endif
