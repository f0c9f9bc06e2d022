#include "owner/views.h"

#include <stddef.h>

const struct desk_view *const owner_views[] = {&view_today, &view_people, &view_person,
    &view_messages, &view_files, &view_edit, &view_menu, &view_codes, &view_changes, NULL};
