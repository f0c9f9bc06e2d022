/*
 * person_export: everything that is stored about a person, as a JSON file.
 */
#ifndef WECHAT_PERSON_EXPORT_H
#define WECHAT_PERSON_EXPORT_H

struct app;
struct pairs;

/* Answers with {"user": members, "sessions": […], "pushes": […]}, without what signs somebody in.
 * user: the members of the user's file. ERR_SYSTEM. */
int person_export(struct app *app, const struct pairs *user) __attribute__((warn_unused_result));

#endif
