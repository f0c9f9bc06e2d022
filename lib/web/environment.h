/*
 * environment: reads the variables that a web server sets, for the process or for one request.
 */
#ifndef WECHAT_ENVIRONMENT_H
#define WECHAT_ENVIRONMENT_H

/* Returns the value of a variable in environment, a list of "NAME=value" that ends with NULL; NULL
 * if it is not set. */
const char *environment_get(char *const *environment, const char *name);

#endif
