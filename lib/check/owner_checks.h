/*
 * owner_checks: the files that the site's owner has written, and their mistakes.
 */
#ifndef WECHAT_OWNER_CHECKS_H
#define WECHAT_OWNER_CHECKS_H

struct trial;

void check_replies(struct trial *trial);
void check_list(struct trial *trial);
void check_links(struct trial *trial);
void check_menu(struct trial *trial);
void check_access(struct trial *trial);
void check_oidc_clients(struct trial *trial);
void check_oidc_emails(struct trial *trial);
void check_private_folder(struct trial *trial);
void check_handler(struct trial *trial);
void check_hook(struct trial *trial);

#endif
