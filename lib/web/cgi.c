#include "web/cgi.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/cookie.h"
#include "base/err.h"
#include "host/os.h"
#include "base/text.h"
#include "format/url.h"
#include "web/environment.h"

const char *const cgi_variables[] = {"REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "REMOTE_ADDR",
    "HTTP_X_FORWARDED_FOR", "REMOTE_PORT", "QUERY_STRING", "HTTP_AUTHORIZATION",
    "REDIRECT_HTTP_AUTHORIZATION", "HTTP_X_WX_SESSION", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT",
    "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_X_ORIGINAL_URI",
    "HTTP_X_FORWARDED_URI", "HTTP_TRANSFER_ENCODING", "REQUEST_URI", "HTTP_RANGE", "HTTP_IF_RANGE",
    "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_COOKIE", "SERVER_SOFTWARE", "DOCUMENT_ROOT", "WECHAT_CONF", "WECHAT_TRIES_OTHERS", NULL};

/* Returns a copy of a variable's value; "" if it is not set. */
static const char *
get(struct arena *arena, char *const *environment, const char *name)
{
        const char *value = environment_get(environment, name);

        return value == NULL ? "" : arena_strdup(arena, value);
}

/* A length of 0 means no body; a chunked body has no length. */
static bool
has_body(const struct cgi_request *request)
{
        return request->content_length[strspn(request->content_length, "0")] != '\0' ||
               *request->transfer_encoding != '\0';
}

/* Apache hides Authorization from programs. If a RewriteRule puts it into the environment all the
 * same, the redirect that follows adds the prefix. */
static const char *
get_authorization(struct arena *arena, char *const *environment)
{
        const char *value = get(arena, environment, "HTTP_AUTHORIZATION");

        return *value != '\0' ? value : get(arena, environment, "REDIRECT_HTTP_AUTHORIZATION");
}

/* Reads the query's fields. Returns what is wrong with the query; NULL: nothing. */
static const char *
read_query(struct arena *arena, struct cgi_request *request)
{
        size_t size = strlen(request->query_string);
        const char *flaw = url_read_form(arena, request->query_string, size, &request->query);

        return size > CGI_QUERY_MAX ? "longer than 16384 bytes" : flaw;
}

void
cgi_parse_request(struct arena *arena, char *const *environment, struct cgi_request *request)
{
        struct cgi_request r = {.body = ""};

        r.method = get(arena, environment, "REQUEST_METHOD");
        r.path_info = get(arena, environment, "PATH_INFO");
        r.client = get(arena, environment, "REMOTE_ADDR");
        r.forwarded_for = get(arena, environment, "HTTP_X_FORWARDED_FOR");
        r.client_port = get(arena, environment, "REMOTE_PORT");
        r.query_string = get(arena, environment, "QUERY_STRING");
        r.authorization = get_authorization(arena, environment);
        r.wx_session = get(arena, environment, "HTTP_X_WX_SESSION");
        r.accept_language = get(arena, environment, "HTTP_ACCEPT_LANGUAGE");
        r.user_agent = get(arena, environment, "HTTP_USER_AGENT");
        r.origin = get(arena, environment, "HTTP_ORIGIN");
        r.fetch_site = get(arena, environment, "HTTP_SEC_FETCH_SITE");
        r.content_type = get(arena, environment, "CONTENT_TYPE");
        r.content_length = get(arena, environment, "CONTENT_LENGTH");
        r.original_uri = get(arena, environment, "HTTP_X_ORIGINAL_URI");
        r.forwarded_uri = get(arena, environment, "HTTP_X_FORWARDED_URI");
        r.transfer_encoding = get(arena, environment, "HTTP_TRANSFER_ENCODING");
        r.request_uri = get(arena, environment, "REQUEST_URI");
        r.range = get(arena, environment, "HTTP_RANGE");
        r.if_range = get(arena, environment, "HTTP_IF_RANGE");
        r.if_match = get(arena, environment, "HTTP_IF_MATCH");
        r.if_none_match = get(arena, environment, "HTTP_IF_NONE_MATCH");
        r.if_modified_since = get(arena, environment, "HTTP_IF_MODIFIED_SINCE");
        r.if_unmodified_since = get(arena, environment, "HTTP_IF_UNMODIFIED_SINCE");
        r.has_body = has_body(&r);
        if (*r.client == '\0' || strspn(r.client, "0123456789abcdefABCDEF.:") != strlen(r.client))
                r.client = "-";
        pairs_init(&r.query, arena);
        pairs_init(&r.form, arena);
        pairs_init(&r.cookies, arena);
        cookie_parse(arena, get(arena, environment, "HTTP_COOKIE"), &r.cookies);
        r.query_flaw = read_query(arena, &r);
        *request = r;
}

/* Reads size bytes within CGI_READ_MS, or fewer if the input ends; *done: how many. */
static int
read_bytes(int in, char *data, size_t size, size_t *done, struct err *err)
{
        long long deadline = os_clock_ms() + CGI_READ_MS;

        *done = 0;
        while (*done < size) {
                struct pollfd wait = {.fd = in, .events = POLLIN};
                long long left = deadline - os_clock_ms();
                int ready = left <= 0 ? 0 : poll(&wait, 1, (int)left);
                ssize_t got;

                if (ready == 0)
                        return err_set(err, ERR_REQUEST, "the body came too slowly");
                if (ready < 0 && errno == EINTR)
                        continue;
                got = read(in, data + *done, size - *done);
                if (got < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (got < 0)
                        return err_set_errno(err, ERR_SYSTEM, errno, "read the body");
                if (got == 0)
                        return 0;
                *done += (size_t)got;
        }
        return 0;
}

/* Sets *size to CONTENT_LENGTH or, if only the body's end will tell, to the most that is read. */
static int
get_body_size(const char *length, size_t most, size_t *size, struct err *err)
{
        if (*length == '\0') {
                *size = most + 1;
                return 0;
        }
        if (length[strspn(length, "0123456789")] != '\0' || strlen(length) > 18)
                return err_set(err, ERR_REQUEST, "CONTENT_LENGTH is not a number");
        *size = (size_t)strtoull(length, NULL, 10);
        if (*size > most)
                return err_set(err, ERR_TOO_LARGE, "the body is larger than %zu bytes", most);
        return 0;
}

static void
discard(int in, size_t most, int milliseconds, int pause)
{
        struct pollfd wait = {.fd = in, .events = POLLIN};
        long long deadline = os_clock_ms() + milliseconds;
        char bytes[16 * 1024];
        ssize_t got = 1;

        for (size_t size = 0; size < most && got > 0; size += (size_t)got) {
                if (os_clock_ms() >= deadline || poll(&wait, 1, pause) <= 0)
                        return;
                got = read(in, bytes, sizeof(bytes));
        }
}

void
cgi_discard_body(int in)
{
        discard(in, CGI_DISCARD_MAX, CGI_DISCARD_MS, CGI_PAUSE_MS);
}

void
cgi_discard_file(int in)
{
        discard(in, CGI_DISCARD_FILE_MAX, CGI_READ_MS, CGI_PAUSE_FILE_MS);
}

bool
cgi_is_type(const struct cgi_request *request, const char *type)
{
        size_t size = strlen(type);

        return strncasecmp(request->content_type, type, size) == 0 &&
               strchr("; \t", request->content_type[size]) != NULL;
}

bool
cgi_is_form(const struct cgi_request *request)
{
        return cgi_is_type(request, "application/x-www-form-urlencoded");
}

int
cgi_read_body(
    struct arena *arena, int in, const char *length, struct cgi_request *request, struct err *err)
{
        const size_t most = request->body_max == 0 ? CGI_BODY_MAX : request->body_max;
        size_t size = 0, got;
        char *body;

        length = length == NULL ? "" : length;
        if (*length == '\0' && *request->transfer_encoding == '\0')
                return 0;
        if (get_body_size(length, most, &size, err) != 0)
                return -1;
        body = arena_alloc(arena, size + 1);
        if (read_bytes(in, body, size, &got, err) != 0)
                return -1;
        if (*length != '\0' && got < size)
                return err_set(err, ERR_REQUEST, "the body is shorter than CONTENT_LENGTH");
        if (got > most)
                return err_set(err, ERR_TOO_LARGE, "the body is larger than %zu bytes", most);
        body[got] = '\0';
        request->body = body;
        request->body_size = got;
        if (cgi_is_form(request))
                url_read_form(arena, body, got, &request->form);
        return 0;
}

/* HEADERS_SIZE: what the headers of a page usually take. */
enum { HEADERS_SIZE = 1024, HEADER_NAME_MAX = 64 };

/* Adds "name: value" if both are valid (RFC 9110, section 5.5). */
static int
add_header(struct buf *out, const char *name, const char *value, struct err *err)
{
        if (*name == '\0' || !text_is_id(name, 1, HEADER_NAME_MAX))
                return err_set(err, ERR_SYSTEM, "a header's name is broken");
        for (const char *p = value; *p != '\0'; p++)
                if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
                        return err_set(err, ERR_SYSTEM, "header %s contains a control byte", name);
        buf_add_text(out, name);
        buf_add_text(out, ": ");
        buf_add_text(out, value);
        buf_add_text(out, "\r\n");
        return 0;
}

static const char *
reason(int status)
{
        static const struct {
                int status;
                const char *reason;
        } reasons[] = {{200, "OK"}, {204, "No Content"}, {206, "Partial Content"},
            {303, "See Other"}, {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"},
            {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
            {410, "Gone"}, {412, "Precondition Failed"}, {413, "Content Too Large"},
            {416, "Range Not Satisfiable"}, {500, "Internal Server Error"}, {502, "Bad Gateway"},
            {503, "Service Unavailable"}, {504, "Gateway Timeout"}};

        for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
                if (reasons[i].status == status)
                        return reasons[i].reason;
        return "Status";
}

int
cgi_format_headers(struct arena *arena, const struct cgi_response *response, char **bytes,
    size_t *size, struct err *err)
{
        struct buf out;

        buf_init(&out, arena);
        buf_reserve(&out, HEADERS_SIZE);
        if (add_header(&out, "Status",
                arena_printf(arena, "%d %s", response->status, reason(response->status)), err) != 0)
                return -1;
        for (size_t i = 0; i < response->headers.count; i++)
                if (add_header(&out, response->headers.items[i].name,
                        response->headers.items[i].value, err) != 0)
                        return -1;
        if (response->content_type != NULL) {
                char *length = response->file == NULL
                                   ? arena_printf(arena, "%zu", response->size)
                                   : arena_printf(arena, "%lld", response->file->size);

                if (add_header(&out, "Content-Type", response->content_type, err) != 0 ||
                    (response->stream == NULL &&
                        add_header(&out, "Content-Length", length, err) != 0))
                        return -1;
        }
        buf_add_text(&out, "\r\n");
        *bytes = out.data;
        *size = out.size;
        return 0;
}

int
cgi_write(const struct cgi_out *out, const char *headers, size_t headers_size, const char *body,
    size_t body_size, struct err *err)
{
        /* writev() only reads the parts, but struct iovec has no const.
         * NOLINTBEGIN(performance-no-int-to-ptr) */
        struct iovec parts[] = {
            {(char *)(uintptr_t)headers, headers_size}, {(char *)(uintptr_t)body, body_size}};
        /* NOLINTEND(performance-no-int-to-ptr) */

        if (out->write != NULL)
                return out->write(out->context, headers, headers_size, err) == 0 &&
                               out->write(out->context, body, body_size, err) == 0
                           ? 0
                           : -1;
        while (parts[0].iov_len + parts[1].iov_len > 0) {
                ssize_t written = writev(out->file, parts, 2);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return err_set_errno(err, ERR_SYSTEM, errno, "answer");
                /* An empty body may be NULL, and C does not allow adding even 0 to that. */
                for (size_t i = 0, left = (size_t)written; i < 2 && left > 0; i++) {
                        size_t of_part = left < parts[i].iov_len ? left : parts[i].iov_len;

                        parts[i].iov_base = (char *)parts[i].iov_base + of_part;
                        parts[i].iov_len -= of_part;
                        left -= of_part;
                }
        }
        return 0;
}

int
cgi_write_file(const struct cgi_out *out, const struct cgi_file *file, struct err *err)
{
        char bytes[CGI_COPY_SIZE];

        for (long long done = 0; done < file->size;) {
                long long left = file->size - done;
                size_t wanted = left < CGI_COPY_SIZE ? (size_t)left : CGI_COPY_SIZE;
                ssize_t got = pread(file->fd, bytes, wanted, (off_t)(file->offset + done));

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_set_errno(err, ERR_SYSTEM, errno, "read the file");
                if (got == 0)
                        return err_set(
                            err, ERR_SYSTEM, "the file became shorter while it was sent");
                if (cgi_write(out, "", 0, bytes, (size_t)got, err) != 0)
                        return -1;
                done += got;
        }
        return 0;
}
