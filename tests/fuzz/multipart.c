/* multipart: a form with a file: its Content-Type, a NUL, and its body. */
#include "fuzz.h"

#include "format/multipart.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *type = fuzz_text(arena, &data, &size);
        struct err err = {.kind = ERR_NONE};
        struct multipart_file file;
        struct pairs fields;

        pairs_init(&fields, arena);
        if (multipart_parse(arena, type, (const char *)data, size, &fields, &file, &err) != 0) {
                CHECK(err.kind == ERR_REQUEST && fuzz_is_error(&err));
                return;
        }
        CHECK(multipart_is_type(type));
        CHECK(fields.count + (file.field == NULL ? 0 : 1) <= MULTIPART_PARTS_MAX);
        for (size_t i = 0; i < fields.count; i++)
                CHECK(memmem(data, size, fields.items[i].value, strlen(fields.items[i].value)) !=
                      NULL);
        if (file.field == NULL)
                return;
        /* The file is within the body, and what parts it from the rest is not in it. */
        CHECK((const uint8_t *)file.bytes >= data &&
              (const uint8_t *)file.bytes + file.size <= data + size - strlen("\r\n--"));
        CHECK(memcmp(file.bytes + file.size, "\r\n--", 4) == 0);
}
