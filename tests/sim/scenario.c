#include "scenario.h"

#include <stddef.h>
#include <string.h>

/* The page control.html has their names, and what a visitor then sees. */
static const struct {
        const char *id, *switches;
} scenarios[] = {
    {"code_used", "fault_grant=40163"},
    {"token_expired", "fault_userinfo=42001&fault_userinfo_count=1"},
    {"slow", "delay_grant=4000"},
    {"silent", "delay_grant=20000"},
    {"down", "fault_grant=http500"},
    {"quota", "fault_userinfo=45009"},
    {"secret", "fault_grant=40125"},
    {"cookies", "lost_cookie=1"},
    {"twice", "double_callback=1"},
    {"personal", "account=subscription"},
};

const char *
scenario_find(const char *id)
{
        for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
                if (strcmp(scenarios[i].id, id) == 0)
                        return scenarios[i].switches;
        return NULL;
}
