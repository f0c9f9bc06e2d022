#include "gate/part.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "format/date.h"

/* ---- entity tags ---- */

static bool
is_weak(const char *tag)
{
        return strncmp(tag, "W/", 2) == 0;
}

/* Is tag in the list, as a header has it: "a", W/"b", or *? strong: the comparison does not accept
 * weak tags (RFC 9110, section 8.8.3.2). */
static bool
is_listed(const char *list, const char *tag, bool strong)
{
        const char *opaque = tag + (is_weak(tag) ? 2 : 0);
        size_t size = strlen(opaque);

        if (strcmp(list, "*") == 0)
                return true;
        while (*(list += strspn(list, ", \t")) != '\0') {
                bool weak = is_weak(list);
                const char *begin = list + (weak ? 2 : 0);
                const char *end = *begin == '"' ? strchr(begin + 1, '"') : NULL;

                if (end == NULL)
                        return false;
                if ((size_t)(end + 1 - begin) == size && memcmp(begin, opaque, size) == 0 &&
                    !(strong && (weak || is_weak(tag))))
                        return true;
                list = end + 1;
        }
        return false;
}

/* ---- conditions ---- */

/* Returns the status that the conditions decide; 200: none does. */
static int
check_conditions(struct arena *arena, const struct part_asked *asked, const struct part_file *file)
{
        long long since;

        if (*asked->if_match != '\0') {
                if (!is_listed(asked->if_match, file->tag, true))
                        return 412;
        } else if (date_parse(arena, asked->if_unmodified_since, &since) &&
                   file->modified > since) {
                return 412;
        }
        if (*asked->if_none_match != '\0')
                return is_listed(asked->if_none_match, file->tag, false) ? 304 : 200;
        return date_parse(arena, asked->if_modified_since, &since) && file->modified <= since ? 304
                                                                                              : 200;
}

/* Does the part that the client has belong to the file as it is now? */
static bool
holds_if_range(struct arena *arena, const struct part_asked *asked, const struct part_file *file)
{
        long long date;

        if (*asked->if_range == '\0')
                return true;
        if (strchr(asked->if_range, '"') != NULL)
                return is_listed(asked->if_range, file->tag, true);
        return file->is_settled && date_parse(arena, asked->if_range, &date) &&
               date == file->modified;
}

/* ---- ranges ---- */

/* Reads the digits at *at. Returns false if there are none; a number that is too large is the
 * largest. */
static bool
read_number(const char **at, long long *number)
{
        const char *begin = *at;

        *number = 0;
        for (; **at >= '0' && **at <= '9'; (*at)++)
                *number = *number > (LLONG_MAX - 9) / 10 ? LLONG_MAX : *number * 10 + (**at - '0');
        return *at > begin;
}

struct range {
        bool is_suffix;
        long long first, last; /* of a suffix: last is its length */
};

/* Reads the one range of a header. Returns false if the header has none, or more than one, or
 * another unit. */
static bool
read_range(const char *header, struct range *range)
{
        static const char unit[] = "bytes=", between[] = ", \t";
        const char *at = header + strlen(unit);

        if (strncasecmp(header, unit, strlen(unit)) != 0)
                return false;
        at += strspn(at, between);
        range->is_suffix = !read_number(&at, &range->first);
        if (*at++ != '-')
                return false;
        if (!read_number(&at, &range->last)) {
                if (range->is_suffix)
                        return false;
                range->last = LLONG_MAX;
        }
        return at[strspn(at, between)] == '\0' && (range->is_suffix || range->first <= range->last);
}

static void
choose_range(const struct range *range, long long size, struct part *part)
{
        long long first =
            range->is_suffix ? (range->last < size ? size - range->last : 0) : range->first;
        long long last = range->is_suffix || range->last >= size ? size - 1 : range->last;

        if (first >= size) {
                part->status = 416;
                return;
        }
        part->status = 206;
        part->offset = first;
        part->size = last - first + 1;
}

void
part_choose(struct arena *arena, const struct part_asked *asked, const struct part_file *file,
    struct part *part)
{
        struct range range;

        *part = (struct part){check_conditions(arena, asked, file), 0, file->size};
        if (part->status == 200 && asked->is_get && file->size > 0 &&
            read_range(asked->range, &range) && holds_if_range(arena, asked, file))
                choose_range(&range, file->size, part);
}
