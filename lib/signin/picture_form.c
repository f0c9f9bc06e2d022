#include "signin/picture_form.h"

#include <stddef.h>

#include "base/pairs.h"
#include "format/multipart.h"
#include "signin/own_picture.h"
#include "signin/picture_maker.h"
#include "signin/session.h"
#include "web/app.h"

static int
parse(struct app *app, struct pairs *fields, struct multipart_file *file)
{
        return multipart_parse(app->arena, app->request.content_type, app->request.body,
            app->request.body_size, fields, file, &app->err);
}

int
picture_form_read(struct app *app)
{
        struct multipart_file file;

        return multipart_is_type(app->request.content_type) ? parse(app, &app->request.form, &file)
                                                            : 0;
}

static int
refuse(const char **flaw, int *status, const char *name, enum err_kind kind)
{
        *flaw = name;
        *status = err_status(kind);
        return 0;
}

/* That no picture can be read here is the owner's to mend; the rest of the page is of use. */
static int
make(struct app *app, const struct multipart_file *file, const char **picture, const char **flaw,
    int *status)
{
        enum picture_flaw found;
        struct err err;

        if (picture_maker_run(app, file->bytes, file->size, picture, &found) != 0) {
                err = app->err;
                app_log(app, &err);
                err_clear(&app->err);
                return refuse(flaw, status, "failed", ERR_SYSTEM);
        }
        return found == PICTURE_GOOD ? 0
                                     : refuse(flaw, status, picture_flaw_name(found), ERR_REQUEST);
}

int
picture_form_set(struct app *app, const struct session *session, const char **flaw, int *status)
{
        struct multipart_file file = {.field = NULL};
        const char *picture;
        struct pairs fields;

        *flaw = NULL;
        pairs_init(&fields, app->arena);
        if (multipart_is_type(app->request.content_type) && parse(app, &fields, &file) != 0)
                return -1;
        if (file.field == NULL || file.size == 0)
                return refuse(flaw, status, "no", ERR_REQUEST);
        if (file.size > PICTURE_SIZE_MAX)
                return refuse(flaw, status, "heavy", ERR_TOO_LARGE);
        if (own_picture_lock(app, session->openid) != 0 ||
            make(app, &file, &picture, flaw, status) != 0)
                return -1;
        return *flaw != NULL ? 0 : own_picture_set(app, session, picture);
}

int
picture_form_remove(struct app *app, const struct session *session)
{
        return own_picture_lock(app, session->openid) != 0 ||
                       own_picture_set(app, session, NULL) != 0
                   ? -1
                   : 0;
}
