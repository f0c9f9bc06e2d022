/*
 * menu: checks a menu of the account, a file that its owner writes, before it is sent.
 *
 * Facts: "创建自定义菜单" (Official Accounts documentation): the kinds of buttons, what each needs,
 * and the limits.
 */
#ifndef WECHAT_MENU_H
#define WECHAT_MENU_H

#include <stddef.h>

struct arena;
struct err;
struct json_file;

/* Buttons at the bottom, and in the list above each; and the lengths in bytes of UTF-8, of which a
 * Chinese character takes three. */
enum {
        MENU_BUTTONS_MAX = 3,
        MENU_BELOW_MAX = 5,
        MENU_NAME_MAX = 16,
        MENU_NAME_BELOW_MAX = 60,
        MENU_KEY_MAX = 128,
        MENU_URL_MAX = 1024
};

/* Checks the menu in file (json_file_read()), and adds its mistakes. */
void menu_check(struct json_file *file);

/* Takes the menu out of WeChat's answer to menu/get, in the form of the owner's file: without its
 * number and empty lists. ERR_UPSTREAM: there is none in it; ERR_SYSTEM: no memory. */
int menu_take(struct arena *arena, const char *answer, size_t size, char **json, struct err *err)
    __attribute__((warn_unused_result));

#endif
