/* kinds: each kind of message and event that WeChat pushes, with its fields. */
#ifndef SIM_KINDS_H
#define SIM_KINDS_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct pairs;

enum { KINDS_FIELDS_MAX = 12 };

struct push_field {
        /* "Content"; "ScanCodeInfo/ScanType"; in an element that may repeat: "List.0/TemplateId",
         * "List.1/TemplateId" */
        const char *path;
        const char *example; /* the form's default */
};

struct push_kind {
        const char *id; /* as in links and scripts */
        const char *type;
        const char *event; /* "" for a message */
        bool seen;         /* the user sees the reply */
        struct push_field fields[KINDS_FIELDS_MAX];
};

/* Return a kind by its number, NULL after the last; and by its id, NULL if there is none. */
const struct push_kind *kinds_at(size_t number);
const struct push_kind *kinds_find(const char *id);

/* Returns a field of a kind by its number; NULL after the last. */
const struct push_field *kinds_field(const struct push_kind *kind, size_t number);

/* Returns a field's name in forms: "scancodeinfo_scantype", "list_0_templateid". */
char *kinds_form_name(struct app *app, const struct push_field *field);

/* Returns a field's value in a push of the user openid: from the form, otherwise from the account,
 * the user or the example. */
const char *kinds_value(
    struct app *app, const struct push_field *field, const struct pairs *form, const char *openid);

#endif
