#include "state/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "base/text.h"
#include "format/url.h"

static const char magic[] = "wxstore1";

/* A record's first line without the checksum. */
static char *
format_head(struct arena *arena, const struct store_record *record, const char *form)
{
        return arena_printf(
            arena, "%s %lld %lld %zu", magic, record->created, record->expires, strlen(form));
}

static char *
checksum(struct arena *arena, const char *head, const char *form)
{
        char *text = arena_printf(arena, "%s %s", head, form);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(text, strlen(text), hex);
        return arena_strdup(arena, hex);
}

char *
record_format(struct arena *arena, const struct store_record *record)
{
        char *form = url_build_form(arena, &record->fields);
        char *head = format_head(arena, record, form);

        return arena_printf(arena, "%s %s\n%s", head, checksum(arena, head, form), form);
}

int
record_parse(
    struct arena *arena, char *text, size_t size, struct store_record *record, struct err *err)
{
        char *form = memchr(text, '\n', size);
        char *sum, *end;

        if (form == NULL || strlen(text) != size)
                return err_set(err, ERR_NOT_FOUND, "store: a record is broken");
        *form++ = '\0';
        sum = strrchr(text, ' ');
        if (sum == NULL || !text_starts_with(text, magic) || text[strlen(magic)] != ' ')
                return err_set(err, ERR_SYSTEM,
                    "store: a record of another version of these programs: put that version back, "
                    "or have its visitor sign in again");
        *sum++ = '\0';
        if (!digest_equal(sum, checksum(arena, text, form)))
                return err_set(err, ERR_NOT_FOUND, "store: a record is broken");
        record->created = strtoll(text + strlen(magic), &end, 10);
        record->expires = strtoll(end, NULL, 10);
        /* Formatting has to give the same line: then the length is right, and the line holds
         * nothing else. */
        if (strcmp(text, format_head(arena, record, form)) != 0)
                return err_set(err, ERR_SYSTEM, "store: a record is cut off");
        pairs_init(&record->fields, arena);
        if (url_parse_form(arena, form, &record->fields, err) != 0) {
                err->kind = ERR_SYSTEM;
                return -1;
        }
        return 0;
}

int
record_check(const struct store_record *record, long long now, enum err_kind ahead, struct err *err)
{
        if (record->expires <= now)
                return err_set(err, ERR_NOT_FOUND, "store: the record has expired");
        if (record->created > now + RECORD_AHEAD_SECONDS)
                return err_set(err, ahead,
                    "store: a record was created %lld seconds in the future: set the clocks of all "
                    "machines by NTP",
                    record->created - now);
        return 0;
}
