#include "media.h"

#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "docs.h"
#include "multipart.h"
#include "state.h"
#include "upload.h"

enum { MEDIA_SECONDS = 3 * 86400, ID_SIZE = 64, KILO = 1024, MEGA = 1024 * 1024 };

static const struct media_type {
        const char *name;
        const char *suffixes; /* separated by blanks */
        size_t most;          /* bytes */
        int too_large;        /* errcode */
} types[] = {{"image", "bmp png jpeg jpg gif", (size_t)10 * MEGA, 40009},
    {"voice", "amr mp3", (size_t)2 * MEGA, 40010}, {"video", "mp4", (size_t)10 * MEGA, 40011},
    {"thumb", "jpg", (size_t)64 * KILO, 40012}};

static const struct {
        const char *suffix, *type;
} contents[] = {{"bmp", "image/bmp"}, {"png", "image/png"}, {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"}, {"gif", "image/gif"}, {"amr", "audio/amr"}, {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"}};

static const char *
suffix_of(const char *name)
{
        const char *dot = strrchr(name, '.');

        return dot == NULL ? "" : dot + 1;
}

static const char *
content_of(const char *suffix)
{
        for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
                if (strcmp(contents[i].suffix, suffix) == 0)
                        return contents[i].type;
        return "application/octet-stream";
}

static char *
file_of(struct app *app, const char *media_id)
{
        return arena_printf(app->arena, "media-%s", media_id);
}

static int
check_file(const struct media_type *type, const struct multipart_part *part)
{
        if (part->data == NULL)
                return 41005;
        if (part->size == 0)
                return 40006;
        if (part->size > type->most)
                return type->too_large;
        return text_has_word(type->suffixes, suffix_of(part->file)) ? 0 : 40005;
}

static int
keep(struct call *call, const struct media_type *type, const struct multipart_part *part)
{
        struct app *app = call->app;
        struct store_record record = {.created = app->now, .expires = app->now + MEDIA_SECONDS};
        char *id;

        if (app_open_state(app) != 0 || kept_random(app, ID_SIZE, &id) != 0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "type", type->name);
        pairs_add(&record.fields, "suffix", suffix_of(part->file));
        if (docs_write_bytes(app, file_of(app, id), part->data, part->size) != 0 ||
            kept_replace(app, STATE_MEDIA, id, &record) != 0)
                return -1;
        pairs_add(&call->answer, "type", type->name);
        pairs_add(
            &call->answer, strcmp(type->name, "thumb") == 0 ? "thumb_media_id" : "media_id", id);
        pairs_add_number(&call->answer, "created_at", app->now);
        return 0;
}

int
media_upload(struct call *call)
{
        const struct media_type *type = NULL;
        struct multipart_part part;
        size_t size;
        char *body;
        int wrong;

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (strcmp(types[i].name, call_query(call, "type")) == 0)
                        type = &types[i];
        if (type == NULL)
                return 40004;
        if (upload_read(call->app, &body, &size) != 0)
                return -1;
        if (size > UPLOAD_MAX)
                return type->too_large;
        multipart_find(
            call->app->arena, body, size, call->app->request.content_type, "media", &part);
        part.file = text_lower(call->app->arena, part.file);
        wrong = check_file(type, &part);
        return wrong != 0 ? wrong : keep(call, type, &part);
}

/* Reads what is known of a file. Returns 0, 40007, or -1. */
static int
find(struct app *app, const char *media_id, struct store_record *record)
{
        if (!text_is_id(media_id, ID_SIZE, ID_SIZE))
                return 40007;
        if (kept_find(app, STATE_MEDIA, media_id, record) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 40007;
}

int
media_check(struct call *call, const char *media_id, const char *type)
{
        struct store_record record;
        int wrong = find(call->app, media_id, &record);

        if (wrong != 0)
                return wrong;
        return strcmp(pairs_get_text(&record.fields, "type"), type) == 0 ? 0 : 40007;
}

static int
answer_file(struct app *app, const char *media_id, const struct store_record *record)
{
        const char *suffix = pairs_get_text(&record->fields, "suffix");
        size_t size;
        char *data;

        if (docs_read_bytes(app, file_of(app, media_id), &data, &size) != 0)
                return -1;
        pairs_add(&app->response.headers, "Content-Disposition",
            arena_printf(app->arena, "attachment; filename=\"%s.%s\"", media_id, suffix));
        app_answer_text(app, 200, content_of(suffix), "");
        app->response.body = data;
        app->response.size = size;
        return 0;
}

int
media_get(struct call *call)
{
        const char *id = call_query(call, "media_id");
        struct store_record record;
        int wrong = find(call->app, id, &record);

        if (wrong != 0)
                return wrong;
        if (strcmp(pairs_get_text(&record.fields, "type"), "video") == 0) {
                pairs_add(&call->answer, "video_url",
                    arena_printf(call->app->arena, "%s/media/%s", call->app->conf.api_url, id));
                return 0;
        }
        return kept_journal(call->app, "ok") != 0 ? -1 : answer_file(call->app, id, &record);
}

int
media_show(struct app *app)
{
        const char *id = app->request.path_info + strlen("/media/");
        struct store_record record;
        int wrong = find(app, id, &record);

        if (wrong > 0)
                return err_set(&app->err, ERR_NOT_FOUND, "no such file");
        return wrong < 0 ? -1 : answer_file(app, id, &record);
}
