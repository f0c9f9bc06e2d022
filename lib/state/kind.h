/*
 * kind: the kinds of records that expire, and the properties of each (the table in kind.c).
 */
#ifndef WECHAT_KIND_H
#define WECHAT_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum store_kind {
        STORE_CLAIM,    /* a callback that has begun, and the session that it will open */
        STORE_CODE,     /* a code that was sent to WeChat */
        STORE_SESSION,  /* a user who is signed in */
        STORE_TOKENS,   /* the session's access_token and refresh_token */
        STORE_PUSH,     /* a push that was answered, with the reply */
        STORE_USED,     /* when a session was last used (idle.h) */
        STORE_VALUES,   /* values that the pages of a session hand to each other */
        STORE_TICKET,   /* exchanged once for another session of the same user (ticket.h) */
        STORE_ANSWER,   /* a phone's answer, which the computer takes once */
        STORE_ANSWERED, /* notes that a phone has answered, so that it does so only once */
        STORE_PASSCODE, /* a code or a link that signs in one person (passcode.h) */
        STORE_REQUEST,  /* the latest request of a person for one */
        STORE_DESKTOP,  /* a computer that shows a QR code (desktop.h) */
        STORE_SCENE,    /* one that shows a scene's QR code (scene.h) */
        STORE_SCAN,     /* who scanned it, under the token of the link that they were sent */
        STORE_ACCOUNT,  /* the account's own access_token (account.h) */
        STORE_COUNT,    /* a counter for one network address (state_count()) */
        STORE_TOTAL,    /* a counter for the whole site, or for a program that asks it */
        STORE_CHECK,    /* what check.cgi found last, for owner.cgi */
        STORE_PICTURE,  /* a picture that a user has set (own_picture.h) */
        STORE_KEYS,     /* the keys that sign ID tokens (key_set.h) */
        STORE_SAVED,    /* an authorization request that waits for its visitor (saved.h) */
        STORE_GRANT,    /* what a person has given to a program (grant.h) */
        STORE_REDEEM,   /* the code that the program redeems once for tokens */
        STORE_ACCESS,   /* an access token */
        STORE_REFRESH,  /* a refresh token, in force or replaced */
        STORE_PROGRAM,  /* a program that got tokens in a session (programs.h) */
        STORE_KINDS
};

/* The properties of a kind. */
struct kind {
        const char *folder;
        /* Its records survive a power cut. Records of other kinds are written without a sync; one
         * that a power cut broke counts as missing. */
        bool lasts;
        size_t digits;  /* how many digits of a name make its shard */
        size_t most;    /* records in a shard at most; 0: no limit */
        bool evicts;    /* a full shard deletes the record that expires first; otherwise ERR_FULL */
        size_t persons; /* records in force per user at most; 0: no limit */
        bool owned;     /* a key begins with its owner and a space */
        long long grace; /* seconds that a record is kept after it expires */
};

const struct kind *kind_of(enum store_kind kind);

#endif
