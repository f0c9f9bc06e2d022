#include "kinds.h"

#include <ctype.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"

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
    {"subscribe_msg_popup_event", "event", "subscribe_msg_popup_event", false,
        {{"SubscribeMsgPopupEvent/List.0/TemplateId", "T_one"},
            {"SubscribeMsgPopupEvent/List.0/SubscribeStatusString", "accept"},
            {"SubscribeMsgPopupEvent/List.0/PopupScene", "2"},
            {"SubscribeMsgPopupEvent/List.1/TemplateId", "T_two"},
            {"SubscribeMsgPopupEvent/List.1/SubscribeStatusString", "reject"},
            {"SubscribeMsgPopupEvent/List.1/PopupScene", "2"}}},
    {"subscribe_msg_change_event", "event", "subscribe_msg_change_event", false,
        {{"SubscribeMsgChangeEvent/List.0/TemplateId", "T_one"},
            {"SubscribeMsgChangeEvent/List.0/SubscribeStatusString", "reject"}}},
    {"subscribe_msg_sent_event", "event", "subscribe_msg_sent_event", false,
        {{"SubscribeMsgSentEvent/List/TemplateId", "T_one"},
            {"SubscribeMsgSentEvent/List/MsgID", "1700827132819554304"},
            {"SubscribeMsgSentEvent/List/ErrorCode", "0"},
            {"SubscribeMsgSentEvent/List/ErrorStatus", "success"}}},
    {"PUBLISHJOBFINISH", "event", "PUBLISHJOBFINISH", false,
        {{"PublishEventInfo/publish_id", "2247503051"}, {"PublishEventInfo/publish_status", "0"},
            {"PublishEventInfo/article_id", "article_1"},
            {"PublishEventInfo/article_detail/count", "2"},
            {"PublishEventInfo/article_detail/item.0/idx", "1"},
            {"PublishEventInfo/article_detail/item.0/article_url",
                "https://mp.weixin.qq.com/s/example1"},
            {"PublishEventInfo/article_detail/item.1/idx", "2"},
            {"PublishEventInfo/article_detail/item.1/article_url",
                "https://mp.weixin.qq.com/s/example2"}}},
    {"kf_create_session", "event", "kf_create_session", false, {{"KfAccount", "kf1@example"}}},
    {"kf_close_session", "event", "kf_close_session", false, {{"KfAccount", "kf1@example"}}},
    {"kf_switch_session", "event", "kf_switch_session", false,
        {{"FromKfAccount", "kf1@example"}, {"ToKfAccount", "kf2@example"}}},
    {"wxa_media_check", "event", "wxa_media_check", false,
        {{"appid", ""}, {"trace_id", "65ae0f1c-51a0c0de-00000001"}, {"version", "2"},
            {"detail.0/strategy", "content_model"}, {"detail.0/errcode", "0"},
            {"detail.0/suggest", "pass"}, {"detail.0/label", "100"}, {"detail.0/prob", "90"},
            {"errcode", "0"}, {"errmsg", "ok"}, {"result/suggest", "pass"},
            {"result/label", "100"}}},
    {"user_get_card", "event", "user_get_card", true,
        {{"CardId", "pCard1"}, {"IsGiveByFriend", "0"}, {"UserCardCode", "111111111111"},
            {"FriendUserName", ""}, {"OuterId", "0"}, {"OldUserCardCode", ""},
            {"IsRestoreMemberCard", "0"}, {"OuterStr", ""}, {"UnionId", ""}}},
    {"raw", "", "", true, {{"Xml", "<xml></xml>"}}},
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

const struct push_kind *
kinds_at(size_t number)
{
        return number < KIND_COUNT ? &kinds[number] : NULL;
}

const struct push_kind *
kinds_find(const char *id)
{
        for (size_t i = 0; i < KIND_COUNT; i++)
                if (strcmp(kinds[i].id, id) == 0)
                        return &kinds[i];
        return NULL;
}

const struct push_field *
kinds_field(const struct push_kind *kind, size_t number)
{
        return number < KINDS_FIELDS_MAX && kind->fields[number].path != NULL
                   ? &kind->fields[number]
                   : NULL;
}

char *
kinds_form_name(struct app *app, const struct push_field *field)
{
        char *name = arena_strdup(app->arena, field->path);

        for (char *p = name; *p != '\0'; p++)
                *p = *p == '/' || *p == '.' ? '_' : (char)tolower((unsigned char)*p);
        return name;
}

const char *
kinds_value(
    struct app *app, const struct push_field *field, const struct pairs *form, const char *openid)
{
        const char *given = pairs_get(form, kinds_form_name(app, field));

        if (given != NULL)
                return given;
        if (strcmp(field->path, "OpenID") == 0)
                return openid;
        if (strcmp(field->path, "AppID") == 0)
                return app->conf.appid;
        return strcmp(field->path, "appid") == 0 ? app->conf.mini_appid : field->example;
}
