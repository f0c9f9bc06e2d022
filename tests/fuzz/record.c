/* record: a record's file: the input unchanged, and with the right checksum added. */
#include "fuzz.h"

#include "format/digest.h"
#include "state/record.h"
#include "state/store.h"

static const char key[] = "key";

/* Returns the path of the one record that is tested; its folders exist. */
static const char *
record_path(struct arena *arena)
{
        static char path[4096];
        const char *name = store_name(arena, STORE_SESSION, key);

        if (*path != '\0')
                return path;
        snprintf(path, sizeof(path), "%s/sessions", fuzz_folder());
        if (mkdir(path, 0700) != 0)
                abort();
        snprintf(path, sizeof(path), "%s/sessions/%.3s", fuzz_folder(), name);
        if (mkdir(path, 0700) != 0)
                abort();
        snprintf(path, sizeof(path), "%s/sessions/%.3s/%s", fuzz_folder(), name, name);
        return path;
}

/* Does the file have the length that its head says? */
static bool
is_whole(const char *file)
{
        unsigned long long length;

        return sscanf(file, "wxstore1 %*d %*d %llu", &length) == 1 &&
               length == strlen(strchr(file, '\n') + 1);
}

static void
check_file(struct arena *arena, struct store *store, const char *file, size_t size)
{
        const char *path = record_path(arena);
        struct err err = {.kind = ERR_NONE};
        struct store_record record, again;

        fuzz_write_file(path, file, size);
        if (store_read(store, STORE_SESSION, key, FUZZ_NOW, &record, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                CHECK(err.kind == ERR_SYSTEM || err.kind == ERR_NOT_FOUND);
                return;
        }
        CHECK(record.created <= FUZZ_NOW + RECORD_AHEAD_SECONDS && record.expires > FUZZ_NOW);
        CHECK(is_whole(file));
        CHECK(store_replace(store, STORE_SESSION, key, &record, &err) == 0);
        CHECK(store_read(store, STORE_SESSION, key, FUZZ_NOW, &again, &err) == 0);
        CHECK(record.created == again.created && record.expires == again.expires);
        CHECK(fuzz_same(&record.fields, &again.fields));
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        const char *end = strchr(text, '\n');
        struct store *store;
        struct err err;

        CHECK(store_open(arena, fuzz_folder(), true, &store, &err) == 0);
        check_file(arena, store, text, size);
        if (end != NULL) {
                char hex[DIGEST_HEX_SIZE + 1];
                char *head = arena_copy(arena, text, (size_t)(end - text));
                char *summed = arena_printf(arena, "%s %s", head, end + 1);
                char *file;

                digest_sha256_hex(summed, strlen(summed), hex);
                file = arena_printf(arena, "%s %s\n%s", head, hex, end + 1);
                check_file(arena, store, file, strlen(file));
        }
}
