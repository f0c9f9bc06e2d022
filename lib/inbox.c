#include "inbox.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>

#include "app.h"
#include "arena.h"
#include "file.h"
#include "lock.h"
#include "log.h"
#include "message.h"
#include "os.h"
#include "store.h"
#include "user.h"

/* A query can come again while its timestamp is within the window, at either side of our clock. */
enum { REMEMBER_SECONDS = 3 * MESSAGE_WINDOW_SECONDS, KEY_DIGITS = 16 };

static void
unlock(void *handle)
{
        lock_release((int)(intptr_t)handle);
}

int
inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
{
        char *name = store_name(app->arena, STORE_PUSH, message->id);
        struct store_record record;
        int folder, lock;

        name[KEY_DIGITS] = '\0';
        if (file_open_folder(app->arena, AT_FDCWD, app->conf.state_dir, true, &folder, &app->err) !=
                0 ||
            lock_take_key(
                folder, "inbox.lock", strtoull(name, NULL, 16), until, &lock, &app->err) != 0)
                return -1;
        /* A descriptor stands where a handle is a pointer.
         * NOLINTNEXTLINE(performance-no-int-to-ptr) */
        arena_defer(app->arena, unlock, (void *)(intptr_t)lock);
        *reply = NULL;
        /* The present time: another delivery may have begun later than this one, and won. */
        if (store_read(app->store, STORE_PUSH, message->id, os_now(), &record, &app->err) == 0) {
                *reply = pairs_get_text(&record.fields, "reply");
                return 0;
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

/* Tidies a little. The push is kept and answered: what goes wrong here is for the log only. */
static void
sweep(struct app *app)
{
        struct err err = {.kind = ERR_NONE};
        unsigned draw;

        if (os_random(&draw, sizeof(draw), &err) != 0 ||
            store_sweep(app->store, STORE_PUSH, draw, app->now, NULL, &err) != 0 ||
            user_sweep(app->users, draw, app->now, &err) != 0)
                log_error(app->program->name, app->request.client, &err);
}

int
inbox_close(struct app *app, const struct message *message, const char *reply)
{
        struct store_record record = {.created = app->now, .expires = app->now + REMEMBER_SECONDS};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "reply", reply);
        if (store_replace(app->store, STORE_PUSH, message->id, &record, &app->err) != 0)
                return -1;
        sweep(app);
        return 0;
}
