/*
 * views: the views of owner.cgi, in one table. To add one: a file here with its struct desk_view, a
 * line here and in views.c, a page html/owner-NAME.html, and its words in
 * html/words/owner.LANGUAGE.txt (README.md).
 */
#ifndef WECHAT_VIEWS_H
#define WECHAT_VIEWS_H

#include "owner/desk.h"

extern const struct desk_view view_today;
extern const struct desk_view view_people;
extern const struct desk_view view_person;
extern const struct desk_view view_messages;
extern const struct desk_view view_files;
extern const struct desk_view view_edit;
extern const struct desk_view view_menu;
extern const struct desk_view view_codes;
extern const struct desk_view view_changes;

/* All, in the order of the menu; the first is shown if none is asked for. NULL after the last. */
extern const struct desk_view *const owner_views[];

#endif
