/*
 * claims: what a program learns about a person, by the scopes that were granted (OpenID Connect
 * Core, section 5). Pure.
 *
 *   openid   sub
 *   profile  name, nickname, preferred_username, picture, gender, locale, updated_at
 *   email    email, email_verified
 *   groups   groups: the person's roles (role.h)
 *
 * and the client's extra_claims. A claim without a value is left out: it is never null or empty.
 */
#ifndef WECHAT_CLAIMS_H
#define WECHAT_CLAIMS_H

#include "oidc/clients.h"

struct conf;

/* Characters of sub for pairwise: SHA-256 as base64url. */
enum { CLAIMS_PAIRWISE_SIZE = 43 };

struct claims_person {
        const char *openid;
        const struct pairs *user; /* the members of the user's file (user.h) */
        const char *email;        /* of the file oidc_emails; NULL: it has none */
        const char *language;     /* zh_CN, zh_TW or en: in which they signed in; NULL: unknown */
};

/*
 * Returns the person's sub for the client: the openid, the unionid, or a hash of salt (key_set.h),
 * client_id and openid, which differs from client to client. ERR_CONFIG: the client's subject_type
 * is unionid, and WeChat has not given one: the account has to be bound on the Open Platform.
 */
int claims_subject(struct arena *arena, const struct clients_item *client, const char *salt,
    const struct claims_person *person, const char **subject, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to claims, for json_build(), what scope (words, separated by blanks) gives, without sub.
 * subject: claims_subject(). */
void claims_fill(const struct conf *conf, const struct clients_item *client, const char *scope,
    const char *subject, const struct claims_person *person, struct pairs *claims);

/* Reads the text of the file oidc_emails, a JSON object of addresses by openid: {"oABC…":
 * "ming@example.com"}. Its members are added to emails. ERR_CONFIG, with file, line, and what is
 * wrong. */
int claims_parse_emails(struct arena *arena, const char *text, size_t size, const char *file,
    struct pairs *emails, struct err *err) __attribute__((warn_unused_result));

#endif
