/*
 * signin_request: a follower asks to sign in: by one of sign_in_words, with two digits behind it if
 * a page shows them, or by a menu button with the key SIGN_IN (passcode.h); or by a scan of a QR
 * code that a computer shows (scene.h).
 */
#ifndef WECHAT_SIGNIN_REQUEST_H
#define WECHAT_SIGNIN_REQUEST_H

#include <stdbool.h>

struct app;
struct message;

struct signin_request {
        const char *language;  /* of the answer: zh_CN, zh_TW or en */
        int number;            /* 10 to 99; 0: none was sent */
        const char *user_code; /* of the scanned code; NULL: none was scanned */
};

/* Is the push such a request? Never, unless sign_in has the way "message", or
 * "scene" for a scan. Blanks, punctuation and
 * full-width characters around the word do not matter. */
bool signin_request_parse(
    struct app *app, const struct message *message, struct signin_request *request);

/* Makes the reply, XML as by reply_format(): the code, where to type it, and
 * the link; for a scan, the computer's details and the link. ERR_CONFIG:
 * a word is missing in html_dir; ERR_BUSY, ERR_SYSTEM. */
int signin_request_answer(struct app *app, const struct message *message,
    const struct signin_request *request, const char **reply) __attribute__((warn_unused_result));

#endif
