/* wechat token: the access_token. */
#include <stdio.h>

#include "account/call.h"
#include "command.h"
#include "commands.h"
#include "output.h"

int
run_token(struct run *run)
{
        struct pairs fields;
        struct kept token;

        if (account_get(&run->app, KEPT_ACCESS_TOKEN, &token) != 0)
                return refuse_err(run, &run->app.err);
        pairs_init(&fields, run->arena);
        pairs_add(&fields, "access_token", token.text);
        pairs_add_number(&fields, "expires_in", token.expires - run->app.now);
        if (run->json)
                print_pairs(run, &fields);
        else
                printf("%s\n", token.text);
        return STATUS_DONE;
}
