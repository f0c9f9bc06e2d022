#include "push.h"

#include <ctype.h>
#include <string.h>

#include "app.h"
#include "arena.h"
#include "buf.h"
#include "crypt.h"
#include "os.h"
#include "xml.h"

static const char account[] = "gh_0123456789ab";

static const struct push_kind kinds[] = {
    {"text", "text", "", true, {{"Content", "你好"}}},
    {"image", "image", "", true,
        {{"PicUrl", "http://mmbiz.qpic.cn/example"}, {"MediaId", "media_image_1"}}},
    {"voice", "voice", "", true,
        {{"MediaId", "media_voice_1"}, {"Format", "amr"}, {"Recognition", "你好"}}},
    {"video", "video", "", true, {{"MediaId", "media_video_1"}, {"ThumbMediaId", "thumb_1"}}},
    {"shortvideo", "shortvideo", "", true,
        {{"MediaId", "media_video_2"}, {"ThumbMediaId", "thumb_2"}}},
    {"location", "location", "", true,
        {{"Location_X", "23.134521"}, {"Location_Y", "113.358803"}, {"Scale", "20"},
            {"Label", "广州市海珠区客村艺苑路"}}},
    {"link", "link", "", true,
        {{"Title", "公众平台官网链接"}, {"Description", "公众平台官网链接"},
            {"Url", "https://mp.weixin.qq.com/"}}},
    {"subscribe", "event", "subscribe", true, {{"EventKey", ""}}},
    {"subscribe_scene", "event", "subscribe", true,
        {{"EventKey", "qrscene_77"}, {"Ticket", "gQH47joAAAAAAAAAASxodHRw"}}},
    {"unsubscribe", "event", "unsubscribe", false, {{"EventKey", ""}}},
    {"SCAN", "event", "SCAN", true, {{"EventKey", "77"}, {"Ticket", "gQH47joAAAAAAAAAASxodHRw"}}},
    {"LOCATION", "event", "LOCATION", true,
        {{"Latitude", "23.137466"}, {"Longitude", "113.352425"}, {"Precision", "119.385040"}}},
    {"CLICK", "event", "CLICK", true, {{"EventKey", "MENU_1"}}},
    {"VIEW", "event", "VIEW", true,
        {{"EventKey", "https://www.example.com/"}, {"MenuId", "431000001"}}},
    {"view_miniprogram", "event", "view_miniprogram", true,
        {{"EventKey", "pages/index/index"}, {"MenuId", "431000001"}}},
    {"scancode_push", "event", "scancode_push", true,
        {{"EventKey", "MENU_SCAN"}, {"ScanCodeInfo/ScanType", "qrcode"},
            {"ScanCodeInfo/ScanResult", "https://www.example.com/1"}}},
    {"scancode_waitmsg", "event", "scancode_waitmsg", true,
        {{"EventKey", "MENU_SCAN"}, {"ScanCodeInfo/ScanType", "qrcode"},
            {"ScanCodeInfo/ScanResult", "https://www.example.com/2"}}},
    {"pic_sysphoto", "event", "pic_sysphoto", true,
        {{"EventKey", "MENU_PIC"}, {"SendPicsInfo/Count", "1"},
            {"SendPicsInfo/PicList/item/PicMd5Sum", "1b5f7c23b5bf75682a53e7b6d163e185"}}},
    {"pic_photo_or_album", "event", "pic_photo_or_album", true,
        {{"EventKey", "MENU_PIC"}, {"SendPicsInfo/Count", "1"},
            {"SendPicsInfo/PicList/item/PicMd5Sum", "5a75aaca956d97be686719218f275c6b"}}},
    {"pic_weixin", "event", "pic_weixin", true,
        {{"EventKey", "MENU_PIC"}, {"SendPicsInfo/Count", "1"},
            {"SendPicsInfo/PicList/item/PicMd5Sum", "66f4f8e2a1b3c7d65f0e9d8c7b6a5f4e"}}},
    {"location_select", "event", "location_select", true,
        {{"EventKey", "MENU_PLACE"}, {"SendLocationInfo/Location_X", "23"},
            {"SendLocationInfo/Location_Y", "113"}, {"SendLocationInfo/Scale", "15"},
            {"SendLocationInfo/Label", "广州市海珠区客村艺苑路"},
            {"SendLocationInfo/Poiname", ""}}},
    {"TEMPLATESENDJOBFINISH", "event", "TEMPLATESENDJOBFINISH", false,
        {{"MsgID", "200163836"}, {"Status", "success"}}},
    {"MASSSENDJOBFINISH", "event", "MASSSENDJOBFINISH", false,
        {{"MsgID", "1000001625"}, {"Status", "send success"}, {"TotalCount", "100"},
            {"FilterCount", "80"}, {"SentCount", "75"}, {"ErrorCount", "5"}}},
    {"user_info_modified", "event", "user_info_modified", false,
        {{"OpenID", ""}, {"UnionID", ""}, {"AppID", ""}, {"RevokeInfo", "1"}}},
    {"user_authorization_revoke", "event", "user_authorization_revoke", false,
        {{"OpenID", ""}, {"UnionID", ""}, {"AppID", ""}, {"RevokeInfo", "1"}}},
    {"user_authorization_cancellation", "event", "user_authorization_cancellation", false,
        {{"OpenID", ""}, {"UnionID", ""}, {"AppID", ""}, {"RevokeInfo", "1"}}},
    {"raw", "", "", true, {{"Xml", "<xml></xml>"}}},
};

const struct push_kind *
push_kind_of(size_t number)
{
        return number < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[number] : NULL;
}

const struct push_kind *
push_find(const char *id)
{
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (strcmp(kinds[i].id, id) == 0)
                        return &kinds[i];
        return NULL;
}

char *
push_form_name(struct app *app, const struct push_field *field)
{
        char *name = arena_strdup(app->arena, field->path);

        for (char *p = name; *p != '\0'; p++)
                *p = *p == '/' ? '_' : (char)tolower((unsigned char)*p);
        return name;
}

/* ---- the XML ---- */

/* Closes elements of the path open, and opens those of path, until what both share is open. Both
 * end before their last name. */
static void
move(struct buf *xml, const char *open, const char *path)
{
        size_t shared = 0;
        char *copy, *slash;

        for (size_t i = 0; open[i] != '\0' && open[i] == path[i]; i++)
                if (open[i] == '/')
                        shared = i + 1;
        copy = arena_strdup(xml->arena, open + shared);
        if ((slash = strrchr(copy, '/')) != NULL) {
                *slash = '\0';
                for (; (slash = strrchr(copy, '/')) != NULL; *slash = '\0')
                        xml_add_close(xml, slash + 1);
                xml_add_close(xml, copy);
        }
        for (copy = arena_strdup(xml->arena, path + shared); (slash = strchr(copy, '/')) != NULL;
             copy = slash + 1) {
                *slash = '\0';
                xml_add_open(xml, copy);
        }
}

/* What the form says, else the example; the person and the account where there is none. */
static const char *
value_of(
    struct app *app, const struct push_field *field, const struct pairs *form, const char *openid)
{
        const char *given = pairs_get(form, push_form_name(app, field));

        if (given != NULL)
                return given;
        if (strcmp(field->path, "OpenID") == 0)
                return openid;
        return strcmp(field->path, "AppID") == 0 ? app->conf.appid : field->example;
}

/* Messages have a MsgId of their own; one that is given makes a repeat. */
static void
add_message_id(struct app *app, struct buf *xml, const struct pairs *form)
{
        const char *given = pairs_get_text(form, "msgid_message");
        unsigned random = 0;
        struct err none;

        if (*given == '\0' && os_random(&random, sizeof(random), &none) == 0)
                given = arena_printf(app->arena, "%lld%010u", app->now, random);
        xml_add_open(xml, "MsgId");
        buf_add_text(xml, given);
        xml_add_close(xml, "MsgId");
}

char *
push_build(
    struct app *app, const struct push_kind *kind, const struct pairs *form, const char *openid)
{
        const char *open = "";
        struct buf xml;

        if (strcmp(kind->id, "raw") == 0)
                return arena_strdup(app->arena, value_of(app, &kind->fields[0], form, openid));
        buf_init(&xml, app->arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "ToUserName", account);
        xml_add_text(&xml, "FromUserName", openid);
        xml_add_number(&xml, "CreateTime", app->now);
        xml_add_text(&xml, "MsgType", kind->type);
        if (*kind->event != '\0')
                xml_add_text(&xml, "Event", kind->event);
        for (size_t i = 0; i < PUSH_FIELDS_MAX && kind->fields[i].path != NULL; i++) {
                const char *path = kind->fields[i].path, *slash = strrchr(path, '/');

                move(&xml, open, path);
                xml_add_text(&xml, slash == NULL ? path : slash + 1,
                    value_of(app, &kind->fields[i], form, openid));
                open = path;
        }
        move(&xml, open, "");
        if (*kind->event == '\0')
                add_message_id(app, &xml, form);
        xml_add_close(&xml, "xml");
        return xml.data;
}

/* ---- the request ---- */

/* The body with Encrypt: beside the plain fields, or alone. */
static char *
seal(struct app *app, const struct push_order *order, const char *xml, const char *encrypt)
{
        const char *end = strstr(xml, "</xml>");
        struct buf body;

        buf_init(&body, app->arena);
        if (strcmp(order->mode, "compatible") == 0 && end != NULL) {
                buf_add(&body, xml, (size_t)(end - xml));
        } else {
                xml_add_open(&body, "xml");
                xml_add_text(&body, "ToUserName", account);
        }
        xml_add_text(&body, "Encrypt", encrypt);
        xml_add_close(&body, "xml");
        return body.data;
}

int
push_sign(struct app *app, const struct push_order *order, const char *xml, const char *openid,
    char **query, char **body)
{
        char *timestamp =
            arena_printf(app->arena, "%lld", os_now() - (order->old_timestamp ? 3600 : 0));
        const char *parts[4] = {app->conf.push_token, timestamp};
        uint8_t random[CRYPT_RANDOM_SIZE];
        struct crypt_key key;
        unsigned number;

        if (os_random(&number, sizeof(number), &app->err) != 0 ||
            os_random(random, sizeof(random), &app->err) != 0)
                return -1;
        if (order->wrong_signature)
                parts[0] = "anotherToken";
        parts[2] = arena_printf(app->arena, "%u", number);
        *query = arena_printf(app->arena, "signature=%s&timestamp=%s&nonce=%s&openid=%s",
            crypt_signature(app->arena, parts, 3), timestamp, parts[2], openid);
        *body = arena_strdup(app->arena, xml);
        if (strcmp(order->mode, "plain") == 0)
                return 0;
        if (!crypt_parse_key(app->arena, app->conf.encoding_aes_key, &key))
                return err_set(
                    &app->err, ERR_CONFIG, "the simulator's wechat.conf has no encoding_aes_key");
        parts[3] = crypt_seal(app->arena, &key, app->conf.appid, random, xml);
        *query = arena_printf(app->arena, "%s&encrypt_type=aes&msg_signature=%s", *query,
            crypt_signature(app->arena, parts, 4));
        *body = seal(app, order, xml, parts[3]);
        return 0;
}
