#include "host/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

/* HEAD_SIZE: the kernel reads as much for the first line. NOT_FOUND: the exit status of a shell and
 * of env. */
enum { HEAD_SIZE = 256, NOT_FOUND = 127 };

#define SAVE_WITH_LF                                                                               \
        "its first line ends with CR LF, as Windows writes it: save it with the line ends of "     \
        "Unix, LF; 请用 Unix 换行（LF）保存"

/* The beginning of a file. */
struct head {
        struct stat st;
        char bytes[HEAD_SIZE + 1]; /* a NUL after them */
        bool cr;                   /* the first line ends with CR LF */
        const char *interpreter;   /* what its first line names; "": nothing */
        const char *argument;      /* the argument in its first line; "": none */
};

/* Splits "#!/usr/bin/env php" into its two words. */
static void
read_first_line(struct arena *arena, struct head *head)
{
        size_t size = strcspn(head->bytes, "\n"), length;
        const char *at = head->bytes + 2;

        head->cr = size > 0 && head->bytes[size] == '\n' && head->bytes[size - 1] == '\r';
        if (!text_starts_with(head->bytes, "#!"))
                return;
        at += strspn(at, " \t");
        length = strcspn(at, " \t\r\n");
        head->interpreter = arena_copy(arena, at, length);
        at += length + strspn(at + length, " \t");
        head->argument = arena_copy(arena, at, strcspn(at, " \t\r\n"));
}

static int
read_head(struct arena *arena, const char *file, struct head *head)
{
        int fd;
        ssize_t got;

        memset(head, 0, sizeof(*head));
        head->interpreter = head->argument = "";
        if (stat(file, &head->st) != 0)
                return -1;
        fd = openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
                return 0;
        got = read(fd, head->bytes, HEAD_SIZE);
        close(fd);
        head->bytes[got > 0 ? got : 0] = '\0';
        read_first_line(arena, head);
        return 0;
}

/* ---- it could not be started ---- */

/* The kernel does not know how to run it. */
static const char *
explain_form(struct arena *arena, const struct head *head)
{
        if (text_starts_with(head->bytes, "\xef\xbb\xbf#!"))
                return "a byte order mark (BOM) stands before #!: save it as UTF-8 without BOM; "
                       "请保存为无 BOM 的 UTF-8";
        if (text_starts_with(head->bytes, "\xff\xfe") || text_starts_with(head->bytes, "\xfe\xff"))
                return "it is UTF-16: save it as UTF-8 without BOM; 请保存为无 BOM 的 UTF-8";
        if (text_starts_with(head->bytes, "\177ELF"))
                return "it is built for another kind of machine, or damaged: upload it in binary "
                       "mode";
        if (*head->interpreter != '\0')
                return arena_printf(
                    arena, "its first line names %.80s, which is no program", head->interpreter);
        if (text_starts_with(head->bytes, "#!"))
                return "its first line names nothing behind #!: write what runs it there";
        return "its first line must name what runs it, such as #!/usr/bin/env php";
}

/* A file is missing, but not this one. */
static const char *
explain_missing(struct arena *arena, const struct head *head)
{
        if (head->cr)
                return SAVE_WITH_LF;
        if (*head->interpreter == '\0')
                return "it is built for another kind of system: its loader is missing";
        return arena_printf(
            arena, "its first line names %.80s, which this host does not have", head->interpreter);
}

static const char *
explain_denied(struct arena *arena, const char *file, const struct head *head)
{
        bool allowed = faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0;

        if (!allowed && (head->st.st_mode & 0111) != 0111)
                return "it is not executable: chmod 755 it";
        if (allowed && *head->interpreter != '\0')
                return arena_printf(arena, "its first line names %.80s, which may not be executed",
                    head->interpreter);
        return "the host does not let it run in this folder: ask the host where programs may be";
}

int
script_cannot_start(struct arena *arena, const char *file, int failed, struct err *err)
{
        const char *why = NULL;
        struct head head;

        if (read_head(arena, file, &head) != 0)
                return err_set_errno(err, ERR_CONFIG, errno, file);
        if (S_ISDIR(head.st.st_mode))
                why = "it is a folder, not a program";
        else if (failed == ENOEXEC)
                why = explain_form(arena, &head);
        else if (failed == ENOENT)
                why = explain_missing(arena, &head);
        else if (failed == EACCES)
                why = explain_denied(arena, file, &head);
        if (why == NULL)
                return err_set_errno(err, ERR_CONFIG, failed, file);
        return err_set(err, ERR_CONFIG, "%s: %s", file, why);
}

/* ---- it failed ---- */

/* Is there a program of that name in the PATH of environment? */
static bool
is_in_path(struct arena *arena, const char *name, char *const environment[])
{
        const char *path = "";

        for (; *environment != NULL; environment++)
                if (text_starts_with(*environment, "PATH="))
                        path = *environment + strlen("PATH=");
        for (; *path != '\0'; path += *path == ':') {
                size_t size = strcspn(path, ":");

                if (faccessat(AT_FDCWD, arena_printf(arena, "%.*s/%s", (int)size, path, name), X_OK,
                        AT_EACCESS) == 0)
                        return true;
                path += size;
        }
        return false;
}

static bool
asks_env(const struct head *head)
{
        const char *slash = strrchr(head->interpreter, '/');

        return slash != NULL && strcmp(slash, "/env") == 0 && *head->argument != '\0' &&
               *head->argument != '-' && strchr(head->argument, '/') == NULL;
}

int
script_failed(
    struct arena *arena, const char *file, char *const environment[], int status, struct err *err)
{
        struct head head;

        if (read_head(arena, file, &head) == 0 && head.cr)
                return err_set(
                    err, ERR_CONFIG, "%s: ended with exit status %d: " SAVE_WITH_LF, file, status);
        if (status == NOT_FOUND && asks_env(&head) &&
            !is_in_path(arena, head.argument, environment))
                return err_set(err, ERR_CONFIG,
                    "%s: its first line asks for %.80s, which is not in the PATH of a handler: "
                    "write its whole path there, such as #!/opt/bin/%.80s",
                    file, head.argument, head.argument);
        return err_set(err, ERR_CONFIG, "%s: ended with exit status %d", file, status);
}
