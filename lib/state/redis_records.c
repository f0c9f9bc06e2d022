#include "state/redis_records.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/url.h"
#include "host/file.h"
#include "host/os.h"
#include "state/store.h"

/* A record outlives its end by SPARE_SECONDS, for clocks that differ. PATIENCE_MS: so long a change
 * is tried that others make at the same time. */
enum { SPARE_SECONDS = 60, OWNER_DIGITS = DIGEST_HEX_SIZE / 2, PATIENCE_MS = 5000, PAUSE_MS = 8 };

/*
 * Writes a record. Keys: the record; the index, if there is one; that of the user, if the kind has
 * .persons; the lock, if one is held. Words: text, milliseconds to live, name, time of expiry, the
 * present, then: 1: create (an old text may be given as the next word: replace that only), which
 * old text, most, evicts, persons, value of the lock. SET is the first that writes: a script that
 * has written is not refused any more if the memory is full.
 */
static const char put[] =
    "local function outlive(key) "
    "if redis.call('PTTL',key)<tonumber(ARGV[2]) then redis.call('PEXPIRE',key,ARGV[2]) end end "
    "local function alive(key) return redis.call('ZCOUNT',key,'('..ARGV[5],'+inf') end "
    "local n,index,person=2 "
    "if ARGV[8]~='' then index=KEYS[n] n=n+1 end "
    "if ARGV[10]~='0' then person=KEYS[n] n=n+1 end "
    "if ARGV[11]~='' and redis.call('GET',KEYS[n])~=ARGV[11] then return 'LOST' end "
    "local records=string.sub(KEYS[1],1,-1-#ARGV[3]) "
    "local most,persons,evict=tonumber(ARGV[8]),tonumber(ARGV[10]),false "
    "if ARGV[6]=='1' and ARGV[7]~='' then "
    "if redis.call('GET',KEYS[1])~=ARGV[7] then return 'CHANGED' end "
    "elseif ARGV[6]=='1' then "
    "if redis.call('EXISTS',KEYS[1])==1 then return 'EXISTS' end "
    "if person and alive(person)>=persons then "
    "local count=0 "
    "for _,name in ipairs(redis.call('ZRANGEBYSCORE',person,'('..ARGV[5],'+inf')) do "
    "count=count+redis.call('EXISTS',records..name) end "
    "if count>=persons then return 'PERSON' end end "
    "if index and most>0 and alive(index)>=most then "
    "if ARGV[9]~='1' then return 'FULL' end evict=true end "
    "end "
    "redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) "
    "if evict then redis.call('ZREMRANGEBYSCORE',index,'-inf',ARGV[5]) "
    "local first=redis.call('ZPOPMIN',index) "
    "if first[1] then redis.call('DEL',records..first[1]) end end "
    "if index then redis.call('ZADD',index,ARGV[4],ARGV[3]) outlive(index) end "
    "if person then redis.call('ZREMRANGEBYSCORE',person,'-inf',ARGV[5]) "
    "redis.call('ZADD',person,ARGV[4],ARGV[3]) outlive(person) end "
    "return 'OK'";

/* Deletes a record if its text is the given one. Keys: the record; the index, if there is one. */
static const char drop_same[] =
    "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
    "redis.call('DEL',KEYS[1]) if KEYS[2] then redis.call('ZREM',KEYS[2],ARGV[2]) end return 1";

bool
redis_has_index(enum store_kind kind)
{
        switch (kind) {
        case STORE_SESSION:
        case STORE_TOKENS:
        case STORE_USED:
        case STORE_VALUES:
        case STORE_PICTURE:
        case STORE_ACCOUNT:
        case STORE_CHECK:
        case STORE_KEYS:
        case STORE_REDEEM:
        case STORE_ACCESS:
        case STORE_REFRESH:
                return false;
        default:
                return true;
        }
}

char *
redis_record_key(const struct redis_base *base, enum store_kind kind, const char *name)
{
        const char *folder = kind_of(kind)->folder;

        if (kind_of(kind)->owned)
                return redis_key(base, "%s:{%.*s}%s", folder, OWNER_DIGITS, name,
                    strlen(name) < OWNER_DIGITS ? "" : name + OWNER_DIGITS);
        return redis_key(base, redis_has_index(kind) ? "{%s}:%s" : "%s:%s", folder, name);
}

char *
redis_index_key(const struct redis_base *base, enum store_kind kind, const char *name)
{
        const char *folder = kind_of(kind)->folder;

        return kind_of(kind)->owned ? redis_key(base, "%s:{%.*s}", folder, OWNER_DIGITS, name)
                                    : redis_key(base, "{%s}:", folder);
}

/* The name as the index has it: with that, a script finds the record's key. */
static const char *
name_in_index(enum store_kind kind, const char *name)
{
        return kind_of(kind)->owned ? name + OWNER_DIGITS : name;
}

/* How many records of the kind there may be; "": there is no index. */
static const char *
most_of(const struct redis_base *base, enum store_kind kind)
{
        const struct kind *k = kind_of(kind);

        return redis_has_index(kind) ? redis_word(base, (long long)k->most << (4 * k->digits)) : "";
}

static long long
milliseconds(const struct store_record *record)
{
        long long seconds = record->expires - record->created;

        return 1000 * (SPARE_SECONDS + (seconds > 0 ? seconds : 0));
}

static char *
person_key(const struct redis_base *base, enum store_kind kind, const struct store_record *record)
{
        const char *generation = pairs_get_text(&record->fields, "generation");
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(generation, strlen(generation), hex);
        return redis_key(base, "{%s}:of:%s", kind_of(kind)->folder, hex);
}

/* How a record is written. */
struct writing {
        bool creates;
        const char *old;  /* the text that is replaced, and no other; "": any, or none */
        const char *text; /* NULL: made from the record */
};

static int
say(const struct redis_reply *reply, enum store_kind kind, struct err *err)
{
        if (redis_says(reply, "OK"))
                return 0;
        if (redis_says(reply, "EXISTS") || redis_says(reply, "CHANGED"))
                return err_set(err, ERR_EXISTS, "store: there is one already");
        if (redis_says(reply, "PERSON"))
                return err_set(
                    err, ERR_FULL, "store: too many %s of one person", kind_of(kind)->folder);
        if (redis_says(reply, "FULL"))
                return err_set(err, ERR_FULL, "store: too many %s at once", kind_of(kind)->folder);
        return err_set(err, ERR_SYSTEM,
            "state: this process was too slow, and another one has "
            "taken its work over: nothing was written");
}

static int
write_record(struct redis_base *base, enum store_kind kind, const char *name,
    const struct store_record *record, const struct writing *how, struct err *err)
{
        const char *text = how->text == NULL ? record_format(base->arena, record) : how->text;
        size_t persons = how->creates && *how->old == '\0' ? kind_of(kind)->persons : 0, keys = 1;
        const char *key[4] = {redis_record_key(base, kind, name)};
        const char *const words[] = {text, redis_word(base, milliseconds(record)),
            name_in_index(kind, name), redis_word(base, record->expires),
            redis_word(base, record->created), how->creates ? "1" : "0", how->old,
            most_of(base, kind), kind_of(kind)->evicts ? "1" : "0",
            redis_word(base, (long long)persons), base->fence == NULL ? "" : base->fence->value};
        struct redis_reply reply;

        if (record->fields.count > URL_FIELDS_MAX || strlen(text) > FILE_SIZE_MAX)
                return err_set(err, ERR_SYSTEM, "store: a record is too large");
        if (redis_has_index(kind))
                key[keys++] = redis_index_key(base, kind, name);
        if (persons > 0)
                key[keys++] = person_key(base, kind, record);
        if (base->fence != NULL)
                key[keys++] = base->fence->key;
        base->confirm = kind_of(kind)->lasts;
        if (redis_run(base, put, key, keys, words, sizeof(words) / sizeof(words[0]), &reply, err) !=
            0)
                return -1;
        return say(&reply, kind, err);
}

int
redis_create(struct redis_base *base, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        const struct writing how = {.creates = true, .old = ""};

        return write_record(base, kind, store_name(base->arena, kind, key), record, &how, err);
}

int
redis_replace(struct redis_base *base, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        const struct writing how = {.old = ""};

        return write_record(base, kind, store_name(base->arena, kind, key), record, &how, err);
}

int
redis_add_text(struct redis_base *base, enum store_kind kind, const char *name,
    const struct store_record *record, const char *text, struct err *err)
{
        const struct writing how = {.creates = true, .old = "", .text = text};

        return write_record(base, kind, name, record, &how, err);
}

int
redis_change_text(struct redis_base *base, enum store_kind kind, const char *name,
    const struct store_record *record, const char *old, struct err *err)
{
        const struct writing how = {.creates = true, .old = old};

        return write_record(base, kind, name, record, &how, err);
}

/* Reads a record that is in force at now, and its text. */
static int
read_text(struct redis_base *base, enum store_kind kind, const char *name, long long now,
    struct store_record *record, const char **text, struct err *err)
{
        struct store_record found;
        struct redis_reply reply;

        if (redis_do(base, &reply, err, "GET", redis_record_key(base, kind, name), NULL) != 0)
                return -1;
        if (reply.kind != REDIS_TEXT)
                return err_set(err, ERR_NOT_FOUND, "store: there is no such record");
        *text = reply.text;
        /* Redis does not lose half a text, so a broken one was changed by somebody else. */
        if (record_parse(base->arena, arena_copy(base->arena, reply.text, reply.size), reply.size,
                &found, err) != 0) {
                err->kind = ERR_SYSTEM;
                return -1;
        }
        /* Another machine's clock is ahead, or this one's is behind: nobody is signed out for that.
         */
        if (record_check(&found, now, ERR_SYSTEM, err) != 0)
                return -1;
        *record = found;
        return 0;
}

int
redis_read(struct redis_base *base, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err)
{
        const char *text;

        if (!text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE))
                return err_set(err, ERR_NOT_FOUND, "store: not a record's name");
        return read_text(base, kind, name, now, record, &text, err);
}

int
redis_take(struct redis_base *base, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        char *name = store_name(base->arena, kind, key);
        const char *const keys[] = {
            redis_record_key(base, kind, name), redis_index_key(base, kind, name)};
        struct store_record found;
        struct redis_reply reply;
        const char *text;

        if (read_text(base, kind, name, now, &found, &text, err) != 0)
                return -1;
        base->confirm = true;
        if (redis_run(base, drop_same, keys, redis_has_index(kind) ? 2 : 1,
                (const char *const[]){text, name_in_index(kind, name)}, 2, &reply, err) != 0)
                return -1;
        if (reply.number != 1)
                return err_set(err, ERR_NOT_FOUND, "store: another process has taken it");
        *record = found;
        return 0;
}

int
redis_remove(struct redis_base *base, enum store_kind kind, const char *name, struct err *err)
{
        struct redis_question question;
        struct redis_reply replies[2];

        if (!text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE))
                return err_set(err, ERR_SYSTEM, "store: not a record's name");
        base->confirm = true;
        redis_ask_begin(&question, base->arena);
        redis_add(&question, "DEL", redis_record_key(base, kind, name), NULL);
        if (redis_has_index(kind))
                redis_add(&question, "ZREM", redis_index_key(base, kind, name),
                    name_in_index(kind, name), NULL);
        return redis_do_all(base, &question, replies, err);
}

/* Tries once to change the counter. ERR_EXISTS: another process was faster. */
static int
try_count(struct redis_base *base, enum store_kind kind, const char *name, int change,
    struct store_record *fresh, int *count, struct err *err)
{
        struct writing how = {.creates = true, .old = ""};
        struct store_record found = {.created = 0};
        const char *text = "";
        long long total = change;

        if (read_text(base, kind, name, fresh->created, &found, &text, err) == 0) {
                total += pairs_get_number(&found.fields, "count", 0);
                fresh->created = found.created;
                fresh->expires = found.expires;
        } else if (err->kind != ERR_NOT_FOUND)
                return -1;
        /* One that has expired is replaced as well. */
        how.old = text;
        err_clear(err);
        *count = total < 0 ? 0 : (int)total;
        pairs_init(&fresh->fields, base->arena);
        pairs_add_number(&fresh->fields, "count", *count);
        return write_record(base, kind, name, fresh, &how, err);
}

int
redis_count(struct redis_base *base, enum store_kind kind, const char *key, int change,
    long long now, long long seconds, int *count, struct err *err)
{
        char *name = store_name(base->arena, kind, key);
        long long until = os_clock_ms() + PATIENCE_MS;

        for (;;) {
                struct store_record fresh = {.created = now, .expires = now + seconds};

                if (try_count(base, kind, name, change, &fresh, count, err) == 0)
                        return 0;
                if (err->kind != ERR_EXISTS)
                        return -1;
                if (os_clock_ms() >= until)
                        return err_set(err, ERR_SYSTEM, "state: too many changes of one counter");
                if (redis_pause(PAUSE_MS, err) != 0)
                        return -1;
        }
}
