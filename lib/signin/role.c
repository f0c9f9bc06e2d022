#include "signin/role.h"

#include <string.h>

#include "base/arena.h"

bool
role_is_valid(const char *role)
{
        size_t size = strspn(role, "abcdefghijklmnopqrstuvwxyz0123456789-_");

        return role[size] == '\0' && size >= 1 && size <= ROLE_SIZE_MAX;
}

/* No blank, comma or control character, so that a list of roles can be taken apart again. */
static bool
is_usable(const char *role)
{
        size_t size = strlen(role);

        for (size_t i = 0; i < size; i++)
                if ((unsigned char)role[i] <= ' ' || role[i] == 0x7f || role[i] == ',')
                        return false;
        return size >= 1 && size <= ROLE_BYTES_MAX;
}

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

void
role_list(const struct pairs *user, struct pairs *roles)
{
        int count = 0;

        for (size_t i = 0; i < user->count && count < ROLE_COUNT_MAX; i++) {
                const struct pair *pair = &user->items[i];

                if (pair->type != PAIR_ITEM || strcmp(pair->name, "roles") != 0 ||
                    !is_usable(pair->value))
                        continue;
                pairs_add_typed(roles, "roles", pair->value, PAIR_ITEM);
                count++;
        }
}

bool
role_has_word(const struct pairs *user, const char *text)
{
        struct pairs roles, words;

        pairs_init(&roles, user->arena);
        pairs_init(&words, user->arena);
        role_list(user, &roles);
        for (text += strspn(text, " ,"); *text != '\0'; text += strspn(text, " ,")) {
                size_t size = strcspn(text, " ,");

                pairs_add(&words, "roles", arena_copy(user->arena, text, size));
                text += size;
        }
        return role_has_one(&roles, &words);
}
