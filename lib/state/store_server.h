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
        bool guarded;    /* it accepts changes only with a replica (min-replicas-to-write) */
        long long clock; /* its time, seconds since 1970; 0: it does not say */
        bool tells;      /* it says the last six */
        int sentinels;   /* named in the address; 0: none */
        int watching;    /* Sentinels that know of each other */
        int quorum;      /* so many of them have to miss the primary */
};

#endif
