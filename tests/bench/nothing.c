/* A CGI program that does nothing: the limit for the others. */
#include <unistd.h>

int
main(void)
{
        static const char answer[] = "Status: 204 No Content\r\n\r\n";

        return write(STDOUT_FILENO, answer, sizeof(answer) - 1) == (ssize_t)sizeof(answer) - 1 ? 0
                                                                                               : 1;
}
