/*
 * ca: finds the certificates in a bundle that may have signed another one.
 *
 * Parsing every authority that a host trusts costs more than the rest of a sign-in. Here the bundle
 * is searched for the issuer's name, and only certificates that contain it are parsed.
 */
#ifndef WECHAT_CA_H
#define WECHAT_CA_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Calls take() for each certificate (DER) in bundle (PEM, RFC 7468) that contains the bytes of
 * name, a distinguished name in DER. Returns how many there were. Blocks that are not valid base64
 * are skipped. */
size_t ca_find(struct arena *arena, const char *bundle, const void *name, size_t name_size,
    void (*take)(void *context, const uint8_t *der, size_t size), void *context);

#endif
