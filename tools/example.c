/* Prints the contents of wechat.conf.example, for `make wechat.conf.example`. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "conf/meaning.h"

int
main(void)
{
        struct arena *arena = arena_new(abort);
        int result;

        if (arena == NULL)
                return 1;
        result = fputs(conf_example(arena), stdout) >= 0 && fflush(stdout) == 0 ? 0 : 1;
        arena_free(arena);
        return result;
}
