/* push: what the real WeChat pushes: each kind of message and event, with its fields. */
#ifndef SIM_PUSH_H
#define SIM_PUSH_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct pairs;

enum { PUSH_FIELDS_MAX = 8 };

struct push_field {
        const char *path;    /* "Content", "ScanCodeInfo/ScanType" */
        const char *example; /* what the form proposes */
};

struct push_kind {
        const char *id; /* as in links and scripts */
        const char *type;
        const char *event; /* "" for a message */
        bool seen;         /* the user sees what is answered */
        struct push_field fields[PUSH_FIELDS_MAX];
};

/* The kind of an id, or NULL; all kinds by number, NULL behind the last. */
const struct push_kind *push_find(const char *id);
const struct push_kind *push_kind_of(size_t number);

/* The name that a field has in forms and templates: "scancodeinfo_scantype". */
char *push_form_name(struct app *app, const struct push_field *field);

/* The push of the user openid: form has the fields that differ from the examples. */
char *push_build(
    struct app *app, const struct push_kind *kind, const struct pairs *form, const char *openid);

/* How a push is sent. */
struct push_order {
        const char *mode; /* "plain", "compatible" or "safe" */
        bool wrong_signature;
        bool old_timestamp; /* an hour ago */
};

/* WeChat's request for it: query and body, signed now, sealed as the mode says. */
int push_sign(struct app *app, const struct push_order *order, const char *xml, const char *openid,
    char **query, char **body) __attribute__((warn_unused_result));

#endif
