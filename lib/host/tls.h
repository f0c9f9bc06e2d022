/*
 * tls: what libcurl over Mbed TLS, that of the static build, has to be told.
 */
#ifndef WECHAT_TLS_H
#define WECHAT_TLS_H

struct arena;

struct tls {
        struct arena *arena;
        const char *bundle; /* the host's file of certificates, to be searched; NULL: it is not */
};

/* Configures a connection (an mbedtls_ssl_config): which groups are offered, and that the
 * certificates which may have signed another one are searched in the bundle. tls has to live as
 * long as the connection's handshake. */
void tls_configure(void *config, struct tls *tls);

#endif
