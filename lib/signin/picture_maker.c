#include "signin/picture_maker.h"

#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "format/multipart.h"
#include "host/os.h"
#include "host/runner.h"
#include "web/app.h"
#include "web/environment.h"
#include "web/local.h"

static const char maker[] = "wechat-picture.cgi";

/* The kernel ends it after SANDBOX_ALONE_SECONDS_MAX of the processor's time. */
enum { MAKE_MS = 10000 };

/* A process for many requests cannot know. */
static bool
may_send_picture(const struct host *host)
{
        const char *type = environment_get(host->environment, "CONTENT_TYPE");
        const char *cookies = environment_get(host->environment, "HTTP_COOKIE");

        return host->watched != NULL ||
               (type != NULL && multipart_is_type(type) && cookies != NULL &&
                   strstr(cookies, "wx_session") != NULL);
}

void
picture_maker_prepare(struct host *host)
{
        struct runner_program *program;

        if (!may_send_picture(host))
                return;
        program = arena_alloc(host->arena, sizeof(*program));
        local_prepare_alone(host, maker, program);
        host->pictures = runner_start(host->arena, program, NULL, false);
}

/* The first line is the flaw's name, the second the picture. */
static int
read_answer(struct app *app, char *answer, const char **made, enum picture_flaw *flaw)
{
        char *end = strchr(answer, '\n');

        if (end != NULL) {
                *end = '\0';
                *made = end + 1;
                for (*flaw = PICTURE_GOOD; *flaw < PICTURE_FLAWS; (*flaw)++)
                        if (strcmp(answer, picture_flaw_name(*flaw)) == 0)
                                return 0;
        }
        return err_set(&app->err, ERR_CONFIG, "%s is of another version", maker);
}

int
picture_maker_run(
    struct app *app, const char *bytes, size_t size, const char **made, enum picture_flaw *flaw)
{
        char *answer;

        if (app->host->pictures == NULL)
                return err_set(&app->err, ERR_SYSTEM, "%s was not prepared", maker);
        if (runner_run(app->host->pictures, app->arena, 0,
                digest_base64url(app->arena, bytes, size), os_clock_ms() + MAKE_MS, &answer, &size,
                &app->err) != 0)
                return -1;
        return read_answer(app, answer, made, flaw);
}
