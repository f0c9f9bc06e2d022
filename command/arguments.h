/*
 * arguments: the command line, read by the table of commands.
 */
#ifndef WECHAT_ARGUMENTS_H
#define WECHAT_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

struct command;
struct option;
struct run;

/* What the command line asks for. */
enum wish {
        WISH_RUN,  /* run->command */
        WISH_HELP, /* about run->command, or a group of commands */
        WISH_VERSION,
        WISH_COMPLETION, /* for bash */
        WISH_NOTHING     /* it is wrong, which has been said */
};

/* Reads run->words into run->group, command, arguments and options. */
enum wish arguments_read(struct run *run);

/* Are words, "menu", the beginning of the command's, "menu set"; or all of them? */
bool is_beginning(const char *words, const char *command);

/* Returns the next word of text, of *size bytes; NULL: there is none. A text in brackets has
 * several.
 */
const char *next_word(const char *text, size_t *size);

#endif
