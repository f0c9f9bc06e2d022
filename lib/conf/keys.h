/*
 * keys: the settings: their values, and the table of their names, defaults, checks and texts. To
 * add one, add a member to struct conf and an entry to the table in keys.c; wechat.conf.example and
 * the documents are generated from it (make settings).
 */
#ifndef WECHAT_KEYS_H
#define WECHAT_KEYS_H

#include <stddef.h>

/* WeChat delivers a push at about 0, 5 and 10 s, and waits for 5 s each time: so long a reply can
 * be the answer. */
enum { CONF_WAIT_SECONDS = 14 };

struct conf {
        const char *appid; /* "": the account has no way to sign in that needs it */
        const char *secret;
        const char *site_url; /* the site's own origin */
        const char *sign_in;  /* the ways to sign in, separated by blanks: authorize, message,
                               * scene */
        const char *cgi_path; /* where the programs are on the site */
        const char *home;     /* where a sign-in lands if no page was asked for */
        const char *scope;
        const char *outside_wechat;        /* qr, direct or both */
        const char *introspection_clients; /* client.h */
        const char *sign_in_words;         /* separated by blanks */
        const char *account_name;          /* "": not known */
        const char *account_qr;            /* a path of this site or an https address; "": none */
        const char *account_url;           /* "": none */
        const char *service_keys;          /* client.h */
        const char *account_clients;       /* names in service_keys, separated by blanks */
        const char *oidc_clients;          /* a file; "": the site is no OpenID provider */
        const char *oidc_issuer;           /* conf_issuer() */
        const char *oidc_emails;           /* a file; "": none */
        const char *owners;                /* openids, separated by blanks */
        const char *people;                /* everyone, followers or approved */
        const char *hook;                  /* a file; "": none */
        const char *trusted_proxies;       /* address.h */
        const char *language;
        const char *site_name;   /* these seven: the site's own face; "": not set */
        const char *logo;        /* a path of this site or an https address */
        const char *theme_color; /* color.h */
        const char *custom_css;  /* a path of this site */
        const char *links;       /* a file */
        const char *icp;
        const char *contact; /* a mail address, a path of this site or an https address */
        long long session_seconds;
        long long session_idle_seconds; /* 0: a session need not be used */
        const char *website_appid;      /* the open platform's website application; "": none */
        const char *website_secret;
        const char *mini_appid; /* the mini program; "": none */
        const char *mini_secret;
        const char *mini_push_token;       /* "": no messages of the mini program */
        const char *mini_encoding_aes_key; /* "": they are not encrypted */
        const char *list;                  /* a file; "": none */
        const char *list_lesson;           /* on or off */
        const char *menu;                  /* a file; "": none */
        const char *private_dir;           /* a folder; "": there is no gate */
        const char *access;                /* a file; "": private_dir needs no role */
        const char *private_listing;       /* on or off */
        const char *sendfile;              /* off, or a header, for nginx with a path */
        const char *dev_origins;           /* separated by blanks; "*": any, on loopback only */
        const char *dev_origins_until;     /* a day; "": not set */
        const char *push_token;            /* "": there is no message endpoint */
        const char *encoding_aes_key;
        const char *encoding_aes_key_previous;
        const char *push_mode; /* plain, compatible or safe */
        const char *replies;   /* files; "": none */
        const char *handler;
        long long handler_seconds;
        const char *handler_late;   /* wait or send */
        const char *handler_typing; /* on or off */
        const char *journal;        /* full, kinds or off */
        long long events_days;      /* 0: no journal is kept */
        long long people_days;      /* 0: nobody is deleted for being away */
        const char *consent;        /* ask or off */
        const char *state;          /* "files", or an address (redis_url.h) */
        long long state_wait;       /* replicas that confirm; 0: none has to */
        const char *state_dir;
        const char *html_dir;
        const char *open_url;
        const char *api_url;
        const char *ca_file;     /* "": the host's own certificates */
        const char *sandbox;     /* files, strict or off */
        const char *renamed;     /* a key given by its earlier name; NULL: none */
        const char *renamed_now; /* the line to write instead */
};

enum conf_kind { TEXT, NUMBER, FILE_PATH };

struct conf_key {
        const char *name;
        enum conf_kind kind;
        size_t offset;                           /* of the member in struct conf */
        const char *standard;                    /* the default; NULL: required */
        const char *(*check)(const char *value); /* check.h */
        const char *meaning; /* lines for wechat.conf.example: Chinese, then English */
};

/* The default of keys that are required only for the ways authorize and scene (sign_in). */
extern const char conf_for_authorize[];

extern const struct conf_key conf_keys[];
extern const size_t conf_key_count;

#endif
