#include "later.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "exchange.h"
#include "kinds.h"
#include "people.h"
#include "trial.h"

enum { DESCRIPTORS_MAX = 256 };

/* Returns the person with that openid; for an invented follower somebody who has only that. */
static const struct sim_person *
person_of(struct app *app, const char *openid)
{
        const struct sim_person *person = people_of_openid(openid);
        const struct sim_person nobody = {.id = "", .openid = openid};
        struct sim_person *invented;

        if (person != NULL)
                return person;
        invented = arena_alloc(app->arena, sizeof(*invented));
        memcpy(invented, &nobody, sizeof(nobody));
        return invented;
}

static int
push(struct app *app, const char *openid, const char *kind, const struct pairs *form)
{
        struct pairs order;
        struct trial trial;

        pairs_init(&order, app->arena);
        pairs_add(&order, "kind", kind);
        pairs_add(&order, "way", "retries");
        for (size_t i = 0; i < form->count; i++)
                pairs_add(&order, form->items[i].name, form->items[i].value);
        if (trial_read(app, &order, &trial) != 0)
                return -1;
        trial.person = person_of(app, openid);
        if (trial_build(app, &order, &trial) != 0 || trial_send(app, &trial) != 0)
                return -1;
        return trial.kind->seen ? exchange_add_reply(app, &trial) : 0;
}

/* Lets go of everything that the parent has open, so that nobody waits for this process, and waits
 * until the parent has ended: it holds the other end of the pipe. */
static void
wait_for_answer(int pipe_end)
{
        int nothing = open("/dev/null", O_RDWR);
        char byte;

        for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
                if (fd <= STDERR_FILENO)
                        dup2(nothing, fd);
                else if (fd != pipe_end)
                        close(fd);
        while (read(pipe_end, &byte, 1) > 0)
                ;
}

int
later_push(struct app *app, const char *openid, const char *kind, const struct pairs *form)
{
        int ends[2];
        pid_t child;

        if (*app->conf.push_token == '\0')
                return 0;
        if (pipe(ends) != 0)
                return err_set(&app->err, ERR_SYSTEM, "pipe");
        child = fork();
        if (child == 0) {
                wait_for_answer(ends[0]);
                _exit(push(app, openid, kind, form) == 0 ? 0 : 1);
        }
        close(ends[0]);
        return child < 0 ? err_set(&app->err, ERR_SYSTEM, "fork") : 0;
}
