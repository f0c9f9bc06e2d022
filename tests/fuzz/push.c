/* push: a query (the input's first text) that may claim to be WeChat's, and a body in plain mode
 * (the rest). The body is also read with a correctly signed query, without which it would never be
 * accepted. */
#include "push.h"

#include "base/text.h"
#include "format/url.h"

static void
try_query(struct arena *arena, const struct conf *conf, const char *text)
{
        static const char *const names[] = {"signature", "timestamp", "nonce"};
        struct err err = {.kind = ERR_NONE};
        struct message_account account;
        struct pairs query;
        long long timestamp;

        pairs_init(&query, arena);
        if (url_parse_form(arena, text, &query, &err) != 0)
                return;
        if (message_check_signature(conf, &query, FUZZ_NOW, &account, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_DENIED);
                CHECK(strstr(err.text, conf->push_token) == NULL);
                return;
        }
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                CHECK(pairs_count(&query, names[i]) == 1);
        CHECK(text_is_id(pairs_get_text(&query, "nonce"), 1, 64));
        timestamp = pairs_get_number(&query, "timestamp", 0);
        CHECK(timestamp >= FUZZ_NOW - 300 && timestamp <= FUZZ_NOW + 300);
}

/* The same bytes again are a repeat; an event with other bytes is another push. */
static void
check_again(struct arena *arena, const struct message_account *account, const struct pairs *query,
    const char *body, size_t size, const struct message *message)
{
        char *more = arena_printf(arena, "%s ", body);
        struct message again;
        struct err err;

        CHECK(message_parse(arena, account, query, body, size, &again, &err) == 0);
        CHECK(strcmp(again.id, message->id) == 0);
        CHECK(fuzz_same(&again.fields, &message->fields));
        if (strlen(body) != size || *message->event == '\0')
                return;
        CHECK(message_parse(arena, account, query, more, size + 1, &again, &err) == 0);
        CHECK(strcmp(again.id, message->id) != 0);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = fuzz_text(arena, &data, &size);
        const char *body = arena_copy(arena, data, size);
        struct conf conf = push_conf(arena, "plain"), safe = push_conf(arena, "safe");
        struct pairs good = push_query(arena, &conf, NULL);
        struct err err = {.kind = ERR_NONE};
        struct message_account account;
        struct message message;

        try_query(arena, &conf, text);
        CHECK(message_check_signature(&conf, &good, FUZZ_NOW, &account, &err) == 0);
        if (message_parse(arena, &account, &good, body, size, &message, &err) == 0) {
                push_check(&message);
                CHECK(!message.encrypted);
                check_again(arena, &account, &good, body, size, &message);
        } else {
                CHECK(fuzz_is_error(&err));
                CHECK(err.kind == ERR_REQUEST || err.kind == ERR_DENIED);
        }
        /* If the settings require encryption, nothing plain is accepted. */
        CHECK(message_check_signature(&safe, &good, FUZZ_NOW, &account, &err) == 0);
        CHECK(message_parse(arena, &account, &good, body, size, &message, &err) == -1);
        CHECK(err.kind == ERR_DENIED || err.kind == ERR_REQUEST);
}
