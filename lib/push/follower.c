#include "push/follower.h"

#include <string.h>

#include "web/app.h"
#include "signin/forget.h"
#include "signin/scene.h"
#include "wechat/message.h"
#include "state/state.h"

/* Sets the members that change with everything the user does, and others. */
static int
set(struct app *app, const struct message *message, struct pairs *members)
{
        pairs_add_number(members, "last_seen", message->created);
        /* The scene of a sign-in says nothing about where a follower comes from. */
        if (*message->scene != '\0' && scene_parse(message->scene) == NULL)
                pairs_add(members, "scene", message->scene);
        if (state_set_user(app->state, message->openid, members, &app->err) == 0)
                return 0;
        if (app->err.kind != ERR_TOO_LARGE)
                return -1;
        /* A repeat would not fit either: answer the push, and log the error. */
        app_log(app, &app->err);
        err_clear(&app->err);
        return 0;
}

static int
see(struct app *app, const struct message *message)
{
        struct pairs members;

        pairs_init(&members, app->arena);
        return set(app, message, &members);
}

static int
subscribe(struct app *app, const struct message *message)
{
        struct pairs members;

        pairs_init(&members, app->arena);
        pairs_add_number(&members, "subscribed_since", message->created);
        return set(app, message, &members);
}

/* A site that records no places (journal) also drops the one that it had. */
static int
locate(struct app *app, const struct message *message)
{
        static const char *const places[][2] = {
            {"latitude", "Latitude"}, {"longitude", "Longitude"}, {"precision", "Precision"}};
        bool keeps = conf_keeps_texts(&app->conf);
        struct pairs members;

        pairs_init(&members, app->arena);
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
                if (keeps)
                        pairs_add(
                            &members, places[i][0], pairs_get(&message->fields, places[i][1]));
                else
                        pairs_add_typed(&members, places[i][0], "", PAIR_NULL);
        if (keeps)
                pairs_add_number(&members, "last_located", message->created);
        else
                pairs_add_typed(&members, "last_located", "", PAIR_NULL);
        return set(app, message, &members);
}

static int
forget(struct app *app, const struct message *message)
{
        return forget_openid(app, message->openid);
}

static int
drop_profile(struct app *app, const struct message *message)
{
        return state_drop_profile(app->state, message->openid, &app->err);
}

/* Events that are not listed, and those that the user did not cause, change nothing. */
static const struct {
        const char *event; /* in lower case; "" for messages */
        int (*update)(struct app *app, const struct message *message);
} updates[] = {
    {"", see},
    {"subscribe", subscribe},
    {"unsubscribe", forget},
    {"scan", see},
    {"location", locate},
    {"click", see},
    {"view", see},
    {"view_miniprogram", see},
    {"scancode_push", see},
    {"scancode_waitmsg", see},
    {"pic_sysphoto", see},
    {"pic_photo_or_album", see},
    {"pic_weixin", see},
    {"location_select", see},
    {"user_authorization_revoke", drop_profile},
    {"user_authorization_cancellation", forget},
};

int
follower_update(struct app *app, const struct message *message)
{
        for (size_t i = 0; i < sizeof(updates) / sizeof(updates[0]); i++)
                if (strcmp(updates[i].event, message->event) == 0)
                        return updates[i].update(app, message);
        return 0;
}

static const struct {
        const char *event;
        enum state_tally tally;
} counted[] = {
    {"", TALLY_MESSAGES}, {"subscribe", TALLY_FOLLOWED}, {"unsubscribe", TALLY_UNFOLLOWED}};

void
follower_count(struct app *app, const struct message *message)
{
        for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
                if (strcmp(counted[i].event, message->event) == 0)
                        app_tally(app, counted[i].tally);
}
