#include "list/item.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/pairs.h"
#include "conf/check.h"
#include "format/url.h"

int
item_text(
    struct item_reader *reader, const struct pairs *fields, const char *name, const char **text)
{
        const char *own = arena_printf(reader->arena, "%s/%s", name, reader->language);
        size_t size = strlen(name);

        *text = "";
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];

                if (strncmp(pair->name, name, size) != 0 || strchr("/", pair->name[size]) == NULL)
                        continue;
                if (pair->type != PAIR_TEXT || *pair->value == '\0')
                        return err_set(
                            reader->err, ERR_CONFIG, "\"%.40s\" must be a text", pair->name);
                if (**text == '\0' || strcmp(pair->name, own) == 0)
                        *text = pair->value;
        }
        return 0;
}

int
item_page(
    struct item_reader *reader, const struct pairs *fields, const char *name, const char **page)
{
        const char *reason;

        if (item_text(reader, fields, name, page) != 0)
                return -1;
        if (**page == '\0')
                return 0;
        *page = url_page(reader->arena, "", *page, &reason);
        if (*page == NULL)
                return err_set(reader->err, ERR_CONFIG,
                    "\"%s\" must be a page of this site, such as /orders.html, and is %s", name,
                    reason);
        return 0;
}

int
item_link(
    struct item_reader *reader, const struct pairs *fields, const char *name, const char **link)
{
        const char *given, *reason;

        if (item_text(reader, fields, name, &given) != 0)
                return -1;
        *link = given;
        if (*given == '\0' || (*given != '/' && check_link(given) == NULL))
                return 0;
        *link = url_page(reader->arena, "", given, &reason);
        if (*link == NULL)
                return err_set(reader->err, ERR_CONFIG,
                    "\"%s\" must be a page of this site, such as /orders.html, or an https "
                    "address",
                    name);
        return 0;
}

int
item_check_names(
    struct item_reader *reader, const struct pairs *fields, const char *const *names, size_t count)
{
        for (size_t i = 0; i < fields->count; i++) {
                const char *name = fields->items[i].name;
                size_t size = strcspn(name, "/"), known = 0;

                while (known < count &&
                       (strlen(names[known]) != size || memcmp(names[known], name, size) != 0))
                        known++;
                if (known == count)
                        return err_set(reader->err, ERR_CONFIG, "there is no \"%.40s\"%s", name,
                            hint_name(reader->arena, name, names, count));
        }
        return 0;
}
