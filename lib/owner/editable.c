#include "owner/editable.h"

#include <string.h>

#include "conf/conf.h"
#include "format/json_file.h"
#include "gate/access.h"
#include "list/list.h"
#include "oidc/clients_file.h"
#include "wechat/menu.h"
#include "wechat/rules.h"

static size_t
check_menu(struct json_file *file)
{
        menu_check(file);
        return (size_t)json_file_count(file, "button", MENU_BUTTONS_MAX);
}

const struct editable editables[EDITABLE_FILES] = {
    {"replies", offsetof(struct conf, replies), rules_check, "owner.files.replies",
        "owner.files.replies_what",
        "[\n  {\"event\": \"subscribe\", \"reply\": {\"text\": \"…\"}}\n]\n"},
    {"menu", offsetof(struct conf, menu), check_menu, "owner.files.menu", "owner.files.menu_what",
        "{\n  \"button\": [\n    {\"type\": \"click\", \"name\": \"…\", \"key\": \"…\"}\n  ]\n}\n"},
    {"list", offsetof(struct conf, list), list_check, "owner.files.list", "owner.files.list_what",
        "[\n  {\"id\": \"…\", \"text\": \"…\", \"url\": \"/…\"}\n]\n"},
    {"access", offsetof(struct conf, access), access_check, "owner.files.access",
        "owner.files.access_what", "[\n  {\"folder\": \"/\"}\n]\n"},
    {"oidc_clients", offsetof(struct conf, oidc_clients), clients_check, "owner.files.clients",
        "owner.files.clients_what",
        "[\n  {\"client_id\": \"…\", \"client_name\": \"…\", \"client_secret_sha256\": \"…\",\n"
        "   \"redirect_uris\": [\"https://…\"]}\n]\n"},
};

const struct editable *
editable_find(const char *name)
{
        for (size_t i = 0; i < EDITABLE_FILES; i++)
                if (strcmp(editables[i].name, name) == 0)
                        return &editables[i];
        return NULL;
}

const char *
editable_path(const struct editable *file, const struct conf *conf)
{
        const char *path;

        memcpy(&path, (const char *)conf + file->setting, sizeof(path));
        return path;
}
