#include "web/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/file.h"
#include "host/path.h"
#include "base/text.h"
#include "web/environment.h"
#include "web/installed.h"

static const char hidden_name[] = ".htwechat.conf";

/* ---- folders that are served ---- */

/* Returns how much of path leads to a folder that hosts usually serve, the first of these names; 0:
 * it is in none. */
static size_t
served_by_name(const char *path)
{
        static const char *const names[] = {"public_html", "httpdocs", "htdocs", "wwwroot"};

        for (const char *part = path; *part == '/';) {
                size_t size = strcspn(++part, "/");

                for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                        if (strlen(names[i]) == size && memcmp(part, names[i], size) == 0)
                                return (size_t)(part - path) + size;
                part += size;
        }
        return 0;
}

/* Returns the folder that the web server serves and that path is in; NULL: none. If the document
 * root is unknown, its usual names decide. */
static const char *
served(struct arena *arena, const struct place *place, const char *path)
{
        size_t size;

        if (place->root != NULL)
                return path_is_within(place->root, path) ? place->root : NULL;
        size = served_by_name(path);
        return size == 0 ? NULL : arena_copy(arena, path, size);
}

/* ---- the document root ---- */

/* For /~you/ it is not the server's own document root. A path that cannot be resolved is
 * ignored. */
static const char *
document_root(struct arena *arena, char *const *environment)
{
        const char *script = environment_get(environment, "SCRIPT_NAME"), *root = NULL;
        char real[PATH_MAX];

        if (script != NULL && text_starts_with(script, "/~"))
                root = environment_get(environment, "CONTEXT_DOCUMENT_ROOT");
        if (root == NULL)
                root = environment_get(environment, "DOCUMENT_ROOT");
        return root != NULL && *root == '/' && realpath(root, real) != NULL
                   ? arena_strdup(arena, real)
                   : NULL;
}

/* Returns the folder above the document root, or above the folder with a usual name that it is
 * in. */
static const char *
beside(struct arena *arena, const char *root)
{
        size_t size = served_by_name(root);

        return path_folder(arena, size == 0 ? root : arena_copy(arena, root, size));
}

/* ---- the search ---- */

struct search {
        struct arena *arena;
        char *const *environment;
        struct place *place;
        const char *found;
        const char *closed; /* the first that may exist, in a folder that we cannot search */
};

static int
refuse_served(struct place *place, const char *file, const char *folder)
{
        place->flaw = PLACE_SERVED;
        return err_set(&place->err, ERR_CONFIG,
            "%s is in %s, which the web server serves: move it, with wechat-state and wechat-html, "
            "to %s, and reset the AppSecret: others may have read it",
            file, folder, place->wanted);
}

static int
try_file(struct search *s, const char *file)
{
        if (faccessat(AT_FDCWD, file, F_OK, 0) != 0) {
                if (errno == EACCES && s->closed == NULL)
                        s->closed = file;
                return 0;
        }
        if (s->found != NULL && strcmp(s->found, file) != 0) {
                s->place->flaw = PLACE_TWO;
                return err_set(&s->place->err, ERR_CONFIG,
                    "two settings files, %s and %s: keep the one that is right", s->found, file);
        }
        s->found = file;
        return 0;
}

/* Returns the folder above that of the program's own file: the file that runs, or if /proc is
 * missing, the one that the server names. */
static const char *
folder_above_program(const struct search *s)
{
        const char *script = environment_get(s->environment, "SCRIPT_FILENAME");
        const char *file = path_own(s->arena);

        if (file == NULL)
                file = path_resolve(s->arena, s->place->root, script == NULL ? "" : script);
        return path_folder(s->arena, path_folder(s->arena, file));
}

static int
try_above_program(struct search *s)
{
        const char *folder = folder_above_program(s);
        const char *file = arena_printf(s->arena, "%s/wechat.conf", folder), *in;
        size_t named = served_by_name(folder);

        if (*folder == '.' || faccessat(AT_FDCWD, file, F_OK, 0) != 0)
                return 0;
        in = named == 0 ? served(s->arena, s->place, folder) : arena_copy(s->arena, folder, named);
        s->place->folder = folder;
        if (in != NULL)
                return refuse_served(s->place, file, in);
        if (s->place->root == NULL) {
                s->place->flaw = PLACE_ROOT_UNKNOWN;
                return err_set(&s->place->err, ERR_CONFIG,
                    "the server does not say where its document root is (DOCUMENT_ROOT), and %s "
                    "could be in it: name the file in WECHAT_CONF",
                    file);
        }
        return try_file(s, file);
}

/* Looks in the document root, where the owner may have put the folder by mistake or on purpose. */
static int
try_in_root(struct search *s)
{
        const char *folder = arena_printf(s->arena, "%s/wechat", s->place->root);
        const char *file = arena_printf(s->arena, "%s/wechat.conf", folder);
        const char *hidden = arena_printf(s->arena, "%s/%s", folder, hidden_name);

        if (faccessat(AT_FDCWD, file, F_OK, 0) == 0) {
                s->place->folder = folder;
                return refuse_served(s->place, file, s->place->root);
        }
        if (faccessat(AT_FDCWD, hidden, F_OK, 0) == 0)
                s->found = hidden;
        return 0;
}

static int
refuse_missing(struct place *place)
{
        place->flaw = place->root == NULL ? PLACE_ROOT_UNKNOWN : PLACE_MISSING;
        if (place->root == NULL && *installed_settings() == '\0')
                return err_set(&place->err, ERR_CONFIG,
                    "no settings file: the server does not say where its document root is "
                    "(DOCUMENT_ROOT), so name the file in the environment variable WECHAT_CONF");
        if (*installed_settings() != '\0')
                return err_set(&place->err, ERR_CONFIG,
                    "no settings file: put it at %s, or as wechat.conf into the folder %s, or name "
                    "it in the environment variable WECHAT_CONF, which suEXEC removes",
                    installed_settings(), place->wanted);
        return err_set(&place->err, ERR_CONFIG,
            "no settings file: make the folder %s and put wechat.conf into it, or name the file in "
            "the environment variable WECHAT_CONF, which suEXEC removes; if you can write nothing "
            "outside %s, create wechat/%s in it",
            place->wanted, place->root, hidden_name);
}

const char *const place_rooms[PLACE_ROOMS] = {"", "/private", "/priv", "/protected"};

static int
search(struct search *s)
{
        struct place *place = s->place;

        if (place->root != NULL) {
                const char *base = beside(s->arena, place->root);

                for (size_t i = 0; i < PLACE_ROOMS; i++)
                        if (try_file(s, arena_printf(s->arena, "%s%s/wechat/wechat.conf", base,
                                            place_rooms[i])) != 0)
                                return -1;
        }
        if (try_above_program(s) != 0)
                return -1;
        if (s->found == NULL && place->root != NULL && try_in_root(s) != 0)
                return -1;
        if (s->found == NULL && *installed_settings() != '\0' &&
            try_file(s, installed_settings()) != 0)
                return -1;
        if (s->found == NULL)
                s->found = s->closed; /* reading it reports what is closed */
        return s->found == NULL ? refuse_missing(place) : 0;
}

/* ---- the file found ---- */

/* Does an .htaccess have a line that denies everything, as Apache 2.4 or 2.2 writes it? */
static bool
denies(const char *text)
{
        for (; *text != '\0'; text += *text == '\n') {
                text += strspn(text, " \t");
                if (strncasecmp(text, "Require all denied", 18) == 0 ||
                    strncasecmp(text, "Deny from all", 13) == 0)
                        return true;
                text += strcspn(text, "\n");
        }
        return false;
}

/* Checks a settings file in the document root whose name says that it is meant to be there. */
static int
check_hidden(const struct search *s, const char *file)
{
        const char *server = environment_get(s->environment, "SERVER_SOFTWARE");
        struct place *place = s->place;
        const char *htaccess = arena_printf(s->arena, "%s/.htaccess", place->real);
        struct err ignored;
        size_t size;
        char *text;

        place->flaw = PLACE_UNDENIED;
        if (server == NULL ||
            (!text_starts_with(server, "Apache") && !text_starts_with(server, "LiteSpeed")))
                return err_set(&place->err, ERR_CONFIG,
                    "%s is in the document root, and this server, %.40s, is not one that keeps .ht "
                    "files to itself (Apache, LiteSpeed): move the folder to %s",
                    file, server == NULL ? "unnamed" : server, place->wanted);
        if (file_read_public(s->arena, htaccess, &text, &size, &ignored) != 0 || !denies(text))
                return err_set(&place->err, ERR_CONFIG,
                    "%s is in the document root, and %s does not deny it (Require all denied): put "
                    "the archive's .htaccess there, or move the folder to %s",
                    file, htaccess, place->wanted);
        place->flaw = PLACE_GOOD;
        place->hidden = true;
        return 0;
}

static bool
is_installed(struct arena *arena, const char *real)
{
        const char *installed = installed_settings();

        return *installed != '\0' && strcmp(path_resolve(arena, NULL, installed), real) == 0;
}

static int
check_file(const struct search *s, const char *file)
{
        struct place *place = s->place;
        const char *real = path_resolve(s->arena, place->root, file);
        const char *in = served(s->arena, place, real);

        place->real = path_folder(s->arena, real);
        place->installed = is_installed(s->arena, real);
        if (in == NULL)
                return 0;
        if (place->root != NULL && strcmp(strrchr(real, '/') + 1, hidden_name) == 0)
                return check_hidden(s, file);
        return refuse_served(place, file, in);
}

/* Not HTTP_WECHAT_CONF, which a visitor's header sets. */
static const char *
named_file(char *const *environment)
{
        const char *named = environment_get(environment, "WECHAT_CONF");

        if (named == NULL || *named == '\0')
                named = environment_get(environment, "REDIRECT_WECHAT_CONF");
        return named == NULL || *named == '\0' ? NULL : named;
}

void
place_find(struct arena *arena, char *const *environment, struct place *place)
{
        struct search s = {arena, environment, place, named_file(environment), NULL};

        memset(place, 0, sizeof(*place));
        place->root = document_root(arena, environment);
        place->wanted = place->root == NULL
                            ? "a folder beside the document root"
                            : arena_printf(arena, "%s/wechat", beside(arena, place->root));
        place->folder = place->root == NULL ? "/" : place->wanted;
        if (s.found != NULL && *s.found != '/') {
                place->flaw = PLACE_RELATIVE;
                err_set(&place->err, ERR_CONFIG, "WECHAT_CONF must be an absolute path, not %.80s",
                    s.found);
                return;
        }
        if (s.found == NULL && search(&s) != 0)
                return;
        place->folder = path_folder(arena, s.found);
        if (check_file(&s, s.found) == 0)
                place->file = arena_strdup(arena, s.found);
}

/* Is the folder there, and neither published itself nor a way into what is? */
static bool
is_outside(struct arena *arena, const struct place *place, const char *folder)
{
        const char *real = path_resolve(arena, NULL, folder);

        return served(arena, place, real) == NULL && served_by_name(real) == 0;
}

size_t
place_folders(struct arena *arena, char *const *environment, const struct place *place,
    const char *folders[PLACE_FOLDERS])
{
        struct place copy = *place;
        struct search s = {arena, environment, &copy, NULL, NULL};
        const char *named = named_file(environment), *above;
        const char *installed = path_folder(arena, installed_settings());
        size_t count = 0;

        if (place->file != NULL || named != NULL) {
                const char *folder = path_folder(arena, place->file == NULL ? named : place->file);

                if (*folder == '/' && (place->hidden || is_outside(arena, place, folder)))
                        folders[count++] = folder;
                return count;
        }
        if (*installed == '/' && is_outside(arena, place, installed))
                folders[count++] = installed;
        if (place->root == NULL)
                return count;
        for (size_t i = 0; i < PLACE_ROOMS; i++) {
                const char *folder =
                    arena_printf(arena, "%s%s/wechat", beside(arena, place->root), place_rooms[i]);

                if (is_outside(arena, place, folder))
                        folders[count++] = folder;
        }
        above = folder_above_program(&s);
        if (*above == '/' && is_outside(arena, place, above))
                folders[count++] = above;
        return count;
}

/* Checks a folder that a setting names; name: what it should be called where it belongs. */
static int
check_folder(struct arena *arena, const struct place *place, const char *setting, const char *name,
    const char *folder, struct err *err)
{
        const char *real = path_resolve(arena, place->real, folder);
        const char *in = served(arena, place, real);

        if (in == NULL || (place->hidden && path_is_within(place->real, real)))
                return 0;
        return err_set(err, ERR_CONFIG,
            "%s: %s is in %s, which the web server serves: move it to %s/%s and set %s to that",
            setting, folder, in, place->wanted, name, setting);
}

int
place_check_state(
    struct arena *arena, const struct place *place, const char *folder, struct err *err)
{
        return check_folder(arena, place, "state_dir", "wechat-state", folder, err);
}

int
place_check_private(struct arena *arena, const struct place *place, const char *folder,
    const char *state, struct err *err)
{
        const char *real = path_resolve(arena, place->real, folder);
        const char *real_state = path_resolve(arena, place->real, state);
        bool has_settings = path_is_within(real, place->real);

        if (check_folder(arena, place, "private_dir", "private", folder, err) != 0)
                return -1;
        if (!has_settings && !path_is_within(real, real_state) && !path_is_within(real_state, real))
                return 0;
        return err_set(err, ERR_CONFIG,
            "private_dir: everybody who is signed in could read the %s in %s: give the files a "
            "folder of their own, such as %s/private",
            has_settings ? "settings" : "state", folder, place->wanted);
}
