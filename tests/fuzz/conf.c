/* conf: wechat.conf, after the three required settings. */
#include "fuzz.h"

#include "conf/conf.h"
#include "format/url.h"

#define SECRET "canary7secret7canary7secret7cana"

static const char head[] =
    "appid = wx0123456789abcdef\nsecret = " SECRET "\nsite_url = https://www.example.com\n";

static void
check_settings(struct arena *arena, const struct conf *conf)
{
        const char *const texts[] = {conf->appid, conf->secret, conf->site_url, conf->cgi_path,
            conf->home, conf->scope, conf->language, conf->push_token, conf->encoding_aes_key,
            conf->mini_push_token, conf->mini_encoding_aes_key, conf->encoding_aes_key_previous,
            conf->push_mode, conf->replies, conf->handler, conf->state_dir, conf->html_dir,
            conf->open_url, conf->api_url, conf->ca_file};

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                for (const char *p = texts[i]; *p != '\0'; p++)
                        CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
        CHECK(url_is_origin(conf->site_url) && url_is_origin(conf->api_url));
        CHECK(url_is_origin(conf->open_url) && url_is_local(conf->home));
        CHECK(url_is_local(conf_program(arena, conf, "me.cgi")));
        CHECK(conf->session_seconds >= 60 && conf->session_seconds <= 31622400);
        CHECK(conf->events_days >= 0 && conf->events_days <= 3660);
        CHECK(conf->people_days >= 0 && conf->people_days <= 3660);
        CHECK(conf_journal_days(conf) == 0 || conf_journal_days(conf) == conf->events_days);
        CHECK(*conf->state_dir == '/' && *conf->html_dir == '/');
}

static void
try_text(struct arena *arena, const char *text, bool secret_is_ours)
{
        struct err err = {.kind = ERR_NONE};
        struct conf conf;

        conf_init(arena, "/home/site", &conf);
        if (conf_parse(arena, text, "/home/site/wechat.conf", &conf, &err) == 0) {
                check_settings(arena, &conf);
                return;
        }
        CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
        CHECK(strncmp(err.text, "/home/site/wechat.conf", 22) == 0);
        CHECK(!secret_is_ours || strstr(err.text, SECRET) == NULL);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size);

        try_text(arena, text, false);
        try_text(arena, arena_printf(arena, "%s%s", head, text), strstr(text, "canary7") == NULL);
}
