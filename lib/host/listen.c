#include "host/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"

enum { BACKLOG = 1024, PORT_HIGHEST = 65535 };

/* Nobody listens on a socket's file that refuses. */
static bool
is_left_over(const struct sockaddr_un *address)
{
        int tried = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool refused = tried >= 0 &&
                       connect(tried, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
                       errno == ECONNREFUSED;

        if (tried >= 0)
                close(tried);
        return refused;
}

static int
bind_path(int listener, const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        mode_t mask;
        int result;

        if (strlen(path) >= sizeof(address.sun_path)) {
                errno = ENAMETOOLONG;
                return -1;
        }
        memcpy(address.sun_path, path, strlen(path));
        if (is_left_over(&address))
                unlink(path);
        mask = umask(0117);
        result = bind(listener, (struct sockaddr *)&address, sizeof(address));
        umask(mask);
        return result;
}

static int
bind_port(int listener, const char *text)
{
        struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        unsigned long port = strtoul(text, NULL, 10);
        int yes = 1;

        if (port == 0 || port > PORT_HIGHEST) {
                errno = EINVAL;
                return -1;
        }
        address.sin_port = htons((uint16_t)port);
        return setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
                       bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0
                   ? -1
                   : 0;
}

int
listen_on(const char *where, struct err *err)
{
        bool is_port = *where != '\0' && where[strspn(where, "0123456789")] == '\0';
        int listener = socket(is_port ? AF_INET : AF_UNIX, SOCK_STREAM, 0);

        if (listener >= 0 &&
            (is_port ? bind_port(listener, where) : bind_path(listener, where)) == 0 &&
            listen(listener, BACKLOG) == 0 && dup2(listener, STDIN_FILENO) == STDIN_FILENO) {
                if (listener != STDIN_FILENO)
                        close(listener);
                return 0;
        }
        err_set_errno(err, ERR_CONFIG, errno, where);
        if (listener >= 0)
                close(listener);
        return -1;
}
