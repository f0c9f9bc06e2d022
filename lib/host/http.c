#include "host/http.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "format/date.h"
#include "host/file.h"
#include "host/os.h"
#include "host/tls.h"

struct http {
        struct arena *arena; /* of the request */
        CURL *curl;
        const char *ca_file; /* NULL: there are no certificates */
        const char
            *bundle; /* the host's file of certificates, until it is read as a whole; else NULL */
        // cppcheck-suppress unusedStructMember ; its address is passed on
        struct tls tls;     /* of the present call */
        long long deadline; /* milliseconds of the monotonic clock */
};

struct body {
        struct buf buf;
        size_t max;
        bool too_large;
        long long date; /* of the answer; -1: none */
};

/* A call until it ends. */
struct call {
        struct http *http;
        const struct http_request *request;
        const char *place; /* the url as errors show it */
        long long until;   /* by os_clock_ms() */
        CURLcode code;     /* its result */
        struct body body;
        struct curl_slist *headers;
        curl_mime *form;
};

static void
close_http(void *handle)
{
        curl_easy_cleanup(handle);
}

static void
close_list(void *handle)
{
        curl_slist_free_all(handle);
}

static size_t
collect_body(char *data, size_t one, size_t size, void *context)
{
        struct body *body = context;
        size_t room = body->max - body->buf.size;

        (void)one;
        body->too_large = size > room;
        buf_add(&body->buf, data, body->too_large ? room : size);
        return body->too_large ? 0 : size;
}

/* Does this option only switch something off, which this libcurl may have been built without? */
static bool
is_off(CURLcode result)
{
        return result == CURLE_OK || result == CURLE_UNKNOWN_OPTION || result == CURLE_NOT_BUILT_IN;
}

/* The files in which hosts keep the certificates that they trust: Debian and Alpine, Red Hat, SUSE,
 * others. */
static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem", "/etc/pki/tls/cert.pem"};

/* Returns the file of trusted certificates: ca_file; else "" if libcurl knows its own; else the
 * host's; NULL if there is none. */
static const char *
find_bundle(const char *ca_file)
{
        const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

        if (*ca_file != '\0' || info->cainfo != NULL || info->capath != NULL)
                return ca_file;
        for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++)
                if (access(bundles[i], R_OK) == 0)
                        return bundles[i];
        return NULL;
}

/* Reading all of the host's certificates costs eight times the rest of a sign-in. If there is a
 * quicker way to the necessary one, it is tried first: OpenSSL finds it by name in a folder that
 * libcurl knows; for Mbed TLS we search. NULL: there is no such way, or ca_file is set. */
static const char *
find_slow_bundle(const char *ca_file, const char *bundle)
{
        const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

        if (*ca_file != '\0' || info->ssl_version == NULL)
                return NULL;
        if (strncmp(info->ssl_version, "mbedTLS", strlen("mbedTLS")) == 0)
                return bundle;
        return info->capath != NULL && strncmp(info->ssl_version, "OpenSSL", strlen("OpenSSL")) == 0
                   ? info->cainfo
                   : NULL;
}

#ifdef HTTP_OVER_MBEDTLS
static CURLcode
set_tls(CURL *curl, void *config, void *context)
{
        struct http *http = context;

        (void)curl;
        http->tls = (struct tls){http->arena, http->bundle};
        tls_configure(config, &http->tls);
        return CURLE_OK;
}

static int
set_up_tls(struct http *http)
{
        return curl_easy_setopt(http->curl, CURLOPT_SSL_CTX_FUNCTION, set_tls) == CURLE_OK &&
                       curl_easy_setopt(http->curl, CURLOPT_SSL_CTX_DATA, http) == CURLE_OK
                   ? 0
                   : -1;
}
#else
static int
set_up_tls(struct http *http)
{
        (void)http;
        return 0;
}
#endif

/* Trusts ca_file and nothing else; or the host's certificates, but not yet their slow bundle. */
static int
set_authorities(CURL *curl, const char *ca_file, const char *slow_bundle)
{
        if (slow_bundle != NULL)
                return curl_easy_setopt(curl, CURLOPT_CAINFO, NULL) == CURLE_OK ? 0 : -1;
        if (ca_file == NULL || *ca_file == '\0')
                return 0;
        return curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK
                   ? 0
                   : -1;
}

/* Sets the options for every call. 0, or -1 if libcurl refuses one of them. */
static int
set_options(CURL *curl)
{
        if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http") != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK ||
            !is_off(curl_easy_setopt(curl, CURLOPT_PROXY, "")) ||
            curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
            !is_off(curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED)) ||
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)HTTP_KEPT_SECONDS) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect_body) != CURLE_OK)
                return -1;
        return 0;
}

static int
set_addresses(struct arena *arena, CURL *curl, const char *addresses)
{
        struct curl_slist *list;

        if (addresses == NULL)
                return 0;
        list = curl_slist_append(NULL, addresses);
        if (list == NULL)
                return -1;
        arena_defer(arena, close_list, list);
        return curl_easy_setopt(curl, CURLOPT_RESOLVE, list) == CURLE_OK ? 0 : -1;
}

int
http_open(struct arena *arena, const char *ca_file, const char *addresses, struct http **http,
    struct err *err)
{
        struct http *opened = arena_alloc(arena, sizeof(*opened));

        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return err_set(err, ERR_SYSTEM, "libcurl does not start");
        opened->ca_file = find_bundle(ca_file);
        opened->bundle = find_slow_bundle(ca_file, opened->ca_file);
        opened->curl = curl_easy_init();
        arena_defer(arena, close_http, opened->curl);
        if (opened->curl == NULL || set_options(opened->curl) != 0 || set_up_tls(opened) != 0 ||
            set_authorities(opened->curl, opened->ca_file, opened->bundle) != 0 ||
            set_addresses(arena, opened->curl, addresses) != 0)
                return err_set(err, ERR_SYSTEM, "libcurl does not start");
        *http = opened;
        return 0;
}

void
http_begin(struct http *http, struct arena *arena)
{
        http->arena = arena;
        http->deadline = os_clock_ms() + HTTP_TOTAL_MS;
}

static int
time_until(long long until)
{
        long long left = until - os_clock_ms();

        return left < 0 ? 0 : (int)left;
}

int
http_time_left(const struct http *http)
{
        return time_until(http->deadline);
}

static enum http_trouble
trouble_of(CURLcode code)
{
        switch (code) {
        case CURLE_OK:
                return HTTP_ANSWERED;
        case CURLE_COULDNT_RESOLVE_HOST:
                return HTTP_NO_NAME;
        case CURLE_COULDNT_CONNECT:
                return HTTP_UNREACHED;
        case CURLE_PEER_FAILED_VERIFICATION:
                return HTTP_CERTIFICATE;
        case CURLE_OPERATION_TIMEDOUT:
                return HTTP_LATE;
        default:
                return HTTP_BROKEN;
        }
}

static int
check_result(const struct http *http, const char *place, CURLcode code, const struct body *body,
    bool any_status, struct err *err)
{
        long status = 0;

        if (body->too_large)
                return err_set(err, ERR_UPSTREAM, "%s: more than %zu bytes", place, body->max);
        if (code == CURLE_OPERATION_TIMEDOUT)
                return err_set(err, ERR_TIMEOUT, "%s: no answer in time", place);
        if (code == CURLE_SSL_CACERT_BADFILE)
                return err_set(
                    err, ERR_CONFIG, "%s: %s; see ca_file", place, curl_easy_strerror(code));
        if (code != CURLE_OK)
                return err_set(err, ERR_UPSTREAM, "%s: %s", place, curl_easy_strerror(code));
        if (!any_status &&
            (curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
                status != 200))
                return err_set(err, ERR_UPSTREAM, "%s: HTTP status %ld", place, status);
        return 0;
}

/* If the quick way does not find the authority, nothing has been sent yet, and the whole file is
 * read: a host may have no folder, or write a name in two ways. Returns true if the call is to be
 * performed again for that. */
static bool
takes_bundle(struct call *call)
{
        struct http *http = call->http;
        int left = time_until(call->until);

        if (call->code != CURLE_PEER_FAILED_VERIFICATION || http->bundle == NULL || left == 0 ||
            curl_easy_setopt(http->curl, CURLOPT_CAINFO, http->bundle) != CURLE_OK ||
            curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, (long)left) != CURLE_OK)
                return false;
        http->bundle = NULL;
        return true;
}

static int
set_text(CURL *curl, const char *type, const char *text, struct call *call)
{
        call->headers = curl_slist_append(NULL, type);
        return call->headers != NULL &&
                       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)strlen(text)) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers) == CURLE_OK
                   ? 0
                   : -1;
}

static int
set_file(CURL *curl, const struct http_file *file, struct call *call)
{
        curl_mimepart *part;

        call->form = curl_mime_init(curl);
        part = call->form == NULL ? NULL : curl_mime_addpart(call->form);
        return part != NULL && curl_mime_name(part, file->field) == CURLE_OK &&
                       curl_mime_filename(part, file->name) == CURLE_OK &&
                       curl_mime_type(part, file->type) == CURLE_OK &&
                       curl_mime_data(part, file->bytes, file->size) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_MIMEPOST, call->form) == CURLE_OK
                   ? 0
                   : -1;
}

static int
set_header(CURL *curl, const char *header, struct call *call)
{
        call->headers = curl_slist_append(NULL, header);
        return call->headers != NULL &&
                       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers) == CURLE_OK
                   ? 0
                   : -1;
}

/* Sets the method and the body. 0, or -1 if libcurl refuses. */
static int
set_method(CURL *curl, const struct http_request *request, struct call *call)
{
        if (curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
            curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL) != CURLE_OK)
                return -1;
        if (request->json != NULL)
                return set_text(curl, "Content-Type: application/json", request->json, call);
        if (request->form != NULL)
                return set_text(
                    curl, "Content-Type: application/x-www-form-urlencoded", request->form, call);
        if (request->header != NULL && set_header(curl, request->header, call) != 0)
                return -1;
        return request->file == NULL ? 0 : set_file(curl, request->file, call);
}

static const char *
type_of(const struct http *http)
{
        char *type = NULL;

        if (curl_easy_getinfo(http->curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || type == NULL)
                return "";
        return arena_strdup(http->arena, type);
}

/* Keeps the Date of the latest answer, which a libcurl may have been built not to parse. */
static size_t
read_date(char *data, size_t one, size_t size, void *context)
{
        struct body *body = context;

        (void)one;
        if (size > 5 && strncasecmp(data, "Date:", 5) == 0) {
                const char *value = arena_copy(body->buf.arena, data + 5, size - 5);

                value += strspn(value, " ");
                value = arena_copy(body->buf.arena, value, strcspn(value, "\r\n"));
                if (!date_parse(body->buf.arena, value, &body->date))
                        body->date = -1;
        }
        return size;
}

static int
listen_for_date(CURL *curl, struct body *body)
{
        return curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, body == NULL ? NULL : read_date) ==
                           CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_HEADERDATA, body) == CURLE_OK
                   ? 0
                   : -1;
}

/* Fills what is set for any_status. */
static void
describe(const struct http *http, CURLcode code, long long date, struct http_answer *answer)
{
        char *location = NULL, *local = NULL;
        long status = 0;

        *answer = (struct http_answer){.trouble = trouble_of(code), .date = date};
        if (curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
                answer->status = (int)status;
        if (curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &location) != CURLE_OK)
                location = NULL;
        if (curl_easy_getinfo(http->curl, CURLINFO_LOCAL_IP, &local) != CURLE_OK)
                local = NULL;
        answer->location = location == NULL ? "" : arena_strdup(http->arena, location);
        answer->local = local == NULL ? "" : arena_strdup(http->arena, local);
}

/* Can a call be made? */
static int
check_call(const struct http *http, const struct http_request *request, const char *place, int left,
    struct http_answer *answer, struct err *err)
{
        bool blind = http->ca_file == NULL && strncmp(request->url, "https:", 6) == 0;

        if (request->any_status)
                *answer = (struct http_answer){.trouble = blind ? HTTP_CERTIFICATE : HTTP_LATE};
        if (left == 0)
                return err_set(err, ERR_TIMEOUT, "%s: no time left", place);
        if (blind)
                return err_set(err, ERR_CONFIG,
                    "this host has no file of trusted certificates where they usually are: put one "
                    "there (PEM) and set ca_file");
        return 0;
}

static void
free_call(struct call *call)
{
        curl_mime_free(call->form);
        curl_slist_free_all(call->headers);
}

/* Sets all that libcurl needs for a call of at most left milliseconds. */
static int
set_call(struct call *call, int left)
{
        const struct http_request *request = call->request;
        CURL *curl = call->http->curl;

        return listen_for_date(curl, request->any_status ? &call->body : NULL) == 0 &&
                       set_method(curl, request, call) == 0 &&
                       curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT,
                           request->repeatable ? 0L : 1L) == CURLE_OK &&
                       curl_easy_setopt(curl, CURLOPT_WRITEDATA, &call->body) == CURLE_OK
                   ? 0
                   : -1;
}

/* free_call() follows only if this succeeds. */
static int
begin_call(struct http *http, const struct http_request *request, struct call *call,
    struct http_answer *answer, struct err *err)
{
        int left = request->timeout_ms == 0 ? http_time_left(http) : request->timeout_ms;

        *call = (struct call){.http = http,
            .request = request,
            .place = arena_copy(http->arena, request->url, strcspn(request->url, "?")),
            .until = os_clock_ms() + left,
            .code = CURLE_OPERATION_TIMEDOUT,
            .body = {
                .max = request->answer_max == 0 ? HTTP_BODY_MAX : request->answer_max, .date = -1}};
        if (check_call(http, request, call->place, left, answer, err) != 0)
                return -1;
        buf_init(&call->body.buf, http->arena);
        if (set_call(call, left) == 0)
                return 0;
        free_call(call);
        return err_set(err, ERR_SYSTEM, "libcurl: no memory");
}

static int
read_answer(const struct call *call, struct http_answer *answer, struct err *err)
{
        const bool any_status = call->request->any_status;

        if (any_status)
                describe(call->http, call->code, call->body.date, answer);
        if (!(any_status && call->body.too_large) &&
            check_result(call->http, call->place, call->code, &call->body, any_status, err) != 0)
                return -1;
        if (!any_status)
                *answer = (struct http_answer){.date = -1};
        answer->trouble = HTTP_ANSWERED;
        answer->body = call->body.buf.data;
        answer->size = call->body.buf.size;
        answer->type = type_of(call->http);
        return 0;
}

int
http_call(struct http *http, const struct http_request *request, struct http_answer *answer,
    struct err *err)
{
        struct call call;
        int result;

        if (begin_call(http, request, &call, answer, err) != 0)
                return -1;
        do
                call.code = curl_easy_perform(http->curl);
        while (takes_bundle(&call));
        result = read_answer(&call, answer, err);
        free_call(&call);
        return result;
}

/* ---- several at the same time ---- */

/* Takes the results that are there. Returns false if a call cannot go on. */
static bool
take_results(CURLM *all, int *running)
{
        CURLMsg *message;
        int left;

        while ((message = curl_multi_info_read(all, &left)) != NULL) {
                CURL *curl = message->easy_handle;
                char *context = NULL;
                struct call *call;

                if (curl_easy_getinfo(curl, CURLINFO_PRIVATE, &context) != CURLE_OK)
                        return false;
                call = (struct call *)(void *)context;
                call->code = message->data.result;
                if (!takes_bundle(call))
                        continue;
                if (curl_multi_remove_handle(all, curl) != CURLM_OK ||
                    curl_multi_add_handle(all, curl) != CURLM_OK)
                        return false;
                ++*running;
        }
        return true;
}

/* Each call ends by its own time limit. */
static void
perform_all(CURLM *all)
{
        int running = 1;

        while (curl_multi_perform(all, &running) == CURLM_OK && take_results(all, &running) &&
               running > 0)
                if (curl_multi_poll(all, NULL, 0, HTTP_CONNECT_MS, NULL) != CURLM_OK)
                        return;
}

/* Begins one of them. */
static int
add_call(struct arena *arena, const char *ca_file, CURLM *all, const struct http_request *request,
    struct call *call, struct http_answer *answer, struct err *err)
{
        struct http *http;

        call->http = NULL;
        if (http_open(arena, ca_file, NULL, &http, err) != 0)
                return -1;
        http_begin(http, arena);
        if (begin_call(http, request, call, answer, err) != 0) {
                call->http = NULL;
                return -1;
        }
        if (curl_easy_setopt(http->curl, CURLOPT_PRIVATE, call) == CURLE_OK &&
            curl_multi_add_handle(all, http->curl) == CURLM_OK)
                return 0;
        free_call(call);
        call->http = NULL;
        return err_set(err, ERR_SYSTEM, "libcurl: no memory");
}

int
http_call_all(struct arena *arena, const char *ca_file, const struct http_request *requests,
    size_t count, struct http_answer *answers, struct err *errors, struct err *err)
{
        struct call *calls = arena_alloc(arena, count * sizeof(*calls));
        CURLM *all = curl_multi_init();

        if (all == NULL)
                return err_set(err, ERR_SYSTEM, "libcurl does not start");
        for (size_t i = 0; i < count; i++) {
                err_clear(&errors[i]);
                (void)!add_call(
                    arena, ca_file, all, &requests[i], &calls[i], &answers[i], &errors[i]);
        }
        perform_all(all);
        for (size_t i = 0; i < count; i++) {
                if (calls[i].http == NULL)
                        continue;
                (void)!read_answer(&calls[i], &answers[i], &errors[i]);
                (void)curl_multi_remove_handle(all, calls[i].http->curl);
                free_call(&calls[i]);
        }
        (void)curl_multi_cleanup(all);
        return 0;
}
