#include "host/redis.h"

#include "base/arena.h"
#include "base/err.h"
#include "format/redis_url.h"

/* Is set if the archive of hiredis is there (static/static.mk). */
#ifdef WECHAT_REDIS

#include <errno.h>
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "host/os.h"

enum { ADDRESSES_MAX = 8, READ_SIZE = 16 * 1024, KNOWN_AS_SIZE = 80 };

struct redis {
        struct arena *arena;
        struct redis_url url;
        const char *shown; /* the server, for errors */
        struct {
                struct sockaddr_storage address;
                socklen_t size;
        } addresses[ADDRESSES_MAX];
        size_t count;
        const char *greeting; /* commands that come first on a connection */
        size_t greeting_size;
        size_t greetings; /* how many */
        int answer_ms;
        redisReader *reader;
        redisReplyObjectFunctions makers; /* hiredis wants them writable */
        int fd;                           /* -1: not connected */
        pid_t process;                    /* that has connected */
        bool greeted;                     /* the greeting was sent */
        bool failed;                      /* do not try again, until redis_renew() */
        char known_as[KNOWN_AS_SIZE];
        struct err why; /* of failed */
};

/* ---- replies, in the arena of the question ---- */

static struct redis_reply *
place(const redisReadTask *task)
{
        const struct redis_reply *list = task->parent == NULL ? NULL : task->parent->obj;

        return list == NULL ? arena_alloc(task->privdata, sizeof(struct redis_reply))
                            : &list->items[task->idx];
}

static void *
make_text(const redisReadTask *task, char *text, size_t size)
{
        struct redis_reply *reply = place(task);

        reply->kind = task->type == REDIS_REPLY_ERROR ? REDIS_ERROR : REDIS_TEXT;
        reply->text = arena_copy(task->privdata, text, size);
        reply->size = size;
        return reply;
}

#if defined(HIREDIS_MAJOR) && HIREDIS_MAJOR >= 1
typedef size_t elements;
#else
typedef int elements;
#endif

static void *
make_list(const redisReadTask *task, elements count)
{
        struct redis_reply *reply = place(task);

        reply->kind = REDIS_LIST;
        reply->text = "";
        reply->count = (size_t)count;
        reply->items = arena_alloc(task->privdata, (reply->count + 1) * sizeof(*reply->items));
        return reply;
}

static void *
make_number(const redisReadTask *task, long long number)
{
        struct redis_reply *reply = place(task);

        reply->kind = REDIS_NUMBER;
        reply->text = "";
        reply->number = number;
        return reply;
}

static void *
make_none(const redisReadTask *task)
{
        struct redis_reply *reply = place(task);

        reply->kind = REDIS_NONE;
        reply->text = "";
        return reply;
}

static void
keep(void *reply)
{
        (void)reply; /* it is the arena's */
}

static const redisReplyObjectFunctions makers = {.createString = make_text,
    .createArray = make_list,
    .createInteger = make_number,
    .createNil = make_none,
    .freeObject = keep};

/* ---- the connection ---- */

static void
drop(struct redis *redis)
{
        if (redis->fd >= 0)
                close(redis->fd);
        redis->fd = -1;
        redis->known_as[0] = '\0';
        if (redis->reader != NULL)
                redisReaderFree(redis->reader);
        redis->reader = NULL;
}

static void
end(void *handle)
{
        drop(handle);
}

int
redis_give_up(struct redis *redis, const struct err *err)
{
        drop(redis);
        redis->failed = true;
        redis->why = *err;
        return -1;
}

static int
fail_because(struct redis *redis, const char *what, struct err *err)
{
        err_set(err, ERR_SYSTEM, "state: %s %s", redis->shown, what);
        return redis_give_up(redis, err);
}

static int
find_socket(struct redis *redis, const char *path)
{
        struct sockaddr_un *address = (struct sockaddr_un *)&redis->addresses[0].address;

        address->sun_family = AF_UNIX;
        memcpy(address->sun_path, path, strlen(path) + 1);
        redis->addresses[0].size = sizeof(*address);
        redis->count = 1;
        return 0;
}

static int
find_host(struct redis *redis, const char *host, const char *port, int flags, struct err *err)
{
        const struct addrinfo hints = {
            .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
        struct addrinfo *found;
        int result = getaddrinfo(host, port, &hints, &found);

        redis->count = 0;
        if (result != 0)
                return err_set(err, ERR_SYSTEM,
                    "state: %s: %s: check the host in the setting state", redis->shown,
                    gai_strerror(result));
        for (const struct addrinfo *a = found; a != NULL && redis->count < ADDRESSES_MAX;
             a = a->ai_next) {
                memcpy(&redis->addresses[redis->count].address, a->ai_addr, a->ai_addrlen);
                redis->addresses[redis->count++].size = a->ai_addrlen;
        }
        freeaddrinfo(found);
        return 0;
}

static void
make_greeting(struct redis *redis, struct arena *arena, const struct redis_url *url)
{
        struct redis_question greeting;

        redis_ask_begin(&greeting, arena);
        if (*url->password != '\0' && *url->user != '\0')
                redis_add(&greeting, "AUTH", url->user, url->password, NULL);
        else if (*url->password != '\0')
                redis_add(&greeting, "AUTH", url->password, NULL);
        if (url->database != 0)
                redis_add(&greeting, "SELECT", arena_printf(arena, "%d", url->database), NULL);
        if (url->sentinel_count > 0)
                redis_add(&greeting, "ROLE", NULL);
        redis->greeting = greeting.bytes.data;
        redis->greeting_size = greeting.bytes.size;
        redis->greetings = greeting.count;
}

int
redis_new(struct arena *arena, const struct redis_url *url, struct redis **redis, struct err *err)
{
        struct redis *new = arena_alloc(arena, sizeof(*new));
        int result = 0;

        new->arena = arena;
        new->url = *url;
        new->fd = -1;
        new->makers = makers;
        new->answer_ms = REDIS_ANSWER_MS;
        new->shown = redis_url_show(arena, url);
        if (url->host != NULL)
                result = find_host(new, url->host, url->port, 0, err);
        else if (url->sentinel_count == 0)
                result = find_socket(new, url->path);
        if (result != 0)
                return -1;
        make_greeting(new, arena, url);
        arena_defer(arena, end, new);
        *redis = new;
        return 0;
}

int
redis_move(struct redis *redis, const char *host, const char *port, struct err *err)
{
        drop(redis);
        redis->failed = false;
        redis->url.host = arena_strdup(redis->arena, host);
        redis->url.port = arena_strdup(redis->arena, port);
        redis->shown = redis_url_show(redis->arena, &redis->url);
        return find_host(redis, host, port, AI_NUMERICHOST, err);
}

void
redis_limit(struct redis *redis, int milliseconds)
{
        redis->answer_ms = milliseconds;
}

/* Waits until the socket can be read or written. Returns 0 when the time is over, -1 on an error.
 */
static int
wait_for(int fd, short events, long long until)
{
        for (;;) {
                struct pollfd wanted = {.fd = fd, .events = events};
                long long left = until - os_clock_ms();
                int ready = poll(&wanted, 1, left > 0 ? (int)left : 0);

                if (ready >= 0 || errno != EINTR)
                        return ready;
        }
}

/* Returns 0 or an errno. */
static int
connect_to(int fd, const struct sockaddr *address, socklen_t size, long long until)
{
        int error = 0, ready;
        socklen_t length = sizeof(error);

        if (connect(fd, address, size) == 0)
                return 0;
        if (errno != EINPROGRESS && errno != EINTR)
                return errno; /* of a socket whose queue is full: EAGAIN */
        ready = wait_for(fd, POLLOUT, until);
        if (ready <= 0)
                return ready == 0 ? ETIMEDOUT : errno;
        return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 ? errno : error;
}

int
redis_open(struct redis *redis, struct err *err)
{
        long long until = os_clock_ms() + REDIS_CONNECT_MS;
        int failed = 0, one = 1;

        if (redis->fd >= 0)
                return 0;
        if (redis->failed)
                return err_set(err, redis->why.kind, "%s", redis->why.text);
        for (size_t i = 0; i < redis->count && redis->fd < 0; i++) {
                const struct sockaddr *address =
                    (const struct sockaddr *)&redis->addresses[i].address;
                int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

                failed = fd < 0 ? errno : connect_to(fd, address, redis->addresses[i].size, until);
                if (failed == 0)
                        redis->fd = fd;
                else if (fd >= 0)
                        close(fd);
                if (failed == 0 && address->sa_family != AF_UNIX)
                        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        }
        if (redis->fd < 0) {
                err_set(err, ERR_SYSTEM,
                    "state: %s cannot be reached (%s): is it running, and may these programs "
                    "connect to it?",
                    redis->shown, strerror(failed));
                return redis_give_up(redis, err);
        }
        redis->process = getpid();
        redis->greeted = false;
        redis->reader = redisReaderCreateWithFunctions(&redis->makers);
        return 0;
}

bool
redis_renew(struct redis *redis)
{
        redis->failed = false;
        /* Whatever has come between two questions is no answer. */
        if (redis->fd >= 0 && (redis->process != getpid() || wait_for(redis->fd, POLLIN, 0) != 0))
                drop(redis);
        return redis->fd >= 0;
}

/* ---- questions ---- */

void
redis_ask_begin(struct redis_question *question, struct arena *arena)
{
        buf_init(&question->bytes, arena);
        question->count = 0;
}

static void
add_word(struct buf *bytes, const char *word)
{
        size_t size = strlen(word);

        buf_add_text(bytes, arena_printf(bytes->arena, "$%zu\r\n", size));
        buf_add(bytes, word, size);
        buf_add(bytes, "\r\n", 2);
}

void
redis_add_words(struct redis_question *question, const char *const *words, size_t count)
{
        buf_add_text(&question->bytes, arena_printf(question->bytes.arena, "*%zu\r\n", count));
        for (size_t i = 0; i < count; i++)
                add_word(&question->bytes, words[i]);
        question->count++;
}

void
redis_add_list(struct redis_question *question, const char *const *words)
{
        size_t count = 0;

        while (words[count] != NULL)
                count++;
        redis_add_words(question, words, count);
}

static int
send_all(struct redis *redis, const char *bytes, size_t size, long long until, struct err *err)
{
        while (size > 0) {
                ssize_t sent = send(redis->fd, bytes, size, MSG_NOSIGNAL);
                int ready;

                if (sent >= 0) {
                        bytes += sent;
                        size -= (size_t)sent;
                        continue;
                }
                if (errno != EAGAIN && errno != EINTR)
                        return fail_because(redis, "closed the connection", err);
                ready = wait_for(redis->fd, POLLOUT, until);
                if (ready <= 0)
                        return fail_because(redis, "did not answer in time", err);
        }
        return 0;
}

/* Reads what has come, after waiting for it. */
static int
receive(struct redis *redis, long long until, size_t *total, struct err *err)
{
        char bytes[READ_SIZE];
        ssize_t size = recv(redis->fd, bytes, sizeof(bytes), 0);

        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
                if (wait_for(redis->fd, POLLIN, until) <= 0)
                        return fail_because(redis, "did not answer in time", err);
                size = recv(redis->fd, bytes, sizeof(bytes), 0);
                if (size < 0 && (errno == EAGAIN || errno == EINTR))
                        return 0;
        }
        if (size <= 0)
                return fail_because(redis, "closed the connection", err);
        *total += (size_t)size;
        if (*total > REDIS_REPLY_MAX || redisReaderFeed(redis->reader, bytes, (size_t)size) != 0)
                return fail_because(redis, "gave an answer that cannot be read", err);
        return 0;
}

static int
read_reply(
    struct redis *redis, struct redis_reply *reply, long long until, size_t *total, struct err *err)
{
        for (;;) {
                void *found = NULL;

                if (redisReaderGetReply(redis->reader, &found) != REDIS_OK)
                        return fail_because(redis, "gave an answer that cannot be read", err);
                if (found != NULL) {
                        *reply = *(const struct redis_reply *)found;
                        return 0;
                }
                if (os_clock_ms() >= until)
                        return fail_because(redis, "did not answer in time", err);
                if (receive(redis, until, total, err) != 0)
                        return -1;
        }
}

bool
redis_is_primary(const struct redis *redis, const struct redis_reply *reply, struct err *err)
{
        if (reply->kind == REDIS_ERROR)
                return redis_refuse(redis, reply, err) == 0;
        if (reply->kind == REDIS_LIST && reply->count > 0 && reply->items[0].kind == REDIS_TEXT &&
            strcmp(reply->items[0].text, "master") == 0)
                return true;
        err_set(err, ERR_SYSTEM,
            "state: %s is not the primary any more: the Sentinels are choosing another",
            redis->shown);
        return false;
}

/* Puts the greeting in front of the first question on a connection. Returns its commands. */
static size_t
greet(struct redis *redis, struct buf *bytes)
{
        struct buf both;

        if (redis->greeted || redis->greetings == 0)
                return 0;
        buf_init(&both, bytes->arena);
        buf_add(&both, redis->greeting, redis->greeting_size);
        buf_add(&both, bytes->data, bytes->size);
        *bytes = both;
        return redis->greetings;
}

static int
read_greetings(struct redis *redis, size_t count, long long until, size_t *total, struct err *err)
{
        struct redis_reply reply;

        for (; count > 0; count--) {
                if (read_reply(redis, &reply, until, total, err) != 0)
                        return -1;
                if (reply.kind == REDIS_ERROR && redis_refuse(redis, &reply, err) != 0)
                        return redis_give_up(redis, err);
                if (count == 1 && redis->url.sentinel_count > 0 &&
                    !redis_is_primary(redis, &reply, err))
                        return redis_give_up(redis, err);
        }
        return 0;
}

int
redis_ask(struct redis *redis, struct redis_question *question, struct redis_reply *replies,
    struct err *err)
{
        long long until = os_clock_ms() + redis->answer_ms;
        struct buf *bytes = &question->bytes;
        size_t greetings, total = 0;

        if (redis_open(redis, err) != 0)
                return -1;
        greetings = greet(redis, bytes);
        redis->greeted = true;
        redis->reader->privdata = bytes->arena; /* the macro for this casts a pointer to an int */
        if (send_all(redis, bytes->data, bytes->size, until, err) != 0 ||
            read_greetings(redis, greetings, until, &total, err) != 0)
                return -1;
        for (size_t i = 0; i < question->count; i++)
                if (read_reply(redis, &replies[i], until, &total, err) != 0)
                        return -1;
        return 0;
}

int
redis_refuse(const struct redis *redis, const struct redis_reply *reply, struct err *err)
{
        static const struct {
                const char *code, *advice;
        } known[] = {{"WRONGPASS", "check user and password in the setting state"},
            {"NOAUTH", "it wants a password: write it in the setting state"},
            {"NOPERM", "its user may not use a command or key of these programs: docs/en/redis.md"},
            {"OOM", "its memory is full: give it more (maxmemory)"},
            {"LOADING", "it has started and still loads its data"},
            {"READONLY", "it is a replica: name the primary in the setting state"},
            {"NOREPLICAS", "too few replicas are connected to it (min-replicas-to-write)"},
            {"MISCONF", "it cannot write to its disk: see its own log"},
            {"MOVED", "it is a cluster: use one server, or Sentinels: docs/en/redis.md"},
            {"CROSSSLOT", "it is a cluster: use one server, or Sentinels: docs/en/redis.md"},
            {"BUSY", "a script of somebody else's occupies it"},
            {"MASTERDOWN", "it is a replica without its primary"}};

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (text_starts_with(reply->text, known[i].code))
                        return err_set(err, ERR_SYSTEM, "state: %s refuses (%s): %s", redis->shown,
                            known[i].code, known[i].advice);
        return err_set(err, ERR_SYSTEM,
            "state: %s refuses a command: these programs need Redis 6.2 or later, or Valkey",
            redis->shown);
}

const char *
redis_server(const struct redis *redis)
{
        return redis->shown;
}

const char *
redis_known_as(const struct redis *redis)
{
        return redis->known_as;
}

void
redis_set_known_as(struct redis *redis, long long number, const char *name)
{
        (void)snprintf(redis->known_as, sizeof(redis->known_as), "%lld %s", number, name);
}

#else

static int
refuse(struct err *err)
{
        return err_set(err, ERR_SYSTEM,
            "state: these programs were built without Redis: install libhiredis-dev and build them "
            "again, or set state = files");
}

int
redis_new(struct arena *arena, const struct redis_url *url, struct redis **redis, struct err *err)
{
        (void)arena;
        (void)url;
        (void)redis;
        return refuse(err);
}

/* Nobody has a connection for these. */
int
redis_open(struct redis *redis, struct err *err)
{
        (void)redis;
        return refuse(err);
}

bool
redis_renew(struct redis *redis)
{
        (void)redis;
        return false;
}

int
redis_give_up(struct redis *redis, const struct err *err)
{
        (void)redis;
        (void)err;
        return -1;
}

int
redis_move(struct redis *redis, const char *host, const char *port, struct err *err)
{
        (void)host;
        (void)port;
        return redis_open(redis, err);
}

void
redis_limit(struct redis *redis, int milliseconds)
{
        (void)redis;
        (void)milliseconds;
}

bool
redis_is_primary(const struct redis *redis, const struct redis_reply *reply, struct err *err)
{
        (void)redis;
        (void)reply;
        return refuse(err) == 0;
}

void
redis_ask_begin(struct redis_question *question, struct arena *arena)
{
        buf_init(&question->bytes, arena);
        question->count = 0;
}

void
redis_add_list(struct redis_question *question, const char *const *words)
{
        (void)words;
        question->count++;
}

void
redis_add_words(struct redis_question *question, const char *const *words, size_t count)
{
        (void)words;
        (void)count;
        question->count++;
}

int
redis_ask(struct redis *redis, struct redis_question *question, struct redis_reply *replies,
    struct err *err)
{
        (void)question;
        (void)replies;
        return redis_open(redis, err);
}

int
redis_refuse(const struct redis *redis, const struct redis_reply *reply, struct err *err)
{
        (void)redis;
        (void)reply;
        return refuse(err);
}

const char *
redis_server(const struct redis *redis)
{
        (void)redis;
        return "";
}

const char *
redis_known_as(const struct redis *redis)
{
        (void)redis;
        return "";
}

void
redis_set_known_as(struct redis *redis, long long number, const char *name)
{
        (void)redis;
        (void)number;
        (void)name;
}

#endif
