/* Deliberate faults: each analyser must find at least one, to prove that it works. */
#include <stdlib.h>
#include <string.h>

int
broken(const char *text)
{
        char *copy = malloc(strlen(text) + 1);
        int numbers[2] = {1, 2};

        strcpy(copy, text); /* copy may be NULL */
        free(copy);
        return copy[0] + numbers[2]; /* used after free(); past the end */
}
