# Every seed of each fuzz target, once. `make check-sanitize` runs this under ASan, UBSan and LSan, whose reports it prints.
use strict;
use warnings;
use Kit;
use Test::More;

my $sources = "$Kit::TOP/tests/fuzz";
my @targets = map {m{([^/]+)\.c$}} sort glob "$sources/*.c";
cmp_ok scalar @targets, '>=', 16, 'at least 16 targets';
for my $target (@targets) {
    my @seeds = glob "$sources/corpus/$target/*";
    ok @seeds > 0, "$target: has seeds";
    my $said = `$Kit::BUILD/tests/fuzz/$target $sources/corpus/$target 2>&1`;
    is $?, 0, "$target: every seed" or diag $said;
    my ($tried) = $said =~ /^Executed (\d+) inputs$/m;
    cmp_ok $tried // 0, '>=', scalar @seeds, "$target: each of the " . @seeds . ' was tried';
}
done_testing;
