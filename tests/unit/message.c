/* message: signatures and their forms, modes, each bit of an encrypted push flipped, ids. */
#include "table.h"

#include "conf/conf.h"
#include "wechat/message.h"
#include "format/url.h"

#define TOKEN "middleToken"
#define NOW 1714036504LL

static const char aes_key[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
static const char old_key[] = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut";

static struct conf
conf_of(void **state, const char *mode)
{
        struct conf conf;

        conf_init(*state, "/", &conf);
        conf.appid = "wx0123456789abcdef";
        conf.push_token = TOKEN;
        conf.push_mode = mode;
        conf.encoding_aes_key = aes_key;
        conf.encoding_aes_key_previous = old_key;
        return conf;
}

static struct pairs
query_of(void **state, const char *text)
{
        struct pairs query;
        struct err err;

        pairs_init(&query, *state);
        assert_int_equal(url_parse_form(*state, text, &query, &err), 0);
        return query;
}

static const char *
signature_of(void **state, const char *timestamp, const char *nonce)
{
        const char *parts[] = {TOKEN, timestamp, nonce};

        return crypt_signature(*state, parts, 3);
}

static void
queries_are_checked(void **state)
{
        static const struct {
                const char *form; /* %s: a correct signature of timestamp and nonce */
                const char *timestamp, *nonce;
                const char *error; /* NULL: good */
        } rows[] = {{"signature=%s&timestamp=1714036504&nonce=abc", "1714036504", "abc", NULL},
            {"signature=%s&timestamp=1714036204&nonce=a", "1714036204", "a", NULL},
            {"signature=%s&timestamp=1714036804&nonce=a", "1714036804", "a", NULL},
            {"signature=%s&timestamp=1714036504&nonce=A_-9", "1714036504", "A_-9", NULL},
            {"signature=%s&timestamp=1714036203&nonce=a", "1714036203", "a", "301 s behind"},
            {"signature=%s&timestamp=1714036805&nonce=a", "1714036805", "a", "301 s ahead of"},
            {"timestamp=1714036504&nonce=abc", "", "", "signature: missing"},
            {"signature=%s&nonce=abc", "", "abc", "timestamp: missing"},
            {"signature=%s&timestamp=1714036504", "1714036504", "", "nonce: missing"},
            {"signature=%s&signature=a&timestamp=1714036504&nonce=abc", "1714036504", "abc",
                "signature: given twice"},
            {"signature=%s&timestamp=1714036504&timestamp=1714036504&nonce=abc", "1714036504",
                "abc", "timestamp: given twice"},
            {"signature=%s&timestamp=1714036504&nonce=abc&nonce=abc", "1714036504", "abc",
                "nonce: given twice"},
            {"signature=%s&timestamp=171403650&nonce=4abc", "171403650", "4abc", "timestamp: not"},
            {"signature=%s&timestamp=17140365041&nonce=a", "17140365041", "a", "timestamp: not"},
            {"signature=%s&timestamp=%%2B714036504&nonce=a", "+714036504", "a", "timestamp: not"},
            {"signature=%s&timestamp=1714036504&nonce=", "1714036504", "", "nonce: not"},
            {"signature=%s&timestamp=1714036504&nonce=a+b", "1714036504", "a b", "nonce: not"},
            {"signature=%s&timestamp=1714036504&nonce=%%80", "1714036504", "\x80", "nonce: not"},
            {"signature=%s&timestamp=1714036504&nonce=abd", "1714036504", "abc",
                "signature: does not match"},
            {"signature=&timestamp=1714036504&nonce=abc", "1714036504", "abc",
                "signature: does not match"}};
        struct conf conf = conf_of(state, "plain");
        struct message_account account;

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *signature = signature_of(state, rows[i].timestamp, rows[i].nonce);
                const char *form = strstr(rows[i].form, "%s") == NULL
                                       ? rows[i].form
                                       : arena_printf(*state, "signature=%s%s", signature,
                                             strstr(rows[i].form, "%s") + 2);
                struct pairs query;
                struct err err = {.kind = ERR_NONE};
                int result;

                form = strstr(form, "%%") == NULL
                           ? form
                           : arena_printf(*state, "%.*s%s", (int)(strstr(form, "%%") - form), form,
                                 strstr(form, "%%") + 1);
                query = query_of(state, form);
                result = message_check_signature(&conf, &query, NOW, &account, &err);
                ROW(rows[i].error == NULL ? result == 0
                                          : result == -1 && err.kind == ERR_DENIED &&
                                                strstr(err.text, rows[i].error) != NULL,
                    i, err.text);
                ROW(strstr(err.text, TOKEN) == NULL, i, "the token stays secret");
        }
        conf.push_token = "";
        struct pairs query = query_of(state, "signature=a&timestamp=1714036504&nonce=b");
        struct err err;

        assert_int_equal(message_check_signature(&conf, &query, NOW, &account, &err), -1);
        assert_non_null(strstr(err.text, "push_token is not set"));
        END_ROWS();
}

static const char push[] = "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName>"
                           "<CreateTime>1714036504</CreateTime><MsgType>text</MsgType>"
                           "<Content>hello</Content><MsgId>1</MsgId></xml>";

/* Returns the query of an encrypted push, and its body. */
static struct pairs
sealed(void **state, const char *key_text, const char *appid, char **body)
{
        static const uint8_t random[CRYPT_RANDOM_SIZE] = "0123456789abcde";
        const char *parts[4] = {TOKEN, "1714036504", "abc"};
        struct crypt_key key;

        assert_true(crypt_parse_key(*state, key_text, &key));
        parts[3] = crypt_seal(*state, &key, appid, random, push);
        *body = arena_printf(*state, "<xml><Encrypt><![CDATA[%s]]></Encrypt></xml>", parts[3]);
        return query_of(state, arena_printf(*state,
                                   "signature=x&timestamp=1714036504&nonce=abc&"
                                   "encrypt_type=aes&msg_signature=%s",
                                   crypt_signature(*state, parts, 4)));
}

static int
read_push(void **state, const struct conf *conf, const struct pairs *query, const char *body,
    struct message *message, struct err *err)
{
        struct message_account account;
        struct pairs signed_query;

        /* A query with a correct signature determines the account. */
        signed_query = query_of(state, arena_printf(*state, "signature=%s&timestamp=%lld&nonce=abc",
                                           signature_of(state, "1714036504", "abc"), NOW));
        assert_int_equal(message_check_signature(conf, &signed_query, NOW, &account, err), 0);
        err_clear(err);
        return message_parse(*state, &account, query, body, strlen(body), message, err);
}

static void
the_mode_decides(void **state)
{
        struct conf safe = conf_of(state, "safe"), plain = conf_of(state, "plain");
        struct pairs none = query_of(state, "timestamp=1714036504&nonce=abc"), query;
        struct message message;
        struct err err;
        char *body, *both;

        query = sealed(state, aes_key, safe.appid, &body);
        both = arena_printf(
            *state, "<xml><Content>forged</Content><FromUserName>oB</FromUserName>%s", body + 5);
        assert_int_equal(read_push(state, &safe, &query, body, &message, &err), 0);
        assert_true(message.encrypted);
        assert_string_equal(message.openid, "oA");
        safe.push_mode = "compatible";
        assert_int_equal(read_push(state, &safe, &query, both, &message, &err), 0);
        assert_string_equal(message.openid, "oA");
        assert_string_equal(pairs_get(&message.fields, "Content"), "hello");
        assert_int_equal(pairs_count(&message.fields, "Content"), 1);
        assert_int_equal(read_push(state, &safe, &none, push, &message, &err), -1);
        assert_int_equal(err.kind, ERR_DENIED);
        assert_non_null(strstr(err.text, "not encrypted, but push_mode is compatible"));
        assert_int_equal(read_push(state, &safe, &query, push, &message, &err), -1);
        assert_int_equal(err.kind, ERR_DENIED); /* the query says encrypted, the body is not */
        assert_int_equal(read_push(state, &plain, &none, push, &message, &err), 0);
        assert_false(message.encrypted);
        assert_int_equal(read_push(state, &plain, &query, body, &message, &err), -1);
        assert_int_equal(err.kind, ERR_DENIED);
        assert_non_null(strstr(err.text, "encrypted, but push_mode is plain"));
        safe.encoding_aes_key = "";
        assert_int_equal(read_push(state, &safe, &query, body, &message, &err), -1);
        assert_int_equal(err.kind, ERR_CONFIG);
}

static void
the_previous_key_opens_too(void **state)
{
        struct conf conf = conf_of(state, "safe");
        struct message message;
        struct pairs query;
        struct err err;
        char *body;

        query = sealed(state, old_key, conf.appid, &body);
        assert_int_equal(read_push(state, &conf, &query, body, &message, &err), 0);
        struct crypt_key key;

        assert_true(crypt_parse_key(*state, old_key, &key)); /* it encrypts the reply */
        assert_memory_equal(&message.key, &key, sizeof(key));
        conf.encoding_aes_key_previous = "";
        assert_int_equal(read_push(state, &conf, &query, body, &message, &err), -1);
        assert_non_null(strstr(err.text, "encoding_aes_key differs"));
        query = sealed(state, aes_key, "wxanother", &body);
        assert_int_equal(read_push(state, &conf, &query, body, &message, &err), -1);
        assert_non_null(strstr(err.text, "another appid"));
}

static void
no_byte_of_a_sealed_push_can_be_changed(void **state)
{
        struct conf conf = conf_of(state, "safe");
        struct message message;
        struct pairs query;
        struct err err;
        char *body, *changed;

        query = sealed(state, aes_key, conf.appid, &body);
        for (size_t i = 0; body[i] != '\0'; i++)
                for (int bit = 0; bit < 8; bit++) {
                        changed = arena_strdup(*state, body);
                        changed[i] = (char)(changed[i] ^ 1 << bit);
                        if (changed[i] == '\0')
                                continue;
                        /* A change in a tag makes the XML invalid; others break the signature. */
                        ROW(read_push(state, &conf, &query, changed, &message, &err) == -1 &&
                                (err.kind == ERR_DENIED || err.kind == ERR_REQUEST),
                            i, changed);
                }
        END_ROWS();
}

static void
pushes_are_read_or_refused(void **state)
{
        static const struct {
                const char *inside;
                const char *type, *event, *openid, *scene; /* type NULL: refused */
        } rows[] = {
#define HEAD "<ToUserName>g</ToUserName><FromUserName>oA</FromUserName><CreateTime>1</CreateTime>"
            {HEAD "<MsgType>TEXT</MsgType>", "text", "", "oA", ""},
            {HEAD "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>qrscene_1</EventKey>",
                "event", "click", "oA", ""},
            {HEAD "<MsgType>event</MsgType><Event>Subscribe</Event><EventKey>qrscene_77</EventKey>",
                "event", "subscribe", "oA", "77"},
            {HEAD "<MsgType>event</MsgType><Event>subscribe</Event><EventKey></EventKey>", "event",
                "subscribe", "oA", ""},
            {HEAD "<MsgType>event</MsgType><Event>subscribe</Event>", "event", "subscribe", "oA",
                ""},
            {HEAD "<MsgType>event</MsgType><Event>scan</Event><EventKey>78</EventKey>", "event",
                "scan", "oA", "78"},
            {HEAD "<MsgType>event</MsgType><Event>user_authorization_revoke</Event>"
                  "<OpenID>oB</OpenID>",
                "event", "user_authorization_revoke", "oB", ""},
            {HEAD "<MsgType>new_kind</MsgType>", "new_kind", "", "oA", ""},
            {HEAD "<MsgType>event</MsgType>", NULL, NULL, NULL, NULL},
            {HEAD "<MsgType></MsgType>", NULL, NULL, NULL, NULL},
            {HEAD "<MsgType>a b</MsgType>", NULL, NULL, NULL, NULL},
            {HEAD "<MsgType>text</MsgType><MsgType>event</MsgType>", NULL, NULL, NULL, NULL},
            {HEAD "<FromUserName>oB</FromUserName><MsgType>text</MsgType>", NULL, NULL, NULL, NULL},
            {HEAD, NULL, NULL, NULL, NULL},
            {"<ToUserName>g</ToUserName><FromUserName>../x</FromUserName><CreateTime>1</CreateTime>"
             "<MsgType>text</MsgType>",
                NULL, NULL, NULL, NULL},
            {"<ToUserName>g</ToUserName><FromUserName>oA</FromUserName><CreateTime>-1</CreateTime>"
             "<MsgType>text</MsgType>",
                NULL, NULL, NULL, NULL},
            {"<FromUserName>oA</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>",
                NULL, NULL, NULL, NULL}};
        struct conf conf = conf_of(state, "plain");
        struct pairs none = query_of(state, "");

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct message m = {.type = NULL};
                struct err err;
                int result = read_push(state, &conf, &none,
                    arena_printf(*state, "<xml>%s</xml>", rows[i].inside), &m, &err);

                ROW(rows[i].type == NULL
                        ? result == -1 && err.kind == ERR_REQUEST
                        : result == 0 && same(m.type, rows[i].type) &&
                              same(m.event, rows[i].event) && same(m.openid, rows[i].openid) &&
                              same(m.scene, rows[i].scene),
                    i, rows[i].inside);
        }
        END_ROWS();
}

/* Pushes with equal ids are repeats of one push. */
static void
ids_tell_pushes_apart(void **state)
{
        static const char *const rows[] = {
#define FROM(user, time, rest)                                                                     \
        "<xml><ToUserName>g</ToUserName><FromUserName>" user "</FromUserName><CreateTime>" time    \
        "</CreateTime>" rest "</xml>"
#define EVENT(name, rest) "<MsgType>event</MsgType><Event>" name "</Event>" rest
            FROM("oA", "1", "<MsgType>text</MsgType><MsgId>1</MsgId>"),
            FROM("oB", "1", "<MsgType>text</MsgType><MsgId>1</MsgId>"),
            FROM("oA", "1", "<MsgType>text</MsgType><MsgId>2</MsgId>"),
            FROM("oA", "1", "<MsgType>unknown</MsgType><Some>1</Some>"),
            FROM("oA", "1", "<MsgType>unknown</MsgType><Some>2</Some>"),
            FROM("oA", "1", EVENT("CLICK", "<EventKey>a</EventKey>")),
            FROM("oA", "1", EVENT("CLICK", "<EventKey>b</EventKey>")),
            FROM("oA", "1", EVENT("VIEW", "<EventKey>a</EventKey>")),
            FROM("oA", "2", EVENT("CLICK", "<EventKey>a</EventKey>")),
            FROM("oB", "1", EVENT("CLICK", "<EventKey>a</EventKey>")),
            FROM("oA", "1",
                EVENT("user_get_card", "<CardId>c</CardId><UserCardCode>1</UserCardCode>")),
            FROM("oA", "1",
                EVENT("user_get_card", "<CardId>c</CardId><UserCardCode>2</UserCardCode>")),
            FROM("oA", "1", EVENT("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>")),
            FROM("oA", "1", EVENT("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>")),
            FROM("oA", "1", EVENT("x", "<MsgId>1</MsgId><a>1</a>")),
            FROM("oA", "1", EVENT("x", "<MsgId>1</MsgId><a>2</a>"))};
        struct conf conf = conf_of(state, "plain");
        struct pairs none = query_of(state, "");
        const char *ids[COUNT(rows)];
        struct message m;
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                assert_int_equal(read_push(state, &conf, &none, rows[i], &m, &err), 0);
                ids[i] = m.id;
                for (size_t j = 0; j < i; j++)
                        ROW(!same(ids[i], ids[j]), i, ids[i]);
                assert_int_equal(read_push(state, &conf, &none, rows[i], &m, &err), 0);
                ROW(same(m.id, ids[i]), i, "a repeat");
        }
        /* The same message at another time is a repeat. */
        assert_int_equal(read_push(state, &conf, &none,
                             FROM("oA", "9", "<MsgType>text</MsgType><MsgId>1</MsgId>"), &m, &err),
            0);
        assert_string_equal(m.id, ids[0]);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(queries_are_checked), TEST(the_mode_decides),
            TEST(the_previous_key_opens_too), TEST(no_byte_of_a_sealed_push_can_be_changed),
            TEST(pushes_are_read_or_refused), TEST(ids_tell_pushes_apart)};

        return RUN(tests);
}
