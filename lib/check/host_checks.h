/*
 * host_checks: what the host allows the programs.
 */
#ifndef WECHAT_HOST_CHECKS_H
#define WECHAT_HOST_CHECKS_H

struct trial;

void check_sandbox_there(struct trial *trial);
void check_process_limits(struct trial *trial);

#endif
