#include "format/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"

static const char type[] = "multipart/form-data", malformed[] = "the form is malformed";

struct reader {
        struct arena *arena;
        const char *at;
        const char *end;
        const char *boundary; /* with the dashes before it */
        struct pairs *fields;
        struct multipart_file *file;
        struct err *err;
};

/* What the headers of a part say. */
struct part {
        const char *name; /* NULL: nothing yet */
        bool is_file;
};

static int
broken(struct err *err, const char *what)
{
        return err_set(err, ERR_REQUEST, "multipart: %s", what);
}

/* ---- parameters, as in: form-data; name="a"; filename="b" ---- */

/* Finds the next one in *text, and moves behind it. Returns 1, 0 if there are no more, or -1 if it
 * is malformed. A browser writes a quotation mark in a name as %22. */
static int
take_parameter(struct arena *arena, const char **text, const char **name, const char **value)
{
        const char *at = *text + strspn(*text, " \t"), *begin;

        if (*at == '\0')
                return 0;
        if (*at++ != ';')
                return -1;
        begin = at += strspn(at, " \t");
        at += strcspn(at, "=; \t\"");
        if (at == begin || *at != '=')
                return -1;
        *name = arena_copy(arena, begin, (size_t)(at - begin));
        begin = ++at;
        if (*at == '"') {
                begin++;
                at = strchr(begin, '"');
                if (at == NULL)
                        return -1;
                *value = arena_copy(arena, begin, (size_t)(at - begin));
                at++;
        } else {
                at += strcspn(at, "; \t\"");
                *value = arena_copy(arena, begin, (size_t)(at - begin));
        }
        *text = at;
        return 1;
}

bool
multipart_is_type(const char *content_type)
{
        const size_t size = sizeof(type) - 1;

        return strncasecmp(content_type, type, size) == 0 &&
               strchr("; \t", content_type[size]) != NULL;
}

/* Sets the boundary that parts them, with its dashes. */
static int
read_type(struct reader *reader, const char *content_type)
{
        const char *text = content_type + sizeof(type) - 1, *name, *value;
        int found;

        if (!multipart_is_type(content_type))
                return broken(reader->err, malformed);
        while ((found = take_parameter(reader->arena, &text, &name, &value)) == 1)
                if (strcasecmp(name, "boundary") == 0) {
                        size_t size = strlen(value);

                        if (reader->boundary != NULL || size == 0 || size > MULTIPART_BOUNDARY_MAX)
                                return broken(reader->err, malformed);
                        reader->boundary = arena_printf(reader->arena, "--%s", value);
                }
        return found < 0 ? broken(reader->err, malformed) : 0;
}

/* ---- a part's headers ---- */

static int
read_disposition(struct reader *reader, const char *text, struct part *part)
{
        static const char kind[] = "form-data";
        const char *name, *value;
        int found;

        if (part->name != NULL || strncasecmp(text, kind, sizeof(kind) - 1) != 0)
                return broken(reader->err, malformed);
        text += sizeof(kind) - 1;
        while ((found = take_parameter(reader->arena, &text, &name, &value)) == 1) {
                if (strcasecmp(name, "filename") == 0)
                        part->is_file = true;
                if (strcasecmp(name, "name") != 0)
                        continue;
                if (part->name != NULL)
                        return broken(reader->err, malformed);
                part->name = value;
        }
        return found < 0 || part->name == NULL ? broken(reader->err, malformed) : 0;
}

/* Headers other than this, such as Content-Type, make no difference. */
static int
read_header(struct reader *reader, const char *line, struct part *part)
{
        static const char name[] = "Content-Disposition:";

        if (strncasecmp(line, name, sizeof(name) - 1) != 0)
                return 0;
        line += sizeof(name) - 1;
        return read_disposition(reader, line + strspn(line, " \t"), part);
}

static int
read_head(struct reader *reader, struct part *part)
{
        const char *begin = reader->at;

        for (;;) {
                size_t left = (size_t)(reader->end - reader->at);
                const char *end = memmem(reader->at, left, "\r\n", 2);
                size_t size = end == NULL ? 0 : (size_t)(end - reader->at);
                const char *line;

                if (end == NULL || (size_t)(end - begin) > MULTIPART_HEAD_MAX ||
                    memchr(reader->at, '\0', size) != NULL)
                        return broken(reader->err, malformed);
                line = arena_copy(reader->arena, reader->at, size);
                reader->at = end + 2;
                if (size == 0)
                        return part->name == NULL ? broken(reader->err, malformed) : 0;
                if (read_header(reader, line, part) != 0)
                        return -1;
        }
}

/* ---- the parts ---- */

static int
keep(struct reader *reader, const struct part *part, const char *bytes, size_t size)
{
        if (!part->is_file) {
                if (memchr(bytes, '\0', size) != NULL)
                        return broken(reader->err, "a text with a NUL");
                pairs_add(reader->fields, part->name, arena_copy(reader->arena, bytes, size));
                return 0;
        }
        if (reader->file->field != NULL)
                return broken(reader->err, "more than one file");
        *reader->file = (struct multipart_file){part->name, bytes, size};
        return 0;
}

/* Reads what is behind a boundary. *more: another part follows. */
static int
read_border(struct reader *reader, bool *more)
{
        size_t left = (size_t)(reader->end - reader->at);

        *more = left >= 2 && memcmp(reader->at, "\r\n", 2) == 0;
        if (!*more && (left < 2 || memcmp(reader->at, "--", 2) != 0))
                return broken(reader->err, malformed);
        reader->at += 2;
        return 0;
}

static int
read_part(struct reader *reader)
{
        const char *border = arena_printf(reader->arena, "\r\n%s", reader->boundary);
        struct part part = {.name = NULL};
        const char *begin, *end;

        if (read_head(reader, &part) != 0)
                return -1;
        begin = reader->at;
        end = memmem(begin, (size_t)(reader->end - begin), border, strlen(border));
        if (end == NULL)
                return broken(reader->err, malformed);
        reader->at = end + strlen(border);
        return keep(reader, &part, begin, (size_t)(end - begin));
}

int
multipart_parse(struct arena *arena, const char *content_type, const char *body, size_t size,
    struct pairs *fields, struct multipart_file *file, struct err *err)
{
        struct reader reader = {.arena = arena,
            .at = body,
            .end = body + size,
            .fields = fields,
            .file = file,
            .err = err};
        bool more;

        *file = (struct multipart_file){.bytes = ""};
        if (read_type(&reader, content_type) != 0)
                return -1;
        if (reader.boundary == NULL)
                return broken(err, malformed);
        if (size < strlen(reader.boundary) ||
            memcmp(body, reader.boundary, strlen(reader.boundary)) != 0)
                return broken(err, malformed);
        reader.at += strlen(reader.boundary);
        for (size_t parts = 0;; parts++) {
                if (read_border(&reader, &more) != 0)
                        return -1;
                if (!more)
                        return 0;
                if (parts == MULTIPART_PARTS_MAX)
                        return broken(err, "too many parts");
                if (read_part(&reader) != 0)
                        return -1;
        }
}
