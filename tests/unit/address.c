/* address: lists of addresses, the client behind proxies, addresses that belong together. */
#include "table.h"

#include "format/address.h"

static void
lists_are_addresses_and_networks(void **state)
{
        static const struct {
                const char *list;
                bool good;
        } rows[] = {{"", true}, {"127.0.0.1", true}, {"127.0.0.1 ::1", true},
            {"10.0.0.0/8 fd00::/8", true}, {"0.0.0.0/0", true}, {"::/0", true},
            {"10.0.0.0/32", true}, {"10.0.0.0/33", false}, {"::/128", true}, {"::/129", false},
            {"10.0.0.0/", false}, {"10.0.0.0/x", false}, {"10.0.0.0/8x", false},
            {"10.0.0.0/-1", false}, {"10.0.0.0/0008", false}, {"10.0.0", false},
            {"10.0.0.256", false}, {"localhost", false}, {"127.0.0.1,::1", false},
            {"  127.0.0.1   ::1 ", true}, {"127.0.0.1/8/8", false}, {"/8", false},
            {"1111111111222222222233333333334444444444555555555566666666667777", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(address_is_list(rows[i].list) == rows[i].good, i, rows[i].list);
        END_ROWS();
}

static void
networks_hold_their_addresses(void **state)
{
        static const struct {
                const char *list, *address;
                bool in;
        } rows[] = {{"127.0.0.1", "127.0.0.1", true}, {"127.0.0.1", "127.0.0.2", false},
            {"10.0.0.0/8", "10.255.255.255", true}, {"10.0.0.0/8", "11.0.0.0", false},
            {"10.16.0.0/12", "10.31.255.255", true}, {"10.16.0.0/12", "10.32.0.0", false},
            {"192.0.2.128/25", "192.0.2.127", false}, {"192.0.2.128/25", "192.0.2.129", true},
            {"0.0.0.0/0", "203.0.113.9", true}, {"0.0.0.0/0", "2001:db8::1", false},
            {"::/0", "2001:db8::1", true}, {"2001:db8::/33", "2001:db8:7fff::1", true},
            {"2001:db8::/33", "2001:db8:8000::1", false}, {"::1 127.0.0.1", "127.0.0.1", true},
            {"127.0.0.1", "::ffff:127.0.0.1", true}, {"::ffff:127.0.0.1", "127.0.0.1", true},
            {"127.0.0.1", "x", false}, {"127.0.0.1", "", false}, {"", "127.0.0.1", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(address_is_in(rows[i].list, rows[i].address) == rows[i].in, i, rows[i].address);
        END_ROWS();
}

/* Only what a trusted proxy appended counts. */
static void
the_client_is_behind_the_proxies(void **state)
{
        static const char trusted[] = "127.0.0.1 10.0.0.0/8 ::1";
        static const struct {
                const char *list, *remote, *forwarded, *client;
        } rows[] = {{"", "192.0.2.7", "203.0.113.9", "192.0.2.7"},
            {trusted, "192.0.2.7", "203.0.113.9", "192.0.2.7"},
            {trusted, "127.0.0.1", "", "127.0.0.1"},
            {trusted, "127.0.0.1", "203.0.113.9", "203.0.113.9"},
            {trusted, "::1", "203.0.113.9", "203.0.113.9"},
            {trusted, "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
            {trusted, "127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"},
            {trusted, "127.0.0.1", "6.6.6.6,203.0.113.9 ,\t10.1.2.3 , 10.9.9.9", "203.0.113.9"},
            {trusted, "127.0.0.1", "10.1.2.3", "10.1.2.3"},
            {trusted, "127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"},
            {trusted, "127.0.0.1", "203.0.113.9, unknown, 10.1.2.3", "10.1.2.3"},
            {trusted, "127.0.0.1", "<script>", "127.0.0.1"},
            {trusted, "127.0.0.1", ",", "127.0.0.1"},
            {trusted, "127.0.0.1", "203.0.113.9:4711", "203.0.113.9"},
            {trusted, "127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"},
            {trusted, "127.0.0.1", "[2001:db8::1]", "2001:db8::1"},
            {trusted, "127.0.0.1", "[2001:db8::1", "127.0.0.1"},
            {trusted, "127.0.0.1", "2001:db8::1", "2001:db8::1"}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(address_of_client(*state, rows[i].list, rows[i].remote, rows[i].forwarded),
                        rows[i].client),
                    i, rows[i].forwarded);
        END_ROWS();
}

static void
a_customer_has_a_network(void **state)
{
        static const struct {
                const char *address, *group;
        } rows[] = {{"192.0.2.7", "192.0.2.7"}, {"::ffff:192.0.2.7", "192.0.2.7"},
            {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"}, {"2001:db8:1:2::", "2001:db8:1:2::/64"},
            {"::1", "::/64"}, {"-", "-"}, {"", ""}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(address_group(*state, rows[i].address), rows[i].group), i,
                    rows[i].address);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(lists_are_addresses_and_networks),
            TEST(networks_hold_their_addresses), TEST(the_client_is_behind_the_proxies),
            TEST(a_customer_has_a_network)};

        return RUN(tests);
}
