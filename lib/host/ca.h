/*
 * ca: the authorities of a bundle of certificates that may have signed another certificate.
 *
 * Reading all that a host trusts costs more than the rest of a sign-in; here they are looked
 * through for a name, and only those that have it are read as certificates.
 */
#ifndef WECHAT_CA_H
#define WECHAT_CA_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Calls take() with each certificate (DER) of bundle (PEM, RFC 7468) that contains the name's
 * bytes, which are a distinguished name as DER has it. Says how many these were; blocks that are no
 * base64 are left out. */
size_t ca_find(struct arena *arena, const char *bundle, const void *name, size_t name_size,
    void (*take)(void *context, const uint8_t *der, size_t size), void *context);

#endif
