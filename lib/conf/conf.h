/*
 * conf: the settings, from the text of wechat.conf. One setting a line: `key = value`; `#` at the
 * start of a line begins a comment. To add a setting, see keys.h.
 */
#ifndef WECHAT_CONF_H
#define WECHAT_CONF_H

#include <stdbool.h>

#include "conf/keys.h"

struct arena;
struct err;

/* Fills conf with the defaults. Relative paths start at folder, that of the settings file. */
void conf_init(struct arena *arena, const char *folder, struct conf *conf);

/*
 * Reads text into a conf from conf_init(). file is its name, for errors. ERR_CONFIG, with file and
 * line: a line that is not a setting, an unknown key, a key given twice, an invalid value; or a
 * required key is missing.
 */
int conf_parse(struct arena *arena, const char *text, const char *file, struct conf *conf,
    struct err *err) __attribute__((warn_unused_result));

/* What is wrong with a setting. */
enum conf_slip {
        CONF_FORM,    /* the line is not `key = value` */
        CONF_UNKNOWN, /* there is no such key */
        CONF_TWICE,
        CONF_VALUE,
        CONF_MISSING,
        CONF_TOGETHER /* it does not go with the others */
};

struct conf_mistake {
        int line;        /* 0: none */
        const char *key; /* one of conf_keys; of CONF_UNKNOWN that which is probably meant; NULL */
        enum conf_slip slip;
};

struct conf_mistakes {
        struct conf_mistake *items;
        size_t count;
};

/* As conf_parse(), but goes on after a mistake: conf has all valid settings, mistakes the others.
 */
void conf_review(struct arena *arena, const char *text, const char *file, struct conf *conf,
    struct conf_mistakes *mistakes);

/* Was the text of this key given, rather than left to its default? */
bool conf_is_given(const struct conf *conf, const char *key);

/* Returns the key of that name; NULL: there is none. */
const struct conf_key *conf_find_key(const char *name);

/* Applies what depends on the time: after dev_origins_until, dev_origins is empty. now is in
 * seconds since 1970. ERR_CONFIG: that day is missing, or more than 30 days ahead. */
int conf_check_time(struct arena *arena, struct conf *conf, const char *file, long long now,
    struct err *err) __attribute__((warn_unused_result));

/* Is way ("authorize", "message") one of sign_in's? */
bool conf_has_way(const struct conf *conf, const char *way);

/* Can the programs call WeChat in the account's name? That takes its appid and secret. */
bool conf_can_call(const struct conf *conf);

/* Returns a secret that only this site's settings hold: the AppSecret, or else push_token; "":
 * there is neither. */
const char *conf_site_secret(const struct conf *conf);

/* How many days back the journal is kept; 0: there is none (journal, events_days). */
long long conf_journal_days(const struct conf *conf);

/* Are texts, places and the like recorded (journal = full, and events_days is not 0)? */
bool conf_keeps_texts(const struct conf *conf);

/* Are people asked before they are signed in (consent)? */
bool conf_asks_consent(const struct conf *conf);

/* Is the site served over https? This decides the cookies' names and their Secure. */
int conf_is_secure(const struct conf *conf);

/* Is origin one of dev_origins, exactly? */
bool conf_is_dev_origin(const struct conf *conf, const char *origin);

/* Returns a page of the site as an absolute link: site_url + path. */
char *conf_url(struct arena *arena, const struct conf *conf, const char *path);

/* Returns where the state is, for state_new(): state_dir, or the address of Redis. */
char *conf_state(struct arena *arena, const struct conf *conf);

/* Returns the folder of the state in files, also if it is not there. */
const char *conf_files(const struct conf *conf);

/* Is the state in files? */
bool conf_has_files(const struct conf *conf);

/* Returns the path of a program: cgi_path + "/" + program. */
char *conf_program(struct arena *arena, const struct conf *conf, const char *program);

/* Returns the issuer of OpenID Connect: oidc_issuer, or else the address of oidc.cgi. */
const char *conf_issuer(struct arena *arena, const struct conf *conf);

/* Returns an origin besides qlogo.cn that avatars may come from: that of api_url if it is a
 * simulator on loopback, else NULL. */
const char *conf_avatar_origin(const struct conf *conf);

#endif
