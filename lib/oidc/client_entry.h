/*
 * client_entry: one client, from its entry in the clients' file (clients_file.h). The table in
 * client_entry.c has each member's name, shape and check.
 */
#ifndef WECHAT_CLIENT_ENTRY_H
#define WECHAT_CLIENT_ENTRY_H

#include "oidc/clients.h"

struct err;

/* Reads an entry's members (json_parse_tree()). ERR_CONFIG: what is wrong, and what to do. */
int client_entry_read(struct arena *arena, const struct pairs *fields, struct clients_item *item,
    struct err *err) __attribute__((warn_unused_result));

#endif
