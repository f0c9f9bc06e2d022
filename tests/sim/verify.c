#include "verify.h"

#include <string.h>

#include "web/app.h"
#include "push.h"
#include "trial.h"

int
verify_address(struct app *app, struct verification *v)
{
        char *query, *echostr;

        *v = (struct verification){.get = {.type = ""}, .why = ""};
        if (push_sign_echo(app, &query, &echostr) != 0)
                return -1;
        v->get.query = query;
        v->echostr = echostr;
        if (deliver(app, trial_url(app), &v->get, 1) != 0)
                return -1;
        if (v->get.status == 0)
                v->why = "timeout";
        else if (v->get.status != 200)
                v->why = "status";
        else if (strcmp(v->get.answer, echostr) != 0)
                v->why = "differs";
        return 0;
}
