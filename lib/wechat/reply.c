#include "wechat/reply.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wechat/message.h"
#include "format/page.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/xml_build.h"

enum { FIELDS_MAX = 5 };

/* How the value of a reply's one member is written. */
enum shape {
        TEXT,   /* a text, which may hold values */
        MEDIA,  /* a media_id */
        OBJECT, /* one object of fields */
        LIST,   /* an array of them */
        TRUE    /* true */
};

struct field {
        const char *name; /* in JSON */
        const char *tag;  /* in XML; NULL: only customer-service messages have it */
        bool needed;
};

static const struct kind {
        const char *name;
        enum shape shape;
        const char *type; /* MsgType */
        const char *tag;  /* of the elements inside */
        struct field fields[FIELDS_MAX];
} kinds[] = {
    {"text", TEXT, "text", NULL, {{NULL, NULL, false}}},
    {"image", MEDIA, "image", "Image", {{NULL, NULL, false}}},
    {"voice", MEDIA, "voice", "Voice", {{NULL, NULL, false}}},
    {"video", OBJECT, "video", "Video",
        {{"media_id", "MediaId", true}, {"title", "Title", false},
            {"description", "Description", false}, {"thumb_media_id", NULL, false}}},
    {"music", OBJECT, "music", "Music",
        {{"title", "Title", false}, {"description", "Description", false},
            {"musicurl", "MusicUrl", false}, {"hqmusicurl", "HQMusicUrl", false},
            {"thumb_media_id", "ThumbMediaId", false}}},
    {"news", LIST, "news", "Articles",
        {{"title", "Title", true}, {"description", "Description", false},
            {"picurl", "PicUrl", false}, {"url", "Url", true}}},
    {"transfer", TRUE, "transfer_customer_service", NULL, {{NULL, NULL, false}}},
};

static const char *const value_names[] = {"nickname", "openid", "content", "scene", "login_url"};

/* The member that says whether a reply's text is a template; a checked reply has it if it is. */
static const char template[] = "template";

/* ---- checking ---- */

/* Returns the kind of the reply's first member, or NULL. */
static const struct kind *
kind_of(const struct pairs *reply)
{
        size_t size = strcspn(reply->items[0].name, "/");

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (strlen(kinds[i].name) == size &&
                    memcmp(kinds[i].name, reply->items[0].name, size) == 0)
                        return &kinds[i];
        return NULL;
}

static int
check_text(struct arena *arena, const char *text, struct err *err)
{
        struct pairs values;
        char *filled;

        pairs_init(&values, arena);
        for (size_t i = 0; i < sizeof(value_names) / sizeof(value_names[0]); i++)
                pairs_add(&values, value_names[i], "x");
        return page_render_text(arena, text, &values, &filled, err);
}

static bool
is_field(const struct kind *kind, const char *name)
{
        for (size_t i = 0; i < FIELDS_MAX && kind->fields[i].name != NULL; i++)
                if (strcmp(kind->fields[i].name, name) == 0)
                        return true;
        return false;
}

/* Checks the members of one object: texts, only those of the kind, and all required ones. */
static int
check_object(const struct kind *kind, const struct pairs *object, struct err *err)
{
        for (size_t i = 0; i < object->count; i++) {
                const struct pair *pair = &object->items[i];

                if (!is_field(kind, pair->name))
                        return err_set(err, ERR_CONFIG, "%s: there is no member \"%.40s\"",
                            kind->name, pair->name);
                if (pair->type != PAIR_TEXT)
                        return err_set(
                            err, ERR_CONFIG, "%s: \"%s\" must be a text", kind->name, pair->name);
        }
        for (size_t i = 0; i < FIELDS_MAX && kind->fields[i].name != NULL; i++)
                if (kind->fields[i].needed && *pairs_get_text(object, kind->fields[i].name) == '\0')
                        return err_set(err, ERR_CONFIG, "%s: \"%s\" is missing", kind->name,
                            kind->fields[i].name);
        return 0;
}

/* Returns the article with that number; none if there are no more. */
static struct pairs
article_of(struct arena *arena, const struct pairs *reply, size_t number)
{
        struct pairs article;

        pairs_init(&article, arena);
        pairs_get_below(reply, arena_printf(arena, "news/%zu", number), &article);
        return article;
}

static int
check_list(struct arena *arena, const struct kind *kind, const struct pairs *reply, struct err *err)
{
        size_t number = 0, members = 1;

        if (reply->items[0].type != PAIR_ARRAY)
                return err_set(err, ERR_CONFIG, "%s: must be an array of objects", kind->name);
        for (struct pairs article = article_of(arena, reply, 0); article.count > 0;
             article = article_of(arena, reply, ++number)) {
                if (check_object(kind, &article, err) != 0)
                        return -1;
                members += article.count;
        }
        if (number == 0 || number > REPLY_NEWS_MAX || members != reply->count)
                return err_set(
                    err, ERR_CONFIG, "%s: must be 1 to %d objects", kind->name, REPLY_NEWS_MAX);
        return 0;
}

static int
check_kind(struct arena *arena, const struct kind *kind, const struct pairs *reply,
    bool is_template, struct err *err)
{
        const struct pair *first = &reply->items[0];
        bool is_whole = strcmp(first->name, kind->name) == 0; /* not a member of an object */
        struct pairs inside;

        switch (kind->shape) {
        case TEXT:
        case MEDIA:
                if (!is_whole || first->type != PAIR_TEXT || *first->value == '\0')
                        return err_set(err, ERR_CONFIG, "%s: must be a text", kind->name);
                return kind->shape == TEXT && is_template ? check_text(arena, first->value, err)
                                                          : 0;
        case TRUE:
                if (!is_whole || first->type != PAIR_BOOL || strcmp(first->value, "true") != 0)
                        return err_set(err, ERR_CONFIG, "%s: must be true", kind->name);
                return 0;
        case OBJECT:
                if (is_whole)
                        return err_set(err, ERR_CONFIG, "%s: must be an object", kind->name);
                pairs_init(&inside, arena);
                pairs_get_below(reply, kind->name, &inside);
                return check_object(kind, &inside, err);
        case LIST:
        default:
                return check_list(arena, kind, reply, err);
        }
}

/* Removes the member "template", and returns what it says. */
static int
extract_template(struct pairs *reply, bool *is_template, struct err *err)
{
        const struct pair *pair = NULL;

        for (size_t i = 0; i < reply->count; i++)
                if (strcmp(reply->items[i].name, template) == 0)
                        pair = &reply->items[i];
        if (pair == NULL)
                return 0;
        if (pair->type != PAIR_BOOL)
                return err_set(err, ERR_CONFIG, "\"template\" must be true or false");
        *is_template = strcmp(pair->value, "true") == 0;
        pairs_remove(reply, template);
        return 0;
}

int
reply_check(struct arena *arena, struct pairs *reply, bool is_template, struct err *err)
{
        const struct kind *kind;
        size_t size;

        if (extract_template(reply, &is_template, err) != 0)
                return -1;
        if (reply->count == 0)
                return 0;
        kind = kind_of(reply);
        if (kind == NULL)
                return err_set(err, ERR_CONFIG,
                    "a reply is text, image, voice, video, music, news or transfer, not \"%.40s\"",
                    reply->items[0].name);
        size = strlen(kind->name);
        for (size_t i = 0; i < reply->count; i++)
                if (strncmp(reply->items[i].name, kind->name, size) != 0 ||
                    strchr("/", reply->items[i].name[size]) == NULL)
                        return err_set(err, ERR_CONFIG,
                            "a reply has one member, not \"%s\" and \"%.40s\"", kind->name,
                            reply->items[i].name);
        if (check_kind(arena, kind, reply, is_template, err) != 0)
                return -1;
        if (kind->shape == TEXT && is_template)
                pairs_add_typed(reply, template, "true", PAIR_BOOL);
        return 0;
}

/* ---- writing ---- */

static void
add_object(struct buf *xml, const struct kind *kind, const struct pairs *object)
{
        for (size_t i = 0; i < FIELDS_MAX && kind->fields[i].name != NULL; i++) {
                const char *value = pairs_get(object, kind->fields[i].name);

                if (value != NULL && kind->fields[i].tag != NULL)
                        xml_add_text(xml, kind->fields[i].tag, value);
        }
}

static void
add_articles(struct buf *xml, const struct kind *kind, const struct pairs *reply, size_t most)
{
        struct buf articles;
        size_t count = 0;

        buf_init(&articles, xml->arena);
        for (struct pairs article = article_of(xml->arena, reply, 0);
             article.count > 0 && count < most; article = article_of(xml->arena, reply, ++count)) {
                xml_add_open(&articles, "item");
                add_object(&articles, kind, &article);
                xml_add_close(&articles, "item");
        }
        xml_add_number(xml, "ArticleCount", (long long)count);
        xml_add_open(xml, kind->tag);
        buf_add(xml, articles.data, articles.size);
        xml_add_close(xml, kind->tag);
}

const char *
reply_text(struct arena *arena, const struct pairs *reply, const struct pairs *values, size_t *lost)
{
        struct err err;
        char *text = arena_strdup(arena, pairs_get_text(reply, "text"));
        size_t size;

        *lost = 0;
        if (pairs_get(reply, template) != NULL &&
            page_render_text(arena, text, values, &text, &err) != 0)
                return "";
        text = text_clean_lines(arena, text);
        size = text_cut(text, REPLY_TEXT_MAX);
        *lost = strlen(text) - size;
        text[size] = '\0';
        return text;
}

/* Returns false if there is nothing to send. */
static bool
add_text(struct buf *xml, const struct pairs *reply, const struct pairs *values, size_t *lost)
{
        const char *text = reply_text(xml->arena, reply, values, lost);

        if (*text == '\0')
                return false;
        xml_add_text(xml, "Content", text);
        return true;
}

/* Adds what follows MsgType. Returns false if there is nothing to send. */
static bool
add_content(struct buf *xml, const struct kind *kind, const struct pairs *reply,
    const struct message *message, const struct pairs *values, size_t *lost)
{
        struct pairs inside;

        switch (kind->shape) {
        case TEXT:
                return add_text(xml, reply, values, lost);
        case MEDIA:
                xml_add_open(xml, kind->tag);
                xml_add_text(xml, "MediaId", reply->items[0].value);
                xml_add_close(xml, kind->tag);
                break;
        case OBJECT:
                pairs_init(&inside, xml->arena);
                pairs_get_below(reply, kind->name, &inside);
                xml_add_open(xml, kind->tag);
                add_object(xml, kind, &inside);
                xml_add_close(xml, kind->tag);
                break;
        case LIST:
                add_articles(xml, kind, reply, *message->event == '\0' ? 1 : REPLY_NEWS_MAX);
                break;
        case TRUE:
                break;
        }
        return true;
}

char *
reply_format(struct arena *arena, const struct pairs *reply, const struct message *message,
    const struct pairs *values, long long now, size_t *lost)
{
        const struct kind *kind = reply->count == 0 ? NULL : kind_of(reply);
        struct buf xml;

        *lost = 0;
        if (kind == NULL)
                return "";
        buf_init(&xml, arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "ToUserName", pairs_get_text(&message->fields, "FromUserName"));
        xml_add_text(&xml, "FromUserName", pairs_get_text(&message->fields, "ToUserName"));
        xml_add_number(&xml, "CreateTime", now);
        xml_add_text(&xml, "MsgType", kind->type);
        if (!add_content(&xml, kind, reply, message, values, lost))
                return "";
        xml_add_close(&xml, "xml");
        return xml.data;
}
