#include "check/proof.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/service.h"
#include "base/arena.h"
#include "format/digest.h"
#include "format/signed.h"
#include "signin/owner_session.h"
#include "web/app.h"

static const char file_name[] = "wechat-check";

/* Does a file belong to the owner of this installation? */
static bool
is_ours(const struct stat *st)
{
        struct stat program;

        return st->st_uid == geteuid() || st->st_uid == 0 ||
               (stat("/proc/self/exe", &program) == 0 && st->st_uid == program.st_uid);
}

/* Is there such a file in the folder? *stamp: when it was uploaded. */
static bool
has_file(struct app *app, const char *folder, long long *stamp)
{
        struct stat st, above;

        if (lstat(arena_printf(app->arena, "%s/%s", folder, file_name), &st) != 0 ||
            stat(folder, &above) != 0 || !S_ISREG(st.st_mode) || st.st_size != 0 ||
            st.st_nlink != 1 || !is_ours(&st) || (above.st_mode & S_IWOTH) != 0)
                return false;
        *stamp = st.st_ctim.tv_sec;
        return *stamp <= app->now && app->now - *stamp < PROOF_FILE_SECONDS;
}

/* Without settings or a state nobody is. */
static bool
is_owner(struct app *app, struct session *session)
{
        struct err err = app->err;
        enum owner_rank rank = OWNER_NONE;
        bool found = app->host->err.kind == ERR_NONE && app->state != NULL &&
                     owner_session_find(app, session, &rank) == 0 && rank == OWNER_NOW;

        app->err = err;
        return found;
}

void
proof_find(struct app *app, bool json, struct proof *proof)
{
        const char *folders[PLACE_FOLDERS];
        size_t count =
            place_folders(app->arena, app->host->environment, &app->host->place, folders);

        *proof = (struct proof){.kind = PROOF_NONE};
        if (json && app->host->err.kind == ERR_NONE)
                proof->client = service_of_account(app);
        if (proof->client != NULL) {
                proof->kind = PROOF_KEY;
                return;
        }
        if (is_owner(app, &proof->session)) {
                proof->kind = PROOF_OWNER;
                return;
        }
        for (size_t i = 0; i < count && proof->kind == PROOF_NONE; i++)
                if (has_file(app, folders[i], &proof->stamp))
                        proof->kind = PROOF_FILE;
}

/* The file has no secret; the settings do. */
const char *
proof_csrf(struct app *app, const struct proof *proof)
{
        const char *secret = conf_site_secret(&app->conf);

        if (proof->kind == PROOF_OWNER)
                return session_csrf(app, &proof->session);
        if (proof->kind != PROOF_FILE || *secret == '\0')
                return "";
        return digest_hmac_text(app->arena, signed_key(app->arena, secret, "check form"),
            arena_printf(app->arena, "%lld", proof->stamp));
}

bool
proof_is_own_form(struct app *app, const struct proof *proof)
{
        const char *given = pairs_get_once(&app->request.form, "csrf");
        const char *wanted = proof_csrf(app, proof);

        return given != NULL && *wanted != '\0' && digest_equal(given, wanted);
}

void
proof_log(struct app *app, const struct proof *proof)
{
        struct err err = {.kind = ERR_NONE};

        if (proof->kind == PROOF_KEY)
                err_set(&err, ERR_NONE, "opened with the key of %s", proof->client);
        else if (proof->kind == PROOF_OWNER)
                err_set(&err, ERR_NONE, "opened by the owner %.6s…", proof->session.openid);
        else
                err_set(&err, ERR_NONE, "opened by the file %s, %lld seconds old", file_name,
                    app->now - proof->stamp);
        app_log(app, &err);
}
