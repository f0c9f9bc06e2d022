/* ca: finding certificates in a bundle by a name; text between certificates is ignored. */
#include "table.h"

#include "format/digest.h"
#include "host/ca.h"

struct found {
        size_t count;
        char bytes[64]; /* of the latest certificate */
};

static void
take(void *context, const uint8_t *der, size_t size)
{
        struct found *found = context;

        found->count++;
        snprintf(found->bytes, sizeof(found->bytes), "%.*s", (int)size, (const char *)der);
}

#define CERTIFICATE(base64) "-----BEGIN CERTIFICATE-----\n" base64 "\n-----END CERTIFICATE-----\n"

/* "one: Alice", "two: Bob", "three: Alice" in base64, the last over two lines. */
static const char bundle[] = "# Alice\n" CERTIFICATE("b25lOiBBbGljZQ==") "Alice\n" CERTIFICATE(
    "dHdvOiBCb2I=") CERTIFICATE("dGhyZWU6\nIEFsaWNl");

static void
names_are_found_in_certificates_only(void **state)
{
        static const struct {
                const char *bundle, *name;
                size_t count;
                const char *latest;
        } rows[] = {
            {bundle, "Alice", 2, "three: Alice"},
            {bundle, "Bob", 1, "two: Bob"},
            {bundle, "Carol", 0, ""},
            {bundle, "#", 0, ""},
            {bundle, ": ", 3, "three: Alice"},
            {"", "Alice", 0, ""},
            {"Alice", "Alice", 0, ""},
            {CERTIFICATE(""), "Alice", 0, ""},
            {CERTIFICATE("no base64!"), "Alice", 0, ""},
            {CERTIFICATE("no base64!") CERTIFICATE("dHdvOiBCb2I="), "Bob", 1, "two: Bob"},
            {"-----BEGIN CERTIFICATE-----\nb25lOiBBbGljZQ==\n", "Alice", 0, ""}, /* cut off */
            {"-----BEGIN PRIVATE KEY-----\nb25lOiBBbGljZQ==\n-----END PRIVATE KEY-----\n", "Alice",
                0, ""},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct found found = {0, ""};
                size_t count = ca_find(
                    *state, rows[i].bundle, rows[i].name, strlen(rows[i].name), take, &found);

                ROW(count == rows[i].count && found.count == count, i, "how many");
                ROW(strcmp(found.bytes, rows[i].latest) == 0, i, "the latest");
        }
        END_ROWS();
}

/* The name is found at every offset within the base64 groups, and with every kind of line end. */
static void
a_name_may_begin_anywhere(void **state)
{
        static const char *const ends[] = {"\n", "\r\n", " \n\t"};
        static const char name[] = "an authority of some length";

        for (size_t row = 0; row < 3 * 130; row++) {
                char *der = arena_printf(*state, "%.*s%s, and more", (int)(row / 3),
                    "0123456789012345678901234567890123456789012345678901234567890123456789"
                    "012345678901234567890123456789012345678901234567890123456789",
                    name);
                const char *base64 = digest_base64(*state, der, strlen(der));
                const char *pem = "-----BEGIN CERTIFICATE-----";
                struct found found = {0, ""};

                for (size_t at = 0; at < strlen(base64); at += 64)
                        pem = arena_printf(*state, "%s%s%.64s", pem, ends[row % 3], base64 + at);
                pem = arena_printf(*state, "%s\n-----END CERTIFICATE-----\n", pem);
                ROW(ca_find(*state, pem, name, strlen(name), take, &found) == 1, row, "found");
                ROW(ca_find(*state, pem, "an authority of some lengtj", strlen(name), take,
                        &found) == 0,
                    row, "another name");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(names_are_found_in_certificates_only), TEST(a_name_may_begin_anywhere)};

        return RUN(tests);
}
