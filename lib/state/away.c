#include "state/away.h"

#include <fcntl.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "host/file.h"
#include "state/member.h"
#include "state/user.h"

/* The context of look(). */
struct search {
        struct users *users; /* with the memory of the shard */
        const struct member_away *away;
        struct pairs *openids;
        int looks;
};

static int
look(void *context, const char *name, long long stamp)
{
        struct search *search = context;
        size_t size = strlen(name), end = strlen(".json");
        struct pairs user;
        struct err ignored;
        char *openid;

        (void)stamp;
        if (search->openids->count >= AWAY_FOUND_MAX || size <= end ||
            strcmp(name + size - end, ".json") != 0)
                return 0;
        search->looks++;
        openid = arena_copy(search->openids->arena, name, size - end);
        if (user_read(search->users, openid, &user, &ignored) == 0 &&
            member_is_away(&user, search->away))
                pairs_add(search->openids, "openid", openid);
        return 0;
}

/* Looks at the users of a shard, which may be missing. */
static int
look_at_shard(
    struct search *search, struct arena *arena, int parent, unsigned shard, struct err *err)
{
        int folder;

        if (file_open_folder(arena, parent, arena_printf(arena, "%03x", shard % USER_SHARDS), false,
                &folder, err) == 0)
                return file_list(folder, look, search, err);
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
away_find(struct arena *arena, const char *state_dir, unsigned draw, const struct member_away *away,
    struct pairs *openids, struct err *err)
{
        struct search search = {.away = away, .openids = openids};
        int parent, result = 0;

        if (file_open_folder(arena, AT_FDCWD, arena_printf(arena, "%s/users", state_dir), false,
                &parent, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        for (unsigned i = 0; result == 0 && i < AWAY_SHARDS_MAX && search.looks < AWAY_LOOKS_MAX &&
                             openids->count < AWAY_FOUND_MAX;
             i++) {
                struct arena *shard = arena_begin(arena);

                search.users = users_new(shard, state_dir);
                result = look_at_shard(&search, shard, parent, draw + i, err);
                arena_free(shard);
        }
        return result;
}
