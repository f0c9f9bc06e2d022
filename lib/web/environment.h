/*
 * environment: the variables that a web server hands over, of the process or of one request.
 */
#ifndef WECHAT_ENVIRONMENT_H
#define WECHAT_ENVIRONMENT_H

/* The value of a variable in a list of "NAME=value" that NULL ends; NULL: it is not set. */
const char *environment_get(char *const *environment, const char *name);

#endif
