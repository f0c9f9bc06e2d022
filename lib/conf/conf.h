/*
 * conf: the settings, from the text of wechat.conf. One setting a line: `key = value`; `#` at the
 * start of a line begins a comment. To add a setting, add it to the table in conf.c and a member
 * here; wechat.conf.example is generated from that table.
 */
#ifndef WECHAT_CONF_H
#define WECHAT_CONF_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

struct conf {
        const char *appid; /* "": the account has no way to sign in that needs it */
        const char *secret;
        const char *site_url; /* the site's own origin */
        const char *sign_in;  /* the ways to sign in, separated by blanks: authorize, message */
        const char *cgi_path; /* where the programs are on the site */
        const char *home;     /* where a sign-in lands if no page was asked for */
        const char *scope;
        const char *outside_wechat;        /* qr or direct */
        const char *introspection_clients; /* client.h */
        const char *sign_in_words;         /* separated by blanks */
        const char *account_name;          /* "": not known */
        const char *account_qr;            /* a path of this site or an https address; "": none */
        const char *account_url;           /* "": none */
        const char *service_keys;          /* client.h */
        const char *trusted_proxies;       /* address.h */
        const char *language;
        long long session_seconds;
        const char *website_appid; /* the open platform's website application; "": none */
        const char *website_secret;
        const char *mini_appid; /* the mini program; "": none */
        const char *mini_secret;
        const char *mini_push_token;       /* "": no messages of the mini program */
        const char *mini_encoding_aes_key; /* "": they are not encrypted */
        const char *list;                  /* a file; "": none */
        const char *dev_origins;           /* separated by blanks; "*": any, on loopback only */
        const char *dev_origins_until;     /* a day; "": not set */
        const char *push_token;            /* "": there is no message endpoint */
        const char *encoding_aes_key;
        const char *encoding_aes_key_previous;
        const char *push_mode; /* plain, compatible or safe */
        const char *replies;   /* files; "": none */
        const char *handler;
        long long events_days; /* 0: no journal is kept */
        const char *state_dir;
        const char *html_dir;
        const char *open_url;
        const char *api_url;
        const char *ca_file;     /* "": the host's own certificates */
        const char *sandbox;     /* files, strict or off */
        const char *renamed;     /* a key given by its earlier name; NULL: none */
        const char *renamed_now; /* the line to write instead */
};

/* Fills conf with the defaults. Relative paths start at folder, that of the settings file. */
void conf_init(struct arena *arena, const char *folder, struct conf *conf);

/*
 * Reads text into a conf from conf_init(). file is its name, for errors. ERR_CONFIG, with file and
 * line: a line that is not a setting, an unknown key, a key given twice, an invalid value; or a
 * required key is missing.
 */
int conf_parse(struct arena *arena, const char *text, const char *file, struct conf *conf,
    struct err *err) __attribute__((warn_unused_result));

/* Applies what depends on the time: after dev_origins_until, dev_origins is empty. now is in
 * seconds since 1970. ERR_CONFIG: that day is missing, or more than 30 days ahead. */
int conf_check_time(struct arena *arena, struct conf *conf, const char *file, long long now,
    struct err *err) __attribute__((warn_unused_result));

/* Returns the text of wechat.conf.example: every key with its meaning and default. */
char *conf_example(struct arena *arena);

/* Is way ("authorize", "message") one of sign_in's? */
bool conf_has_way(const struct conf *conf, const char *way);

/* Is the site served over https? This decides the cookies' names and their Secure. */
int conf_is_secure(const struct conf *conf);

/* Is origin one of dev_origins, exactly? */
bool conf_is_dev_origin(const struct conf *conf, const char *origin);

/* Returns a page of the site as an absolute link: site_url + path. */
char *conf_url(struct arena *arena, const struct conf *conf, const char *path);

/* Returns the path of a program: cgi_path + "/" + program. */
char *conf_program(struct arena *arena, const struct conf *conf, const char *program);

/* Returns an origin besides qlogo.cn that avatars may come from: that of api_url if it is a
 * simulator on loopback, else NULL. */
const char *conf_avatar_origin(const struct conf *conf);

#endif
