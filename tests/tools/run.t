# tests/run: what a failed test said is shown before the summary, and the summary is last. Ports are for one test alone. Each test of make check-hard has a weight.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
Kit::write_file("$folder/fails.t", qq{use Test::More; is 1, 2, 'one is two'; print {*STDERR} "the reason\\n"; done_testing;\n});
Kit::write_file("$folder/passes.t", qq{use Test::More; ok 1; done_testing;\n});
my $said = `cd $Kit::TOP && TMPDIR=$folder sh tests/run $folder/fails.t $folder/passes.t 2>&1`;
isnt $?, 0, 'a test that fails: tests/run fails';
like $said, qr{^\Q$folder\E/fails\.t said:\n.*Failed test 'one is two'.*the reason\n.*^Test Summary Report}ms, 'what it said is shown before the summary';
unlike $said, qr{passes\.t said}, 'a test that says nothing is not named';
like $said, qr/^Files=2, .*\nResult: FAIL\n\z/m, 'the last lines are the summary';
is_deeply [map {s{.*/}{}r} glob "$folder/*"], [qw(fails.t passes.t)], 'nothing is left behind';

# A test that says nothing for long holds up no other: here it waits for the last of many.
Kit::write_file("$folder/0.t", qq{use Test::More; for (1 .. 300) { last if -e '$folder/last'; select undef, undef, undef, 0.1 } ok -e '$folder/last'; done_testing;\n});
Kit::write_file("$folder/$_.t", "use Test::More; ok 1;" . ($_ == 40 ? qq{ open my \$last, '>', '$folder/last';} : '') . " done_testing;\n") for 1 .. 40;
$said = `cd $Kit::TOP && TMPDIR=$folder sh tests/run @{[map {"$folder/$_.t"} 0 .. 40]} 2>&1`;
like $said, qr/^All tests successful/m, 'a silent test holds up no other';

my %ports;
$ports{ Kit::free_port() }++ for 1 .. 400;
is scalar(keys %ports), 400, 'no port is given twice';

my @hard = glob "$Kit::TOP/tests/hard/*.t";
cmp_ok scalar @hard, '>', 5, 'make check-hard has tests';
is_deeply [grep { Kit::read_file($_) !~ /^# weight: \d+$/m } @hard], [], 'each says how much of its time it takes';

done_testing;
