/* nothing-fcgi.c with libfcgi: nothing-libfcgi SOCKET PROCESSES. */
#include <fcgiapp.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
        int listener = argc == 3 ? FCGX_OpenSocket(argv[1], 128) : -1;
        FCGX_Request request;

        if (listener < 0)
                return 2;
        for (long i = 1; i < strtol(argv[2], NULL, 10); i++)
                if (fork() == 0)
                        break;
        if (FCGX_Init() != 0 || FCGX_InitRequest(&request, listener, 0) != 0)
                return 1;
        while (FCGX_Accept_r(&request) == 0) {
                FCGX_PutS("Status: 204 No Content\r\n\r\n", request.out);
                FCGX_Finish_r(&request);
        }
        return 0;
}
