/*
 * jws: signed JSON in the compact form (RFC 7515, section 7.1), with RS256 or ES256. That is how ID
 * tokens and logout tokens are written.
 */
#ifndef WECHAT_JWS_H
#define WECHAT_JWS_H

#include "format/key.h"

struct pairs;

/* Bytes of a text that is verified. One of ours has about 1,000. */
enum { JWS_MAX = 16 * 1024 };

/* Finds one of our own keys by its id (key_id()). Returns NULL if there is none. */
typedef struct key *jws_find(void *context, const char *id);

/* Signs payload, the text of a JSON object. The header has alg and kid of the key, and typ: "JWT",
 * "logout+jwt". ERR_SYSTEM. */
int jws_sign(struct arena *arena, struct key *key, const char *type, const char *payload,
    char **text, struct err *err) __attribute__((warn_unused_result));

/*
 * Verifies a text that somebody brings, and adds the members of its payload to claims (json.h:
 * json_parse_tree()). The key is the one that kid names among our own; alg must be that key's
 * algorithm, and typ must be the type, in any case of letters (RFC 8725, sections 3.1 and 3.11). A
 * header that requires extensions (crit) is refused. Whether it has expired, and for whom it is, is
 * for the caller to check. ERR_DENIED: it is not one that we have signed. ERR_SYSTEM: no memory.
 */
int jws_verify(struct arena *arena, const char *text, const char *type, jws_find *find,
    void *context, struct pairs *claims, struct err *err) __attribute__((warn_unused_result));

/* Returns the at_hash of an access token, or the c_hash of a code: the left half of its SHA-256 as
 * base64url (OpenID Connect Core, section 3.1.3.6). That is so for RS256 and for ES256. */
char *jws_half_hash(struct arena *arena, const char *token);

#endif
