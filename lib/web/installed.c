#include "web/installed.h"

struct places {
        char settings[INSTALLED_PATH_MAX];
        char state[INSTALLED_PATH_MAX];
        char pages[INSTALLED_PATH_MAX];
};

/* The section that tools/installed replaces. */
static const struct places places __attribute__((section("wechat_places"), used)) = {"", "", ""};

/* The compiler must not know that the paths are empty. */
static const struct places *
read_places(void)
{
        const struct places *read = &places;

        __asm__("" : "+r"(read));
        return read;
}

const char *
installed_settings(void)
{
        return read_places()->settings;
}

const char *
installed_state(void)
{
        return read_places()->state;
}

const char *
installed_pages(void)
{
        return read_places()->pages;
}
