/*
 * settings_checks: where the settings are, whether they can be read, and what is wrong with them.
 */
#ifndef WECHAT_SETTINGS_CHECKS_H
#define WECHAT_SETTINGS_CHECKS_H

struct trial;

/* Each adds lines to the report. Without the second the settings are unknown to all that follow;
 * the third sets trial->conf and trial->is_set_up; the last needs what WeChat says. */
void check_settings_place(struct trial *trial);
void check_settings_file(struct trial *trial);
void check_settings_lines(struct trial *trial);
void check_owners_known(struct trial *trial);
void check_followers_known(struct trial *trial);

#endif
