/* A CGI program that only writes what a push of a known follower must: a new file and changed
 * digits, which a power cut may undo, and one more line, which is synced. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
put(int folder, const char *name)
{
        char temporary[64];
        int fd;

        snprintf(temporary, sizeof(temporary), "tmp-%s", name);
        fd = openat(folder, temporary, O_WRONLY | O_CREAT, 0600);
        if (write(fd, name, strlen(name)) < 0)
                exit(1);
        close(fd);
        if (renameat(folder, temporary, folder, name) != 0)
                exit(1);
}

int
main(void)
{
        static const char answer[] = "Status: 204 No Content\r\n\r\n";
        const char *conf = getenv("WECHAT_CONF");
        char path[4096], name[32];
        int folder, fd;

        snprintf(path, sizeof(path), "%.*s/syncs", (int)(strrchr(conf, '/') - conf), conf);
        folder = open(path, O_RDONLY | O_DIRECTORY);
        snprintf(name, sizeof(name), "%d", (int)getpid());
        put(folder, name);
        snprintf(name, sizeof(name), "user-%d", (int)getpid() % 1000);
        fd = openat(folder, name, O_RDWR | O_CREAT, 0600);
        if (write(fd, name, strlen(name)) < 0)
                return 1;
        fd = openat(folder, "journal", O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (write(fd, "line\n", 5) != 5 || fsync(fd) != 0)
                return 1;
        return write(STDOUT_FILENO, answer, sizeof(answer) - 1) == (ssize_t)sizeof(answer) - 1 ? 0
                                                                                               : 1;
}
