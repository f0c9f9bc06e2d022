#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "command.h"
#include "format/json_file.h"
#include "format/owner.h"
#include "gate/media.h"
#include "host/http.h"
#include "output.h"
#include "wechat/api.h"

int
check_openid(const struct run *run)
{
        return api_is_openid(run->arguments[0])
                   ? STATUS_DONE
                   : refuse_usage(run, "OPENID is letters, digits, - and _",
                         "OPENID 由字母、数字、- 和 _ 组成");
}

/* ---- files ---- */

static const size_t piece = (size_t)64 * 1024;

/* Reads at most one byte more than most. Returns 0, or -1 with errno. */
static int
read_all(int fd, size_t most, struct buf *data)
{
        while (data->size <= most) {
                ssize_t got;

                if (data->room - data->size <= piece)
                        buf_reserve(data, data->size + 2 * piece);
                got = read(fd, data->data + data->size, piece);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return (int)got;
                data->size += (size_t)got;
                data->data[data->size] = '\0';
        }
        return 0;
}

int
read_file(const struct run *run, const char *path, size_t most, char **data, size_t *size)
{
        bool is_stdin = strcmp(path, "-") == 0;
        int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
        int result, number;
        struct buf read;

        if (fd < 0)
                return refuse_file(run, path);
        buf_init(&read, run->arena);
        result = read_all(fd, most, &read);
        number = errno;
        if (!is_stdin)
                close(fd);
        errno = number;
        if (result != 0)
                return refuse_file(run, is_stdin ? "stdin" : path);
        if (read.size > most)
                return refuse(run, ERR_TOO_LARGE, "%s has more than %s bytes, which is the limit",
                    "%s 超过了 %s 字节的上限", path, thousands(run, (long long)most));
        *data = read.data;
        *size = read.size;
        return STATUS_DONE;
}

int
parse_json(const struct run *run, const char *what, char *text, size_t size, struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};

        if (owner_read_text(what, text, &size, &err) != 0)
                return refuse_err(run, &err);
        json_file_read(run->arena, text, size, file);
        if (file->count == 0 && !json_file_begins(file, "", '{'))
                json_file_add(
                    file, "", "an object, { … }, must begin here", "这里应该是一个对象 { … }");
        return file->count == 0 ? STATUS_DONE : refuse_mistakes(run, what, file);
}

int
read_json(const struct run *run, const char *path, struct json_file *file)
{
        char *text;
        size_t size;

        return read_file(run, path, JSON_SIZE_MAX, &text, &size) != STATUS_DONE
                   ? STATUS_REFUSED
                   : parse_json(run, path, text, size, file);
}

/* ---- uploads ---- */

const char *
base_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash == NULL ? path : slash + 1;
}

const char *
extension(const char *path)
{
        const char *dot = strrchr(base_name(path), '.');

        return dot == NULL ? "" : dot + 1;
}

int
read_upload(
    const struct run *run, const char *field, const char *path, size_t most, struct http_file *file)
{
        char *bytes;
        size_t size;

        if (read_file(run, path, most, &bytes, &size) != STATUS_DONE)
                return STATUS_REFUSED;
        if (size == 0)
                return refuse(run, ERR_REQUEST, "%s is empty", "%s 是空的", path);
        *file = (struct http_file){field, base_name(path), media_of(path).type, bytes, size};
        return STATUS_DONE;
}
