/*
 * facts: what is known only of a process that the web server has started: its user, its limits, its
 * sandbox. For a check in a shell, check.cgi tells them (web/probe.h).
 */
#ifndef WECHAT_FACTS_H
#define WECHAT_FACTS_H

#include <stdbool.h>

struct arena;

enum facts_limit {
        FACTS_FILES,     /* open at the same time */
        FACTS_FILE_SIZE, /* bytes of a file */
        FACTS_MEMORY,    /* bytes */
        FACTS_SECONDS,   /* of the processor */
        FACTS_PROCESSES,
        FACTS_LIMITS
};

struct facts {
        bool has_own_user; /* the programs belong to the user that they run as, or to root */
        unsigned gaps;     /* of the sandbox: host.h */
        long long limits[FACTS_LIMITS]; /* -1: none */
};

/* Finds those of this process, but for the gaps. */
void facts_find(struct facts *facts);

/* Returns them as text, "user=1 files=1024 …", without the gaps. */
const char *facts_format(struct arena *arena, const struct facts *facts);

/* Reads the answer to a probe. Returns false if it has no facts. */
bool facts_parse(const char *answer, struct facts *facts);

#endif
