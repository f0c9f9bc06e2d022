#include "followers.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "docs.h"
#include "host/lock.h"
#include "kinds.h"
#include "people.h"
#include "tags.h"

enum { DAY = 86400, FIRST_TIME = 1700000000 };

static const char invented[] = "oSimF%07zuinventedFollower";

const char *
followers_at(struct app *app, const struct pairs *switches, size_t number)
{
        const struct sim_person *person = people_at(number);
        size_t people = 0;

        if (person != NULL)
                return person->openid;
        while (people_at(people) != NULL)
                people++;
        number -= people;
        return (long long)number < pairs_get_number(switches, "followers", 0)
                   ? arena_printf(app->arena, invented, number)
                   : NULL;
}

/* Returns the number of an invented follower; -1: it is none. */
static long long
number_of(struct app *app, const char *openid)
{
        long long number = -1;

        if (strlen(openid) == 28 && text_starts_with(openid, "oSimF"))
                number = strtoll(openid + 5, NULL, 10);
        return number >= 0 && number <= FOLLOWERS_MAX &&
                       strcmp(arena_printf(app->arena, invented, (size_t)number), openid) == 0
                   ? number
                   : -1;
}

bool
followers_is_known(struct app *app, const struct pairs *switches, const char *openid)
{
        long long number = number_of(app, openid);

        return people_of_openid(openid) != NULL ||
               (number >= 0 && number < pairs_get_number(switches, "followers", 0));
}

/* Adds the members that an openid has before anything happens. */
static void
add_defaults(struct app *app, const char *openid, struct pairs *follower)
{
        const struct sim_person *person = people_of_openid(openid);
        long long number = number_of(app, openid);
        bool follows = person == NULL ? number >= 0 : !person->is_snapshot;

        for (size_t i = 0; person != NULL && people_at(i) != NULL; i++)
                if (people_at(i) == person)
                        number = (long long)i;
        pairs_add(follower, "follows", follows ? "1" : "0");
        pairs_add_number(follower, "subscribe_time", FIRST_TIME + DAY * number);
        pairs_add(follower, "subscribe_scene", "ADD_SCENE_SEARCH");
        pairs_add_number(follower, "qr_scene", 0);
        pairs_add(follower, "qr_scene_str", "");
        pairs_add(follower, "remark", "");
}

int
followers_read(struct app *app, const char *openid, struct pairs *follower)
{
        if (docs_read(app, arena_printf(app->arena, "follower-%s", openid), follower) != 0)
                return -1;
        if (follower->count == 0)
                add_defaults(app, openid, follower);
        return 0;
}

int
followers_write(struct app *app, const char *openid, const struct pairs *follower)
{
        return docs_write(app, arena_printf(app->arena, "follower-%s", openid), follower);
}

bool
followers_follows(const struct pairs *follower)
{
        return strcmp(pairs_get_text(follower, "follows"), "1") == 0;
}

static void
note_follow(struct app *app, const char *key, struct pairs *follower)
{
        bool scanned = text_starts_with(key, "qrscene_");
        const char *scene = scanned ? key + strlen("qrscene_") : "";
        bool number = *scene != '\0' && strspn(scene, "0123456789") == strlen(scene);

        docs_set(follower, "follows", "1");
        docs_set_number(follower, "subscribe_time", app->now);
        docs_set(follower, "subscribe_scene", scanned ? "ADD_SCENE_QR_CODE" : "ADD_SCENE_SEARCH");
        docs_set_number(follower, "qr_scene", number ? strtoll(scene, NULL, 10) : 0);
        docs_set(follower, "qr_scene_str", number ? "" : scene);
}

static int
note_leaving(struct app *app, const char *openid, struct pairs *follower)
{
        docs_set(follower, "follows", "0");
        docs_set(follower, "remark", "");
        return tags_forget(app, openid);
}

/* The events after which custom messages may be sent (客服消息). */
static bool
is_tap(const char *kind)
{
        return text_has_word(
            "subscribe subscribe_scene SCAN CLICK scancode_push scancode_waitmsg", kind);
}

static int
note(struct app *app, const char *openid, const struct push_kind *kind, const struct pairs *form)
{
        struct pairs follower;

        if (followers_read(app, openid, &follower) != 0)
                return -1;
        if (strcmp(kind->event, "subscribe") == 0)
                note_follow(app, kinds_value(app, &kind->fields[0], form, openid), &follower);
        if (strcmp(kind->event, "unsubscribe") == 0 && note_leaving(app, openid, &follower) != 0)
                return -1;
        if (*kind->event == '\0') {
                docs_set_number(&follower, "heard", app->now);
                docs_set_number(&follower, "heard_sent", 0);
        } else if (is_tap(kind->id)) {
                docs_set_number(&follower, "tapped", app->now);
                docs_set_number(&follower, "tapped_sent", 0);
        }
        docs_set_number(&follower, "spoke", app->now);
        docs_set_number(&follower, "typing_until", 0);
        return followers_write(app, openid, &follower);
}

int
followers_note(
    struct app *app, const char *openid, const struct push_kind *kind, const struct pairs *form)
{
        int lock, result;

        if (!kind->seen && strcmp(kind->event, "unsubscribe") != 0)
                return 0;
        if (strcmp(kind->id, "raw") == 0)
                return 0;
        if (docs_lock(app, &lock) != 0)
                return -1;
        result = note(app, openid, kind, form);
        lock_release(lock);
        return result;
}
