/* A CGI program that only copies a file, as plainly as possible: the limit for gate.cgi. The file
 * is private/file.zip beside wechat.conf. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
main(void)
{
        static char bytes[64 * 1024];
        const char *conf = getenv("WECHAT_CONF");
        char path[4096], headers[200];
        struct stat st;
        ssize_t got;
        int fd, size;

        snprintf(
            path, sizeof(path), "%.*s/private/file.zip", (int)(strrchr(conf, '/') - conf), conf);
        fd = open(path, O_RDONLY);
        if (fstat(fd, &st) != 0)
                return 1;
        size = snprintf(headers, sizeof(headers),
            "Status: 200 OK\r\nContent-Type: application/zip\r\nContent-Length: %lld\r\n\r\n",
            (long long)st.st_size);
        if (write(STDOUT_FILENO, headers, (size_t)size) != size)
                return 1;
        while ((got = read(fd, bytes, sizeof(bytes))) > 0)
                for (ssize_t done = 0, wrote; done < got; done += wrote)
                        if ((wrote = write(STDOUT_FILENO, bytes + done, (size_t)(got - done))) < 0)
                                return 1;
        return got == 0 ? 0 : 1;
}
