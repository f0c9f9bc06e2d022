/* chat_view: a person's chat on the console's page, or as JSON for scripts. */
#ifndef SIM_CHAT_VIEW_H
#define SIM_CHAT_VIEW_H

struct app;
struct sim_person;

/* Adds to the page the entries after the place `after` as chat/0/…, the place after the last one as
 * chat_end, and whether the account is typing. */
int chat_view_add(struct app *app, const struct sim_person *person, long long after)
    __attribute__((warn_unused_result));

/* Answers with the same as JSON: chat, end, typing, follows; and menu, as menu/get has it. */
int chat_view_answer(struct app *app, const struct sim_person *person, long long after);

#endif
