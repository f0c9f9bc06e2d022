/*
 * wechat followers --export: a CSV file (RFC 4180) that grows as FILE.part, and gets its name when
 * it is complete. FILE.position says with which page to go on, and where in FILE.part the rows of
 * that page begin. A process may end at any moment: the next one reads the rows of the page that
 * are there, and asks for the others, so that no follower is missing and none is there twice, even
 * if others came or went meanwhile.
 */
#include "followers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/buf.h"
#include "command.h"
#include "csv.h"
#include "format/json.h"
#include "format/json_build.h"
#include "input.h"
#include "output.h"
#include "settings.h"
#include "host/file.h"

/* "批量获取用户基本信息" (Official Accounts documentation) takes 100 people. What it says about one
 * has less than 2,000 bytes. */
enum { BATCH_MAX = 100, BATCH_ANSWER_MAX = 1024 * 1024, BATCH_MS = 30000 };

/* A position is some hundred bytes; a page has 10,000 rows of a few hundred. */
enum { POSITION_SIZE_MAX = 4096, PAGE_ROWS_MAX = 64 * 1024 * 1024 };

struct export
{
        struct run *run;
        const char *file, *part, *position;
        int fd;             /* of part */
        const char *next;   /* the page at work begins behind this openid */
        long long offset;   /* of its rows in part */
        long long rows;     /* in part altogether */
        long long before;   /* in part before this page */
        struct arena *page; /* lasts as long as the page */
        const char **known; /* the openids that an earlier process wrote behind offset, sorted */
        size_t known_count;
};

static int
refuse_part(const struct export *e)
{
        return refuse_file(e->run, e->part);
}

/* ---- a page ---- */

/* Writes at the end of part. */
static int
append(struct export *e, const char *data, size_t size)
{
        return file_write_all(e->fd, data, size) == 0 ? STATUS_DONE : refuse_part(e);
}

/* Asks about so many people. */
static int
fetch_people(struct export *e, const char *const *openids, size_t count, struct pairs *people)
{
        struct account_request request = {.path = "/cgi-bin/user/info/batchget",
            .answer_max = BATCH_ANSWER_MAX,
            .timeout_ms = BATCH_MS};
        struct account_answer answer;
        struct run *run = e->run;
        struct buf json;

        begin_request(run);
        buf_init(&json, run->app.arena);
        for (size_t i = 0; i < count; i++)
                buf_add_text(
                    &json, arena_printf(run->app.arena, "%s{\"openid\":\"%s\",\"lang\":\"zh_CN\"}",
                               i == 0 ? "{\"user_list\":[" : ",", openids[i]));
        buf_add_text(&json, "]}");
        request.json = json.data;
        if (ask(run, &request, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        pairs_init(people, run->app.arena);
        return json_parse_tree(run->app.arena, answer.body, answer.size, people, &run->app.err) == 0
                   ? STATUS_DONE
                   : refuse_err(run, &run->app.err);
}

/* Writes the rows of so many people. */
static int
export_batch(struct export *e, const char *const *openids, size_t count)
{
        struct pairs people, user;
        struct buf rows;
        size_t given = 0;

        if (fetch_people(e, openids, count, &people) != STATUS_DONE)
                return STATUS_REFUSED;
        buf_init(&rows, people.arena);
        for (; given <= count; given++) {
                pairs_init(&user, people.arena);
                pairs_get_below(
                    &people, arena_printf(people.arena, "user_info_list/%zu", given), &user);
                if (user.count == 0)
                        break;
                csv_add_row(&user, &rows);
        }
        if (given != count)
                return refuse(e->run, ERR_UPSTREAM, "user/info/batchget: %zu of %zu people",
                    "user/info/batchget：回答了 %zu 个人，问的是 %zu 个", given, count);
        for (size_t i = 0; i < rows.size; i++)
                e->rows += rows.data[i] == '\n';
        return append(e, rows.data, rows.size);
}

static int
compare(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_known(const struct export *e, const char *openid)
{
        return e->known_count > 0 &&
               bsearch(&openid, e->known, e->known_count, sizeof(openid), compare) != NULL;
}

/* Writes the rows of the page that are not there yet. */
static int
export_page(struct export *e, const struct page *page)
{
        const char *openids[BATCH_MAX];
        size_t count = 0;

        for (size_t i = 0; i < page->count; i++) {
                if (!is_known(e, page->openids[i]))
                        openids[count++] = page->openids[i];
                if (count < BATCH_MAX && (i + 1 < page->count || count == 0))
                        continue;
                show_progress(e->run, e->rows, page->total);
                if (export_batch(e, openids, count) != STATUS_DONE)
                        return STATUS_REFUSED;
                count = 0;
        }
        show_progress(e->run, e->rows, page->total);
        return STATUS_DONE;
}

/* ---- the position ---- */

/* Notes, once the rows before it are on the disk, that the page behind e->next is the one at work.
 */
static int
write_position(struct export *e)
{
        struct run *run = e->run;
        struct pairs fields;
        struct stat st;
        char *json;

        if (fdatasync(e->fd) != 0 || fstat(e->fd, &st) != 0)
                return refuse_part(e);
        e->offset = st.st_size;
        e->before = e->rows;
        pairs_init(&fields, run->app.arena);
        pairs_add(&fields, "appid", run->host.conf.appid);
        pairs_add(&fields, "next_openid", e->next);
        pairs_add_number(&fields, "offset", e->offset);
        pairs_add_number(&fields, "rows", e->rows);
        if (json_build(run->app.arena, &fields, &json, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        return write_file(run, e->position, json, strlen(json));
}

/* Reads the position. Returns false if there is none that fits part. */
static bool
read_position(struct export *e)
{
        struct run *run = e->run;
        struct pairs fields;
        struct stat st;
        char *text;
        size_t size;
        const char *next;

        if (access(e->position, F_OK) != 0 || fstat(e->fd, &st) != 0)
                return false;
        pairs_init(&fields, run->arena);
        if (read_file(run, e->position, POSITION_SIZE_MAX, &text, &size) != STATUS_DONE ||
            json_parse(run->arena, text, size, &fields, &run->app.err) != 0)
                return false;
        next = pairs_get(&fields, "next_openid");
        e->offset = pairs_get_number(&fields, "offset", -1);
        e->before = pairs_get_number(&fields, "rows", -1);
        if (next == NULL || e->before < 0 || e->offset < 1 || e->offset > st.st_size ||
            strcmp(pairs_get_text(&fields, "appid"), run->host.conf.appid) != 0)
                return false;
        e->next = next;
        return true;
}

/* ---- where it stopped ---- */

/* Reads the rows of the page at work that are whole, and removes the beginning of another one. */
static int
read_known(struct export *e)
{
        char *rows, *row, *end;
        struct stat st;
        size_t size, count = 0;

        if (fstat(e->fd, &st) != 0)
                return refuse_part(e);
        if (st.st_size - e->offset > PAGE_ROWS_MAX)
                return refuse(e->run, ERR_TOO_LARGE, "%s: it is no list of followers: delete it",
                    "%s：不是关注者的列表，请删除", e->part);
        size = (size_t)(st.st_size - e->offset);
        rows = arena_alloc(e->run->arena, size + 1);
        if (pread(e->fd, rows, size, e->offset) != (ssize_t)size)
                return refuse_part(e);
        for (size_t i = 0; i < size; i++)
                count += rows[i] == '\n';
        e->known = arena_alloc(e->run->arena, (count + 1) * sizeof(*e->known));
        for (row = rows; (end = strchr(row, '\n')) != NULL; row = end + 1)
                e->known[e->known_count++] = csv_first_cell(row);
        qsort(e->known, e->known_count, sizeof(*e->known), compare);
        e->rows = e->before + (long long)e->known_count;
        return ftruncate(e->fd, e->offset + (row - rows)) == 0 && lseek(e->fd, 0, SEEK_END) >= 0
                   ? STATUS_DONE
                   : refuse_part(e);
}

static int
begin(struct export *e)
{
        if (read_position(e)) {
                if (read_known(e) != STATUS_DONE)
                        return STATUS_REFUSED;
                tell(e->run, "%s: %s followers are there, continuing",
                    "%s：已有 %s 个关注者，接着写", e->part, thousands(e->run, e->rows));
                return STATUS_DONE;
        }
        if (unlink(e->position) != 0 && errno != ENOENT)
                return refuse_file(e->run, e->position);
        if (ftruncate(e->fd, 0) != 0 || lseek(e->fd, 0, SEEK_SET) != 0)
                return refuse_part(e);
        e->next = "";
        return append(e, csv_header, strlen(csv_header)) == STATUS_DONE ? write_position(e)
                                                                        : STATUS_REFUSED;
}

/* Opens part, which one process at a time may write. Another one may have finished it meanwhile:
 * then it has another name, and this is not it. */
static int
open_part(struct export *e)
{
        struct stat opened, there;

        e->fd = open(e->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (e->fd < 0)
                return refuse_part(e);
        if (flock(e->fd, LOCK_EX | LOCK_NB) != 0)
                return errno != EWOULDBLOCK
                           ? refuse_part(e)
                           : refuse(e->run, ERR_BUSY, "%s: another process is writing it",
                                 "%s：另一个进程正在写", e->part);
        if (fstat(e->fd, &opened) == 0 && stat(e->part, &there) == 0 &&
            opened.st_ino == there.st_ino && opened.st_dev == there.st_dev)
                return STATUS_DONE;
        close(e->fd);
        return open_part(e);
}

/* ---- the whole file ---- */

static int
export_pages(struct export *e)
{
        struct page page;

        do {
                int status = fetch_page(e->run, e->next, e->page, &page);

                if (status == STATUS_DONE)
                        status = export_page(e, &page);
                if (status != STATUS_DONE)
                        return status;
                e->next = arena_strdup(e->run->arena, page.next);
                if (*e->next != '\0' && write_position(e) != STATUS_DONE)
                        return STATUS_REFUSED;
                arena_free(e->page);
                e->page = arena_begin(e->run->arena);
        } while (*e->next != '\0');
        return STATUS_DONE;
}

static int
finish(struct export *e)
{
        struct run *run = e->run;
        struct pairs fields;

        if (fsync(e->fd) != 0 || rename(e->part, e->file) != 0)
                return refuse_part(e);
        (void)unlink(e->position);
        pairs_init(&fields, run->arena);
        pairs_add(&fields, "file", e->file);
        pairs_add_number(&fields, "followers", e->rows);
        if (run->json)
                print_pairs(run, &fields);
        say(run, "%s: %s followers", "%s：%s 个关注者", e->file, thousands(run, e->rows));
        return STATUS_DONE;
}

/* Says that the same command continues. */
static int
stop(const struct export *e)
{
        tell(e->run, "%s followers are in %s: the same command continues there",
            "已有 %s 个关注者在 %s 里：再运行一次，就接着写", thousands(e->run, e->rows), e->part);
        return STATUS_REFUSED;
}

int
export_followers(struct run *run, const char *file)
{
        struct export e = {.run = run,
            .file = file,
            .part = arena_printf(run->arena, "%s.part", file),
            .position = arena_printf(run->arena, "%s.position", file),
            .page = arena_begin(run->arena)};
        int status = open_part(&e);

        if (status == STATUS_DONE)
                status = begin(&e);
        if (status == STATUS_DONE) {
                status = export_pages(&e);
                show_progress(run, 0, 0);
                status = status == STATUS_DONE ? finish(&e) : stop(&e);
        }
        arena_free(e.page);
        return status;
}
