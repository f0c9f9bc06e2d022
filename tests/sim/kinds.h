/* kinds: what the real WeChat pushes: each kind of message and event, with its fields. */
#ifndef SIM_KINDS_H
#define SIM_KINDS_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct pairs;

enum { KINDS_FIELDS_MAX = 12 };

struct push_field {
        /* "Content"; "ScanCodeInfo/ScanType"; of an element that may come again
         * "List.0/TemplateId", "List.1/TemplateId" */
        const char *path;
        const char *example; /* what the form proposes */
};

struct push_kind {
        const char *id; /* as in links and scripts */
        const char *type;
        const char *event; /* "" for a message */
        bool seen;         /* the user sees what is answered */
        struct push_field fields[KINDS_FIELDS_MAX];
};

/* All kinds by number; NULL behind the last. The kind of an id, or NULL. */
const struct push_kind *kinds_at(size_t number);
const struct push_kind *kinds_find(const char *id);

/* The fields of a kind by number; NULL behind the last. */
const struct push_field *kinds_field(const struct push_kind *kind, size_t number);

/* The name that a field has in forms: "scancodeinfo_scantype", "list_0_templateid". */
char *kinds_form_name(struct app *app, const struct push_field *field);

/* The field's value in a push of the user openid: the form's, else the account's, the user's or the
 * example. */
const char *kinds_value(
    struct app *app, const struct push_field *field, const struct pairs *form, const char *openid);

#endif
