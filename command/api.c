/* wechat api: any call of WeChat's. */
#include "commands.h"

#include <string.h>
#include <strings.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/text.h"
#include "command.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "host/http.h"
#include "input.h"
#include "output.h"

/* A file may take longer than other answers do. */
enum { API_ANSWER_MAX = 64 * 1024 * 1024, FILE_MS = 120000, CALL_MS = 30000 };

/* Splits PATH into path and query. */
static int
read_path(const struct run *run, struct account_request *request)
{
        const char *path = run->arguments[1], *mark = strchr(path, '?');

        if (*path != '/')
                return refuse_usage(run, "PATH begins with /, as in /cgi-bin/menu/get",
                    "PATH 以 / 开头，例如 /cgi-bin/menu/get");
        for (const char *at = path; *at != '\0'; at++)
                if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || *at == '#')
                        return refuse_usage(run,
                            "PATH is visible ASCII: write other characters as %%XX",
                            "PATH 只能是可见的 ASCII 字符，其他字符写成 %%XX");
        if (mark != NULL &&
            (strstr(mark, "access_token=") != NULL || strstr(mark, "secret=") != NULL))
                return refuse_usage(run,
                    "leave out access_token and secret: the token is put in, and others can see "
                    "command lines",
                    "不要写 access_token 和 secret：令牌会自动带上，而命令行别人也看得到");
        request->path = mark == NULL ? path : arena_copy(run->arena, path, (size_t)(mark - path));
        request->query = mark == NULL ? NULL : mark + 1;
        return STATUS_DONE;
}

/* The body: JSON, "@FILE" with JSON ("@-": stdin). */
static int
read_data(struct run *run, const char *data, struct account_request *request)
{
        struct json_file file;
        struct err err = {.kind = ERR_NONE};
        char *plain;
        int status = *data == '@' ? read_json(run, data + 1, &file)
                                  : parse_json(run, "--data", arena_strdup(run->arena, data),
                                        strlen(data), &file);

        if (status != STATUS_DONE)
                return status;
        if (json_plain(run->arena, file.text, strlen(file.text), &plain, &err) != 0)
                return refuse_err(run, &err);
        request->json = plain;
        return STATUS_DONE;
}

/* The body: a form with a file, "media=@FILE". */
static int
read_form(const struct run *run, const char *form, struct http_file *file,
    struct account_request *request)
{
        const char *mark = strstr(form, "=@");

        if (mark == NULL || mark == form || mark[2] == '\0')
                return refuse_usage(run, "-F takes NAME=@FILE, such as media=@photo.jpg",
                    "-F 后面是 NAME=@FILE，例如 media=@photo.jpg");
        request->file = file;
        return read_upload(run, arena_copy(run->arena, form, (size_t)(mark - form)), mark + 2,
            UPLOAD_SIZE_MAX, file);
}

static int
read_request(struct run *run, struct http_file *file, struct account_request *request)
{
        const char *method = run->arguments[0], *data = option(run, "--data");
        const char *form = option(run, "-F");
        bool is_get = strcasecmp(method, "GET") == 0;
        int status = read_path(run, request);

        if (status != STATUS_DONE)
                return status;
        if (!is_get && strcasecmp(method, "POST") != 0)
                return refuse_usage(run, "METHOD is GET or POST", "METHOD 是 GET 或 POST");
        if ((data != NULL) + (form != NULL) + is_get > 1)
                return refuse_usage(run, "--data and -F are for POST, and only one of them",
                    "--data 和 -F 只用于 POST，而且只能用一个");
        if (!is_get)
                request->json = "";
        if (data != NULL)
                return read_data(run, data, request);
        if (form == NULL)
                return STATUS_DONE;
        request->json = NULL;
        return read_form(run, form, file, request);
}

static int
finish(const struct run *run, const struct account_answer *answer)
{
        const char *out = option(run, "-o");

        if (!answer->is_file && out == NULL) {
                print_json(run, answer->body, answer->size);
                return STATUS_DONE;
        }
        if (out == NULL && run->is_shown)
                return refuse(run, ERR_REQUEST,
                    "the answer is a file (%s, %s bytes): name one with -o FILE",
                    "回答是一个文件（%s，%s 字节）：用 -o 文件 指定保存的地方", answer->type,
                    thousands(run, (long long)answer->size));
        return write_file(run, out == NULL ? "-" : out, answer->body, answer->size);
}

int
run_api(struct run *run)
{
        struct account_request request = {
            .wants_file = true, .answer_max = API_ANSWER_MAX, .timeout_ms = CALL_MS};
        struct account_answer answer;
        struct http_file file;
        int status = read_request(run, &file, &request);

        if (status != STATUS_DONE)
                return status;
        if (request.file != NULL || option(run, "-o") != NULL)
                request.timeout_ms = FILE_MS;
        if (account_call(&run->app, &request, &answer) == 0)
                return finish(run, &answer);
        if (answer.body == NULL)
                return refuse_err(run, &run->app.err);
        print_json(run, answer.body, answer.size);
        run->json = false;
        return refuse_err(run, &run->app.err);
}
