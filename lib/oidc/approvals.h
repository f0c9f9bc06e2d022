/*
 * approvals: the programs that a person signs in to, and what each may learn: the member "programs"
 * of the user's file (user.h). Who agreed once is not asked again. What a program was given
 * (grant.h) is valid only while its approval is there, so that to end one ends all of it.
 */
#ifndef WECHAT_APPROVALS_H
#define WECHAT_APPROVALS_H

#include <stddef.h>

struct app;
struct clients_item;
struct pairs;

/* Programs of a person; of more, the one that was approved first is left out. MEMBER_ITEMS_MAX
 * would drop others. */
enum { APPROVALS_MAX = 32 };

struct approval {
        const char *client; /* client_id */
        const char *id;     /* random: 43 characters */
        const char *scope;  /* words, separated by blanks */
        const char *name;   /* client_name, as it was then */
        long long since;    /* seconds since 1970 */
};

/* Lists those of a user, given by its members, the latest first. Returns how many there are. */
size_t approvals_list(
    struct app *app, const struct pairs *user, struct approval approvals[APPROVALS_MAX]);

/* Adds the list to app->page, for the personal page. */
void approvals_fill_page(struct app *app, const struct pairs *user);

/* Finds that of a client. Returns 0, or -1: there is none. */
int approvals_find(
    struct app *app, const struct pairs *user, const char *client, struct approval *approval);

/* Approves the client for scope, beside what was approved before, durably. approval: what is
 * stored now. ERR_NOT_FOUND: the user is gone. ERR_BUSY, ERR_SYSTEM. */
int approvals_add(struct app *app, const char *openid, const struct clients_item *client,
    const char *scope, struct approval *approval) __attribute__((warn_unused_result));

/* Ends that of a client, durably; there may be none. Errors as approvals_add(). */
int approvals_end(struct app *app, const char *openid, const char *client)
    __attribute__((warn_unused_result));

#endif
