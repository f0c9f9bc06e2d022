#include "multipart.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* Returns the parameter of a header, with or without quotation marks; NULL: there is none. */
static const char *
parameter(struct arena *arena, const char *header, const char *name)
{
        const char *start = arena_printf(arena, "%s=", name), *at = header;

        while (
            (at = strcasestr(at, start)) != NULL && at > header && at[-1] != ' ' && at[-1] != ';')
                at++;
        if (at == NULL || at == header)
                return NULL;
        at += strlen(start);
        if (*at == '"')
                return arena_copy(arena, at + 1, strcspn(at + 1, "\""));
        return arena_copy(arena, at, strcspn(at, "; \r\n"));
}

/* Returns the header of that name among a part's header lines; "": there is none. */
static const char *
header_of(struct arena *arena, const char *lines, const char *name)
{
        const char *start = arena_printf(arena, "%s:", name);

        for (const char *line = lines; *line != '\0';) {
                size_t size = strcspn(line, "\r\n");

                if (strncasecmp(line, start, strlen(start)) == 0)
                        return arena_copy(arena, line, size);
                line += size;
                line += strspn(line, "\r\n");
        }
        return "";
}

/* Reads the part at *at, behind its delimiter, whose next one ends it. Returns false if it is
 * malformed or the last. */
static bool
read_part(struct arena *arena, const char **at, const char *end, const char *delimiter,
    const char **disposition, struct multipart_part *part)
{
        const char *data, *last;

        if (end - *at < 2 || memcmp(*at, "\r\n", 2) != 0)
                return false;
        data = memmem(*at, (size_t)(end - *at), "\r\n\r\n", 4);
        if (data == NULL)
                return false;
        *disposition =
            header_of(arena, arena_copy(arena, *at, (size_t)(data - *at)), "Content-Disposition");
        data += 4;
        last = memmem(data, (size_t)(end - data), delimiter, strlen(delimiter));
        if (last == NULL)
                return false;
        part->data = data;
        part->size = (size_t)(last - data);
        *at = last + strlen(delimiter);
        return true;
}

void
multipart_find(struct arena *arena, const char *body, size_t size, const char *content_type,
    const char *name, struct multipart_part *part)
{
        const char *boundary = parameter(arena, content_type, "boundary");
        const char *delimiter, *disposition, *at = body, *end = body + size;
        struct multipart_part found;

        *part = (struct multipart_part){NULL, 0, ""};
        if (boundary == NULL || *boundary == '\0' ||
            !text_starts_with(content_type, "multipart/form-data"))
                return;
        delimiter = arena_printf(arena, "\r\n--%s", boundary);
        if (size < strlen(delimiter) || memcmp(body, delimiter + 2, strlen(delimiter) - 2) != 0)
                return;
        at += strlen(delimiter) - 2;
        while (read_part(arena, &at, end, delimiter, &disposition, &found)) {
                const char *is = parameter(arena, disposition, "name");
                const char *file = parameter(arena, disposition, "filename");

                if (is == NULL || strcmp(is, name) != 0)
                        continue;
                *part = found;
                part->file = file == NULL ? "" : file;
                return;
        }
}
