#!/usr/bin/env perl
# weight: 6
# The suite under instrumentation. Quick: the seeds of tests/fuzz, under ASan, UBSan and LSan. Long: the whole suite
# under these and under valgrind, with its coverage counted; and the static analysers on the sources.
use strict;
use warnings;
use Hard qw(is_long row run_make);
use Kit;
use Test::More;

# Runs a target of make and adds its row. $tried: a pattern for the number tried in the output.
sub watch {
    my ($target, $what, $tried, @variables) = @_;
    my ($exit, $log) = run_make($target, @variables);
    my ($count) = $log =~ $tried;
    is($exit, 0, $what) or diag(substr $log, -6000);
    cmp_ok($count || 0, '>', 0, "$what: tried");
    $what .= ": $1" if $log =~ /^(lines: .*)$/m;
    $what .= ", $1" if $log =~ /^(branches: .*)$/m;
    row($what, $count || 0, $exit == 0 ? 0 : 1);
    return;
}

my $tests = qr/^Files=\d+, Tests=(\d+),/m;
if (is_long()) {
    watch('check-sanitize', 'the suite under ASan, UBSan and LSan', $tests);
    watch('check-valgrind', 'the suite under valgrind', $tests);
    watch('coverage', 'the suite with counters', $tests);
    watch('check-analyse', 'files for gcc -fanalyzer, clang-tidy and cppcheck', qr/^tidy: (\d+) files, no finding$/m);
}
else {
    watch('check-sanitize', 'the seeds of the fuzz targets under ASan, UBSan and LSan', $tests, 'TESTS=seeds');
}
done_testing;
