#include "account/jssdk.h"

#include <string.h>

#include "base/arena.h"
#include "format/url.h"
#include "host/os.h"
#include "web/app.h"
#include "wechat/account_api.h"

int
jssdk_read_page(struct app *app, const char **url)
{
        const char *given = pairs_get_text(&app->request.query, "url");
        const char *page = arena_copy(app->arena, given, strcspn(given, "#"));
        const char *origin = url_origin(app->arena, page);

        if (*app->conf.appid == '\0')
                return err_set(&app->err, ERR_CONFIG,
                    "the JS-SDK needs appid and secret: set both in wechat.conf");
        if (origin == NULL)
                return err_set(&app->err, ERR_REQUEST,
                    "url: missing, or not a page's address; send location.href, percent-encoded");
        if (strcmp(origin, app->conf.site_url) != 0 && !conf_is_dev_origin(&app->conf, origin))
                return err_set(&app->err, ERR_DENIED,
                    "url: %s is neither site_url nor one of dev_origins", origin);
        *url = page;
        return 0;
}

int
jssdk_answer(struct app *app, const char *url, const char *jsapi_ticket)
{
        char signature[DIGEST_SHA1_HEX_SIZE + 1];
        struct pairs fields;
        char *nonce;

        if (os_random_token(app->arena, &nonce, &app->err) != 0)
                return -1;
        nonce[16] = '\0'; /* as long as WeChat's own example */
        api_sign_page(app->arena, jsapi_ticket, nonce, app->now, url, signature);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "appId", app->conf.appid);
        pairs_add_number(&fields, "timestamp", app->now);
        pairs_add(&fields, "nonceStr", nonce);
        pairs_add(&fields, "signature", signature);
        return app_answer_json(app, 200, &fields);
}
