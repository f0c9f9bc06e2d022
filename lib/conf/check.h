/*
 * check: the valid values of settings. Each function returns NULL if value is valid, else a
 * description of valid ones that completes "must be …".
 */
#ifndef WECHAT_CHECK_H
#define WECHAT_CHECK_H

const char *check_appid(const char *value);
const char *check_secret(const char *value);
const char *check_other_appid(const char *value);
const char *check_other_secret(const char *value);
const char *check_outside(const char *value);
const char *check_dev_origins(const char *value);
const char *check_day(const char *value);
const char *check_origin(const char *value);
const char *check_issuer(const char *value);
const char *check_path(const char *value);
const char *check_local(const char *value);
const char *check_scope(const char *value);
const char *check_language(const char *value);
const char *check_idle(const char *value);
const char *check_seconds(const char *value);
const char *check_push_token(const char *value);
const char *check_aes_key(const char *value);
const char *check_push_mode(const char *value);
const char *check_handler_seconds(const char *value);
const char *check_late(const char *value);
const char *check_days(const char *value);
const char *check_journal(const char *value);
const char *check_consent(const char *value);
const char *check_state(const char *value);
const char *check_wait(const char *value);
const char *check_folder(const char *value);
const char *check_sandbox(const char *value);
const char *check_clients(const char *value);
const char *check_names(const char *value);
const char *check_owners(const char *value);
const char *check_people(const char *value);
const char *check_sign_in(const char *value);
const char *check_words(const char *value);
const char *check_line(const char *value);
const char *check_picture(const char *value);
const char *check_link(const char *value);
const char *check_color(const char *value);
const char *check_style(const char *value);
const char *check_contact(const char *value);
const char *check_proxies(const char *value);
const char *check_switch(const char *value);
const char *check_sendfile(const char *value);
const char *check_any(const char *value);

#endif
