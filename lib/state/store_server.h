/*
 * store_server: what is known of the server that has the state.
 */
#ifndef WECHAT_STORE_SERVER_H
#define WECHAT_STORE_SERVER_H

#include <stdbool.h>

struct state_server {
        const char *shown;   /* its address, without a password */
        const char *version; /* "": it does not say */
        const char *policy;  /* what it does when its memory is full: "noeviction" is right; "" */
        bool appends;        /* it writes each change to its disk (appendonly) */
        bool is_replica;
        bool tells; /* it says the last four */
};

#endif
