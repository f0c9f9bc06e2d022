/* A Redis server of a test's own: on a socket in a folder of its own, with every write synced. */
#ifndef UNIT_REDIS_SERVER_H
#define UNIT_REDIS_SERVER_H

#include "table.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "format/redis_url.h"
#include "host/os.h"
#include "host/redis.h"

struct redis_server {
        char folder[256];
        char socket[300];
        pid_t pid; /* 0: there is none */
};

static inline int
remove_server_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st;
        (void)flag;
        (void)ftw;
        return remove(path);
}

static inline void
stop_redis_server(struct redis_server *server)
{
        if (server->pid > 0) {
                (void)kill(server->pid, SIGKILL);
                (void)waitpid(server->pid, NULL, 0);
        }
        server->pid = 0;
        (void)nftw(server->folder, remove_server_file, 16, FTW_DEPTH | FTW_PHYS);
}

/* Asks the server one command of its owner's. */
static inline bool
tell_redis_server(struct arena *arena, const char *where, const char *const *words, size_t count)
{
        struct redis_question question;
        struct redis_reply reply;
        struct redis_url url;
        struct redis *redis;
        struct err err;

        redis_url_parse(arena, where, &url);
        redis_ask_begin(&question, arena);
        redis_add_words(&question, words, count);
        return redis_new(arena, &url, &redis, &err) == 0 &&
               redis_ask(redis, &question, &reply, &err) == 0 && reply.kind != REDIS_ERROR;
}

/* Returns NULL, or why there is none. */
static inline const char *
start_redis_server(struct redis_server *server)
{
        const char *temporary = getenv("TMPDIR");
        struct arena *arena = arena_new(abort);
        bool answers = false;

        (void)snprintf(server->folder, sizeof(server->folder), "%s/wechat-redis-XXXXXX",
            temporary == NULL ? "/tmp" : temporary);
        if (arena == NULL || mkdtemp(server->folder) == NULL)
                return "no folder for redis-server";
        (void)snprintf(server->socket, sizeof(server->socket), "%s/socket", server->folder);
        server->pid = fork();
        if (server->pid == 0) {
                int nowhere = open("/dev/null", O_RDWR);

                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                (void)dup2(nowhere, STDOUT_FILENO);
                (void)dup2(nowhere, STDERR_FILENO);
                execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
                    server->socket, "--dir", server->folder, "--save", "", "--appendonly", "yes",
                    "--appendfsync", "always", (char *)NULL);
                _exit(127);
        }
        for (int i = 0; i < 1000 && !answers && waitpid(server->pid, NULL, WNOHANG) == 0; i++) {
                answers =
                    tell_redis_server(arena, arena_printf(arena, "redis+unix://%s", server->socket),
                        (const char *const[]){"PING"}, 1);
                if (!answers)
                        os_sleep(10);
        }
        arena_free(arena);
        if (!answers)
                stop_redis_server(server);
        return answers ? NULL : "no redis-server (Debian: redis-server), or built without hiredis";
}

#endif
