/*
 * followers: the account's followers, page by page.
 */
#ifndef WECHAT_FOLLOWERS_H
#define WECHAT_FOLLOWERS_H

#include <stddef.h>

struct arena;
struct run;

/* A page, at most 10,000 openids ("获取用户列表"). */
struct page {
        const char **openids;
        size_t count;
        const char *next; /* with which the next page begins; "": this is behind the last one */
        long long total;  /* of all pages */
};

/* Fetches the page that begins behind the openid next ("": the first page). It is in the memory of
 * arena. Returns STATUS_DONE, or that of refuse(). */
int fetch_page(struct run *run, const char *next, struct arena *arena, struct page *page);

/* Writes the followers with what WeChat says about them to a file. Where it stopped, the next call
 * continues. Returns the exit status. */
int export_followers(struct run *run, const char *file);

#endif
