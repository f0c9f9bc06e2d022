#include "chat_view.h"

#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "chat.h"
#include "docs.h"
#include "followers.h"
#include "menu.h"
#include "people.h"
#include "state.h"

/* Adds a piece of a text, with a link or without. */
static void
add_part(
    struct app *app, const char *prefix, size_t *number, const char *text, size_t size, char *link)
{
        pairs_add(&app->page, arena_printf(app->arena, "%s/parts/%zu/text", prefix, *number),
            arena_copy(app->arena, text, size));
        pairs_add(&app->page, arena_printf(app->arena, "%s/parts/%zu/link", prefix, *number), link);
        (*number)++;
}

/* Returns the length of the address at text; 0: there is none. */
static size_t
address_length(const char *text)
{
        size_t size = 0;

        if (!text_starts_with(text, "http://") && !text_starts_with(text, "https://"))
                return 0;
        while (text[size] > ' ' && text[size] < 0x7f && strchr("<>\"", text[size]) == NULL)
                size++;
        while (strchr(".,;:!?)", text[size - 1]) != NULL)
                size--;
        return size;
}

/* Adds size bytes of a text: WeChat makes links of the addresses in it. */
static void
add_text(struct app *app, const char *prefix, size_t *number, const char *text, size_t size)
{
        size_t begin = 0;

        for (size_t i = 0; i < size;) {
                size_t address = address_length(text + i);

                if (address == 0 || i + address > size) {
                        i++;
                        continue;
                }
                if (i > begin)
                        add_part(app, prefix, number, text + begin, i - begin, "");
                add_part(app, prefix, number, text + i, address,
                    arena_copy(app->arena, text + i, address));
                i = begin = i + address;
        }
        if (begin < size || size == 0)
                add_part(app, prefix, number, text + begin, size - begin, "");
}

/* Adds the account's text in pieces: of HTML, WeChat shows only <a href="…">…</a>. */
static void
add_parts(struct app *app, const char *prefix, const char *text)
{
        /* Behind the bracket that opens the tag. */
        static const char begin[] = "a href=\"", middle[] = "\">", end[] = "/a>";
        size_t count = 0;

        for (;;) {
                const char *a = strstr(text, begin);
                const char *link = a == NULL ? NULL : a + strlen(begin);
                const char *shown = link == NULL ? NULL : strstr(link, middle);
                const char *last = shown == NULL ? NULL : strstr(shown, end);

                if (last == NULL || a == text || a[-1] != '<' || last[-1] != '<')
                        break;
                add_text(app, prefix, &count, text, (size_t)(a - 1 - text));
                shown += strlen(middle);
                add_part(app, prefix, &count, shown, (size_t)(last - 1 - shown),
                    arena_copy(app->arena, link, (size_t)(shown - link) - strlen(middle)));
                text = last + strlen(end);
        }
        add_text(app, prefix, &count, text, strlen(text));
}

/* Is it a file that was uploaded? */
static bool
is_there(struct app *app, const char *media)
{
        struct store_record record;
        bool there = *media != '\0' && kept_find(app, STATE_MEDIA, media, &record) == 0;

        err_clear(&app->err);
        return there;
}

/* Adds what the template asks of each entry, "" where it does not apply: a name that is missing
 * would be looked up outside of the entry. */
static void
add_entry(struct app *app, const struct pairs *chat, const char *prefix)
{
        static const char *const members[] = {"mine", "text", "title", "description", "media",
            "url", "query", "body", "inside", "reply", "why", "equal", "unequal", "silent",
            "refused"};
        static const char *const kinds[] = {"image", "voice", "video", "music", "news", "card",
            "notice", "transfer_customer_service", "result"};
        static const char *const lists[] = {"news", "tries"};
        const char *kind = pairs_get_text(chat, arena_printf(app->arena, "%s/kind", prefix));
        const char *media = pairs_get_text(chat, arena_printf(app->arena, "%s/media", prefix));
        const char *text = pairs_get_text(chat, arena_printf(app->arena, "%s/text", prefix));
        bool mine = *pairs_get_text(chat, arena_printf(app->arena, "%s/mine", prefix)) != '\0';
        size_t first = 0;

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
                char *name = arena_printf(app->arena, "%s/%s", prefix, members[i]);

                pairs_add(&app->page, name, pairs_get_text(chat, name));
        }
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                pairs_add(&app->page, arena_printf(app->arena, "%s/is_%s", prefix, kinds[i]),
                    strcmp(kind, kinds[i]) == 0 ? "1" : "");
        pairs_add(&app->page, arena_printf(app->arena, "%s/is_bubble", prefix),
            text_has_word("notice transfer_customer_service result", kind) ? "" : "1");
        pairs_add(&app->page, arena_printf(app->arena, "%s/picture", prefix),
            is_there(app, media) ? arena_printf(app->arena, "/media/%s", media) : "");
        if (mine)
                add_part(app, prefix, &first, text, strlen(text), "");
        else
                add_parts(app, prefix, text);
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                docs_copy(chat, arena_printf(app->arena, "%s/%s", prefix, lists[i]), &app->page,
                    arena_printf(app->arena, "%s/%s", prefix, lists[i]));
}

static bool
is_typing(const struct app *app, const struct pairs *follower)
{
        return pairs_get_number(follower, "typing_until", 0) > app->now;
}

int
chat_view_add(struct app *app, const struct sim_person *person, long long after)
{
        struct pairs chat, follower;
        long long end;

        pairs_init(&chat, app->arena);
        if (chat_read(app, person->openid, after, true, &chat, &end) != 0 ||
            followers_read(app, person->openid, &follower) != 0)
                return -1;
        for (size_t i = 0; i < call_elements(&chat, "chat"); i++)
                add_entry(app, &chat, arena_printf(app->arena, "chat/%zu", i));
        pairs_add_number(&app->page, "chat_end", end);
        pairs_add(&app->page, "typing", is_typing(app, &follower) ? "1" : "");
        pairs_add(&app->page, "follows", followers_follows(&follower) ? "1" : "");
        return 0;
}

int
chat_view_answer(struct app *app, const struct sim_person *person, long long after)
{
        struct pairs answer, follower, menu;
        long long end;

        pairs_init(&answer, app->arena);
        pairs_add_typed(&answer, "chat", "", PAIR_ARRAY);
        if (chat_read(app, person->openid, after, false, &answer, &end) != 0 ||
            followers_read(app, person->openid, &follower) != 0 || menu_read(app, &menu) != 0)
                return -1;
        pairs_add_number(&answer, "end", end);
        pairs_add_typed(&answer, "typing", is_typing(app, &follower) ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(
            &answer, "follows", followers_follows(&follower) ? "true" : "false", PAIR_BOOL);
        docs_copy(&menu, "button", &answer, "menu/button");
        return app_answer_json(app, 200, &answer);
}
