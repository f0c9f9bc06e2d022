#include "push.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "wechat/crypt.h"
#include "format/json_build.h"
#include "kinds.h"
#include "host/os.h"
#include "format/xml_build.h"

static const char account[] = "gh_0123456789ab";

/* ---- the message or event ---- */

/* Returns an element's name without its number: "List" for "List.0". */
static const char *
tag_of(struct buf *xml, const char *name)
{
        return arena_copy(xml->arena, name, strcspn(name, "."));
}

/* Closes the elements of the path open that path does not share, and opens the others of path. The
 * last name of each path is not an element to open or close. */
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
                        xml_add_close(xml, tag_of(xml, slash + 1));
                xml_add_close(xml, tag_of(xml, copy));
        }
        for (copy = arena_strdup(xml->arena, path + shared); (slash = strchr(copy, '/')) != NULL;
             copy = slash + 1) {
                *slash = '\0';
                xml_add_open(xml, tag_of(xml, copy));
        }
}

/* A message has a new MsgId of 18 digits, below 2^63. A MsgId in the form makes it a repeat. */
static int
message_id(struct app *app, const struct pairs *form, const char **id)
{
        unsigned random;

        *id = pairs_get_text(form, "msgid_message");
        if (**id != '\0')
                return 0;
        if (os_random(&random, sizeof(random), &app->err) != 0)
                return -1;
        *id = arena_printf(app->arena, "%lld%08u", app->now, random % 100000000);
        return 0;
}

static char *
build_xml(struct app *app, const struct push_kind *kind, const struct pairs *form,
    const char *openid, const char *id)
{
        const struct push_field *field;
        const char *open = "";
        struct buf xml;

        buf_init(&xml, app->arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "ToUserName", account);
        xml_add_text(&xml, "FromUserName", openid);
        xml_add_number(&xml, "CreateTime", os_now());
        xml_add_text(&xml, "MsgType", kind->type);
        if (*kind->event != '\0')
                xml_add_text(&xml, "Event", kind->event);
        for (size_t i = 0; (field = kinds_field(kind, i)) != NULL; i++) {
                const char *slash = strrchr(field->path, '/');

                move(&xml, open, field->path);
                xml_add_text(&xml, slash == NULL ? field->path : slash + 1,
                    kinds_value(app, field, form, openid));
                open = field->path;
        }
        move(&xml, open, "");
        if (id != NULL) {
                xml_add_open(&xml, "MsgId");
                buf_add_text(&xml, id);
                xml_add_close(&xml, "MsgId");
        }
        xml_add_close(&xml, "xml");
        return xml.data;
}

/* Returns a field's path in JSON, where the number of an element is a name of its own, and the
 * element around <List> is left out. Begins an array at its first element. */
static char *
json_path(struct app *app, struct pairs *message, const char *path)
{
        const char *list = strstr(path, "/List");
        char *name = arena_strdup(app->arena, list == NULL ? path : list + 1);

        for (char *dot = name; (dot = strchr(dot, '.')) != NULL; *dot = '/') {
                char *array = arena_copy(app->arena, name, (size_t)(dot - name));

                if (pairs_get(message, array) == NULL)
                        pairs_add_typed(message, array, "", PAIR_ARRAY);
        }
        return name;
}

/* Does the documentation show it as a number in JSON? */
static bool
is_json_number(const char *name)
{
        static const char *const numbers[] = {"version", "errcode", "label", "prob"};
        const char *slash = strrchr(name, '/');

        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                if (strcmp(slash == NULL ? name : slash + 1, numbers[i]) == 0)
                        return true;
        return false;
}

static int
build_json(struct app *app, const struct push_kind *kind, const struct pairs *form,
    const char *openid, const char *id, char **text)
{
        const struct push_field *field;
        struct pairs message;

        pairs_init(&message, app->arena);
        pairs_add(&message, "ToUserName", account);
        pairs_add(&message, "FromUserName", openid);
        pairs_add_number(&message, "CreateTime", os_now());
        pairs_add(&message, "MsgType", kind->type);
        if (*kind->event != '\0')
                pairs_add(&message, "Event", kind->event);
        for (size_t i = 0; (field = kinds_field(kind, i)) != NULL; i++) {
                char *name = json_path(app, &message, field->path);

                pairs_add_typed(&message, name, kinds_value(app, field, form, openid),
                    is_json_number(name) ? PAIR_NUMBER : PAIR_TEXT);
        }
        if (id != NULL)
                pairs_add_typed(&message, "MsgId", id, PAIR_NUMBER);
        return json_build_tree(app->arena, &message, text, &app->err);
}

int
push_build(struct app *app, const struct push_kind *kind, bool json, const struct pairs *form,
    const char *openid, char **text)
{
        const char *id = NULL;

        if (*kind->type == '\0') { /* raw */
                *text = arena_strdup(app->arena, kinds_value(app, &kind->fields[0], form, openid));
                return 0;
        }
        if (*kind->event == '\0' && message_id(app, form, &id) != 0)
                return -1;
        if (json)
                return build_json(app, kind, form, openid, id, text);
        *text = build_xml(app, kind, form, openid, id);
        return 0;
}

/* ---- the request ---- */

/* Returns the body with Encrypt: together with the plain fields, or alone. */
static char *
seal_xml(struct app *app, bool compatible, const char *text, const char *encrypt)
{
        const char *end = NULL;
        struct buf body;

        buf_init(&body, app->arena);
        /* The last one: the text of a message may have others. */
        for (const char *at = text; (at = strstr(at, "</xml>")) != NULL; at++)
                end = at;
        if (compatible && end != NULL) {
                buf_add(&body, text, (size_t)(end - text));
        } else {
                xml_add_open(&body, "xml");
                xml_add_text(&body, "ToUserName", account);
        }
        xml_add_text(&body, "Encrypt", encrypt);
        xml_add_close(&body, "xml");
        return body.data;
}

static char *
seal_json(struct app *app, bool compatible, const char *text, const char *encrypt)
{
        const char *end = strrchr(text, '}');

        if (!compatible || end == NULL)
                return arena_printf(
                    app->arena, "{\"ToUserName\":\"%s\",\"Encrypt\":\"%s\"}", account, encrypt);
        return arena_printf(
            app->arena, "%.*s,\"Encrypt\":\"%s\"}", (int)(end - text), text, encrypt);
}

/* Makes the query's signature, timestamp and nonce. parts receives the account's token, timestamp
 * and nonce, for msg_signature. */
static int
sign(struct app *app, const struct push_order *order, const char *parts[4], char **query)
{
        unsigned nonce;

        if (os_random(&nonce, sizeof(nonce), &app->err) != 0)
                return -1;
        parts[0] = order->wrong_signature ? "anotherToken" : app->conf.push_token;
        parts[1] = arena_printf(app->arena, "%lld", os_now() - (order->old_timestamp ? 3600 : 0));
        parts[2] = arena_printf(app->arena, "%u", nonce);
        *query = arena_printf(app->arena, "signature=%s&timestamp=%s&nonce=%s",
            crypt_signature(app->arena, parts, 3), parts[1], parts[2]);
        return 0;
}

int
push_sign(struct app *app, const struct push_order *order, const char *text, const char *openid,
    char **query, char **body)
{
        bool compatible = strcmp(order->mode, "compatible") == 0;
        uint8_t random[CRYPT_RANDOM_SIZE];
        struct crypt_key key;
        const char *parts[4] = {NULL};

        if (sign(app, order, parts, query) != 0 ||
            os_random(random, sizeof(random), &app->err) != 0)
                return -1;
        *query = arena_printf(app->arena, "%s&openid=%s", *query, openid);
        *body = arena_strdup(app->arena, text);
        if (strcmp(order->mode, "plain") == 0)
                return 0;
        if (!crypt_parse_key(app->arena, app->conf.encoding_aes_key, &key))
                return err_set(
                    &app->err, ERR_CONFIG, "the simulator's wechat.conf has no encoding_aes_key");
        parts[3] = crypt_seal(app->arena, &key, app->conf.appid, random, text);
        *query = arena_printf(app->arena, "%s&encrypt_type=aes&msg_signature=%s", *query,
            crypt_signature(app->arena, parts, 4));
        *body = order->json ? seal_json(app, compatible, text, parts[3])
                            : seal_xml(app, compatible, text, parts[3]);
        return 0;
}

int
push_sign_echo(struct app *app, char **query, char **echostr)
{
        const struct push_order order = {.mode = "plain"};
        unsigned random[2];
        const char *parts[4] = {NULL};

        if (sign(app, &order, parts, query) != 0 ||
            os_random(random, sizeof(random), &app->err) != 0)
                return -1;
        *echostr = arena_printf(app->arena, "%09u%010u", random[0] % 1000000000, random[1]);
        *query = arena_printf(app->arena, "%s&echostr=%s", *query, *echostr);
        return 0;
}
