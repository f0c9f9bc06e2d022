#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "docs.h"
#include "fault.h"
#include "format/address.h"
#include "format/json.h"
#include "host/lock.h"
#include "token.h"

const char *
call_query(const struct call *call, const char *name)
{
        return pairs_get_text(&call->app->request.query, name);
}

long long
call_day(const struct call *call)
{
        return (call->app->now + 8LL * 3600) / 86400;
}

size_t
call_elements(const struct pairs *pairs, const char *name)
{
        size_t size = strlen(name), count = 0;

        for (size_t i = 0; i < pairs->count; i++) {
                const char *path = pairs->items[i].name;

                if (strncmp(path, name, size) != 0)
                        continue;
                if (path[size] == '/' && strtoul(path + size + 1, NULL, 10) >= count)
                        count = strtoul(path + size + 1, NULL, 10) + 1;
                else if (path[size] == '\0' && pairs->items[i].type == PAIR_ITEM)
                        count++;
        }
        return count;
}

size_t
call_characters(const char *text)
{
        size_t count = 0;

        for (; *text != '\0'; text++)
                count += ((unsigned char)*text & 0xc0) != 0x80;
        return count;
}

bool
call_has_escapes(const struct call *call)
{
        for (const char *p = call->app->request.body; (p = strchr(p, '\\')) != NULL; p += 2) {
                char digits[5] = "";

                if (p[1] == '\0')
                        return false;
                if (p[1] != 'u')
                        continue;
                strncpy(digits, p + 2, 4);
                if (strtoul(digits, NULL, 16) > 0x7f)
                        return true;
        }
        return false;
}

static int
check_method(const struct call *call)
{
        if (strcmp(call->app->request.method, call->route->method) == 0)
                return 0;
        return strcmp(call->route->method, "GET") == 0 ? 43001 : 43002;
}

static int
check_address(struct call *call)
{
        const char *list = pairs_get_text(&call->switches, "ip_whitelist");
        const char *address = call->app->request.client;

        if (*list == '\0' || address_is_in(list, address))
                return 0;
        call->errmsg = arena_printf(call->app->arena, "invalid ip %s ipv6 %s%s, not in whitelist",
            address, strchr(address, ':') == NULL ? "::ffff:" : "", address);
        return 40164;
}

static int
check_account(const struct call *call)
{
        const char *account = pairs_get_text(&call->switches, "account");

        return (call->route->needs & CALL_VERIFIED) == 0 || *account == '\0' ||
                       text_has_word("verified test", account)
                   ? 0
                   : 48001;
}

/* Counts the calls of a day in Beijing, if there is a quota. */
static int
check_quota(struct call *call)
{
        struct app *app = call->app;
        const char *name = call->route->name;
        long long day = call_day(call), count, most;
        struct pairs counts;

        most = pairs_get_number(&call->switches, "quota", -1);
        most = pairs_get_number(&call->switches, arena_printf(app->arena, "quota_%s", name), most);
        if (most < 0 || strcmp(name, "clear_quota") == 0)
                return 0;
        if (docs_read(app, "quota", &counts) != 0)
                return -1;
        if (pairs_get_number(&counts, "day", 0) != day)
                pairs_init(&counts, app->arena);
        count = pairs_get_number(&counts, name, 0);
        docs_set_number(&counts, "day", day);
        docs_set_number(&counts, name, count + 1);
        if (count >= most)
                return 45009;
        return docs_write(app, "quota", &counts);
}

static int
check_json(struct call *call)
{
        struct app *app = call->app;
        struct err ignored;

        if ((call->route->needs & CALL_JSON) == 0)
                return 0;
        if (app->request.body_size == 0)
                return 44002;
        return json_parse_tree(app->arena, app->request.body, app->request.body_size, &call->body,
                   &ignored) == 0
                   ? 0
                   : 47001;
}

/* Returns 0, an errcode, or -1. */
static int
check(struct call *call)
{
        int wrong = check_method(call);

        if (wrong == 0 && (call->route->needs & CALL_TOKEN) != 0)
                wrong = token_check(call);
        if (wrong == 0)
                wrong = check_address(call);
        if (wrong == 0)
                wrong = check_account(call);
        if (wrong == 0)
                wrong = check_quota(call);
        return wrong == 0 ? check_json(call) : wrong;
}

static int
answer(struct call *call, int errcode)
{
        struct app *app = call->app;

        if (errcode == 0 && app->response.status != 0)
                return 0;
        if (errcode == 0 && call->answer.count > 0)
                return answer_fields(app, &call->answer);
        return answer_errmsg(app, errcode, call->errmsg);
}

int
call_answer(struct app *app, const struct call_route *route)
{
        struct call call = {.app = app, .route = route};
        int lock, result;

        pairs_init(&call.body, app->arena);
        pairs_init(&call.answer, app->arena);
        if (fault_happens(app, route->name, &call.switches))
                return app->response.status == 0 ? -1 : 0;
        if (docs_lock(app, &lock) != 0)
                return -1;
        result = check(&call);
        if (result == 0)
                result = route->handle(&call);
        lock_release(lock);
        return result < 0 ? -1 : answer(&call, result);
}
