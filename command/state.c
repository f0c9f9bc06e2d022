/* wechat state copy: moves a site from files to Redis, and back. */
#include <string.h>

#include "base/err.h"
#include "command.h"
#include "commands.h"
#include "host/os.h"
#include "output.h"
#include "state/state.h"

/* Returns where a state is that the user names; NULL: that is not known. */
static const char *
place_of(struct run *run, const char *name)
{
        const struct conf *conf = &run->host.conf;

        if (strcmp(name, "files") == 0)
                return conf_files(conf);
        return strcmp(name, "redis") == 0 && !conf_has_files(conf) ? conf_state(run->arena, conf)
                                                                   : NULL;
}

static void
tell_part(void *context, const struct copy_part *part)
{
        const struct run *run = context;
        long long total = part->added + part->there + part->left;

        if (!part->ended)
                show_progress(run, total, total);
        else if (total > 0) {
                show_progress(run, 0, 0);
                tell(run, "%s: %s copied, %s there already, %s left out",
                    "%s：复制了 %s，已有 %s，跳过 %s", part->name, thousands(run, part->added),
                    thousands(run, part->there), thousands(run, part->left));
        }
}

int
run_state_copy(struct run *run)
{
        const char *from_name = run->arguments[0], *to_name = run->arguments[1];
        const char *from = place_of(run, from_name), *to = place_of(run, to_name);
        struct err err = {.kind = ERR_NONE};
        struct state *one, *other;

        if (from == NULL || to == NULL || strcmp(from_name, to_name) == 0)
                return refuse_usage(run,
                    "from files to redis or back; redis is the address in the setting state, which "
                    "has to be there",
                    "从 files 到 redis，或者反过来；redis 是设置 state 里的地址，要先填好");
        one = state_new(run->arena, from, false);
        other = state_new(run->arena, to, true);
        if (state_open(one, &err) != 0 || state_open(other, &err) != 0 ||
            state_copy(one, other, os_now(), tell_part, run, &err) != 0)
                return refuse_err(run, &err);
        say(run, "all is copied", "全部复制完了");
        return STATUS_DONE;
}
