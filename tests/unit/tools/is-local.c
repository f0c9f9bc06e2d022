/* Says for each NUL-ended string on stdin whether url_is_local() takes it: '1' or '0'. */
#include <stdio.h>
#include <stdlib.h>

#include "url.h"

int
main(void)
{
        char *text = NULL;
        size_t room = 0;

        while (getdelim(&text, &room, '\0', stdin) > 0)
                putchar(url_is_local(text) ? '1' : '0');
        free(text);
        return 0;
}
