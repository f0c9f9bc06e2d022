#include "web/responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/fastcgi.h"
#include "host/memory.h"
#include "host/log.h"
#include "host/os.h"
#include "host/said.h"
#include "web/environment.h"
#include "web/host.h"
#include "web/program.h"

enum {
        LISTENER = STDIN_FILENO,
        INPUT_SIZE = 32 * 1024,
        OUTPUT_SIZE = FASTCGI_CONTENT_MAX,
        FIRST_LINES = 1500
};

struct responder {
        struct host *host;
        struct responder_options options;
        struct arena *arena; /* of the request */
        struct fastcgi request;
        const volatile char *first[2]; /* of options.said */
        size_t body_max;
        long long served;
        bool aside; /* the listener comes first, a kept connection having been served */
        bool last;  /* another process is to serve what comes after this request */

        int connection; /* of the request; -1: none */
        bool broken;    /* it can take no more of the answer */
        int body;       /* a memory file */
        bool has_body;
        int kept[RESPONDER_KEPT_MAX]; /* the one that waits longest comes first */
        size_t kept_count;

        char input[INPUT_SIZE]; /* what came from the connection */
        size_t input_at, input_end;
        /* A record that is being filled, with room for the one that ends the request. */
        char output[FASTCGI_HEADER_SIZE + OUTPUT_SIZE + FASTCGI_END_SIZE];
        size_t output_size; /* of its content */
};

bool
responder_is_asked(void)
{
        int listens = 0;
        socklen_t size = sizeof(listens);

        return getsockopt(LISTENER, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 &&
               listens != 0;
}

/* ---- the connection ---- */

static int
wait_for(int file, short events, long long until)
{
        struct pollfd wait = {.fd = file, .events = events};
        int ready;

        do {
                long long left = until - os_clock_ms();

                ready = left <= 0 ? 0 : poll(&wait, 1, (int)left);
        } while (ready < 0 && errno == EINTR);
        return ready > 0 ? 0 : -1;
}

/* Drops what the peer still sends: otherwise closing could take back what it has not read yet. */
static void
drain(struct responder *r)
{
        long long until = os_clock_ms() + RESPONDER_DRAIN_MS;

        if (shutdown(r->connection, SHUT_WR) != 0)
                return;
        while (wait_for(r->connection, POLLIN, until) == 0 &&
               read(r->connection, r->input, sizeof(r->input)) > 0)
                ;
}

static void
hang_up(struct responder *r)
{
        if (r->connection >= 0)
                close(r->connection);
        r->connection = -1;
        r->input_at = r->input_end = 0;
}

/* Lets the connection wait for another request. What it has sent already is served at once. */
static void
keep(struct responder *r)
{
        if (r->input_at < r->input_end)
                return;
        if (r->kept_count == RESPONDER_KEPT_MAX) {
                close(r->kept[0]);
                r->kept_count--;
                memmove(r->kept, r->kept + 1, r->kept_count * sizeof(*r->kept));
        }
        r->kept[r->kept_count++] = r->connection;
        r->connection = -1;
}

static void
depart(void *context)
{
        struct responder *r = context;

        hang_up(r);
        while (r->kept_count > 0)
                close(r->kept[--r->kept_count]);
}

static int
send_all(struct responder *r, const void *bytes, size_t size)
{
        long long until = os_clock_ms() + RESPONDER_WRITE_MS;

        for (size_t done = 0; done < size;) {
                ssize_t written = write(r->connection, (const char *)bytes + done, size - done);

                if (written < 0 && errno == EAGAIN && wait_for(r->connection, POLLOUT, until) == 0)
                        continue;
                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0) {
                        r->broken = true;
                        return -1;
                }
                done += (size_t)written;
                until = os_clock_ms() + RESPONDER_WRITE_MS;
        }
        return 0;
}

/* ---- the answer ---- */

/* Sends the record that was filled, and what was put behind it. */
static int
flush(struct responder *r, size_t behind)
{
        size_t size = r->output_size;

        r->output_size = 0;
        if (size == 0)
                return send_all(r, r->output + FASTCGI_HEADER_SIZE, behind);
        fastcgi_put_header((unsigned char *)r->output, FASTCGI_STDOUT, r->request.id, size);
        return send_all(r, r->output, FASTCGI_HEADER_SIZE + size + behind);
}

static int
write_answer(void *context, const char *bytes, size_t size, struct err *err)
{
        struct responder *r = context;

        while (size > 0) {
                size_t room = OUTPUT_SIZE - r->output_size, part = size < room ? size : room;

                if (r->broken)
                        return err_set_errno(err, ERR_SYSTEM, EPIPE, "answer");
                memcpy(r->output + FASTCGI_HEADER_SIZE + r->output_size, bytes, part);
                r->output_size += part;
                bytes += part;
                size -= part;
                if (r->output_size == OUTPUT_SIZE && flush(r, 0) != 0)
                        return err_set_errno(err, ERR_SYSTEM, errno, "answer");
        }
        return 0;
}

/* Lines for the server's error log, from size bytes at text. Header and lines go together: nginx
 * logs what comes alone. */
static void
send_lines(struct responder *r, const char *text, size_t size)
{
        for (size_t part = 0; size > 0 && !r->broken; text += part, size -= part) {
                unsigned char *record;

                part = size < OUTPUT_SIZE ? size : OUTPUT_SIZE;
                record = arena_alloc_raw(r->arena, FASTCGI_HEADER_SIZE + part);
                fastcgi_put_header(record, FASTCGI_STDERR, r->request.id, part);
                memcpy(record + FASTCGI_HEADER_SIZE, text, part);
                send_all(r, record, FASTCGI_HEADER_SIZE + part);
        }
}

/* Takes what was said for the log. */
static void
take_said(struct responder *r, struct buf *said)
{
        buf_init(said, r->arena);
        for (size_t i = 0; i < sizeof(r->options.said) / sizeof(r->options.said[0]); i++) {
                size_t size;
                char *text = r->first[i] != NULL && *r->first[i] == '\0'
                                 ? NULL
                                 : said_take(r->options.said[i], r->arena, &size);

                if (text != NULL)
                        buf_add(said, text, size);
        }
}

/* Lines for the log come before the last part of the answer: lighttpd hangs up when it has that.
 * But only a few, because nginx puts them where the answer's headers are to fit. */
static void
end_answer(struct responder *r)
{
        struct buf said;
        size_t first = FIRST_LINES;

        if (r->broken)
                return;
        take_said(r, &said);
        if (said.size < first)
                first = said.size;
        send_lines(r, said.data, first);
        if (first < said.size && flush(r, 0) == 0)
                send_lines(r, said.data + first, said.size - first);
        if (r->broken)
                return;
        fastcgi_put_end(
            (unsigned char *)r->output + FASTCGI_HEADER_SIZE + r->output_size, r->request.id, 0);
        flush(r, FASTCGI_END_SIZE);
}

static void
end_request(struct responder *r)
{
        if (r->has_body && ftruncate(r->body, 0) != 0)
                r->broken = true;
        r->has_body = false;
        if (!r->broken && r->request.keep && r->request.state == FASTCGI_COMPLETE)
                keep(r);
        else {
                if (!r->broken && r->request.cut)
                        drain(r);
                hang_up(r);
        }
        arena_reset(r->arena);
}

void
responder_done(void *responder, int result)
{
        struct responder *r = responder;

        r->served++;
        /* An answer that was cut must not look whole. */
        if (result != 0)
                r->broken = true;
        end_answer(r);
        end_request(r);
}

/* ---- requests that no program gets ---- */

static void
refuse(struct responder *r, int status, const char *reason, const char *why)
{
        struct err err = {.kind = ERR_NONE};
        const char *text = arena_printf(r->arena,
            "Status: %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n\r\n%s\n",
            status, reason, reason);

        err_set(&err, ERR_REQUEST, "%s", why);
        log_error("wechat.fcgi", "-", NULL, &err);
        if (write_answer(r, text, strlen(text), &err) == 0)
                end_answer(r);
        end_request(r);
}

/* Finds the program: the first part of the path that names one. *rest: what follows it. */
static const struct app_program *
find_program(struct responder *r, const char *path, const char **rest)
{
        while (*path != '\0') {
                size_t size = strcspn(path + 1, "/");
                const struct app_program *program;

                program = host_find_program(r->host, arena_copy(r->arena, path + 1, size));
                path += size + 1;
                *rest = path;
                if (program != NULL)
                        return program;
        }
        return NULL;
}

static const char *
value_of(char *const *environment, const char *name)
{
        const char *value = environment_get(environment, name);

        return value == NULL ? "" : value;
}

/* Puts program and rest of the path where a CGI program finds them. */
static char *const *
with_path(struct responder *r, char *const *environment, const char *path, const char *rest)
{
        char **all = arena_alloc(r->arena, (FASTCGI_VARIABLES_MAX + 3) * sizeof(*all));
        size_t count = 0;

        all[count++] = arena_printf(r->arena, "SCRIPT_NAME=%.*s", (int)(rest - path), path);
        if (*rest != '\0')
                all[count++] = arena_printf(r->arena, "PATH_INFO=%s", rest);
        for (; *environment != NULL; environment++)
                if (!text_starts_with(*environment, "SCRIPT_NAME=") &&
                    !text_starts_with(*environment, "PATH_INFO="))
                        all[count++] = *environment;
        return all;
}

static bool
names_other_settings(const struct responder *r, char *const *environment)
{
        const char *named = value_of(environment, "WECHAT_CONF");
        const char *own = r->host->place.file;

        return *named != '\0' && (own == NULL || strcmp(named, own) != 0);
}

/* Puts the body into the memory file, from where it is read as from a pipe. */
static int
pass_body(struct responder *r)
{
        const struct buf *body = &r->request.body;

        if (body->size == 0)
                return 0;
        r->has_body = true;
        if (lseek(r->body, 0, SEEK_SET) != 0)
                return -1;
        for (size_t done = 0; done < body->size;) {
                ssize_t written = write(r->body, body->data + done, body->size - done);

                if (written < 0 && errno != EINTR)
                        return -1;
                done += written > 0 ? (size_t)written : 0;
        }
        return lseek(r->body, 0, SEEK_SET) == 0 ? 0 : -1;
}

/* Sets the program and its request. Returns false if none gets it, which was answered. */
static bool
dispatch(struct responder *r, const struct app_program **program, struct program_io *io)
{
        char *const *environment = fastcgi_environment(&r->request);
        const char *path = arena_printf(r->arena, "%s%s", value_of(environment, "SCRIPT_NAME"),
            value_of(environment, "PATH_INFO"));
        const char *rest = "";

        if (r->request.flaw != NULL) {
                refuse(r, 400, "Bad Request", r->request.flaw);
                return false;
        }
        if (names_other_settings(r, environment)) {
                refuse(r, 500, "Internal Server Error",
                    "the server names another settings file for this request (WECHAT_CONF) than "
                    "this process has read: name it where the process is started");
                return false;
        }
        *program = *path == '/' ? find_program(r, path, &rest) : NULL;
        if (*program == NULL) {
                refuse(r, 404, "Not Found",
                    "the path names no program (SCRIPT_NAME, PATH_INFO): pass on only requests to "
                    "the kit's programs");
                return false;
        }
        if (pass_body(r) != 0) {
                refuse(r, 503, "Service Unavailable", "the body could not be kept");
                return false;
        }
        *io = (struct program_io){with_path(r, environment, path, rest), r->body,
            {.file = -1, .write = write_answer, .context = r}};
        return true;
}

/* ---- the next request ---- */

/* Does the address belong to a peer that may connect? Of a Unix socket, its mode decides. */
static bool
is_welcome(const struct responder *r, const struct sockaddr_storage *peer)
{
        char text[INET6_ADDRSTRLEN] = "";
        const void *address = peer->ss_family == AF_INET
                                  ? (const void *)&((const struct sockaddr_in *)peer)->sin_addr
                                  : (const void *)&((const struct sockaddr_in6 *)peer)->sin6_addr;
        const char *shown = text;

        if (peer->ss_family != AF_INET && peer->ss_family != AF_INET6)
                return true;
        if (inet_ntop(peer->ss_family, address, text, sizeof(text)) == NULL)
                return false;
        if (text_starts_with(shown, "::ffff:"))
                shown += strlen("::ffff:");
        if (r->options.peers == NULL)
                return text_starts_with(shown, "127.") || strcmp(shown, "::1") == 0;
        for (const char *p = r->options.peers; *p != '\0'; p += strspn(p, ", ")) {
                size_t size = strcspn(p, ", ");

                if (size == strlen(shown) && strncmp(p, shown, size) == 0)
                        return true;
                p += size;
        }
        return false;
}

static void
take_connection(struct responder *r)
{
        struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
        socklen_t size = sizeof(peer);
        int connection =
            accept4(LISTENER, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct err err = {.kind = ERR_NONE};

        if (connection < 0)
                return; /* another worker took it, or it is gone */
        r->connection = connection;
        if (is_welcome(r, &peer))
                return;
        err_set(&err, ERR_DENIED,
            "a connection from another host was closed: see FCGI_WEB_SERVER_ADDRS");
        log_error("wechat.fcgi", "-", NULL, &err);
        hang_up(r);
}

/* Takes the first kept connection that has something to say. */
static void
take_kept(struct responder *r, const struct pollfd *waits)
{
        for (size_t i = 0; i < r->kept_count; i++)
                if (waits[i].revents != 0) {
                        r->connection = r->kept[i];
                        r->kept_count--;
                        memmove(
                            r->kept + i, r->kept + i + 1, (r->kept_count - i) * sizeof(*r->kept));
                        return;
                }
}

static bool
is_over(const struct responder *r)
{
        return r->host->left || r->last || host_has_served(r->host) ||
               (r->served > 0 && r->host->err.kind != ERR_NONE);
}

/* Waits until a connection has something to say, and takes it. Returns false if the process is to
 * end. A kept connection's request is served even then: the server has sent it. */
static bool
wait_connection(struct responder *r)
{
        enum { SIGNALS, SOCKET, KEPT };
        struct pollfd waits[KEPT + RESPONDER_KEPT_MAX] = {
            {.fd = r->options.signals, .events = POLLIN}, {.fd = LISTENER, .events = POLLIN}};

        for (size_t i = 0; i < r->kept_count; i++)
                waits[KEPT + i] = (struct pollfd){.fd = r->kept[i], .events = POLLIN};
        if (poll(waits, KEPT + r->kept_count, -1) < 0)
                return errno == EINTR;
        if (waits[SIGNALS].revents != 0)
                return false;
        r->aside = !r->aside;
        if (!r->aside || waits[SOCKET].revents == 0)
                take_kept(r, waits + KEPT);
        if (r->connection >= 0)
                r->last = r->served > 0 && host_is_spent(r->host);
        if (r->connection >= 0 || waits[SOCKET].revents == 0)
                return true;
        if (r->served == 0 ? host_has_changed(r->host) : host_is_spent(r->host))
                return false;
        take_connection(r);
        return true;
}

/* Reads more of the connection; -1: it is closed, or nothing comes. A connection that does not say
 * anything in RESPONDER_FIRST_MS waits with those that are kept, and holds up nobody. */
static int
read_more(struct responder *r, long long until)
{
        bool is_silent = r->request.state == FASTCGI_IDLE && r->request.header_size == 0;
        ssize_t got;

        if (is_silent)
                until = os_clock_ms() + RESPONDER_FIRST_MS;
        for (;;) {
                got = read(r->connection, r->input, sizeof(r->input));
                if (got >= 0 || (errno != EINTR && errno != EAGAIN))
                        break;
                if (errno == EINTR || wait_for(r->connection, POLLIN, until) == 0)
                        continue;
                if (is_silent)
                        keep(r);
                return -1;
        }
        r->input_at = 0;
        r->input_end = got > 0 ? (size_t)got : 0;
        return got > 0 ? 0 : -1;
}

/* Reads a request. Returns false if there is none: the connection may be of no more use. */
static bool
read_request(struct responder *r)
{
        long long until = os_clock_ms() + RESPONDER_READ_MS;
        r->broken = false;
        fastcgi_begin(&r->request, r->arena, cgi_variables, r->body_max);
        while (r->request.state < FASTCGI_COMPLETE) {
                r->input_at +=
                    fastcgi_feed(&r->request, r->input + r->input_at, r->input_end - r->input_at);
                if (r->request.replies.size > 0 &&
                    send_all(r, r->request.replies.data, r->request.replies.size) != 0)
                        return false;
                r->request.replies.size = 0;
                if (r->request.state < FASTCGI_COMPLETE && read_more(r, until) != 0)
                        return false;
        }
        if (r->request.state == FASTCGI_ABORTED) {
                unsigned char end[FASTCGI_END_SIZE];

                fastcgi_put_end(end, r->request.id, 0);
                if (send_all(r, end, sizeof(end)) == 0)
                        drain(r);
        }
        return r->request.state == FASTCGI_COMPLETE;
}

bool
responder_next(void *responder, const struct app_program **program, struct program_io *io)
{
        struct responder *r = responder;

        for (;;) {
                if (r->connection < 0 && (is_over(r) || !wait_connection(r)))
                        return false;
                if (r->connection < 0)
                        continue;
                if (read_request(r)) {
                        if (dispatch(r, program, io))
                                return true;
                        continue;
                }
                hang_up(r);
                arena_reset(r->arena);
        }
}

long long
responder_served(const struct responder *responder)
{
        return responder->served;
}

/* ---- the beginning ---- */

static size_t
longest_body(const struct host *host)
{
        size_t most = CGI_BODY_MAX;

        for (size_t i = 0; host->programs[i] != NULL; i++)
                if (host->programs[i]->body_max > most)
                        most = host->programs[i]->body_max;
        return most;
}

struct responder *
responder_open(struct host *host, const struct responder_options *options)
{
        struct responder *r = arena_alloc(host->arena, sizeof(*r));

        r->host = host;
        r->options = *options;
        r->connection = -1;
        r->arena = arena_begin(host->arena);
        for (size_t i = 0; i < sizeof(r->first) / sizeof(r->first[0]); i++)
                r->first[i] = said_first(options->said[i]);
        r->body_max = longest_body(host);
        r->body = memfd_create("body", MFD_CLOEXEC);
        host->depart = depart;
        host->server = r;
        return r;
}
