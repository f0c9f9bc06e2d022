/*
 * site_checks: this site as visitors see it: the programs, and what must not be seen. All requests
 * go to site_url, follow no redirects, and together take HTTP_TOTAL_MS at most.
 */
#ifndef WECHAT_SITE_CHECKS_H
#define WECHAT_SITE_CHECKS_H

struct trial;

/* Before the sandbox: puts a canary into the state folder, and finds the MP_verify file. */
void check_site_prepare(struct trial *trial);

/* Opens trial->site, if the site can be reached. */
void check_site(struct trial *trial);
void check_site_programs(struct trial *trial);
void check_site_https(struct trial *trial);
void check_authorization(struct trial *trial);
void check_exposed(struct trial *trial);
void check_verify_file(struct trial *trial);
void check_push_test(struct trial *trial);
void check_face(struct trial *trial);
void check_oidc_issuer(struct trial *trial);

/* Deletes the canary. */
void check_site_end(struct trial *trial);

#endif
