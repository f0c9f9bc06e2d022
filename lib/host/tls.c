#include "host/tls.h"

#ifdef HTTP_OVER_MBEDTLS
#include <stddef.h>
#include <stdint.h>

#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>

#include "base/err.h"
#include "host/ca.h"
#include "host/file.h"

static void
add_authority(void *list, const uint8_t *der, size_t size)
{
        /* A certificate that Mbed TLS cannot parse does not count. */
        (void)mbedtls_x509_crt_parse_der(list, der, size);
}

/* Returns the host's certificates that may have signed child; Mbed TLS checks and frees them. */
static int
find_authorities(void *context, const mbedtls_x509_crt *child, mbedtls_x509_crt **authorities)
{
        const struct tls *tls = context;
        mbedtls_x509_crt *list = mbedtls_calloc(1, sizeof(*list));
        struct err unread;
        size_t size;
        char *bundle;

        if (list == NULL)
                return MBEDTLS_ERR_X509_ALLOC_FAILED;
        mbedtls_x509_crt_init(list);
        if (file_read_public(tls->arena, tls->bundle, &bundle, &size, &unread) == 0)
                ca_find(tls->arena, bundle, child->issuer_raw.p, child->issuer_raw.len,
                    add_authority, list);
        *authorities = list;
        return 0;
}

/* By default Mbed TLS 2 asks for the largest group first, and servers accept it: a key exchange
 * over secp521r1 costs ten times the rest of a sign-in. Mbed TLS 3 has another function for this.
 */
static void
set_groups(mbedtls_ssl_config *config)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03010000
        static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
            MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
            MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

        mbedtls_ssl_conf_groups(config, groups);
#else
        static const mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_CURVE25519,
            MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1,
            MBEDTLS_ECP_DP_NONE};

        mbedtls_ssl_conf_curves(config, groups);
#endif
}

void
tls_configure(void *config, struct tls *tls)
{
        set_groups(config);
        if (tls->bundle != NULL)
                mbedtls_ssl_conf_ca_cb(config, find_authorities, tls);
}
#else
void
tls_configure(void *config, struct tls *tls)
{
        (void)config;
        (void)tls;
}
#endif
