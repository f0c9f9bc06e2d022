#include "service.h"

#include <string.h>

#include "web/app.h"
#include "base/text.h"
#include "call.h"
#include "docs.h"

int
service_addresses(struct call *call)
{
        static const char *const addresses[] = {"127.0.0.1", "203.0.113.7", "198.51.100.0/24"};

        for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
                pairs_add_typed(&call->answer, "ip_list", addresses[i], PAIR_ITEM);
        return 0;
}

int
service_check(struct call *call)
{
        const char *action = pairs_get_text(&call->body, "action");
        const char *line = pairs_get_text(&call->body, "check_operator");

        if (*call->app->conf.push_token == '\0')
                return 40201;
        if (!text_has_word("all dns ping", action))
                return 40202;
        if (!text_has_word("DEFAULT CHINANET UNICOM CAP", line))
                return 40203;
        if (strcmp(action, "ping") != 0) {
                pairs_add_typed(&call->answer, "dns", "", PAIR_ARRAY);
                pairs_add(&call->answer, "dns/0/ip", "127.0.0.1");
                pairs_add(&call->answer, "dns/0/real_operator", "UNICOM");
        }
        if (strcmp(action, "dns") != 0) {
                pairs_add_typed(&call->answer, "ping", "", PAIR_ARRAY);
                pairs_add(&call->answer, "ping/0/ip", "127.0.0.1");
                pairs_add(&call->answer, "ping/0/from_operator", "UNICOM");
                pairs_add(&call->answer, "ping/0/package_loss", "0%");
                pairs_add(&call->answer, "ping/0/time", "0.079ms");
        }
        return 0;
}

int
service_clear(struct call *call)
{
        struct pairs nothing;

        if (strcmp(pairs_get_text(&call->body, "appid"), call->app->conf.appid) != 0)
                return 40013;
        pairs_init(&nothing, call->app->arena);
        return docs_write(call->app, "quota", &nothing);
}
