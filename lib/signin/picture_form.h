/*
 * picture_form: the form of the personal page by which users set their picture.
 */
#ifndef WECHAT_PICTURE_FORM_H
#define WECHAT_PICTURE_FORM_H

struct app;
struct session;

/* Adds the texts of a form that sends a file to app->request.form; does nothing for another form.
 * ERR_REQUEST: it is malformed. */
int picture_form_read(struct app *app) __attribute__((warn_unused_result));

/*
 * Sets the picture that the form has sent. *flaw NULL: done; else what is wrong, and *status is for
 * the page that says so: "no": no file; "heavy": more than PICTURE_SIZE_MAX bytes; "failed": it
 * cannot be read on this host, which is logged; or picture_flaw_name(). Errors as
 * own_picture_lock() and own_picture_set().
 */
int picture_form_set(struct app *app, const struct session *session, const char **flaw, int *status)
    __attribute__((warn_unused_result));

/* Removes the picture that the user has set. Errors as above. */
int picture_form_remove(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

#endif
