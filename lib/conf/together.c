#include "conf/together.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "conf/keys.h"
#include "format/client.h"
#include "format/url.h"

static bool
has_way(const struct conf *conf, const char *way)
{
        return text_has_word(conf->sign_in, way);
}

typedef int rule(const struct conf *conf, const char *file, const char **key, struct err *err);

static int
check_message_token(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "push_token";
        if ((has_way(conf, "message") || has_way(conf, "scene")) && *conf->push_token == '\0')
                return err_set(err, ERR_CONFIG,
                    "%s: sign_in = %s needs push_token, the Token of 消息与事件推送", file,
                    conf->sign_in);
        return 0;
}

/* A name that is misspelt would be refused without a reason that anybody sees. */
static int
check_account_clients(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "account_clients";
        for (const char *name = conf->account_clients; *(name += strspn(name, " ")) != '\0';
             name += strcspn(name, " ")) {
                size_t size = strcspn(name, " ");

                if (!client_has_name(conf->service_keys, name, size))
                        return err_set(err, ERR_CONFIG,
                            "%s: account_clients: %.*s is not a name in service_keys", file,
                            (int)size, name);
        }
        return 0;
}

/* What goes out as a customer-service message goes out in the account's name. */
static int
check_handler(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        const char *setting = NULL;

        *key = "handler";
        if (*conf->handler == '\0' || (*conf->appid != '\0' && *conf->secret != '\0'))
                return 0;
        if (strcmp(conf->handler_late, "send") == 0)
                setting = "handler_late = send";
        else if (conf->handler_seconds > CONF_WAIT_SECONDS)
                setting = "handler_seconds of more than 14";
        else if (strcmp(conf->handler_typing, "on") == 0)
                setting = "handler_typing = on";
        return setting == NULL ? 0
                               : err_set(err, ERR_CONFIG,
                                     "%s: %s needs appid and secret: it takes customer-service "
                                     "messages (客服消息), which only verified accounts have",
                                     file, setting);
}

static int
check_website(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "website_secret";
        return (*conf->website_appid == '\0') == (*conf->website_secret == '\0')
                   ? 0
                   : err_set(
                         err, ERR_CONFIG, "%s: website_appid and website_secret go together", file);
}

static int
check_mini(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "mini_secret";
        return (*conf->mini_appid == '\0') == (*conf->mini_secret == '\0')
                   ? 0
                   : err_set(err, ERR_CONFIG, "%s: mini_appid and mini_secret go together", file);
}

static int
check_mini_push(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "mini_push_token";
        if (*conf->mini_push_token == '\0' ? *conf->mini_encoding_aes_key != '\0'
                                           : *conf->mini_appid == '\0')
                return err_set(err, ERR_CONFIG,
                    "%s: mini_push_token needs mini_appid, mini_encoding_aes_key needs both", file);
        if (*conf->mini_push_token != '\0' && strcmp(conf->mini_push_token, conf->push_token) == 0)
                return err_set(err, ERR_CONFIG,
                    "%s: mini_push_token must differ from push_token: it tells the two apart",
                    file);
        return 0;
}

static int
check_any_origin(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "dev_origins";
        if (strcmp(conf->dev_origins, "*") == 0 && !url_is_loopback(conf->site_url))
                return err_set(err, ERR_CONFIG,
                    "%s: dev_origins = * is allowed only if site_url is this computer", file);
        return 0;
}

/* A website application has openids of its own, of which none is a follower's. */
static int
check_people(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "people";
        return strcmp(conf->people, "followers") != 0 || *conf->website_appid == '\0'
                   ? 0
                   : err_set(err, ERR_CONFIG,
                         "%s: people = followers does not go with website_appid: a website "
                         "application does not tell who follows the account",
                         file);
}

static int
check_owners_there(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        *key = "owners";
        return strcmp(conf->people, "approved") != 0 || *conf->owners != '\0'
                   ? 0
                   : err_set(err, ERR_CONFIG,
                         "%s: people = approved needs owners: nobody else can approve; me.cgi "
                         "shows your openid",
                         file);
}

/* The page that signs people in has the site's cookies. */
static int
check_issuer_here(const struct conf *conf, const char *file, const char **key, struct err *err)
{
        size_t size = strlen(conf->site_url);

        *key = "oidc_issuer";
        return *conf->oidc_issuer == '\0' || (text_starts_with(conf->oidc_issuer, conf->site_url) &&
                                                 strchr("/", conf->oidc_issuer[size]) != NULL)
                   ? 0
                   : err_set(err, ERR_CONFIG, "%s: oidc_issuer must begin with site_url, %s", file,
                         conf->site_url);
}

static rule *const rules[TOGETHER_RULES] = {check_message_token, check_account_clients,
    check_website, check_mini, check_mini_push, check_any_origin, check_handler, check_people,
    check_owners_there, check_issuer_here};

int
together_check(
    const struct conf *conf, size_t number, const char *file, const char **key, struct err *err)
{
        return rules[number](conf, file, key, err);
}
