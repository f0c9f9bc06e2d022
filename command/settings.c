#include "settings.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "command.h"
#include "host/os.h"
#include "host/path.h"
#include "host/sandbox.h"
#include "output.h"
#include "web/installed.h"
#include "web/place.h"

static const struct app_program program = {
    .name = "wechat",
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK,
};

static const struct app_program *const programs[] = {&program, NULL};

/* ---- whose the settings and the state are ---- */

/* Returns the word as a shell reads it. */
static const char *
quote(struct arena *arena, const char *word)
{
        struct buf quoted;

        if (*word != '\0' && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-_./:=@,+%") == strlen(word))
                return word;
        buf_init(&quoted, arena);
        buf_add_byte(&quoted, '\'');
        for (; *word != '\0'; word++)
                if (*word == '\'')
                        buf_add_text(&quoted, "'\\''");
                else
                        buf_add_byte(&quoted, *word);
        buf_add_byte(&quoted, '\'');
        return quoted.data;
}

/* Returns the command line that runs this one as that user. */
static const char *
command_as(const struct run *run, const char *user)
{
        struct buf line;

        buf_init(&line, run->arena);
        buf_add_text(&line, geteuid() == 0 ? "runuser -u " : "sudo -u ");
        buf_add_text(&line, user);
        if (geteuid() == 0)
                buf_add_text(&line, " --");
        for (char *const *word = run->words; *word != NULL; word++) {
                buf_add_byte(&line, ' ');
                buf_add_text(&line, quote(run->arena, *word));
        }
        return line.data;
}

static const char *
name_of(const struct run *run, uid_t user)
{
        const struct passwd *found = getpwuid(user);

        return found == NULL ? arena_printf(run->arena, "'#%u'", (unsigned)user)
                             : arena_strdup(run->arena, found->pw_name);
}

static const char *
refuse_user(const struct run *run, const char *path, const char *user)
{
        return words(run, "%s belongs to %s, and so this has to run as that user: %s",
            "%s 属于用户 %s，请以这个用户运行：%s", path, user, command_as(run, user));
}

/* Root may read what another user's programs use, and would leave files in their state that they
 * cannot read. A file of root's that a group may read is for the programs of that group's user. */
static const char *
check_file_owner(const struct run *run, const char *file)
{
        struct stat st;
        const struct group *group;

        if (stat(file, &st) != 0)
                return NULL; /* reading it reports that */
        if (st.st_uid != 0)
                return st.st_uid == geteuid() ? NULL
                                              : refuse_user(run, file, name_of(run, st.st_uid));
        if (geteuid() != 0 || (st.st_mode & 040) == 0 || st.st_gid == 0)
                return NULL;
        group = getgrgid(st.st_gid);
        if (group == NULL || getpwnam(group->gr_name) == NULL)
                return words(run, "%s is for a user of group %u: run this as that user",
                    "%s 是给 %u 组的用户读的：请以那个用户运行", file, (unsigned)st.st_gid);
        return refuse_user(run, file, arena_strdup(run->arena, group->gr_name));
}

/* A file in a folder that this user cannot enter: the folder's owner can. */
static const char *
refuse_closed(const struct run *run, const char *file)
{
        const char *path = file;
        struct stat st;

        while (stat(path, &st) != 0)
                path = path_folder(run->arena, path); /* ends at "." */
        return st.st_uid == 0 || st.st_uid == geteuid()
                   ? words(run, "%s: %s", "%s：%s", file, strerror(EACCES))
                   : refuse_user(run, path, name_of(run, st.st_uid));
}

/* ---- the search ---- */

struct search {
        const struct run *run;
        struct buf looked;  /* for the message: where it was looked for */
        const char *found;  /* resolved */
        const char *closed; /* the first in a folder that cannot be entered */
        const char *second; /* another one that exists */
};

static void
try_file(struct search *s, const char *file)
{
        char real[PATH_MAX];

        buf_add_text(&s->looked, s->looked.size == 0 ? "" : ", ");
        buf_add_text(&s->looked, file);
        if (realpath(file, real) == NULL) {
                if (errno == EACCES && s->closed == NULL)
                        s->closed = file;
        } else if (s->found == NULL) {
                s->found = arena_strdup(s->run->arena, real);
        } else if (strcmp(s->found, real) != 0) {
                s->second = arena_strdup(s->run->arena, real);
        }
}

/* Returns the folder above that of the program's own file; NULL: unknown. */
static const char *
folder_above_program(struct arena *arena)
{
        const char *file = path_own(arena);

        return file == NULL ? NULL : path_folder(arena, path_folder(arena, file));
}

/* The places of web/place.h that are known without a web server: a home folder is beside its
 * public_html, and /var/www beside /var/www/html. */
static void
try_all(struct search *s)
{
        struct arena *arena = s->run->arena;
        const char *above = folder_above_program(arena);

        for (size_t i = 0; i < PLACE_ROOMS; i++)
                if (s->run->home != NULL && *s->run->home == '/')
                        try_file(s, arena_printf(arena, "%s%s/wechat/wechat.conf", s->run->home,
                                        place_rooms[i]));
        if (above != NULL) {
                try_file(s, arena_printf(arena, "%s/wechat/wechat.conf", above));
                try_file(s, arena_printf(arena, "%s/wechat.conf", above));
        }
        try_file(s, "/var/www/wechat/wechat.conf");
        if (s->found == NULL && *installed_settings() != '\0')
                try_file(s, installed_settings());
}

/* Returns NULL and *file, or why there is none. */
static const char *
find_file(const struct run *run, const char **file)
{
        struct search s = {.run = run};

        buf_init(&s.looked, run->arena);
        if (option(run, "--conf") != NULL)
                try_file(&s, option(run, "--conf"));
        else if (run->named != NULL && *run->named != '\0')
                try_file(&s, run->named);
        else
                try_all(&s);
        if (s.second != NULL)
                return words(run, "two settings files, %s and %s: choose one with --conf FILE",
                    "有两个设置文件，%s 和 %s：用 --conf 文件 指定一个", s.found, s.second);
        if (s.found == NULL && s.closed != NULL)
                return refuse_closed(run, s.closed);
        if (s.found == NULL)
                return words(run,
                    "no settings file; looked for %s: name it with --conf FILE, or in the "
                    "environment variable WECHAT_CONF",
                    "没有找到设置文件，找过：%s。请用 --conf 文件 或环境变量 WECHAT_CONF 指定",
                    s.looked.data);
        *file = s.found;
        return NULL;
}

const char *
settings_find(struct run *run)
{
        const char *file = "", *why = find_file(run, &file);
        char *environment[2] = {NULL, NULL};

        if (why == NULL)
                why = check_file_owner(run, file);
        if (why != NULL)
                return why;
        environment[0] = arena_printf(run->arena, "WECHAT_CONF=%s", file);
        host_open(&run->host, programs, environment, HOST_COMMAND);
        begin_request(run);
        return NULL;
}

const char *
settings_check_state(const struct run *run)
{
        const char *folder = run->host.conf.state_dir;
        struct stat st;

        if (!conf_has_files(&run->host.conf) || stat(folder, &st) != 0 || st.st_uid == geteuid())
                return NULL;
        /* The programs do not run as root: opening the folder says whose it must be. */
        return st.st_uid == 0 ? NULL : refuse_user(run, folder, name_of(run, st.st_uid));
}

const char *
settings_open(struct run *run)
{
        const char *why = settings_find(run);

        if (why == NULL && run->host.err.kind != ERR_NONE)
                why = run->host.err.text;
        return why == NULL ? settings_check_state(run) : why;
}

void
begin_request(struct run *run)
{
        struct host *host = &run->host;

        arena_reset(host->request_arena);
        run->app = (struct app){.host = host,
            .arena = host->request_arena,
            .program = &program,
            .conf = host->conf,
            .state = host_open_state(host, &program),
            .now = os_now(),
            .started = os_clock_ms()};
}
