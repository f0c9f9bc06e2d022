#include "account.h"

#include <string.h>

#include "call.h"
#include "custom.h"
#include "media.h"
#include "menu.h"
#include "qrcode.h"
#include "service.h"
#include "tags.h"
#include "template.h"
#include "token.h"
#include "users.h"

/* Which kind of account may make a call: ANY, or only verified service accounts and test accounts
 * (接口权限说明). */
enum {
        ANY = CALL_TOKEN,
        ANY_JSON = CALL_TOKEN | CALL_JSON,
        VERIFIED = CALL_TOKEN | CALL_VERIFIED,
        VERIFIED_JSON = CALL_TOKEN | CALL_VERIFIED | CALL_JSON
};

static const struct call_route calls[] = {
    {"/cgi-bin/stable_token", "token", "POST", CALL_JSON, token_stable},
    {"/cgi-bin/token", "plain_token", "GET", 0, token_plain},
    {"/cgi-bin/ticket/getticket", "ticket", "GET", ANY, token_ticket},
    {"/cgi-bin/getcallbackip", "addresses", "GET", ANY, service_addresses},
    {"/cgi-bin/get_api_domain_ip", "api_addresses", "GET", ANY, service_addresses},
    {"/cgi-bin/callback/check", "check", "POST", ANY_JSON, service_check},
    {"/cgi-bin/clear_quota", "clear_quota", "POST", ANY_JSON, service_clear},
    {"/cgi-bin/user/info", "user", "GET", VERIFIED, users_info},
    {"/cgi-bin/user/info/batchget", "users", "POST", VERIFIED_JSON, users_batch},
    {"/cgi-bin/user/get", "followers", "GET", VERIFIED, users_list},
    {"/cgi-bin/user/info/updateremark", "remark", "POST", VERIFIED_JSON, users_remark},
    {"/cgi-bin/user/tag/get", "tag_users", "POST", VERIFIED_JSON, tags_users},
    {"/cgi-bin/tags/create", "tag_create", "POST", VERIFIED_JSON, tags_create},
    {"/cgi-bin/tags/get", "tags", "GET", VERIFIED, tags_get},
    {"/cgi-bin/tags/update", "tag_update", "POST", VERIFIED_JSON, tags_update},
    {"/cgi-bin/tags/delete", "tag_delete", "POST", VERIFIED_JSON, tags_delete},
    {"/cgi-bin/tags/members/batchtagging", "tagging", "POST", VERIFIED_JSON, tags_add_members},
    {"/cgi-bin/tags/members/batchuntagging", "untagging", "POST", VERIFIED_JSON,
        tags_remove_members},
    {"/cgi-bin/tags/getidlist", "user_tags", "POST", VERIFIED_JSON, tags_of_user},
    {"/cgi-bin/qrcode/create", "qrcode", "POST", VERIFIED_JSON, qrcode_create},
    {"/cgi-bin/menu/create", "menu_create", "POST", VERIFIED_JSON, menu_create},
    {"/cgi-bin/menu/get", "menu", "GET", VERIFIED, menu_get},
    {"/cgi-bin/menu/delete", "menu_delete", "GET", VERIFIED, menu_delete},
    {"/cgi-bin/get_current_selfmenu_info", "menu_current", "GET", VERIFIED, menu_current},
    {"/cgi-bin/message/custom/send", "custom", "POST", VERIFIED_JSON, custom_send},
    {"/cgi-bin/message/custom/typing", "typing", "POST", VERIFIED_JSON, custom_typing},
    {"/cgi-bin/message/template/send", "template", "POST", VERIFIED_JSON, template_send},
    {"/cgi-bin/template/get_all_private_template", "templates", "GET", VERIFIED, template_list},
    {"/cgi-bin/media/upload", "upload", "POST", VERIFIED, media_upload},
    {"/cgi-bin/media/get", "media", "GET", VERIFIED, media_get},
};

const struct call_route *
account_call(size_t number)
{
        return number < sizeof(calls) / sizeof(calls[0]) ? &calls[number] : NULL;
}

const struct call_route *
account_find(const char *path)
{
        for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
                if (strcmp(calls[i].path, path) == 0)
                        return &calls[i];
        return NULL;
}
