#include "format/jws.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/digest.h"
#include "format/json.h"

/* ---- writing ---- */

int
jws_sign(struct arena *arena, struct key *key, const char *type, const char *payload, char **text,
    struct err *err)
{
        const char *header = arena_printf(arena, "{\"alg\":\"%s\",\"typ\":\"%s\",\"kid\":\"%s\"}",
            key_algorithm_name(key_algorithm_of(key)), type, key_id(key));
        const char *input =
            arena_printf(arena, "%s.%s", digest_base64url(arena, header, strlen(header)),
                digest_base64url(arena, payload, strlen(payload)));
        uint8_t signature[KEY_SIGNATURE_MAX];
        size_t length;

        if (key_sign(key, input, strlen(input), signature, &length, err) != 0)
                return -1;
        *text = arena_printf(arena, "%s.%s", input, digest_base64url(arena, signature, length));
        return 0;
}

char *
jws_half_hash(struct arena *arena, const char *token)
{
        uint8_t hash[DIGEST_SIZE];

        digest_sha256(token, strlen(token), hash);
        return digest_base64url(arena, hash, sizeof(hash) / 2);
}

/* ---- reading ---- */

/* The three parts, decoded; text up to the second dot is what is signed. */
struct parts {
        size_t signed_size;
        const char *header, *payload, *signature;
        size_t header_size, payload_size, signature_size;
};

static bool
split(struct arena *arena, const char *text, struct parts *parts)
{
        size_t first = strcspn(text, "."), second;

        if (strlen(text) > JWS_MAX || text[first] != '.')
                return false;
        second = first + 1 + strcspn(text + first + 1, ".");
        if (text[second] != '.')
                return false;
        parts->signed_size = second;
        parts->header =
            digest_base64url_decode(arena, arena_copy(arena, text, first), &parts->header_size);
        parts->payload = digest_base64url_decode(
            arena, arena_copy(arena, text + first + 1, second - first - 1), &parts->payload_size);
        parts->signature =
            digest_base64url_decode(arena, text + second + 1, &parts->signature_size);
        return parts->header != NULL && parts->payload != NULL && parts->signature != NULL;
}

/* Returns the value of a text that the header has once; NULL: it has not. */
static const char *
header_text(const struct pairs *header, const char *name)
{
        for (size_t i = 0; i < header->count; i++)
                if (strcmp(header->items[i].name, name) == 0 && header->items[i].type == PAIR_TEXT)
                        return pairs_get_once(header, name);
        return NULL;
}

/* Returns the key of ours that the header names, if it and its algorithm fit; else NULL. The
 * algorithm is the key's: what the header says of it can only be a reason to refuse. */
static struct key *
choose_key(const struct pairs *header, const char *type, jws_find *find, void *context)
{
        const char *id = header_text(header, "kid"), *algorithm = header_text(header, "alg");
        const char *said = header_text(header, "typ");
        struct key *key;

        if (id == NULL || algorithm == NULL || said == NULL || strcasecmp(said, type) != 0)
                return NULL;
        for (size_t i = 0; i < header->count; i++)
                if (strcmp(header->items[i].name, "crit") == 0 ||
                    strncmp(header->items[i].name, "crit/", strlen("crit/")) == 0)
                        return NULL;
        key = find(context, id);
        return key != NULL && strcmp(algorithm, key_algorithm_name(key_algorithm_of(key))) == 0
                   ? key
                   : NULL;
}

static int
parse_object(
    struct arena *arena, const char *text, size_t size, struct pairs *members, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};

        pairs_init(members, arena);
        if (strlen(text) == size && json_parse_tree(arena, text, size, members, &inner) == 0)
                return 0;
        return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_DENIED,
            "jws: a part of it is not a JSON object");
}

int
jws_verify(struct arena *arena, const char *text, const char *type, jws_find *find, void *context,
    struct pairs *claims, struct err *err)
{
        struct parts parts;
        struct pairs header, payload;
        struct key *key;

        if (!split(arena, text, &parts))
                return err_set(err, ERR_DENIED, "jws: it is malformed");
        if (parse_object(arena, parts.header, parts.header_size, &header, err) != 0)
                return -1;
        key = choose_key(&header, type, find, context);
        if (key == NULL ||
            !key_verify(key, text, parts.signed_size, parts.signature, parts.signature_size))
                return err_set(err, ERR_DENIED, "jws: none of our keys has signed it");
        if (parse_object(arena, parts.payload, parts.payload_size, &payload, err) != 0)
                return -1;
        for (size_t i = 0; i < payload.count; i++)
                pairs_add_typed(
                    claims, payload.items[i].name, payload.items[i].value, payload.items[i].type);
        return 0;
}
