/* wechat followers: the openids of all followers. */
#include "followers.h"

#include <stdio.h>
#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "command.h"
#include "commands.h"
#include "format/json.h"
#include "format/url.h"
#include "output.h"
#include "settings.h"
#include "wechat/api.h"

/* 10,000 openids of 64 bytes, with quotation marks and commas, are 670,000 bytes. */
enum { PAGE_ANSWER_MAX = 1024 * 1024, PAGE_MS = 30000 };

/* Copies the openids, data/openid, of the answer. */
static int
read_page(struct run *run, const struct pairs *fields, struct arena *arena, struct page *page)
{
        page->openids = arena_alloc(arena, (fields->count + 1) * sizeof(*page->openids));
        page->count = 0;
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];

                if (strcmp(pair->name, "data/openid") != 0 || pair->type != PAIR_ITEM)
                        continue;
                if (!api_is_openid(pair->value))
                        return refuse(run, ERR_UPSTREAM, "user/get: an openid is none",
                            "user/get：有一个 openid 不对");
                page->openids[page->count++] = arena_strdup(arena, pair->value);
        }
        return STATUS_DONE;
}

int
fetch_page(struct run *run, const char *next, struct arena *arena, struct page *page)
{
        struct account_request request = {
            .path = "/cgi-bin/user/get", .answer_max = PAGE_ANSWER_MAX, .timeout_ms = PAGE_MS};
        struct account_answer answer;
        struct pairs fields;

        begin_request(run);
        if (*next != '\0')
                request.query = arena_printf(
                    run->app.arena, "next_openid=%s", url_encode(run->app.arena, next));
        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        pairs_init(&fields, run->app.arena);
        if (json_parse_tree(run->app.arena, answer.body, answer.size, &fields, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        if (read_page(run, &fields, arena, page) != STATUS_DONE)
                return STATUS_REFUSED;
        if ((page->count > 0 || *next == '\0') && option(run, "--export") == NULL)
                print_answer(run, &answer);
        page->total = pairs_get_number(&fields, "total", 0);
        page->next =
            page->count == 0 ? "" : arena_strdup(arena, pairs_get_text(&fields, "next_openid"));
        if (*page->next != '\0' && strcmp(page->next, next) == 0)
                return refuse(
                    run, ERR_UPSTREAM, "user/get: the same page twice", "user/get：同一页来了两次");
        return STATUS_DONE;
}

/* ---- the list ---- */

static int
list_followers(struct run *run)
{
        const char *next = "";
        long long done = 0;
        struct page page;

        do {
                struct arena *arena = arena_begin(run->arena);
                int status = fetch_page(run, next, arena, &page);

                show_progress(run, 0, 0);
                for (size_t i = 0; status == STATUS_DONE && !run->json && i < page.count; i++)
                        printf("%s\n", page.openids[i]);
                if (status == STATUS_DONE) {
                        done += (long long)page.count;
                        show_progress(run, done, page.total);
                        next = arena_strdup(run->arena, page.next);
                }
                arena_free(arena);
                if (status != STATUS_DONE)
                        return status;
        } while (*next != '\0');
        show_progress(run, 0, 0);
        return STATUS_DONE;
}

int
run_followers(struct run *run)
{
        const char *file = option(run, "--export");

        return file == NULL ? list_followers(run) : export_followers(run, file);
}
