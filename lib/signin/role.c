#include "signin/role.h"

#include <string.h>

static bool
has(const struct pairs *user, const char *role)
{
        for (size_t i = 0; i < user->count; i++) {
                const struct pair *pair = &user->items[i];

                if (pair->type == PAIR_ITEM && strcmp(pair->name, "roles") == 0 &&
                    strcmp(pair->value, role) == 0)
                        return true;
        }
        return false;
}

bool
role_has_one(const struct pairs *user, const struct pairs *roles)
{
        for (size_t i = 0; i < roles->count; i++)
                if (has(user, roles->items[i].value))
                        return true;
        return false;
}
