/* wechat-picture.cgi: makes a small JPEG of a picture that somebody sent to me.cgi, which runs it:
 * what reads a stranger's picture is to be able to do nothing else. */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "format/digest.h"
#include "format/picture.h"
#include "host/sandbox.h"
#include "web/app.h"
#include "web/program.h"

static int
make(struct arena *arena, char *text, size_t size, struct err *err)
{
        const struct cgi_out out = {.file = STDOUT_FILENO};
        const char *answer, *bytes;
        enum picture_flaw flaw;
        size_t made_size;
        char *made;

        /* E1. The picture, as base64url. */
        bytes = strlen(text) == size ? digest_base64url_decode(arena, text, &size) : NULL;
        if (bytes == NULL)
                return err_set(err, ERR_REQUEST, "stdin: not base64url");

        /* E2. Decode it, and make a small one of its pixels. */
        flaw = picture_make(arena, bytes, size, &made, &made_size);

        /* E3. Say what is wrong with it; or that it is good, and the new one. */
        answer = arena_printf(arena, "%s\n%s", picture_flaw_name(flaw),
            flaw == PICTURE_GOOD ? digest_base64url(arena, made, made_size) : "");
        return cgi_write(&out, answer, strlen(answer), "", 0, err);
}

static int
wechat_picture(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "me.cgi runs this program; nobody else asks");
}

static const struct app_program program = {
    .name = "wechat-picture.cgi",
    .purpose = "The program that me.cgi runs to read a picture that somebody sent, and to make a\n"
               "small JPEG of it. It can open no file and call nobody. A web server gets 404\n"
               "from it.",
    .methods = "GET, POST",
    .handle = wechat_picture,
    .handle_error = app_answer_error_json,
    .alone = make,
    .needs = SANDBOX_READ_STATE,
    .links = "jpeg, png16",
};

PROGRAM_MAIN(program)
