/* faces: the invented people, as the pages name them. */
#ifndef SIM_FACES_H
#define SIM_FACES_H

struct app;
struct sim_person;

/* Adds the people to the page as people/0/id, …/name, …/is_chosen, and the chosen one as person,
 * person_name and person_face ("1": there is an avatar). */
int faces_add(struct app *app, const struct sim_person *chosen) __attribute__((warn_unused_result));

#endif
