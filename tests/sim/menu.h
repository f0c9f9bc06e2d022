/* menu: the account's own menu (自定义菜单). */
#ifndef SIM_MENU_H
#define SIM_MENU_H

struct app;
struct call;
struct pairs;

/* POST /cgi-bin/menu/create: one to three buttons, each with up to five below it. */
int menu_create(struct call *call);

/* GET /cgi-bin/menu/get: 46003 without a menu. */
int menu_get(struct call *call);

/* GET /cgi-bin/menu/delete */
int menu_delete(struct call *call);

/* GET /cgi-bin/get_current_selfmenu_info: the menu in another form. */
int menu_current(struct call *call);

/* Reads the menu that people see: button/0/name, button/0/sub_button/1/key, …; empty: there is
 * none. */
int menu_read(struct app *app, struct pairs *menu) __attribute__((warn_unused_result));

/* Returns the path of a button that a page names "1" or "1.2", from 0; NULL: there is none. */
const char *menu_find(const struct pairs *menu, const char *place);

#endif
