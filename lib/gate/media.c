#include "gate/media.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define OFFICE "application/vnd.openxmlformats-officedocument."
#define OPEN "application/vnd.oasis.opendocument."

struct row {
        const char *end; /* of the name, after the last dot */
        struct media media;
};

static const struct row rows[] = {
    {"html", {"text/html; charset=utf-8", true, true}},
    {"htm", {"text/html; charset=utf-8", true, true}},
    {"xhtml", {"application/xhtml+xml", true, true}},
    {"xml", {"application/xml", true, true}},
    {"svg", {"image/svg+xml", true, true}},
    {"txt", {"text/plain; charset=utf-8", true, false}},
    {"md", {"text/plain; charset=utf-8", true, false}},
    {"log", {"text/plain; charset=utf-8", true, false}},
    {"csv", {"text/csv; charset=utf-8", true, false}},
    {"css", {"text/css; charset=utf-8", true, false}},
    {"js", {"text/javascript; charset=utf-8", true, false}},
    {"mjs", {"text/javascript; charset=utf-8", true, false}},
    {"vtt", {"text/vtt; charset=utf-8", true, false}},
    {"json", {"application/json", true, false}},
    {"pdf", {"application/pdf", true, false}},
    {"png", {"image/png", true, false}},
    {"jpg", {"image/jpeg", true, false}},
    {"jpeg", {"image/jpeg", true, false}},
    {"gif", {"image/gif", true, false}},
    {"webp", {"image/webp", true, false}},
    {"avif", {"image/avif", true, false}},
    {"heic", {"image/heic", true, false}},
    {"bmp", {"image/bmp", true, false}},
    {"ico", {"image/x-icon", true, false}},
    {"mp3", {"audio/mpeg", true, false}},
    {"m4a", {"audio/mp4", true, false}},
    {"aac", {"audio/aac", true, false}},
    {"ogg", {"audio/ogg", true, false}},
    {"opus", {"audio/ogg", true, false}},
    {"wav", {"audio/wav", true, false}},
    {"flac", {"audio/flac", true, false}},
    {"amr", {"audio/amr", true, false}},
    {"wma", {"audio/x-ms-wma", true, false}},
    {"mp4", {"video/mp4", true, false}},
    {"m4v", {"video/mp4", true, false}},
    {"webm", {"video/webm", true, false}},
    {"mov", {"video/quicktime", true, false}},
    {"woff", {"font/woff", true, false}},
    {"woff2", {"font/woff2", true, false}},
    {"ttf", {"font/ttf", true, false}},
    {"otf", {"font/otf", true, false}},
    {"doc", {"application/msword", true, false}},
    {"docx", {OFFICE "wordprocessingml.document", true, false}},
    {"xls", {"application/vnd.ms-excel", true, false}},
    {"xlsx", {OFFICE "spreadsheetml.sheet", true, false}},
    {"ppt", {"application/vnd.ms-powerpoint", true, false}},
    {"pptx", {OFFICE "presentationml.presentation", true, false}},
    {"odt", {OPEN "text", true, false}},
    {"ods", {OPEN "spreadsheet", true, false}},
    {"odp", {OPEN "presentation", true, false}},
    {"epub", {"application/epub+zip", true, false}},
    {"zip", {"application/zip", true, false}},
    {"gz", {"application/gzip", true, false}},
    {"7z", {"application/x-7z-compressed", true, false}},
};

struct media
media_of(const char *name)
{
        static const struct media other = {"application/octet-stream", false, false};
        const char *slash = strrchr(name, '/');
        const char *dot = strrchr(slash == NULL ? name : slash, '.');

        for (size_t i = 0; dot != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
                if (strcasecmp(dot + 1, rows[i].end) == 0)
                        return rows[i].media;
        return other;
}
