/* account: the table of the account's calls. A new one is a line in account.c and its function. */
#ifndef SIM_ACCOUNT_H
#define SIM_ACCOUNT_H

#include <stddef.h>

struct call_route;

/* Return a call by its number, NULL after the last; and by its path, NULL if there is none. */
const struct call_route *account_call(size_t number);
const struct call_route *account_find(const char *path);

#endif
