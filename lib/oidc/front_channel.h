/*
 * front_channel: tells programs, by frames on a page of ours, that the session of this browser has
 * ended (Front-Channel Logout 1.0).
 */
#ifndef WECHAT_FRONT_CHANNEL_H
#define WECHAT_FRONT_CHANNEL_H

#include <stdbool.h>

struct app;
struct provider;

/* FRONT_CHANNEL_SECONDS: after that the page goes on, whether the frames are there or not.
 * FRONT_CHANNEL_MAX: frames on a page. */
enum { FRONT_CHANNEL_SECONDS = 5, FRONT_CHANNEL_MAX = 32 };

/* Does a program of a session that this request has ended (programs.h) take part? */
bool front_channel_has_frames(const struct app *app, const struct provider *provider);

/* Answers with the page that opens the programs' addresses, and then goes on to the address next:
 * by itself, or by a link. Errors as app_answer_page(). */
int front_channel_answer(struct app *app, const struct provider *provider, const char *next)
    __attribute__((warn_unused_result));

#endif
