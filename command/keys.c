/* wechat keys: the keys that sign ID tokens (OpenID Connect). */
#include "oidc/key_set.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "output.h"
#include "state/state.h"

/* What a key is, as a word for programs, and for people. */
static const struct {
        const char *word, *en, *zh;
} phases[KEY_PHASES] = {
    [KEY_NEXT] = {"next", "signs from then on", "到那时开始签名"},
    [KEY_SIGNS] = {"signs", "signs since", "从那时起签名"},
    [KEY_LAST] = {"last", "signs no more, still published", "不再签名，仍然公布"},
    [KEY_RETIRED] = {"retired", "retired", "已停用"},
};

static void
print_for_programs(const struct run *run, const struct key_set *set)
{
        struct arena *arena = run->arena;
        struct pairs tree;

        pairs_init(&tree, arena);
        pairs_add_typed(&tree, "keys", "", PAIR_ARRAY);
        for (size_t i = 0; i < set->count; i++) {
                const struct key_set_item *item = &set->items[i];
                const char *at = arena_printf(arena, "keys/%zu/", i);

                pairs_add(&tree, arena_printf(arena, "%skid", at), item->id);
                pairs_add(
                    &tree, arena_printf(arena, "%salg", at), key_algorithm_name(item->algorithm));
                pairs_add(&tree, arena_printf(arena, "%sstate", at),
                    phases[key_set_phase(set, item, run->app.now)].word);
                pairs_add_number(&tree, arena_printf(arena, "%smade", at), item->made);
                pairs_add_number(&tree, arena_printf(arena, "%ssigns_from", at), item->begins);
        }
        print_pairs(run, &tree);
}

static int
print_set(const struct run *run, const struct key_set *set)
{
        if (run->json) {
                print_for_programs(run, set);
                return STATUS_DONE;
        }
        for (size_t i = 0; i < set->count; i++) {
                const struct key_set_item *item = &set->items[i];
                enum key_phase phase = key_set_phase(set, item, run->app.now);

                printf("%s  %s  %s  %s\n", key_algorithm_name(item->algorithm), item->id,
                    text_beijing_time(run->arena, item->begins),
                    run->chinese ? phases[phase].zh : phases[phase].en);
        }
        return STATUS_DONE;
}

int
run_keys_list(struct run *run)
{
        struct app *app = &run->app;
        struct key_set set;

        if (app_open_state(app) != 0)
                return refuse_err(run, &app->err);
        if (key_set_read(app->state, run->arena, app->now, &set, &app->err) == 0)
                return print_set(run, &set);
        if (app->err.kind != ERR_NOT_FOUND)
                return refuse_err(run, &app->err);
        return refuse(run, ERR_NOT_FOUND, "there are no keys: wechat keys make",
            "还没有密钥：wechat keys make");
}

/* ---- changes ---- */

static int
read_algorithm(const struct run *run, enum key_algorithm *algorithm)
{
        const char *name = option(run, "--alg");

        *algorithm = KEY_RS256;
        return name == NULL || key_algorithm_read(name, algorithm)
                   ? STATUS_DONE
                   : refuse_usage(run, "--alg is RS256 or ES256", "--alg 是 RS256 或 ES256");
}

static int
refuse_change(const struct run *run, enum key_change change, const char *algorithm)
{
        const struct err *err = &run->app.err;

        if (err->kind == ERR_EXISTS && change == KEY_MAKE)
                return refuse(run, ERR_EXISTS,
                    "there is a key for %s already: wechat keys rotate makes the next one",
                    "%s 的密钥已经有了：wechat keys rotate 生成下一个", algorithm);
        if (err->kind == ERR_EXISTS)
                return refuse(run, ERR_EXISTS,
                    "the next key for %s is there already, and does not sign yet: wechat keys list",
                    "%s 的下一个密钥已经有了，还没有开始签名：wechat keys list", algorithm);
        if (err->kind == ERR_NOT_FOUND)
                return refuse(run, ERR_NOT_FOUND,
                    "there is no key for %s: wechat keys make --alg %s",
                    "还没有 %s 的密钥：wechat keys make --alg %s", algorithm, algorithm);
        return refuse_err(run, err);
}

static int
change_keys(struct run *run, enum key_change change)
{
        struct app *app = &run->app;
        enum key_algorithm algorithm;
        struct key_set set;

        if (read_algorithm(run, &algorithm) != STATUS_DONE)
                return STATUS_USAGE;
        if (app_open_state(app) != 0)
                return refuse_err(run, &app->err);
        if (key_set_change(app->state, run->arena, change, algorithm, app->now, &set, &app->err) !=
            0)
                return refuse_change(run, change, key_algorithm_name(algorithm));
        return print_set(run, &set);
}

int
run_keys_make(struct run *run)
{
        return change_keys(run, KEY_MAKE);
}

int
run_keys_rotate(struct run *run)
{
        return change_keys(run, KEY_ROTATE);
}

int
run_keys_replace(struct run *run)
{
        return change_keys(run, KEY_REPLACE);
}
