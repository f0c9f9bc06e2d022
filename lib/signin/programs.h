/*
 * programs: the programs that got tokens in a session (OpenID Connect), so that they can be told
 * when it ends: behind the answer by wechat-notify.cgi, and in the browser by a page of logout.cgi
 * or oidc.cgi.
 *
 * For each there is a record under the session's name, made when the program redeems its code
 * (lib/oidc/grant.c), if the program can be told. It is taken when the session is deleted; of a
 * session that expires nobody is told, and the record expires with it.
 */
#ifndef WECHAT_PROGRAMS_H
#define WECHAT_PROGRAMS_H

struct app;

/* Programs that one request tells of ends: those of a person's hundred sessions may be more. */
enum { PROGRAMS_ENDED_MAX = 500 };

/* A program that got tokens in a session which this request has ended. */
struct programs_item {
        const char *client;  /* client_id */
        const char *session; /* the session's name */
        const char *subject; /* the person's sub, as the program knows it */
        struct programs_item *next;
};

/* Notes that a client got tokens in the session, which ends at expires (seconds since 1970).
 * Durable. It may be noted already. Whether the session is still valid has to be checked
 * afterwards. ERR_SYSTEM. */
int programs_add(struct app *app, const struct programs_item *program, long long expires)
    __attribute__((warn_unused_result));

/* Deletes what was noted of the client. ERR_SYSTEM. */
int programs_remove(struct app *app, const struct programs_item *program)
    __attribute__((warn_unused_result));

/* For a session that has ended: takes its programs, adds them to app->ended, and has those told
 * that take calls (errand.h). Does nothing if the site has no such programs. ERR_SYSTEM. */
int programs_end(struct app *app, const char *session) __attribute__((warn_unused_result));

#endif
