#include "state/user_each.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/json.h"
#include "host/file.h"
#include "wechat/api.h"

enum { SHARDS = 0x1000, SHARD_DIGITS = 3 };

static const char suffix[] = ".json";

struct walk {
        bool (*visit)(void *context, const struct pairs *user);
        text_visit *visit_text; /* instead; or NULL */
        void *context;
        struct arena *arena; /* of one user */
        int folder;
        bool ended; /* it wants no more */
        size_t broken;
        char name[WECHAT_OPENID_MAX + sizeof(suffix)]; /* of the first file that is broken */
        struct err first;                              /* what is wrong with it */
};

/* Is it the name of a user's file? */
static bool
is_user(const char *name)
{
        char openid[WECHAT_OPENID_MAX + 1] = "";
        size_t size = strlen(name);

        if (size < sizeof(suffix) || size >= sizeof(openid) + sizeof(suffix) - 1 ||
            strcmp(name + size - (sizeof(suffix) - 1), suffix) != 0)
                return false;
        memcpy(openid, name, size - (sizeof(suffix) - 1));
        return api_is_openid(openid);
}

static int
read_user(struct walk *walk, const char *name, struct pairs *user, char **text, size_t *text_size,
    struct err *err)
{
        const char *openid;
        size_t size;

        if (file_read_private(walk->arena, walk->folder, name, text, &size, err) != 0)
                return -1;
        *text_size = size;
        pairs_init(user, walk->arena);
        if (json_parse(walk->arena, *text, size, user, err) != 0)
                return -1;
        openid = pairs_get_text(user, "openid");
        if (strncmp(openid, name, strlen(openid)) == 0 &&
            strcmp(name + strlen(openid), suffix) == 0)
                return 0;
        return err_set(err, ERR_SYSTEM, "user: a user's file is broken");
}

/* A user who was deleted after the folder was listed is left out. */
static int
visit_file(void *context, const char *name, long long stamp)
{
        struct walk *walk = context;
        struct err err = {.kind = ERR_NONE};
        struct pairs user;
        size_t size;
        char *text;
        bool goes_on = true;

        (void)stamp;
        if (!is_user(name))
                return 0;
        if (read_user(walk, name, &user, &text, &size, &err) == 0)
                goes_on = walk->visit_text != NULL
                              ? walk->visit_text(
                                    walk->context, pairs_get_text(&user, "openid"), text, size)
                              : walk->visit(walk->context, &user);
        else if (err.kind != ERR_NOT_FOUND && walk->broken++ == 0) {
                (void)snprintf(walk->name, sizeof(walk->name), "%s", name);
                walk->first = err;
        }
        arena_reset(walk->arena);
        walk->ended = !goes_on;
        return goes_on ? 0 : 1;
}

static int
visit_shard(struct walk *walk, struct arena *arena, int parent, unsigned number, struct err *err)
{
        char shard[SHARD_DIGITS + 1];

        (void)snprintf(shard, sizeof(shard), "%0*x", SHARD_DIGITS, number % SHARDS);
        if (file_open_folder(arena, parent, shard, false, &walk->folder, err) == 0)
                return file_list(walk->folder, visit_file, walk, err);
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

static int
visit_shards(struct walk *walk, const struct arena *like, int parent, struct err *err)
{
        struct arena *arena = arena_begin(like);
        int result = 0;

        walk->arena = arena_begin(like);
        for (unsigned i = 0; result == 0 && !walk->ended && i < SHARDS; i++) {
                result = visit_shard(walk, arena, parent, i, err);
                arena_reset(arena);
        }
        arena_free(walk->arena);
        arena_free(arena);
        return result;
}

static int
each(struct walk *walk, struct arena *arena, const char *state_dir, struct err *err)
{
        int parent;

        if (file_open_folder(arena, AT_FDCWD, arena_printf(arena, "%s/users", state_dir), false,
                &parent, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        if (visit_shards(walk, arena, parent, err) != 0)
                return -1;
        if (walk->broken == 0)
                return 0;
        return err_set(err, ERR_SYSTEM,
            "files of users that cannot be read are left out: %zu, such as users/…/%s (%s): "
            "mend or delete them",
            walk->broken, walk->name, walk->first.text);
}

int
user_each(struct arena *arena, const char *state_dir,
    bool (*visit)(void *context, const struct pairs *user), void *context, struct err *err)
{
        struct walk walk = {.visit = visit, .context = context};

        return each(&walk, arena, state_dir, err);
}

int
user_each_text(
    struct arena *arena, const char *state_dir, text_visit *visit, void *context, struct err *err)
{
        struct walk walk = {.visit_text = visit, .context = context};

        return each(&walk, arena, state_dir, err);
}
