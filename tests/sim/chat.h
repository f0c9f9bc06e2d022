/* chat: what a person and the account have said to each other, in order. */
#ifndef SIM_CHAT_H
#define SIM_CHAT_H

#include <stdbool.h>

struct app;
struct pairs;

enum { CHAT_SHOWN_MAX = 40 };

/*
 * Adds an entry, with the time. Its members: kind ("text", "image", "voice", "video", "music",
 * "news", "card", "notice"; "result": the request
 * and the answer, which the person does not see), mine (the person said it), text, title,
 * description, media, url, and news/0/title, …/description, …/url.
 */
int chat_add(struct app *app, const char *openid, const struct pairs *entry)
    __attribute__((warn_unused_result));

/* Reads the latest entries that the person sees, at most CHAT_SHOWN_MAX, and come after the place
 * `after` (0: all), and adds them as chat/0/kind, …; with_results: also the results among them.
 * *end: the place after the last one. */
int chat_read(struct app *app, const char *openid, long long after, bool with_results,
    struct pairs *entries, long long *end) __attribute__((warn_unused_result));

#endif
