/*
 * kind: the kinds of records that expire, and what is so of each: the table in kind.c.
 */
#ifndef WECHAT_KIND_H
#define WECHAT_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum store_kind {
        STORE_CLAIM,    /* a sign-in's callback that has begun, and the session it will open */
        STORE_CODE,     /* a code that was handed to WeChat */
        STORE_SESSION,  /* someone who is signed in */
        STORE_TOKENS,   /* the session's access_token and refresh_token */
        STORE_PUSH,     /* a push that was answered, with the reply */
        STORE_VALUES,   /* what the pages of a session hand over */
        STORE_TICKET,   /* names a session, for a page that may have one of the same person, once */
        STORE_ANSWER,   /* what a phone answered, for the computer that takes it once */
        STORE_ANSWERED, /* that a phone has answered, which it does once */
        STORE_KINDS
};

/* What is so of a kind. */
struct kind {
        const char *folder;
        /* A record survives a power cut. Those of other kinds are written without a sync, and one
         * that a power cut broke is as one that is not there. */
        bool lasts;
        size_t digits;   /* of a name, that name its shard */
        size_t most;     /* records that a shard holds, 0: any number */
        bool evicts;     /* where there are as many, the one that expires first goes */
        size_t persons;  /* records in force that one person may have, 0: any number */
        bool owned;      /* a key begins with its owner and a blank */
        long long grace; /* seconds that a record stays after it has expired */
};

const struct kind *kind_of(enum store_kind kind);

#endif
