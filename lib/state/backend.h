/*
 * backend: the interface of a back end of the state, as one struct of operations. state.h documents
 * what each operation guarantees, at the function that calls it. A new back end fills this struct
 * and has to pass tests/unit/state.c.
 */
#ifndef WECHAT_BACKEND_H
#define WECHAT_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

#include "host/lines.h"
#include "state/kind.h"
#include "state/member.h"
#include "state/record.h"
#include "state/store_server.h"
#include "state/tally.h"

struct arena;
struct buf;
struct err;

/* The operations take the handle that open() returned, except reach_missing(). */
struct backend {
        /* Opens the state. where: the state folder, or an address. ERR_NOT_FOUND: it is missing,
         * and create is false. ERR_SYSTEM. */
        int (*open)(
            struct arena *arena, const char *where, bool create, void **handle, struct err *err);
        /* Returns another handle of the state that is open, for another request; NULL: it has to be
         * opened anew. */
        void *(*again)(void *handle, struct arena *arena);
        /* NULL: it has no server. */
        int (*port)(void *handle);
        int (*reach)(void *handle);
        /* For a state that is missing: returns the descriptor that has to stay accessible so that a
         * writer can create it, or -1. If writes is false and the state could not be created, err
         * becomes ERR_SYSTEM. */
        int (*reach_missing)(struct arena *arena, const char *where, bool writes, struct err *err);
        /* NULL: it has no server. */
        int (*probe)(void *handle, struct state_server *server, struct err *err);
        bool (*note)(void *handle, const char *name);
        int (*defer_log)(void *handle, const char *text, struct err *err);
        int (*take_log)(void *handle, const char **text, struct err *err);

        int (*create)(void *handle, enum store_kind kind, const char *key,
            const struct store_record *record, struct err *err);
        int (*replace)(void *handle, enum store_kind kind, const char *key,
            const struct store_record *record, struct err *err);
        int (*read)(void *handle, enum store_kind kind, const char *name, long long now,
            struct store_record *record, struct err *err);
        int (*take)(void *handle, enum store_kind kind, const char *key, long long now,
            struct store_record *record, struct err *err);
        int (*remove)(void *handle, enum store_kind kind, const char *name, struct err *err);
        int (*empty_owned)(void *handle, enum store_kind kind, const char *owner, struct err *err);
        int (*find_owned)(void *handle, enum store_kind kind, const char *owner,
            struct pairs *names, struct err *err);
        int (*find)(void *handle, enum store_kind kind, const char *field, const char *value,
            struct pairs *names, struct err *err);
        int (*count)(void *handle, enum store_kind kind, const char *key, int change, long long now,
            long long seconds, int *count, struct err *err);
        int (*lock)(void *handle, const char *key, long long until, struct err *err);

        int (*read_user)(void *handle, const char *openid, struct pairs *user, struct err *err);
        int (*export_user)(void *handle, const char *openid, char **json, struct err *err);
        int (*sign_in)(void *handle, const struct pairs *profile, const char *scope,
            const struct user_session *session, const char **generation, struct pairs *ended,
            struct err *err);
        int (*join)(void *handle, const char *openid, const char *generation, const char *beside,
            const struct user_session *session, struct pairs *ended, struct err *err);
        int (*set_user)(
            void *handle, const char *openid, const struct pairs *members, struct err *err);
        int (*wait)(void *handle, const struct pairs *profile, const char *scope, long long now,
            bool *begun, struct err *err);
        int (*change_user)(void *handle, const char *openid, const struct member_change *change,
            struct pairs *ended, struct err *err);
        int (*drop_profile)(void *handle, const char *openid, struct err *err);
        int (*each_user)(void *handle, bool (*visit)(void *context, const struct pairs *user),
            void *context, struct err *err);
        /* away: NULL for state_forget_user(). */
        int (*forget_user)(void *handle, const char *openid, const struct member_away *away,
            struct pairs *sessions, bool *listed, struct err *err);
        int (*find_away)(void *handle, unsigned draw, const struct member_away *away,
            struct pairs *openids, struct err *err);

        int (*begin_push)(void *handle, const char *key, long long until, const char **reply,
            bool *marked, struct err *err);
        int (*mark_push)(
            void *handle, const char *key, long long now, long long expires, struct err *err);
        int (*finish_push)(void *handle, const char *key, const char *reply, long long now,
            long long expires, struct err *err);
        void (*end_push)(void *handle);

        int (*log)(void *handle, const char *line, long long days, long long now, struct err *err);
        int (*forget_lines)(void *handle, const char *openid, struct err *err);
        int (*find_lines)(void *handle, const char *openid, size_t size, struct buf *lines,
            bool *all, struct err *err);
        int (*last_log)(void *handle, long long *when, struct err *err);
        int (*read_day)(
            void *handle, const char *day, lines_visit *visit, void *context, struct err *err);

        int (*tally)(void *handle, enum state_tally kind, long long now, struct err *err);
        int (*read_tallies)(void *handle, long long now, int days, long long counts[][TALLY_KINDS],
            struct err *err);
        int (*note_error)(void *handle, const char *line, long long now, struct err *err);
        int (*read_errors)(void *handle, long long since, long long now,
            bool (*visit)(void *context, long long when, const char *line), void *context,
            struct err *err);
        int (*audit)(void *handle, const char *line, struct err *err);
        int (*read_audit)(void *handle, lines_visit *visit, void *context, struct err *err);

        /* For a copy (copy.h). The texts are those that are stored, and last until visit returns.
         */
        int (*each_record)(
            void *handle, enum store_kind kind, text_visit *visit, void *context, struct err *err);
        int (*each_user_text)(void *handle, text_visit *visit, void *context, struct err *err);
        int (*list_days)(void *handle, struct pairs *days, struct err *err);
        int (*each_audit)(void *handle, lines_visit *visit, void *context, struct err *err);
        /* ERR_EXISTS: there is one already. ERR_FULL: a limit on the records is reached. */
        int (*add_record)(void *handle, enum store_kind kind, const char *name,
            const struct store_record *record, const char *text, struct err *err);
        int (*add_user)(void *handle, const char *openid, const char *text, struct err *err);

        /* draw: any number; it selects the part that is swept. */
        int (*sweep)(
            void *handle, enum store_kind kind, unsigned draw, long long now, struct err *err);
        int (*sweep_leftovers)(
            void *handle, unsigned draw, long long days, long long now, struct err *err);
        int (*sweep_waiting)(void *handle, unsigned draw, long long limit, struct err *err);
};

#endif
