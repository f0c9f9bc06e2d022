#include "state/kind.h"

enum { GRACE = 3600 };

/*
 * Kinds that live for minutes have fewer shards, so that each is swept sooner. WeChat's tokens have
 * no grace: they can be swept as soon as their session has expired. Nor have computers that show a
 * QR code, and a session's programs: what is stored about them is of no use any more.
 *
 * Records last if somebody was told that they are stored. Claims, spent codes and answered pushes
 * only keep two processes from doing the same work, and a power cut ends both processes. Tickets,
 * values, and the note that a phone has answered can be asked for again.
 */
static const struct kind kinds[STORE_KINDS] = {
    [STORE_CLAIM] = {"claims", false, 2, 32, true, 0, false, GRACE},
    [STORE_CODE] = {"codes", false, 2, 32, true, 0, false, GRACE},
    [STORE_SESSION] = {"sessions", true, 3, 0, false, 0, false, GRACE},
    [STORE_TOKENS] = {"grants", true, 3, 0, false, 0, false, 0},
    [STORE_PUSH] = {"pushes", false, 2, 0, false, 0, true, GRACE},
    [STORE_USED] = {"used", false, 3, 0, false, 0, false, GRACE},
    [STORE_VALUES] = {"values", false, 3, 0, false, 0, false, GRACE},
    [STORE_TICKET] = {"tickets", false, 1, 64, false, 8, false, GRACE},
    [STORE_ANSWER] = {"answers", true, 1, 64, false, 0, false, GRACE},
    [STORE_ANSWERED] = {"answered", false, 1, 64, false, 8, false, GRACE},
    [STORE_PASSCODE] = {"passcodes", false, 2, 0, false, 0, false, GRACE},
    [STORE_REQUEST] = {"requests", false, 2, 0, false, 0, false, GRACE},
    [STORE_DESKTOP] = {"desktops", false, 2, 32, true, 0, false, 0},
    [STORE_SCENE] = {"scenes", false, 1, 64, false, 0, false, GRACE},
    [STORE_SCAN] = {"scans", false, 1, 64, false, 0, false, GRACE},
    [STORE_ACCOUNT] = {"account", false, 1, 0, false, 0, false, 0},
    [STORE_COUNT] = {"counts", false, 2, 32, true, 0, false, GRACE},
    [STORE_TOTAL] = {"totals", false, 1, 0, false, 0, false, GRACE},
    [STORE_CHECK] = {"checks", false, 1, 0, false, 0, false, GRACE},
    [STORE_PICTURE] = {"pictures", true, 2, 0, false, 0, false, 0},
    [STORE_SAVED] = {"authorizations", false, 2, 32, true, 0, false, 0},
    [STORE_GRANT] = {"oidc-grants", true, 2, 0, false, 0, true, GRACE},
    [STORE_REDEEM] = {"oidc-codes", false, 2, 0, false, 0, false, GRACE},
    [STORE_ACCESS] = {"oidc-access", false, 3, 0, false, 0, false, GRACE},
    [STORE_REFRESH] = {"oidc-refresh", true, 3, 0, false, 0, false, GRACE},
    [STORE_PROGRAM] = {"oidc-programs", true, 2, 0, false, 0, true, 0},
    [STORE_KEYS] = {"keys", true, 1, 0, false, 0, false, 0},
};

const struct kind *
kind_of(enum store_kind kind)
{
        return &kinds[kind];
}
