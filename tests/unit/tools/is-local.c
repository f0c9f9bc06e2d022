/* Reads strings that end with NUL. For each, writes the page that url_page() makes of it for the
 * site whose origin is the argument, or nothing if it is refused, and a NUL. Exits with 1 if
 * url_is_local() refuses such a page. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "format/url.h"

int
main(int argc, char **argv)
{
        char *text = NULL;
        size_t room = 0;

        if (argc != 2)
                return 2;
        while (getdelim(&text, &room, '\0', stdin) > 0) {
                struct arena *arena = arena_new(abort);
                const char *reason;
                const char *page = url_page(arena, argv[1], text, &reason);

                if (page != NULL && !url_is_local(page))
                        return 1;
                fputs(page == NULL ? "" : page, stdout);
                putchar('\0');
                arena_free(arena);
        }
        free(text);
        return 0;
}
