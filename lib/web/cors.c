#include "web/cors.h"

#include <string.h>

#include "web/cgi.h"
#include "conf/conf.h"
#include "base/pairs.h"

static bool
is_options(const struct cgi_request *request)
{
        return strcmp(request->method, "OPTIONS") == 0;
}

bool
cors_is_preflight(const struct conf *conf, const struct cgi_request *request)
{
        return is_options(request) && conf_is_dev_origin(conf, request->origin) &&
               *request->original_uri == '\0' && *request->forwarded_uri == '\0';
}

void
cors_add_headers(const struct conf *conf, const struct cgi_request *request, struct pairs *headers)
{
        if (*conf->dev_origins == '\0')
                return;
        pairs_add(headers, "Vary", "Origin");
        if (!conf_is_dev_origin(conf, request->origin))
                return;
        pairs_add(headers, "Access-Control-Allow-Origin", request->origin);
        if (!is_options(request))
                return;
        pairs_add(headers, "Access-Control-Allow-Methods", "GET, POST");
        pairs_add(headers, "Access-Control-Allow-Headers", "Authorization, X-WX-Session");
        pairs_add(headers, "Access-Control-Max-Age", "600");
}
