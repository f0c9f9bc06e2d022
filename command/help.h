/*
 * help: what the table of commands says: --help, and completion for bash.
 */
#ifndef WECHAT_HELP_H
#define WECHAT_HELP_H

#include <stdio.h>

struct run;

/* Print the help, and "Usage: …": of the command, or of all that begin with run->group. */
void print_help(const struct run *run);
void print_usage(const struct run *run, FILE *out);

/* Prints a script that completes words of the command line in bash. */
void print_completion(void);

#endif
