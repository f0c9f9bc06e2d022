#include "owner/views.h"

#include <stddef.h>

const struct desk_view *const owner_views[] = {&view_changes, NULL};
