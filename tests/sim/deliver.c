#include "deliver.h"

#include <curl/curl.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

enum { ANSWER_MAX = 256 * 1024, FETCH_MS = 30000 };

static size_t
take(char *data, size_t size, size_t count, void *context)
{
        struct buf *answer = context;

        if (answer->size + size * count > ANSWER_MAX)
                return 0;
        buf_add(answer, data, size * count);
        return size * count;
}

/* Returns the delivery's request; NULL: out of memory. */
static CURL *
prepare(struct app *app, const char *url, const struct delivery *delivery,
    struct curl_slist *headers, struct buf *answer)
{
        CURL *curl = curl_easy_init();

        if (curl == NULL)
                return NULL;
        buf_init(answer, app->arena);
        curl_easy_setopt(
            curl, CURLOPT_URL, arena_printf(app->arena, "%s?%s", url, delivery->query));
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)DELIVER_MS);
        if (delivery->body != NULL) {
                curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery->body);
        }
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
        return curl;
}

static void
run(CURLM *multi)
{
        int running = 1;

        while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK && running > 0)
                curl_multi_poll(multi, NULL, 0, 100, NULL);
}

/* The status of an incomplete answer stays 0. */
static void
take_results(CURLM *multi, CURL *const curls[], struct delivery *deliveries, size_t count)
{
        int left;

        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL;)
                for (size_t i = 0; i < count; i++) {
                        curl_off_t microseconds = 0;
                        long status = 0;

                        if (curls[i] != message->easy_handle)
                                continue;
                        if (message->data.result == CURLE_OK)
                                curl_easy_getinfo(curls[i], CURLINFO_RESPONSE_CODE, &status);
                        curl_easy_getinfo(curls[i], CURLINFO_TOTAL_TIME_T, &microseconds);
                        deliveries[i].status = (int)status;
                        deliveries[i].milliseconds = (int)(microseconds / 1000);
                }
}

int
deliver(struct app *app, const char *url, struct delivery *deliveries, size_t count)
{
        struct curl_slist *headers = curl_slist_append(
            NULL, arena_printf(app->arena, "Content-Type: %s", deliveries[0].type));
        CURLM *multi = curl_multi_init();
        CURL *curls[DELIVER_MAX] = {NULL};
        struct buf answers[DELIVER_MAX];
        int result = multi == NULL || headers == NULL ? -1 : 0;

        for (size_t i = 0; result == 0 && i < count; i++) {
                deliveries[i].status = 0;
                curls[i] = prepare(app, url, &deliveries[i], headers, &answers[i]);
                if (curls[i] == NULL || curl_multi_add_handle(multi, curls[i]) != CURLM_OK)
                        result = -1;
        }
        if (result == 0) {
                run(multi);
                take_results(multi, curls, deliveries, count);
                for (size_t i = 0; i < count; i++)
                        deliveries[i].answer = answers[i].data;
        }
        for (size_t i = 0; i < count; i++)
                if (curls[i] != NULL) {
                        curl_multi_remove_handle(multi, curls[i]);
                        curl_easy_cleanup(curls[i]);
                }
        curl_multi_cleanup(multi);
        curl_slist_free_all(headers);
        return result == 0 ? 0 : err_set(&app->err, ERR_SYSTEM, "curl: no memory");
}

/* ---- pages ---- */

struct headers {
        struct app *app;
        struct pairs *pairs;
};

static size_t
take_header(char *data, size_t size, size_t count, void *context)
{
        const struct headers *headers = context;
        char *line = arena_copy(headers->app->arena, data, size * count);
        char *colon = strchr(line, ':');

        line[strcspn(line, "\r\n")] = '\0';
        if (colon != NULL) {
                *colon = '\0';
                pairs_add(headers->pairs, text_lower(headers->app->arena, line),
                    colon + 1 + strspn(colon + 1, " "));
        }
        return size * count;
}

static struct curl_slist *
add_header(struct app *app, struct curl_slist *list, const char *name, const char *value)
{
        return value == NULL || *value == '\0'
                   ? list
                   : curl_slist_append(list, arena_printf(app->arena, "%s: %s", name, value));
}

int
deliver_fetch(struct app *app, struct fetch *fetch)
{
        struct headers headers = {app, &fetch->headers};
        struct curl_slist *list = NULL;
        CURL *curl = curl_easy_init();
        CURLcode result;
        long status = 0;
        struct buf body;

        if (curl == NULL)
                return err_set(&app->err, ERR_SYSTEM, "curl: no memory");
        pairs_init(&fetch->headers, app->arena);
        buf_init(&body, app->arena);
        list = add_header(app, list, "Cookie", fetch->cookies);
        list = add_header(app, list, "User-Agent", fetch->user_agent);
        list = add_header(app, list, "Accept-Language", fetch->language);
        list = add_header(app, list, "Origin", fetch->origin);
        curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_MS);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
        if (fetch->form != NULL)
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->form);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
        result = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_cleanup(curl);
        curl_slist_free_all(list);
        fetch->status = (int)status;
        fetch->body = body.size == 0 ? "" : body.data;
        return result == CURLE_OK ? 0
                                  : err_set(&app->err, ERR_UPSTREAM, "the site does not answer");
}
