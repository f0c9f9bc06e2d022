/* people: the invented people who can sign in. Each is a case that a site must handle. */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

struct pairs;

struct sim_person {
        const char *id; /* as in links and on the control page */
        const char *openid;
        const char *nickname; /* "": none; so for the following */
        int sex;
        const char *province;
        const char *city;
        const char *country;
        const char *privilege;
        const char *unionid;
        const char *colour; /* of the avatar; "": no avatar */
        bool is_snapshot;
};

/* Returns the person with an id, or NULL. */
const struct sim_person *people_find(const char *id);

/* Returns the person with an openid of the official account, or NULL. */
const struct sim_person *people_of_openid(const char *openid);

/* Returns a person by number; NULL after the last. */
const struct sim_person *people_at(size_t number);

/* Returns the person who signs in silently unless the control page chooses another. */
const struct sim_person *people_first(void);

/* Returns the person who is at the phone: the one of the switch `person`, otherwise the first. */
const struct sim_person *people_chosen(const struct pairs *switches);

#endif
