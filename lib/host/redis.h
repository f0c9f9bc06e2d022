/*
 * redis: a connection to a Redis or Valkey server.
 *
 * hiredis parses the replies; the socket is this module's, since hiredis has a time-out for each
 * read but no deadline. After any error of the connection, late replies among them, it is closed:
 * the next question would get the answer to the one before. Then every question fails at once until
 * redis_renew(), so that a request waits for a dead server only once.
 *
 * With an address of Sentinels (redis_url.h) the server is named by redis_move(). It must then say
 * of itself that it is the primary before anything else that it says is believed.
 *
 * Errors are ERR_SYSTEM, and their texts hold no part of a question, no user and no password.
 */
#ifndef WECHAT_REDIS_H
#define WECHAT_REDIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct arena;
struct err;
struct redis;
struct redis_url;

/* REDIS_REPLY_MAX: bytes of the replies to one question; REDIS_DEPTH_MAX: lists within lists. */
enum { REDIS_CONNECT_MS = 200, REDIS_ANSWER_MS = 1000, REDIS_REPLY_MAX = 64 * 1024 * 1024 };

enum redis_kind { REDIS_NONE, REDIS_TEXT, REDIS_NUMBER, REDIS_LIST, REDIS_ERROR };

struct redis_reply {
        enum redis_kind kind;
        const char
            *text; /* with a NUL behind it; of an error, what the server says; otherwise "" */
        size_t size;
        long long number;
        struct redis_reply *items; /* of a list */
        size_t count;
};

/* One or more commands that are sent at once. */
struct redis_question {
        struct buf bytes;
        size_t count;
};

/* Looks the server up, unless Sentinels have to name it; does not connect. The connection lasts as
 * long as the arena. ERR_SYSTEM: there is no such host, or these programs were built without
 * hiredis. */
int redis_new(struct arena *arena, const struct redis_url *url, struct redis **redis,
    struct err *err) __attribute__((warn_unused_result));

/* Connects if there is no connection. */
int redis_open(struct redis *redis, struct err *err) __attribute__((warn_unused_result));

/* Before another request: makes another attempt possible, and drops a connection that the server
 * has closed meanwhile, or that the process was forked with: two processes on one connection would
 * read each other's replies. A process that goes on with a request behind its answer keeps it.
 * Returns whether there is still a connection. */
bool redis_renew(struct redis *redis);

/* Closes the connection, and fails every question with err until redis_renew(). Returns -1. */
int redis_give_up(struct redis *redis, const struct err *err);

/* Closes the connection, and goes on with the server at this address; host is a number, since names
 * cannot be looked up in the sandbox. ERR_SYSTEM: it is not. */
int redis_move(struct redis *redis, const char *host, const char *port, struct err *err)
    __attribute__((warn_unused_result));

/* Sets how long an answer may take, in place of REDIS_ANSWER_MS. */
void redis_limit(struct redis *redis, int milliseconds);

/* Is this the reply of a primary to ROLE? If not, err says so. */
bool redis_is_primary(const struct redis *redis, const struct redis_reply *reply, struct err *err);

/* Returns the server's address, without user and password. */
const char *redis_server(const struct redis *redis);

void redis_ask_begin(struct redis_question *question, struct arena *arena);

/* Adds a command of count words; or of those that end with NULL. */
void redis_add_words(struct redis_question *question, const char *const *words, size_t count);
void redis_add_list(struct redis_question *question, const char *const *words);

/* The same, with the words as arguments, NULL as the last. */
#define redis_add(question, ...) redis_add_list(question, (const char *const[]){__VA_ARGS__})

/* Sends the question and reads a reply to each command, in the question's arena. A reply may be
 * REDIS_ERROR: see redis_refuse(). The deadline is that of all commands together. */
int redis_ask(struct redis *redis, struct redis_question *question, struct redis_reply *replies,
    struct err *err) __attribute__((warn_unused_result));

/* Sets err for a reply that is an error, with advice; always returns -1. */
int redis_refuse(const struct redis *redis, const struct redis_reply *reply, struct err *err);

/* By what the server knows this connection: "<number> <name>"; "": that is not known yet, or there
 * is none. Is set by the caller, and forgotten when the connection is closed. */
const char *redis_known_as(const struct redis *redis);
void redis_set_known_as(struct redis *redis, long long number, const char *name);

#endif
