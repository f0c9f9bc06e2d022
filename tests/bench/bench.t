#!/usr/bin/env perl
# Each row of the bench works: it is measured once, and its times are not judged.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Test::More;

plan skip_all => 'only in make check-hard: HARD=1' if !$ENV{HARD};
# Both folders are searched, and the one of the tests first.
is_deeply [grep { -e "$Kit::TOP/tests/lib/$_" } map { s{.*/}{}r } glob "$Kit::TOP/tests/bench/lib/*.pm"], [], 'no module of the bench is hidden by one of the tests';
my $missing = !Kit::find_program('wrk') ? 'wrk is not installed'
    : (grep { !-e "$Kit::BUILD/$_" } qw(tests/bench/measure tests/bench/nothing-static static/cgi-bin/wechat.cgi)) ? 'make bench-tools was not run' : '';
SKIP: { skip $missing, 1 if $missing }
if ($missing) { done_testing; exit }
my $output = `perl $Kit::TOP/tests/bench/bench --short 2>&1`;
is $? >> 8, 0, 'the bench runs' or diag $output;
my $bench = decode_json(Kit::read_file("$Kit::BUILD/bench-short.json"));
ok $bench->{machine}, 'names the machine';
cmp_ok scalar(@{ $bench->{rows} }), '>', 0, 'there are rows';
for my $row (@{ $bench->{rows} }) {
    ok defined $row->{ratio} && $row->{ratio} >= 0, "$row->{row}: a ratio";
    like $output, qr/^\| \Q$row->{row}\E /m, "$row->{row}: in the table";
}
is_deeply [sort map { $_->{program} } @{ $bench->{programs} }],
    [sort map({ s{.*/}{}r } glob "$Kit::BUILD/cgi-bin/*.cgi"), map({ s{.*/}{}r . ' (static)' } glob "$Kit::BUILD/static/cgi-bin/*.cgi")],
    'has all programs of both builds';
is_deeply [grep { $_->{request} eq 'a bare GET' } @{ $bench->{programs} }], [], 'each with a request of its own';
cmp_ok $bench->{capacity}{bytes}{person}, '>', 100, 'the bytes of a person in Redis';
ok $_->{'FastCGI, Redis'} > 0, "$_->{request}: requests of one core" for @{ $bench->{capacity}{requests} };
ok $_->{bytes} > 0 && $_->{system_calls} > 0 && $_->{memory_kib} > 0, "$_->{program}: size, calls, memory" for @{ $bench->{programs} };
is_deeply [grep { $_->{libraries} } grep { $_->{program} =~ /static/ } @{ $bench->{programs} }], [], 'static programs have no shared libraries';
done_testing;
