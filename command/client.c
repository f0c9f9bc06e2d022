/* wechat client: the programs that sign people in by OpenID Connect, in the file that oidc_clients
 * names. */
#include "oidc/clients.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/phrase.h"
#include "command.h"
#include "commands.h"
#include "format/digest.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "host/os.h"
#include "host/replace.h"
#include "input.h"
#include "oidc/clients_file.h"
#include "oidc/clients_text.h"
#include "oidc/key_set.h"
#include "output.h"
#include "state/state.h"

/* ---- the file ---- */

/* The file as it is. */
struct source {
        const char *path;
        char *text;         /* "": there is none yet */
        const char *digest; /* for replace.h */
        struct clients clients;
};

static const char *
digest_of(struct arena *arena, const char *text)
{
        char *digest = arena_alloc(arena, DIGEST_HEX_SIZE + 1);

        digest_sha256_hex(text, strlen(text), digest);
        return digest;
}

/* Says the mistakes in the user's language. */
static int
refuse_file_mistakes(struct run *run, const char *path, struct json_file *file)
{
        struct pairs lines;

        phrase_read(&run->app, run->language, &lines);
        for (size_t i = 0; i < file->count; i++)
                file->mistakes[i].zh = phrase_translate(run->arena, &lines, file->mistakes[i].en);
        return refuse_mistakes(run, path, file);
}

/* Checks the text of the file. */
static int
check_text(struct run *run, const char *path, const char *text)
{
        struct json_file file;

        json_file_read(run->arena, text, strlen(text), &file);
        (void)clients_check(&file);
        return file.count == 0 ? STATUS_DONE : refuse_file_mistakes(run, path, &file);
}

/* Reads the file and its clients. Mistakes in it are said, each with its line. */
static int
read_source(struct run *run, struct source *source)
{
        struct arena *arena = run->arena;
        struct err err = {.kind = ERR_NONE};
        size_t size;

        *source = (struct source){
            .path = run->app.conf.oidc_clients, .text = arena_strdup(arena, ""), .digest = ""};
        if (*source->path == '\0')
                return refuse(run, ERR_CONFIG,
                    "set oidc_clients = clients.json in the settings file first",
                    "先在设置文件里写 oidc_clients = clients.json");
        if (access(source->path, F_OK) != 0)
                return STATUS_DONE;
        if (read_file(run, source->path, JSON_SIZE_MAX, &source->text, &size) != STATUS_DONE)
                return STATUS_REFUSED;
        source->digest = digest_of(arena, source->text);
        if (check_text(run, source->path, source->text) != STATUS_DONE)
                return STATUS_REFUSED;
        return clients_parse(arena, source->text, size, source->path, &source->clients, &err) == 0
                   ? STATUS_DONE
                   : refuse_err(run, &err);
}

/* Puts the text in place of the file, which is still as it was read. */
static int
write_source(const struct run *run, const struct source *source, const char *text)
{
        struct err err = {.kind = ERR_NONE};
        const struct replacement replacement = {source->path, source->digest, text, strlen(text)};
        enum replace_outcome outcome;

        if (replace_file(run->arena, &replacement, &outcome, &err) != 0)
                return refuse_err(run, &err);
        switch (outcome) {
        case REPLACE_FORBIDDEN:
                return refuse_err(run, &err);
        case REPLACE_CHANGED:
                return refuse(run, ERR_EXISTS, "%s was changed meanwhile: try again",
                    "%s 刚刚被改过：请再试一次", source->path);
        case REPLACE_DONE:
        case REPLACE_SAME:
        default:
                return STATUS_DONE;
        }
}

/* ---- what is there ---- */

static void
print_for_programs(const struct run *run, const struct clients *clients)
{
        struct arena *arena = run->arena;
        struct pairs tree;

        pairs_init(&tree, arena);
        pairs_add_typed(&tree, "clients", "", PAIR_ARRAY);
        for (size_t i = 0; i < clients->count; i++) {
                const struct clients_item *client = &clients->items[i];
                const char *at = arena_printf(arena, "clients/%zu/", i);

                pairs_add(&tree, arena_printf(arena, "%sclient_id", at), client->id);
                pairs_add(&tree, arena_printf(arena, "%sclient_name", at), client->name);
                for (size_t u = 0; u < client->redirect_uris.count; u++)
                        pairs_add_typed(&tree, arena_printf(arena, "%sredirect_uris", at),
                            client->redirect_uris.items[u].value, PAIR_ITEM);
        }
        print_pairs(run, &tree);
}

int
run_client_list(struct run *run)
{
        struct source source;

        if (read_source(run, &source) != STATUS_DONE)
                return STATUS_REFUSED;
        if (run->json)
                print_for_programs(run, &source.clients);
        for (size_t i = 0; !run->json && i < source.clients.count; i++) {
                const struct clients_item *client = &source.clients.items[i];

                printf("%s  %s  %s\n", client->id, client->name,
                    pairs_join(&client->redirect_uris, "redirect_uris", " "));
        }
        return STATUS_DONE;
}

int
run_client_check(struct run *run)
{
        struct source source;

        if (read_source(run, &source) != STATUS_DONE)
                return STATUS_REFUSED;
        if (run->json)
                print_for_programs(run, &source.clients);
        say(run, "%s: %zu clients, no mistake", "%s：%zu 个客户端，没有错误", source.path,
            source.clients.count);
        return STATUS_DONE;
}

/* ---- another one ---- */

/* Returns an id for a program of that name: its letters and digits, and random ones, so that
 * another program of that name has another id. */
static int
make_id(const struct run *run, const char *name, const char **id)
{
        enum { NAME_SIZE = 24, RANDOM_SIZE = 6 };
        struct err err = {.kind = ERR_NONE};
        char word[NAME_SIZE + 1], hex[DIGEST_HEX_SIZE + 1], *token;
        size_t size = 0;

        for (; *name != '\0' && size < NAME_SIZE; name++) {
                char small = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;

                if ((small >= 'a' && small <= 'z') || (small >= '0' && small <= '9'))
                        word[size++] = small;
        }
        word[size] = '\0';
        if (os_random_token(run->arena, &token, &err) != 0)
                return refuse_err(run, &err);
        digest_sha256_hex(token, strlen(token), hex);
        *id = arena_printf(run->arena, "%s-%.*s", size == 0 ? "client" : word, RANDOM_SIZE, hex);
        return STATUS_DONE;
}

/* Adds each value of an option that may be given more than once. */
static void
add_list(const struct run *run, const char *name, const char *member, struct pairs *entry)
{
        for (size_t i = 0; i < run->options.count; i++)
                if (strcmp(run->options.items[i].name, name) == 0)
                        pairs_add_typed(entry, member, run->options.items[i].value, PAIR_ITEM);
}

static void
add_flag(const struct run *run, const char *name, const char *member, struct pairs *entry)
{
        if (option(run, name) != NULL)
                pairs_add_typed(entry, member, "true", PAIR_BOOL);
}

/* Builds the entry, and the secret ("": it has none). */
static int
build_entry(const struct run *run, struct pairs *entry, const char **secret)
{
        struct err err = {.kind = ERR_NONE};
        const char *id = option(run, "--id");
        char *made = NULL;

        *secret = "";
        pairs_init(entry, run->arena);
        if (id == NULL && make_id(run, run->arguments[0], &id) != STATUS_DONE)
                return STATUS_REFUSED;
        pairs_add(entry, "client_id", id);
        pairs_add(entry, "client_name", run->arguments[0]);
        if (option(run, "--public") != NULL) {
                pairs_add(entry, "token_endpoint_auth_method", "none");
        } else {
                if (os_random_token(run->arena, &made, &err) != 0)
                        return refuse_err(run, &err);
                *secret = made;
                pairs_add(entry, "client_secret_sha256", digest_of(run->arena, made));
        }
        add_list(run, "--redirect", "redirect_uris", entry);
        add_list(run, "--logout", "post_logout_redirect_uris", entry);
        pairs_add(entry, "backchannel_logout_uri", option(run, "--back-channel"));
        pairs_add(entry, "frontchannel_logout_uri", option(run, "--front-channel"));
        pairs_add(entry, "scope", option(run, "--scope"));
        pairs_add(entry, "email", option(run, "--email"));
        pairs_add(entry, "id_token_signed_response_alg", option(run, "--alg"));
        add_flag(run, "--skip-consent", "skip_consent", entry);
        return STATUS_DONE;
}

/* Prints what the program has to be told. The secret is shown this once. */
static void
print_secret(const struct run *run, const char *id, const char *secret)
{
        const char *issuer = conf_issuer(run->arena, &run->app.conf);
        struct pairs fields;

        pairs_init(&fields, run->arena);
        pairs_add(&fields, "issuer", issuer);
        pairs_add(&fields, "client_id", id);
        if (*secret != '\0')
                pairs_add(&fields, "client_secret", secret);
        if (run->json) {
                print_pairs(run, &fields);
                return;
        }
        for (size_t i = 0; i < fields.count; i++)
                printf("%s: %s\n", fields.items[i].name, fields.items[i].value);
        if (*secret != '\0')
                tell(run, "Only its SHA-256 is kept: nobody can show the secret again.",
                    "只保存它的 SHA-256：这个密钥不会再显示。");
}

/* Without a key the client cannot sign anybody in. */
static void
tell_of_keys(struct run *run, const struct clients_item *client)
{
        struct app *app = &run->app;
        struct key_set set;

        if (app_open_state(app) == 0 &&
            key_set_read(app->state, run->arena, app->now, &set, &app->err) == 0 &&
            key_set_signing(&set, client->algorithm, app->now) != NULL)
                return;
        tell(run, "There is no key for %s yet: wechat keys make --alg %s",
            "还没有 %s 的密钥：wechat keys make --alg %s", key_algorithm_name(client->algorithm),
            key_algorithm_name(client->algorithm));
        err_clear(&app->err);
}

int
run_client_add(struct run *run)
{
        struct err err = {.kind = ERR_NONE};
        struct source source;
        struct clients after;
        struct pairs entry;
        const char *secret, *id;
        char *json, *text;

        if (option(run, "--redirect") == NULL)
                return refuse_usage(run,
                    "--redirect URI is missing: where the program takes people back",
                    "缺少 --redirect URI：登录后回到程序的哪个地址");
        if (read_source(run, &source) != STATUS_DONE ||
            build_entry(run, &entry, &secret) != STATUS_DONE)
                return STATUS_REFUSED;
        if (json_build(run->arena, &entry, &json, &err) != 0 ||
            clients_text_add(run->arena, source.text, json, &text, &err) != 0)
                return refuse_err(run, &err);
        if (check_text(run, source.path, text) != STATUS_DONE ||
            write_source(run, &source, text) != STATUS_DONE)
                return STATUS_REFUSED;
        id = pairs_get(&entry, "client_id");
        print_secret(run, id, secret);
        if (clients_parse(run->arena, text, strlen(text), source.path, &after, &err) == 0)
                tell_of_keys(run, clients_find(&after, id));
        return STATUS_DONE;
}

/* ---- one that is there ---- */

static int
refuse_change(const struct run *run, const struct err *err)
{
        const char *id = run->arguments[0];

        if (err->kind == ERR_NOT_FOUND)
                return refuse(run, ERR_NOT_FOUND, "there is no client %s: wechat client list",
                    "没有 %s 这个客户端：wechat client list", id);
        if (err->kind == ERR_DENIED)
                return refuse(run, ERR_DENIED, "the client %s is public: it has no secret",
                    "%s 是公开客户端，没有密钥", id);
        return refuse_err(run, err);
}

int
run_client_remove(struct run *run)
{
        struct err err = {.kind = ERR_NONE};
        struct source source;
        char *text;

        if (read_source(run, &source) != STATUS_DONE)
                return STATUS_REFUSED;
        if (clients_text_remove(run->arena, source.text, run->arguments[0], &text, &err) != 0)
                return refuse_change(run, &err);
        if (write_source(run, &source, text) != STATUS_DONE)
                return STATUS_REFUSED;
        say(run, "The client is removed. What it was given is of no use any more.",
            "客户端删掉了，发给它的令牌都不能再用。");
        return STATUS_DONE;
}

int
run_client_secret(struct run *run)
{
        struct err err = {.kind = ERR_NONE};
        struct source source;
        char *secret, *text;

        if (read_source(run, &source) != STATUS_DONE)
                return STATUS_REFUSED;
        if (os_random_token(run->arena, &secret, &err) != 0)
                return refuse_err(run, &err);
        if (clients_text_set_secret(run->arena, source.text, run->arguments[0],
                digest_of(run->arena, secret), &text, &err) != 0)
                return refuse_change(run, &err);
        if (write_source(run, &source, text) != STATUS_DONE)
                return STATUS_REFUSED;
        print_secret(run, run->arguments[0], secret);
        return STATUS_DONE;
}
