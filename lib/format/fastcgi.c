#include "format/fastcgi.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

enum { VERSION = 1, RESPONDER = 1, KEEP_CONNECTION = 1 };

/* How a request ends (FCGI_EndRequestBody). */
enum { REQUEST_COMPLETE, CANNOT_MULTIPLEX, OVERLOADED, UNKNOWN_ROLE };

/* ---- names with values ---- */

static const char *const value_names[] = {
    "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", NULL};

static void
begin_pairs(struct arena *arena, struct fastcgi_pairs *pairs, const char *const *names)
{
        memset(pairs, 0, sizeof(*pairs));
        pairs->names = names;
        pairs->found = arena_alloc(arena, (FASTCGI_VARIABLES_MAX + 1) * sizeof(*pairs->found));
}

static bool
is_wanted(const struct fastcgi_pairs *pairs)
{
        if (pairs->name_size > FASTCGI_NAME_MAX)
                return false;
        for (const char *const *name = pairs->names; *name != NULL; name++)
                if (**name == *pairs->name && strcmp(*name, pairs->name) == 0)
                        return true;
        return false;
}

/* Returns the length that comes first, of one byte or four; 0 with *size 0: it is not there yet. */
static size_t
read_length(const unsigned char *bytes, size_t have, size_t *size)
{
        *size = have == 0 ? 0 : (bytes[0] & 0x80) == 0 ? 1 : 4;
        if (have < *size)
                *size = 0;
        if (*size == 4)
                return (size_t)(bytes[0] & 0x7f) << 24 | (size_t)bytes[1] << 16 |
                       (size_t)bytes[2] << 8 | bytes[3];
        return *size == 0 ? 0 : bytes[0];
}

/* Adds a byte to the lengths of a pair; when both are known, the pair begins. */
static void
add_length(struct fastcgi_pairs *pairs, char byte)
{
        size_t first, second, name, value;

        pairs->lengths[pairs->lengths_size++] = (unsigned char)byte;
        name = read_length(pairs->lengths, pairs->lengths_size, &first);
        if (first == 0)
                return;
        value = read_length(pairs->lengths + first, pairs->lengths_size - first, &second);
        if (second == 0)
                return;
        pairs->name_left = name;
        pairs->value_left = value;
        pairs->name_size = pairs->lengths_size = 0;
        pairs->value = NULL;
        pairs->in_pair = true;
}

static size_t
add_name(struct fastcgi_pairs *pairs, const char *bytes, size_t size)
{
        size_t part = size < pairs->name_left ? size : pairs->name_left;
        size_t room = pairs->name_size < FASTCGI_NAME_MAX ? FASTCGI_NAME_MAX - pairs->name_size : 0;

        if (room > 0)
                memcpy(pairs->name + pairs->name_size, bytes, part < room ? part : room);
        pairs->name_size += part;
        pairs->name_left -= part;
        return part;
}

/* The name is known: makes room for the value, if it is wanted. Returns what is wrong; NULL:
 * nothing. */
static const char *
begin_value(struct arena *arena, struct fastcgi_pairs *pairs)
{
        char *pair;

        pairs->name[pairs->name_size < FASTCGI_NAME_MAX ? pairs->name_size : FASTCGI_NAME_MAX] =
            '\0';
        if (!is_wanted(pairs))
                return NULL;
        if (pairs->count == FASTCGI_VARIABLES_MAX)
                return "too many variables";
        if (pairs->value_left > FASTCGI_KEPT_MAX ||
            pairs->kept + pairs->name_size + pairs->value_left > FASTCGI_KEPT_MAX)
                return "the headers are too long";
        pairs->kept += pairs->name_size + pairs->value_left;
        pair = arena_alloc_raw(arena, pairs->name_size + pairs->value_left + 2);
        memcpy(pair, pairs->name, pairs->name_size);
        pair[pairs->name_size] = '=';
        pairs->value = pair + pairs->name_size + 1;
        pairs->value[pairs->value_left] = '\0';
        pairs->found[pairs->count] = pair;
        return NULL;
}

/* A variable counts when all of it is there. */
static const char *
end_value(struct fastcgi_pairs *pairs)
{
        const char *pair = pairs->value == NULL ? NULL : pairs->found[pairs->count];

        pairs->in_pair = false;
        if (pair == NULL)
                return NULL;
        if (pair + strlen(pair) != pairs->value) {
                pairs->found[pairs->count] = NULL;
                return "a variable has a byte 0";
        }
        pairs->count++;
        return NULL;
}

static size_t
add_value(struct fastcgi_pairs *pairs, const char *bytes, size_t size)
{
        size_t part = size < pairs->value_left ? size : pairs->value_left;

        if (pairs->value != NULL && part > 0) {
                memcpy(pairs->value, bytes, part);
                pairs->value += part;
        }
        pairs->value_left -= part;
        return part;
}

/* Reads the next bytes. Returns what is wrong with a variable; NULL: nothing. */
static const char *
add_pairs(struct arena *arena, struct fastcgi_pairs *pairs, const char *bytes, size_t size)
{
        const char *flaw = NULL;

        pairs->all += size;
        while (size > 0) {
                size_t used = 1;
                const char *now = NULL;

                if (!pairs->in_pair)
                        add_length(pairs, *bytes);
                else
                        used = pairs->name_left > 0 ? add_name(pairs, bytes, size)
                                                    : add_value(pairs, bytes, size);
                bytes += used;
                size -= used;
                if (!pairs->in_pair || pairs->name_left > 0)
                        continue;
                if (pairs->value == NULL && pairs->name_size != SIZE_MAX) {
                        now = begin_value(arena, pairs);
                        pairs->name_size = SIZE_MAX; /* the name is settled */
                }
                flaw = flaw == NULL ? now : flaw;
                if (pairs->value_left > 0)
                        continue;
                now = end_value(pairs);
                flaw = flaw == NULL ? now : flaw;
        }
        return flaw;
}

static bool
ends_in_pair(const struct fastcgi_pairs *pairs)
{
        return pairs->in_pair || pairs->lengths_size > 0;
}

/* ---- what is sent ---- */

void
fastcgi_put_header(
    unsigned char header[FASTCGI_HEADER_SIZE], enum fastcgi_type type, unsigned id, size_t size)
{
        header[0] = VERSION;
        header[1] = (unsigned char)type;
        header[2] = (unsigned char)(id >> 8);
        header[3] = (unsigned char)id;
        header[4] = (unsigned char)(size >> 8);
        header[5] = (unsigned char)size;
        header[6] = header[7] = 0;
}

static void
put_end(unsigned char record[FASTCGI_END_SIZE], unsigned id, unsigned status, unsigned how)
{
        memset(record, 0, FASTCGI_END_SIZE);
        fastcgi_put_header(record, FASTCGI_END, id, FASTCGI_END_SIZE - FASTCGI_HEADER_SIZE);
        record[FASTCGI_HEADER_SIZE + 3] = (unsigned char)status;
        record[FASTCGI_HEADER_SIZE + 4] = (unsigned char)how;
}

void
fastcgi_put_end(unsigned char record[FASTCGI_END_SIZE], unsigned id, unsigned status)
{
        put_end(record, id, status, REQUEST_COMPLETE);
}

/* A peer that asks and asks has something else in mind. */
static void
add_reply(struct fastcgi *request, const void *bytes, size_t size)
{
        if (request->replies.size + size > FASTCGI_REPLIES_MAX)
                request->state = FASTCGI_BROKEN;
        else
                buf_add(&request->replies, bytes, size);
}

static void
refuse(struct fastcgi *request, unsigned id, unsigned how)
{
        unsigned char record[FASTCGI_END_SIZE];

        put_end(record, id, 0, how);
        add_reply(request, record, sizeof(record));
}

static void
reply_unknown_type(struct fastcgi *request)
{
        unsigned char record[FASTCGI_HEADER_SIZE * 2] = {0};

        fastcgi_put_header(record, FASTCGI_UNKNOWN_TYPE, 0, FASTCGI_HEADER_SIZE);
        record[FASTCGI_HEADER_SIZE] = (unsigned char)request->type;
        add_reply(request, record, sizeof(record));
}

/* One connection and one request at a time, for each process. */
static void
reply_values(struct fastcgi *request)
{
        unsigned char header[FASTCGI_HEADER_SIZE];
        struct buf content;

        buf_init(&content, request->arena);
        for (size_t i = 0; i < request->values.count; i++) {
                const char *name = request->values.found[i];
                size_t size = strlen(name) - 1; /* without "=" */

                if (name[size] != '=')
                        continue;
                buf_add_byte(&content, (char)size);
                buf_add_byte(&content, 1);
                buf_add(&content, name, size);
                buf_add_byte(&content, strncmp(name, "FCGI_MPXS", 9) == 0 ? '0' : '1');
        }
        fastcgi_put_header(header, FASTCGI_GET_VALUES_RESULT, 0, content.size);
        add_reply(request, header, sizeof(header));
        if (content.size > 0)
                add_reply(request, content.data, content.size);
}

/* ---- what comes ---- */

void
fastcgi_begin(
    struct fastcgi *request, struct arena *arena, const char *const *names, size_t body_max)
{
        memset(request, 0, sizeof(*request));
        request->arena = arena;
        request->body_max = body_max;
        begin_pairs(arena, &request->variables, names);
        buf_init(&request->body, arena);
        buf_init(&request->replies, arena);
}

char *const *
fastcgi_environment(const struct fastcgi *request)
{
        return request->variables.found;
}

static void
break_off(struct fastcgi *request)
{
        request->state = FASTCGI_BROKEN;
}

/* Is the record for the request under way? */
static bool
is_ours(const struct fastcgi *request)
{
        return request->state != FASTCGI_IDLE && request->record_id == request->id;
}

/* A record's header is there. */
static void
begin_record(struct fastcgi *request)
{
        const unsigned char *h = request->header;

        request->type = (enum fastcgi_type)h[1];
        request->record_id = (unsigned)h[2] << 8 | h[3];
        request->content = (size_t)h[4] << 8 | h[5];
        request->padding = h[6];
        request->begin_size = 0;
        if (h[0] != VERSION)
                break_off(request);
        else if (request->type == FASTCGI_BEGIN && (request->content != FASTCGI_HEADER_SIZE ||
                                                       is_ours(request) || request->record_id == 0))
                break_off(request);
        else if (request->type == FASTCGI_GET_VALUES && request->content > FASTCGI_REPLIES_MAX)
                break_off(request);
        else if (request->type == FASTCGI_GET_VALUES)
                begin_pairs(request->arena, &request->values, value_names);
        else if (is_ours(request) &&
                 ((request->type == FASTCGI_PARAMS && request->state != FASTCGI_READS_PARAMS) ||
                     (request->type == FASTCGI_STDIN && request->state != FASTCGI_READS_BODY)))
                break_off(request);
}

static void
add_body(struct fastcgi *request, const char *bytes, size_t size)
{
        size_t room = request->body_max + 1 - request->body.size;
        size_t part = size < room ? size : room;

        if (part > 0)
                buf_add(&request->body, bytes, part);
        request->dropped += size - part;
}

/* A part of a record's content, at least one byte. */
static void
add_content(struct fastcgi *request, const char *bytes, size_t size)
{
        const char *flaw = NULL;

        if (request->type == FASTCGI_BEGIN) {
                memcpy(request->begin + request->begin_size, bytes, size);
                request->begin_size += size;
        } else if (request->type == FASTCGI_GET_VALUES && request->record_id == 0) {
                (void)add_pairs(request->arena, &request->values, bytes, size);
        } else if (request->type == FASTCGI_PARAMS && is_ours(request)) {
                if (request->variables.all + size > FASTCGI_PARAMS_MAX)
                        break_off(request);
                else
                        flaw = add_pairs(request->arena, &request->variables, bytes, size);
                request->flaw = request->flaw == NULL ? flaw : request->flaw;
        } else if (request->type == FASTCGI_STDIN && is_ours(request)) {
                add_body(request, bytes, size);
        }
}

static void
end_begin(struct fastcgi *request)
{
        unsigned role = (unsigned)request->begin[0] << 8 | request->begin[1];

        if (request->state != FASTCGI_IDLE) {
                refuse(request, request->record_id, CANNOT_MULTIPLEX);
                return;
        }
        request->keep = (request->begin[2] & KEEP_CONNECTION) != 0;
        if (role != RESPONDER) {
                refuse(request, request->record_id, UNKNOWN_ROLE);
                if (!request->keep)
                        break_off(request);
                return;
        }
        request->id = request->record_id;
        request->state = FASTCGI_READS_PARAMS;
}

/* An empty record ends a stream. */
static void
end_stream(struct fastcgi *request)
{
        if (request->type == FASTCGI_STDIN)
                request->state = FASTCGI_COMPLETE;
        else if (ends_in_pair(&request->variables))
                break_off(request);
        else
                request->state = FASTCGI_READS_BODY;
}

/* The program says that the body is too large; what still comes of it is no request. */
static void
cut_body(struct fastcgi *request)
{
        request->cut = true;
        request->keep = false;
        request->state = FASTCGI_COMPLETE;
}

/* A whole record has been read, with its padding. */
static void
end_record(struct fastcgi *request)
{
        bool is_empty = (request->header[4] | request->header[5]) == 0;

        request->header_size = 0;
        switch (request->type) {
        case FASTCGI_BEGIN:
                end_begin(request);
                break;
        case FASTCGI_ABORT:
                if (is_ours(request))
                        request->state = FASTCGI_ABORTED;
                break;
        case FASTCGI_PARAMS:
        case FASTCGI_STDIN:
                if (is_ours(request) && is_empty)
                        end_stream(request);
                else if (is_ours(request) && request->dropped > FASTCGI_DROPPED_MAX)
                        cut_body(request);
                break;
        case FASTCGI_GET_VALUES:
                reply_values(request);
                break;
        default:
                if (request->record_id == 0)
                        reply_unknown_type(request);
        }
}

size_t
fastcgi_feed(struct fastcgi *request, const char *bytes, size_t size)
{
        size_t done = 0;

        while (request->state < FASTCGI_COMPLETE &&
               (done < size || request->header_size == FASTCGI_HEADER_SIZE)) {
                size_t part = size - done;

                if (request->header_size < FASTCGI_HEADER_SIZE) {
                        request->header[request->header_size++] = (unsigned char)bytes[done++];
                        if (request->header_size == FASTCGI_HEADER_SIZE)
                                begin_record(request);
                } else if (request->content > 0) {
                        if (part == 0)
                                break;
                        part = part < request->content ? part : request->content;
                        request->content -= part;
                        add_content(request, bytes + done, part);
                        done += part;
                } else if (request->padding > 0) {
                        if (part == 0)
                                break;
                        part = part < request->padding ? part : request->padding;
                        request->padding -= part;
                        done += part;
                } else {
                        end_record(request);
                }
        }
        return done;
}
