/* picture.cgi: sends the picture that a user has set on the personal page. */
#include "web/app.h"
#include "base/pairs.h"
#include "host/sandbox.h"
#include "signin/own_picture.h"
#include "web/program.h"

/* The same for everything else, and no line in the log: anybody can ask for anything. */
static int
answer_none(struct app *app)
{
        return app_answer_error_json(app);
}

static int
picture(struct app *app)
{
        const char *jpeg;
        size_t size;

        /* Y1. Is it the address of a picture? Whoever knows it may see the picture. */
        if (own_picture_read(app, app->request.path_info, &jpeg, &size) != 0)
                return app->err.kind == ERR_NOT_FOUND ? answer_none(app) : -1;

        /* Y2. Send it. Another picture has another address, so browsers need not ask again. */
        pairs_add(&app->response.headers, "Content-Security-Policy", "default-src 'none'; sandbox");
        return app_answer_lasting(app, "image/jpeg", jpeg, size);
}

static const struct app_program program = {
    .name = "picture.cgi",
    .purpose = "Sends the pictures that users have set on me.cgi: picture.cgi/ID.jpg, where ID is\n"
               "random. me.cgi and validate.cgi say the address.",
    .methods = "GET, HEAD",
    .handle = picture,
    .handle_error = app_answer_error_json,
    .needs = SANDBOX_READ_STATE,
};

PROGRAM_MAIN(program)
