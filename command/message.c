/* wechat send, template, media: what goes to a person, and files for it. */
#include <string.h>
#include <strings.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "format/json.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "host/http.h"
#include "input.h"
#include "output.h"
#include "wechat/api.h"

enum { UPLOAD_MS = 120000 };

/* ---- media ---- */

/* "新增临时素材" (Official Accounts documentation): which files are which, and their limits in
 * bytes. A thumb is the picture of a video. */
enum {
        IMAGE_SIZE_MAX = 10 * 1024 * 1024,
        VOICE_SIZE_MAX = 2 * 1024 * 1024,
        VIDEO_SIZE_MAX = 10 * 1024 * 1024,
        THUMB_SIZE_MAX = 64 * 1024,
        MEDIA_SECONDS = 3 * 86400
};

enum media_kind { IMAGE, VOICE, VIDEO, THUMB };

static const struct media {
        const char *type;
        const char *extensions;
        size_t most;
} kinds[] = {[IMAGE] = {"image", "bmp png jpeg jpg gif", IMAGE_SIZE_MAX},
    [VOICE] = {"voice", "amr mp3", VOICE_SIZE_MAX},
    [VIDEO] = {"video", "mp4", VIDEO_SIZE_MAX},
    [THUMB] = {"thumb", "jpg jpeg", THUMB_SIZE_MAX}};

/* Finds the kind of the file: the one called type, or if that is NULL the first that its name fits.
 */
static const struct media *
find_kind(const struct run *run, const char *path, const char *type)
{
        const char *end = text_lower(run->arena, extension(path));

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if ((type == NULL || strcmp(kinds[i].type, type) == 0) && *end != '\0' &&
                    text_has_word(kinds[i].extensions, end))
                        return &kinds[i];
        return NULL;
}

static int
refuse_kind(const struct run *run, const char *path, const char *type)
{
        if (type == NULL)
                return refuse(run, ERR_REQUEST,
                    "%s: WeChat takes pictures (%s), voice (%s) and video (%s), by the end of the "
                    "name",
                    "%s：微信接受图片（%s）、语音（%s）和视频（%s），按文件名的结尾判断", path,
                    kinds[IMAGE].extensions, kinds[VOICE].extensions, kinds[VIDEO].extensions);
        return refuse(run, ERR_REQUEST, "%s is no %s: its name ends otherwise",
            "%s 不是 %s：文件名的结尾不对", path, type);
}

/* Uploads the file as type (NULL: by its name). *id: its media_id, as long as the process. */
static int
upload(struct run *run, const char *path, const char *type, struct account_answer *answer,
    const char **id)
{
        const struct media *kind = find_kind(run, path, type);
        struct account_request request = {.path = "/cgi-bin/media/upload", .timeout_ms = UPLOAD_MS};
        struct http_file file;
        struct pairs fields;

        if (kind == NULL)
                return refuse_kind(run, path, type);
        if (read_upload(run, "media", path, kind->most, &file) != STATUS_DONE)
                return STATUS_REFUSED;
        request.query = arena_printf(run->arena, "type=%s", kind->type);
        request.file = &file;
        if (ask(run, &request, answer) != STATUS_DONE)
                return STATUS_REFUSED;
        pairs_init(&fields, run->arena);
        if (json_parse(run->arena, answer->body, answer->size, &fields, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        *id =
            api_get_text(&fields, strcmp(kind->type, "thumb") == 0 ? "thumb_media_id" : "media_id");
        if (*id == NULL)
                *id = api_get_text(&fields, "media_id");
        return *id != NULL ? STATUS_DONE
                           : refuse(run, ERR_UPSTREAM, "media/upload: no media_id in the answer",
                                 "media/upload：回答里没有 media_id");
}

int
run_media_upload(struct run *run)
{
        struct account_answer answer;
        const char *id;

        if (upload(run, run->arguments[0], option(run, "--thumb") == NULL ? NULL : "thumb", &answer,
                &id) != STATUS_DONE)
                return STATUS_REFUSED;
        print_answer(run, &answer);
        say(run, "media_id: %s\nvalid until: %s (Beijing time)",
            "media_id：%s\n有效期到：%s（北京时间）", id,
            text_beijing_time(run->arena, run->app.now + MEDIA_SECONDS));
        return STATUS_DONE;
}

/* ---- messages ---- */

/* Posts fields as JSON. */
static int
post(struct run *run, const char *path, const struct pairs *fields, struct account_answer *answer)
{
        struct account_request request = {.path = path};
        char *json;

        if (json_build_tree(run->arena, fields, &json, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        request.json = json;
        return ask(run, &request, answer);
}

int
run_send(struct run *run)
{
        const char *text = run->arguments[1], *image = option(run, "--image"), *id;
        struct account_answer answer;
        struct pairs fields;
        int status = check_openid(run);

        if (status != STATUS_DONE)
                return status;
        if ((text == NULL) == (image == NULL))
                return refuse_usage(run, "either TEXT or --image FILE",
                    "TEXT 和 --image FILE 要有一个，只能有一个");
        pairs_init(&fields, run->arena);
        pairs_add(&fields, "touser", run->arguments[0]);
        pairs_add(&fields, "msgtype", image == NULL ? "text" : "image");
        if (image != NULL && upload(run, image, "image", &answer, &id) != STATUS_DONE)
                return STATUS_REFUSED;
        if (image != NULL)
                pairs_add(&fields, "image/media_id", id);
        else
                pairs_add(&fields, "text/content", text_clean_lines(run->arena, text));
        if (post(run, "/cgi-bin/message/custom/send", &fields, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        print_answer(run, &answer);
        say(run, "Sent.", "发出去了。");
        return STATUS_DONE;
}

/* ---- templates ---- */

/* Checks the data object at path: each member is {"value": "…"}. */
static void
check_data(struct json_file *file, const char *path)
{
        const char *name;

        for (size_t at = 0; (name = json_file_next(file, path, &at)) != NULL;) {
                const char *member =
                    *path == '\0' ? name : arena_printf(file->arena, "%s/%s", path, name);

                if (!json_file_has(file, arena_printf(file->arena, "%s/value", member)))
                        json_file_add(file, member, "\"%.40s\" must be {\"value\": \"…\"}",
                            "\"%.40s\" 应该是 {\"value\": \"…\"}", name);
        }
}

/* Replaces the pairs of that name by one. */
static void
set(struct pairs *fields, const char *name, const char *value)
{
        pairs_remove(fields, name);
        pairs_add(fields, name, value);
}

/* What FILE has: the data, or a whole message. */
static int
add_file(const struct run *run, struct json_file *file, struct pairs *fields)
{
        bool is_whole = json_file_begins(file, "data", '{') && !json_file_has(file, "data/value");

        check_data(file, is_whole ? "data" : "");
        if (file->count > 0)
                return refuse_mistakes(run, run->arguments[2], file);
        for (size_t i = 0; i < file->fields.count; i++) {
                const struct pair *pair = &file->fields.items[i];

                pairs_add_typed(fields,
                    is_whole ? pair->name : arena_printf(run->arena, "data/%s", pair->name),
                    pair->value, pair->type);
        }
        return STATUS_DONE;
}

/* What the command line has, which counts. */
static int
add_options(const struct run *run, struct pairs *fields)
{
        const char *mini = option(run, "--miniprogram");
        const char *slash = mini == NULL ? NULL : strchr(mini, '/');

        set(fields, "touser", run->arguments[0]);
        set(fields, "template_id", run->arguments[1]);
        if (option(run, "--url") != NULL)
                set(fields, "url", option(run, "--url"));
        if (mini == NULL)
                return STATUS_DONE;
        if (slash == NULL || slash == mini)
                return refuse_usage(run, "--miniprogram takes APPID/PAGE, as in wx0123/pages/index",
                    "--miniprogram 后面是 APPID/页面，例如 wx0123/pages/index");
        set(fields, "miniprogram/appid", arena_copy(run->arena, mini, (size_t)(slash - mini)));
        set(fields, "miniprogram/pagepath", slash + 1);
        return STATUS_DONE;
}

int
run_template(struct run *run)
{
        struct account_answer answer;
        struct pairs fields, answered;
        struct json_file file;
        int status = check_openid(run);

        pairs_init(&fields, run->arena);
        pairs_init(&answered, run->arena);
        if (status == STATUS_DONE)
                status = read_json(run, run->arguments[2], &file);
        if (status == STATUS_DONE)
                status = add_file(run, &file, &fields);
        if (status == STATUS_DONE)
                status = add_options(run, &fields);
        if (status != STATUS_DONE)
                return status;
        if (post(run, "/cgi-bin/message/template/send", &fields, &answer) != STATUS_DONE)
                return STATUS_REFUSED;
        if (json_parse(run->arena, answer.body, answer.size, &answered, &run->app.err) != 0)
                return refuse_err(run, &run->app.err);
        print_answer(run, &answer);
        say(run, "Sent, msgid %s. WeChat pushes whether it arrives: TEMPLATESENDJOBFINISH.",
            "交给微信了，msgid %s。有没有送到，微信会推送 TEMPLATESENDJOBFINISH。",
            pairs_get_text(&answered, "msgid"));
        return STATUS_DONE;
}
