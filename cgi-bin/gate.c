/* gate.cgi: the files of private_dir, for visitors who are signed in. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/url.h"
#include "gate/access.h"
#include "gate/listing.h"
#include "gate/media.h"
#include "host/beneath.h"
#include "host/sandbox.h"
#include "signin/display_name.h"
#include "signin/introspection.h"
#include "signin/role.h"
#include "signin/session.h"
#include "web/program.h"
#include "web/send.h"

/* Scripts in HTML, SVG and XML files do not run, forms are not sent. A browser that does not know
 * "sandbox" obeys the rest. */
#define NO_SCRIPTS                                                                                 \
        "script-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'; "              \
        "sandbox allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox"

/* What is asked for. */
struct wanted {
        const char *path;    /* below private_dir: "/reports/a.pdf", "/reports/" */
        const char *address; /* where the visitor sees it: a page of this site */
        struct access access;
        const struct access_rule *rule; /* the one for path */
        const struct session *session;
        int fd;
        struct stat st;
};

/* ---- addresses ---- */

/* Returns the page of this site that the visitor asked for, which another address may lead to. */
static const char *
address_of(struct app *app, const char *path)
{
        const char *own = conf_program(app->arena, &app->conf, "gate.cgi");
        const char *page = app_proxied_page(app), *reason;

        if (page == NULL)
                page = url_page(app->arena, app->conf.site_url, app->request.request_uri, &reason);
        if (page == NULL)
                page = arena_printf(app->arena, "%s%s", own, url_encode_path(app->arena, path));
        return url_is_local(page) ? page : own;
}

static bool
is_folder_address(const char *address)
{
        size_t size = strcspn(address, "?#");

        return size > 0 && address[size - 1] == '/';
}

/* Relative links on a folder's page are right only if its address ends with a slash. */
static int
answer_slash(struct app *app, const char *address)
{
        size_t size = strcspn(address, "?#");

        return app_answer_redirect(
            app, arena_printf(app->arena, "%.*s/%s", (int)size, address, address + size));
}

/* ---- who may ---- */

static int
read_access(struct app *app, struct access *access)
{
        size_t size;
        char *text;

        if (*app->conf.access == '\0') {
                access_open_all(app->arena, access);
                return 0;
        }
        if (app_read_file(app, &text, &size) != 0) {
                app->err.kind = ERR_CONFIG;
                return -1;
        }
        return access_parse(app->arena, text, size, app->conf.access, access, &app->err);
}

static bool
may_read(const struct session *session, const struct access_rule *rule)
{
        return rule != NULL &&
               (rule->roles.count == 0 || role_has_one(&session->user, &rule->roles));
}

/* A script or a mini program, which names its session in a header, is not sent to a page. */
static int
answer_nobody(struct app *app, const struct wanted *wanted)
{
        err_clear(&app->err);
        return session_header_token(app) != NULL ? introspection_answer_inactive(app, NULL, NULL)
                                                 : app_answer_login(app, wanted->address);
}

static int
answer_norole(struct app *app, const struct wanted *wanted)
{
        if (wanted->rule == NULL) {
                err_set(&app->err, ERR_CONFIG,
                    "%s: no entry covers %.200s, so nobody may read it: an entry with the "
                    "\"folder\" / covers what the others do not",
                    app->conf.access, wanted->path);
                app_log(app, &app->err);
        }
        if (session_header_token(app) != NULL)
                return err_set(&app->err, ERR_DENIED, "%.200s: without the role", wanted->path);
        app->next = wanted->address;
        pairs_add(&app->page, "nickname", display_name_get(&wanted->session->user));
        return app_answer_page(app, 403, "norole");
}

/* ---- a file ---- */

static bool
has_scripts(const struct wanted *wanted, const struct media *media)
{
        return media->holds_scripts && wanted->rule->scripts != ACCESS_YES;
}

/* Adds the header by which the server sends the file itself; it opens it again by this name.
 * Returns false if the program has to send it: if it holds scripts, since nginx drops the header
 * that keeps them from running; and with X-Sendfile, if the name has any but the plainest
 * characters, which some servers decode (lighttpd) and others do not (mod_xsendfile 0.12). */
static bool
add_sendfile(struct app *app, const struct wanted *wanted, const char *path)
{
        static const char accel[] = "X-Accel-Redirect ";
        bool is_nginx = text_starts_with(app->conf.sendfile, accel);
        const char *folder = is_nginx ? app->conf.sendfile + strlen(accel) : app->conf.private_dir;
        const char *plain = arena_printf(app->arena, "%s%s", folder, path);
        const char *encoded = url_encode_path(app->arena, plain);
        struct media media = media_of(path);

        if (strcmp(app->conf.sendfile, "off") == 0 || has_scripts(wanted, &media) ||
            (!is_nginx && strcmp(encoded, plain) != 0))
                return false;
        pairs_add(&app->response.headers, is_nginx ? "X-Accel-Redirect" : "X-Sendfile", encoded);
        return true;
}

static int
answer_file(struct app *app, const struct wanted *wanted, const char *path)
{
        static const struct cgi_file nothing = {-1, 0, 0};
        struct media media = media_of(path);

        if (!media.is_known)
                pairs_add(&app->response.headers, "Content-Disposition", "attachment");
        if (has_scripts(wanted, &media))
                pairs_add(&app->response.headers, "Content-Security-Policy", NO_SCRIPTS);
        if (add_sendfile(app, wanted, path))
                return app_answer_file(app, 200, media.type, &nothing);
        return send_file(app, wanted->fd, &wanted->st, media.type);
}

/* ---- a folder ---- */

static bool
may_list(const struct app *app, const struct wanted *wanted, const char *path)
{
        const struct access_rule *rule = access_find(&wanted->access, path);

        return may_read(wanted->session, rule) &&
               (rule->listing == ACCESS_UNSAID ? strcmp(app->conf.private_listing, "on") == 0
                                               : rule->listing == ACCESS_YES);
}

struct listed {
        const struct wanted *wanted;
        struct listing listing;
};

/* Adds what the visitor could open. */
static void
list_entry(void *context, const char *name, const struct stat *st)
{
        struct listed *listed = context;
        const struct wanted *wanted = listed->wanted;
        struct listing_entry entry = {
            name, S_ISDIR(st->st_mode), (long long)st->st_size, (long long)st->st_mtim.tv_sec};
        char path[ACCESS_PATH_MAX + 1 + NAME_MAX + 1]; /* not from the arena: names are many */

        if (!access_is_name(name) || (!entry.is_folder && !S_ISREG(st->st_mode)) ||
            snprintf(path, sizeof(path), "%s%s", wanted->path, name) >= (int)sizeof(path))
                return;
        if (may_read(wanted->session, access_find(&wanted->access, path)))
                listing_add(&listed->listing, &entry);
}

static int
answer_listing(struct app *app, const struct wanted *wanted)
{
        struct listed listed = {.wanted = wanted};
        const char *inner = arena_copy(app->arena, wanted->path, strlen(wanted->path) - 1);
        const char *slash = strrchr(inner, '/');

        listing_init(app->arena, &listed.listing);
        if (beneath_list(wanted->fd, list_entry, &listed, &app->err) != 0)
                return -1;
        listing_fill(&listed.listing, &app->page);
        if (slash != NULL) {
                pairs_add(&app->page, "name", text_clean(app->arena, slash + 1));
                if (may_list(
                        app, wanted, arena_copy(app->arena, inner, (size_t)(slash + 1 - inner))))
                        pairs_add(&app->page, "up", "../");
        }
        return app_answer_page(app, 200, "folder");
}

/* Opens what path names. */
static int
open_path(struct app *app, struct wanted *wanted, const char *path)
{
        size_t size = strlen(path);

        return beneath_open(app->arena, app->conf.private_dir,
            arena_copy(app->arena, path + 1, size - 1 - (size > 1 && path[size - 1] == '/')),
            &wanted->fd, &wanted->st, &app->err);
}

static int
answer_folder(struct app *app, const struct wanted *wanted)
{
        const char *path = arena_printf(app->arena, "%sindex.html", wanted->path);
        struct wanted index = *wanted;

        if (open_path(app, &index, path) == 0 && S_ISREG(index.st.st_mode)) {
                index.path = path;
                index.rule = access_find(&wanted->access, path);
                return may_read(wanted->session, index.rule) ? answer_file(app, &index, path)
                                                             : answer_norole(app, &index);
        }
        if (app->err.kind != ERR_NONE && app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        if (may_list(app, wanted, wanted->path))
                return answer_listing(app, wanted);
        return err_set(&app->err, ERR_NOT_FOUND,
            "%.200s: it has no index.html, and no listing (private_listing)", wanted->path);
}

static int
gate(struct app *app)
{
        const char *path = *app->request.path_info == '\0' ? "/" : app->request.path_info;
        struct wanted wanted = {.path = path};
        struct session session;

        /* G1. Is it the path of something that may be served? */
        if (*app->conf.private_dir == '\0')
                return err_set(
                    &app->err, ERR_NOT_FOUND, "private_dir is not set: there is no gate");
        if (!access_is_path(path))
                return err_set(&app->err, ERR_NOT_FOUND, "%.200s: no path to a file", path);
        wanted.address = address_of(app, path);

        /* G2. Who is it? Nobody: sign in, and come back to this address. */
        if (session_of_request(app, &session) != 0)
                return app->err.kind == ERR_NOT_FOUND ? answer_nobody(app, &wanted) : -1;
        wanted.session = &session;

        /* G3. May they read this folder? The answer is the same whether the file is there or not.
         */
        if (read_access(app, &wanted.access) != 0)
                return -1;
        wanted.rule = access_find(&wanted.access, path);
        if (!may_read(&session, wanted.rule))
                return answer_norole(app, &wanted);

        /* G4. A folder: its index.html, or a list of the names in it. */
        if (open_path(app, &wanted, path) != 0)
                return -1;
        if (S_ISDIR(wanted.st.st_mode)) {
                if (!is_folder_address(wanted.address))
                        return answer_slash(app, wanted.address);
                wanted.path =
                    path[strlen(path) - 1] == '/' ? path : arena_printf(app->arena, "%s/", path);
                return answer_folder(app, &wanted);
        }

        /* G5. A file: all of it, a part, or that it has not changed. */
        if (path[strlen(path) - 1] == '/')
                return err_set(&app->err, ERR_NOT_FOUND, "%.200s: no folder", path);
        return answer_file(app, &wanted, path);
}

static int
answer_error(struct app *app)
{
        return session_header_token(app) != NULL ? app_answer_error_json(app) : -1;
}

static const struct app_program program = {
    .name = "gate.cgi",
    .purpose = "The files of private_dir, for visitors who are signed in: gate.cgi/reports/a.pdf.\n"
               "access.json says which roles may read which folders.",
    .methods = "GET, HEAD",
    .handle = gate,
    .handle_error = answer_error,
    .needs = SANDBOX_PAGES | SANDBOX_READ_STATE | SANDBOX_PRIVATE_FILES,
    .reads = offsetof(struct conf, access),
};

PROGRAM_MAIN(program)
