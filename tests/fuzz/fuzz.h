/*
 * Shared by the fuzz targets. A target is one file in this folder that includes this one and
 * defines fuzz_try(), which CHECKs what must hold for every input. Its seeds are in corpus/<name>/,
 * and the words of its language in <name>.dict, if it has one.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <ftw.h>
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pairs.h"

/* The time at which every input is tried. */
#define FUZZ_NOW 1764000000LL

/* Aborts unless good; libFuzzer then saves the input. */
#define CHECK(good) ((good) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #good))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Defined by the target: tries one input. */
static void fuzz_try(struct arena *arena, const uint8_t *data, size_t size);

static inline void
fuzz_fail(const char *file, int line, const char *what)
{
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena = arena_new(abort);

        fuzz_try(arena, data, size);
        arena_free(arena);
        return 0;
}

/* Returns the next text of an input that consists of texts separated by NULs; "": no more. */
static inline char *
fuzz_text(struct arena *arena, const uint8_t **data, size_t *size)
{
        const uint8_t *end = *size == 0 ? NULL : memchr(*data, '\0', *size);
        size_t length = end == NULL ? *size : (size_t)(end - *data);
        char *text = arena_copy(arena, *data, length);

        *data += end == NULL ? length : length + 1;
        *size -= end == NULL ? length : length + 1;
        return text;
}

/* Is text UTF-8 for the C library, without control characters other than those in kept? */
static inline bool
fuzz_is_clean(const char *text, const char *kept)
{
        setlocale(LC_CTYPE, "C.UTF-8");
        if (mbstowcs(NULL, text, 0) == (size_t)-1)
                return false;
        for (; *text != '\0'; text++)
                if (((unsigned char)*text < 0x20 || *text == 0x7f) && strchr(kept, *text) == NULL)
                        return false;
        return true;
}

/* Does text consist of visible ASCII only? */
static inline bool
fuzz_is_visible(const char *text)
{
        for (; *text != '\0'; text++)
                if ((unsigned char)*text < 0x21 || (unsigned char)*text > 0x7e)
                        return false;
        return true;
}

/* Does err hold an error: a kind, and one line for the log? */
static inline bool
fuzz_is_error(const struct err *err)
{
        if (err->kind <= ERR_NONE || err->kind >= ERR_KINDS || *err->text == '\0')
                return false;
        for (const char *p = err->text; *p != '\0'; p++)
                if ((unsigned char)*p < 0x20)
                        return false;
        return true;
}

static inline bool
fuzz_same(const struct pairs *a, const struct pairs *b)
{
        if (a->count != b->count)
                return false;
        for (size_t i = 0; i < a->count; i++)
                if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
                    strcmp(a->items[i].value, b->items[i].value) != 0 ||
                    a->items[i].type != b->items[i].type)
                        return false;
        return true;
}

/* ---- files ---- */

static inline int
fuzz_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st;
        (void)flag;
        (void)ftw;
        return remove(path);
}

/* The folder of this process; NULL until it is needed. */
static char *fuzz_folder_name;

static inline void
fuzz_remove_folder(void)
{
        nftw(fuzz_folder_name, fuzz_remove_one, 16, FTW_DEPTH | FTW_PHYS);
        free(fuzz_folder_name);
}

/* Returns a folder of this process's own, which is removed when it ends. */
static inline const char *
fuzz_folder(void)
{
        const char *temporary = getenv("TMPDIR");

        if (fuzz_folder_name != NULL)
                return fuzz_folder_name;
        if (asprintf(&fuzz_folder_name, "%s/wechat-fuzz-XXXXXX",
                temporary == NULL ? "/dev/shm" : temporary) < 0 ||
            mkdtemp(fuzz_folder_name) == NULL)
                abort();
        atexit(fuzz_remove_folder);
        return fuzz_folder_name;
}

/* Writes a file that only its owner may read. */
static inline void
fuzz_write_file(const char *path, const void *data, size_t size)
{
        FILE *file = fopen(path, "w");

        if (file == NULL || fchmod(fileno(file), 0600) != 0 ||
            fwrite(data, 1, size, file) != size || fclose(file) != 0)
                abort();
}

#endif
