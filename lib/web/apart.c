#include "web/apart.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/fastcgi.h"
#include "format/url.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/os.h"
#include "host/runner.h"
#include "web/environment.h"
#include "web/host.h"
#include "web/local.h"
#include "web/program.h"

/* ---- the process that asks ---- */

void
apart_prepare(struct host *host)
{
        struct runner_program *program;

        for (size_t i = 0; host->programs[i] != NULL; i++) {
                if (!host->programs[i]->apart)
                        continue;
                program = arena_alloc(host->arena, sizeof(*program));
                local_prepare(host, "cgi", program);
                host->apart = runner_start(host->arena, program, NULL, false);
                return;
        }
}

static void
add_line(struct buf *text, const char *line)
{
        buf_add_text(text, url_encode(text->arena, line));
        buf_add_byte(text, '\n');
}

/* The program's name, the variables and an empty line, then the body; each line is encoded. */
static char *
describe(struct arena *arena, const struct app_program *program, const struct program_io *io)
{
        char bytes[CGI_BODY_MAX + 1];
        struct buf text, body;
        ssize_t got;

        buf_init(&text, arena);
        add_line(&text, program->name);
        for (char *const *variable = io->environment; *variable != NULL; variable++)
                add_line(&text, *variable);
        buf_add_byte(&text, '\n');
        buf_init(&body, arena);
        while (body.size <= CGI_BODY_MAX && (got = read(io->in, bytes, sizeof(bytes))) != 0) {
                if (got < 0 && errno != EINTR)
                        break;
                buf_add(&body, bytes, got > 0 ? (size_t)got : 0);
        }
        add_line(&text, buf_finish(&body));
        return buf_finish(&text);
}

int
apart_serve(struct host *host, const struct app_program *program, const struct program_io *io)
{
        struct arena *arena = host->request_arena;
        const char *text = describe(arena, program, io);
        struct err err = {.kind = ERR_NONE};
        char *answer =
            "Status: 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n\r\nService Unavailable\n";
        size_t size = strlen(answer);
        int result;

        host->requests++;
        if (runner_run(
                host->apart, arena, 0, text, os_clock_ms() + APART_MS, &answer, &size, &err) != 0)
                log_error(program->name, "-", NULL, &err);
        result = cgi_write(&io->out, "", 0, answer, size, &err);
        arena_reset(arena);
        return result;
}

/* ---- the process that is asked ---- */

enum { INPUT_SIZE = 1024 * 1024, VARIABLES = 2 * FASTCGI_VARIABLES_MAX };

static char *
next_line(struct arena *arena, char **text)
{
        char *line = strsep(text, "\n");

        return line == NULL ? "" : url_decode(arena, line, strlen(line));
}

static char *
read_input(struct arena *arena)
{
        char *text = arena_alloc(arena, INPUT_SIZE + 1);
        size_t size = 0;
        ssize_t got;

        while (
            size < INPUT_SIZE && (got = read(STDIN_FILENO, text + size, INPUT_SIZE - size)) != 0) {
                if (got < 0 && errno != EINTR)
                        break;
                size += got > 0 ? (size_t)got : 0;
        }
        return text;
}

/* The request's variables, and those of this process, by which it finds the settings. */
static char *const *
read_environment(struct arena *arena, char **text, char *const *own)
{
        char **all = arena_alloc(arena, (VARIABLES + 2) * sizeof(*all));
        size_t count = 0;

        for (; *own != NULL && count < FASTCGI_VARIABLES_MAX; own++)
                all[count++] = *own;
        all[count++] = "GATEWAY_INTERFACE=CGI/1.1";
        while (count <= VARIABLES) {
                char *line = next_line(arena, text);

                if (*line == '\0')
                        break;
                all[count++] = line;
        }
        return all;
}

static const struct app_program *
find_program(const struct app_program *const *programs, const char *name)
{
        for (size_t i = 0; programs[i] != NULL; i++)
                if (strcmp(programs[i]->name, name) == 0)
                        return programs[i];
        return NULL;
}

int
apart_main(const struct app_program *const *programs, char *const *environment)
{
        struct arena *arena = arena_new(memory_exhausted);
        char *text = read_input(arena);
        const struct app_program *program = find_program(programs, next_line(arena, &text));
        const struct app_program *const one[] = {program, NULL};
        struct program_io io = {
            .in = memfd_create("body", MFD_CLOEXEC), .out = {STDOUT_FILENO, NULL, NULL}};
        struct host host;
        const char *body;

        if (program == NULL || io.in < 0)
                return 1;
        io.environment = read_environment(arena, &text, environment);
        body = next_line(arena, &text);
        if (write(io.in, body, strlen(body)) != (ssize_t)strlen(body) ||
            lseek(io.in, 0, SEEK_SET) != 0)
                return 1;
        host_open(&host, one, io.environment, HOST_ONCE);
        program_enter(&host);
        host_exit(&host, program_serve(&host, program, &io) == 0 ? 0 : 1);
}
