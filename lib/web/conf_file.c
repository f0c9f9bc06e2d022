#include "web/conf_file.h"

#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "base/err.h"
#include "format/owner.h"
#include "web/installed.h"
#include "web/place.h"
#include "host/secret.h"

void
conf_file_init(
    struct arena *arena, const struct place *place, const char *folder, struct conf *conf)
{
        conf_init(arena, folder, conf);
        if (place->installed)
                conf->state_dir = installed_state();
        if (*installed_pages() != '\0' && access(conf->html_dir, F_OK) != 0)
                conf->html_dir = installed_pages();
}

int
conf_file_read(struct arena *arena, const struct place *place, struct conf *conf, struct err *err)
{
        char *text;
        size_t size;

        conf_file_init(arena, place, place->folder, conf);
        if (place->file == NULL) {
                *err = place->err;
                return -1;
        }
        if (secret_read(arena, place->file, &text, &size, err) != 0) {
                err->kind = ERR_CONFIG;
                return -1;
        }
        if (owner_read_text(place->file, text, &size, err) != 0 ||
            conf_parse(arena, text, place->file, conf, err) != 0)
                return -1;
        if (conf_has_files(conf) && place_check_state(arena, place, conf->state_dir, err) != 0)
                return -1;
        return *conf->private_dir == '\0'
                   ? 0
                   : place_check_private(arena, place, conf->private_dir, conf->state_dir, err);
}
