#include "push/inbox.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/file.h"
#include "host/lock.h"
#include "wechat/message.h"
#include "host/os.h"
#include "state/room.h"
#include "state/store.h"
#include "signin/tidy.h"

/* A query can be repeated while its timestamp is within the window, on either side of our clock. */
enum { REMEMBER_SECONDS = 3 * MESSAGE_WINDOW_SECONDS, LOCK_DIGITS = 16 };

static void
unlock(void *handle)
{
        lock_release((int)(intptr_t)handle);
}

/* Owned by the sender, so that it is forgotten with them. */
static char *
push_key(struct app *app, const struct message *message)
{
        return arena_printf(app->arena, "%s %s", message->openid, message->id);
}

/* The first push creates the lock file: a full disk must not prevent that. */
static int
acquire_lock(struct app *app, int folder, unsigned long long key, long long until, int *lock)
{
        if (lock_acquire_key(folder, "inbox.lock", key, until, lock, &app->err) == 0)
                return 0;
        return room_make(app->arena, app->conf.state_dir, &app->err)
                   ? lock_acquire_key(folder, "inbox.lock", key, until, lock, &app->err)
                   : -1;
}

int
inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
{
        const char *key = push_key(app, message);
        char *name = store_name(app->arena, STORE_PUSH, key);
        struct store_record record;
        int folder, lock;

        /* The end of the id: its beginning is the same for all pushes of one person. */
        name += strlen(name) - LOCK_DIGITS;
        if (file_open_folder(app->arena, AT_FDCWD, app->conf.state_dir, true, &folder, &app->err) !=
                0 ||
            acquire_lock(app, folder, strtoull(name, NULL, 16), until, &lock) != 0)
                return -1;
        /* A descriptor stands where a handle is a pointer.
         * NOLINTNEXTLINE(performance-no-int-to-ptr) */
        arena_defer(app->arena, unlock, (void *)(intptr_t)lock);
        *reply = NULL;
        /* The current time: another delivery may have begun later than this one, and won. */
        if (store_read(app->store, STORE_PUSH, key, os_now(), &record, &app->err) == 0) {
                *reply = pairs_get_text(&record.fields, "reply");
                return 0;
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

int
inbox_close(struct app *app, const struct message *message, const char *reply)
{
        struct store_record record = {.created = app->now, .expires = app->now + REMEMBER_SECONDS};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "reply", reply);
        if (store_replace(app->store, STORE_PUSH, push_key(app, message), &record, &app->err) != 0)
                return -1;
        tidy_after_push(app);
        return 0;
}
