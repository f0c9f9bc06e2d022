/* tags: the account's tags (标签) of its followers. */
#ifndef SIM_TAGS_H
#define SIM_TAGS_H

struct app;
struct call;
struct pairs;

/* POST /cgi-bin/tags/create, GET …/get, POST …/update, …/delete */
int tags_create(struct call *call);
int tags_get(struct call *call);
int tags_update(struct call *call);
int tags_delete(struct call *call);

/* POST /cgi-bin/tags/members/batchtagging, …/batchuntagging: at most 50 openids, 20 tags for each.
 */
int tags_add_members(struct call *call);
int tags_remove_members(struct call *call);

/* POST /cgi-bin/tags/getidlist: the tags of a follower. */
int tags_of_user(struct call *call);

/* POST /cgi-bin/user/tag/get: the followers who have a tag. */
int tags_users(struct call *call);

/* Adds the numbers of an openid's tags as an array of that name. */
int tags_add_list(struct app *app, const char *openid, const char *name, struct pairs *answer)
    __attribute__((warn_unused_result));

/* Removes an openid from all tags. The documents are locked. */
int tags_forget(struct app *app, const char *openid) __attribute__((warn_unused_result));

#endif
