#include "web/environment.h"

#include <stddef.h>
#include <string.h>

const char *
environment_get(char *const *environment, const char *name)
{
        size_t size = strlen(name);

        for (; *environment != NULL; environment++)
                if (**environment == *name && strncmp(*environment, name, size) == 0 &&
                    (*environment)[size] == '=')
                        return *environment + size + 1;
        return NULL;
}
