/* Faults on purpose: each analyser has to find one, or the check of the sources says nothing. */
#include <stdlib.h>
#include <string.h>

int
broken(const char *text)
{
        char *copy = malloc(strlen(text) + 1);
        int numbers[2] = {1, 2};

        strcpy(copy, text); /* of what may be NULL */
        free(copy);
        return copy[0] + numbers[2]; /* after it was freed; past the end */
}
