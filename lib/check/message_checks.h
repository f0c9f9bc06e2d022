/*
 * message_checks: the messages that WeChat pushes, and the program that answers them.
 */
#ifndef WECHAT_MESSAGE_CHECKS_H
#define WECHAT_MESSAGE_CHECKS_H

struct trial;

void check_push_settings(struct trial *trial);
void check_last_push(struct trial *trial);

/* Runs the owner's handler with a message of an invented follower, if trial->dry is set. */
void check_handler_run(struct trial *trial);

/* What can be seen on WeChat's pages only. */
void check_domains(struct trial *trial);

#endif
