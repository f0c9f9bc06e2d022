/*
 * letter: an owner's reply to a person, as a customer-service message (custom.h). WeChat takes it
 * within 48 hours after the person has written.
 */
#ifndef WECHAT_LETTER_H
#define WECHAT_LETTER_H

struct app;
struct pairs;

enum { LETTER_SECONDS = 48 * 3600 };

/* What stands in the way of a letter. */
enum letter_bar {
        LETTER_MAY,     /* nothing */
        LETTER_NO_KEYS, /* appid and secret are not set */
        LETTER_TOO_LATE /* the person has not written within 48 hours */
};

/* Returns what stands in the way of a letter to the user, given by its members. last: when the
 * person wrote last, by the journal; 0: the journal says nothing, and last_seen decides. */
enum letter_bar letter_bar(const struct app *app, const struct pairs *user, long long last);

/* Sends text, at most REPLY_TEXT_MAX bytes. ERR_…: as account_call(), with what WeChat says. */
int letter_send(struct app *app, const char *openid, const char *text)
    __attribute__((warn_unused_result));

#endif
