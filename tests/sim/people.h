/* people: the invented people who can sign in, each a case that a site has to cope with. */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include <stdbool.h>

struct sim_person {
        const char *id; /* as in links and on the control page */
        const char *openid;
        const char *nickname; /* "" where there is none; so for the following */
        int sex;
        const char *province;
        const char *city;
        const char *country;
        const char *privilege;
        const char *unionid;
        const char *colour; /* of the avatar; "": no avatar */
        bool is_snapshot;
};

/* The person of an id, or NULL. */
const struct sim_person *people_find(const char *id);

/* The one whom a silent sign-in gives until the control page says otherwise. */
const struct sim_person *people_first(void);

#endif
