/*
 * file_checks: whether programs and pages arrived, undamaged and with the modes that web servers
 * ask for.
 */
#ifndef WECHAT_FILE_CHECKS_H
#define WECHAT_FILE_CHECKS_H

struct trial;

void check_user(struct trial *trial);
void check_programs(struct trial *trial);
void check_pages(struct trial *trial);

#endif
