#include "web/send.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "format/date.h"
#include "gate/part.h"
#include "web/app.h"

/* Any change of a file changes st_ctim. Of two within one tick of its clock the second does not, so
 * the tag of a file that has just changed is a weak one. */
static void
describe(struct app *app, const struct stat *st, struct part_file *file)
{
        bool is_settled = app->now - (long long)st->st_ctim.tv_sec > 1;

        file->tag = arena_printf(app->arena, "%s\"%llx-%llx-%llx.%lx\"", is_settled ? "" : "W/",
            (unsigned long long)st->st_ino, (unsigned long long)st->st_size,
            (unsigned long long)st->st_ctim.tv_sec, (unsigned long)st->st_ctim.tv_nsec);
        file->is_settled = is_settled && app->now - (long long)st->st_mtim.tv_sec > 1;
        file->modified = st->st_mtim.tv_sec < app->now ? (long long)st->st_mtim.tv_sec : app->now;
        file->size = (long long)st->st_size;
}

static void
choose(struct app *app, const struct part_file *file, struct part *part)
{
        const struct cgi_request *r = &app->request;
        struct part_asked asked = {strcmp(r->method, "GET") == 0, r->range, r->if_range,
            r->if_match, r->if_none_match, r->if_modified_since, r->if_unmodified_since};

        part_choose(app->arena, &asked, file, part);
}

static void
add_headers(struct app *app, const struct part_file *file, const struct part *part)
{
        struct pairs *headers = &app->response.headers;

        pairs_add(headers, "ETag", file->tag);
        pairs_add(headers, "Last-Modified", date_format(app->arena, file->modified));
        pairs_add(headers, "Accept-Ranges", "bytes");
        if (part->status == 416)
                pairs_add(
                    headers, "Content-Range", arena_printf(app->arena, "bytes */%lld", file->size));
        if (part->status == 206)
                pairs_add(headers, "Content-Range",
                    arena_printf(app->arena, "bytes %lld-%lld/%lld", part->offset,
                        part->offset + part->size - 1, file->size));
}

int
send_file(struct app *app, int fd, const struct stat *st, const char *content_type)
{
        struct cgi_file *body = arena_alloc(app->arena, sizeof(*body));
        struct part_file file;
        struct part part;

        describe(app, st, &file);
        choose(app, &file, &part);
        add_headers(app, &file, &part);
        if (part.status != 200 && part.status != 206)
                return app_answer_file(app, part.status, NULL, NULL);
        *body = (struct cgi_file){fd, part.offset, part.size};
        return app_answer_file(app, part.status, content_type, body);
}
