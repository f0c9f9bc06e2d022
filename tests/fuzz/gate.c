/* gate: what gate.cgi reads: a path, the headers of a conditional request, each ended by a NUL;
 * then access.json. */
#include "fuzz.h"

#include "gate/access.h"
#include "format/date.h"
#include "gate/listing.h"
#include "gate/media.h"
#include "gate/part.h"

/* A path that is accepted has no part by which one could leave the folder or meet a dot file. */
static void
check_path(const char *path)
{
        struct media media = media_of(path);

        CHECK(media.type != NULL && fuzz_is_clean(media.type, ""));
        CHECK(media.is_known || !media.holds_scripts);
        if (!access_is_path(path))
                return;
        CHECK(*path == '/' && strlen(path) <= ACCESS_PATH_MAX);
        CHECK(strstr(path, "/.") == NULL && strstr(path, "//") == NULL && !strchr(path, '\\'));
        for (const char *p = path; *p != '\0'; p++)
                CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void
check_part(struct arena *arena, const struct part_asked *asked, long long size)
{
        const struct part_file file = {"\"a-1\"", FUZZ_NOW, true, size};
        struct part part;

        part_choose(arena, asked, &file, &part);
        CHECK(part.offset >= 0 && part.size >= 0 && part.offset <= size - part.size);
        CHECK(
            part.status == 200 || part.status == 304 || part.status == 412 ||
            (asked->is_get && *asked->range != '\0' && (part.status == 206 || part.status == 416)));
        CHECK(part.status != 200 || (part.offset == 0 && part.size == size));
        CHECK(part.status != 206 || part.size > 0);
        CHECK(part.status != 304 || *asked->if_none_match != '\0' ||
              *asked->if_modified_since != '\0');
}

/* A date that is accepted is written in one way, which is read as the same. */
static void
check_date(struct arena *arena, const char *text)
{
        long long seconds, again;
        char *date;

        if (!date_parse(arena, text, &seconds))
                return;
        date = date_format(arena, seconds);
        CHECK(strlen(date) == 29 && date_parse(arena, date, &again) && again == seconds);
}

static void
check_access(struct arena *arena, const char *text, size_t size, const char *path)
{
        struct err err = {.kind = ERR_NONE};
        const struct access_rule *found;
        struct access access;

        if (access_parse(arena, text, size, "access.json", &access, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
                CHECK(strncmp(err.text, "access.json, ", 13) == 0);
                return;
        }
        found = access_find(&access, path);
        for (size_t i = 0; i < access.count; i++) {
                const struct access_rule *rule = &access.rules[i];
                size_t length = strlen(rule->folder);

                CHECK(length == 0 || access_is_path(rule->folder));
                CHECK(length == 0 || rule->folder[length - 1] != '/');
                CHECK(access_find(&access, arena_printf(arena, "%s/", rule->folder)) == rule);
                for (size_t k = 0; k < rule->roles.count; k++)
                        CHECK(*rule->roles.items[k].value != '\0' &&
                              strlen(rule->roles.items[k].value) <= ACCESS_ROLE_MAX);
                /* No longer one would have fitted. */
                if (strncmp(path, rule->folder, length) == 0 && strchr("/", path[length]) != NULL)
                        CHECK(found != NULL && strlen(found->folder) >= length);
        }
}

static void
check_listing(struct arena *arena, const char *name)
{
        struct listing_entry entry = {name, false, 1, FUZZ_NOW};
        struct listing listing;
        struct pairs values;

        listing_init(arena, &listing);
        listing_add(&listing, &entry);
        pairs_init(&values, arena);
        listing_fill(&listing, &values);
        CHECK(fuzz_is_visible(pairs_get_text(&values, "items/0/link")));
        CHECK(strpbrk(pairs_get_text(&values, "items/0/link"), "/\\:?#<>\"'") == NULL);
        CHECK(fuzz_is_clean(pairs_get_text(&values, "items/0/text"), ""));
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct part_asked asked = {.is_get = true};
        const char **headers[] = {&asked.range, &asked.if_range, &asked.if_match,
            &asked.if_none_match, &asked.if_modified_since, &asked.if_unmodified_since};
        char *path = fuzz_text(arena, &data, &size);

        for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
                *headers[i] = fuzz_text(arena, &data, &size);
        check_path(path);
        check_listing(arena, path);
        for (long long file = 0; file < 100000; file = file * 7 + 1)
                check_part(arena, &asked, file);
        asked.is_get = false;
        check_part(arena, &asked, 1000);
        check_date(arena, asked.if_range);
        check_date(arena, asked.if_modified_since);
        check_access(arena, arena_copy(arena, data, size), size, path);
}
