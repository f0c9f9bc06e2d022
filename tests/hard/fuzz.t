#!/usr/bin/env perl
# weight: 6
# Fuzzes each target of tests/fuzz for its share of the time, under ASan, UBSan and LSan; new inputs and failing ones are in
# build/hard/fuzz/<target>. Only in the long form: in the quick one, watched.t tries every seed.
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Hard qw(is_long seconds row run_make);
use Kit;
use POSIX ();
use Test::More;

plan skip_all => 'only in the long form' unless is_long();
my $sources = "$Kit::TOP/tests/fuzz";
my @targets = map {m{([^/]+)\.c$}} sort glob "$sources/*.c";
my $temporary = tempdir('wechat-fuzz-XXXXXX', DIR => -w '/dev/shm' ? '/dev/shm' : '/tmp', CLEANUP => 1);
my $binaries;

sub run_target {
    my ($target, $name, @arguments) = @_;
    my $file = "$temporary/$name.log";
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        %ENV = (PATH => $ENV{PATH}, TMPDIR => $temporary);
        open STDOUT, '>', $file or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT;
        chdir $temporary;
        exec "$binaries/$target", @arguments or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    return ($?, Kit::read_file($file));
}

# The targets are built here, because this suite may run on another build of the programs.
my ($made, $log) = run_make('fuzz-build');
is($made, 0, 'the targets can be built') or BAIL_OUT($log);
my ($kind, $folder) = $log =~ /^Fuzz targets(, to replay only)?: (.*)$/m or BAIL_OUT($log);
my $fuzzes = !defined $kind;
$binaries = "$Kit::TOP/$folder";

# The sanitizers work: the target tools/broken fails for each kind of error, and says which.
my %found = (property => qr/does not hold/, overflow => qr/AddressSanitizer: heap-buffer-overflow/,
    undefined => qr/signed integer overflow/, leak => qr/LeakSanitizer: detected memory leaks/);
for my $kind (sort keys %found) {
    Kit::write_file("$temporary/$kind", $kind);
    my ($exit, $text) = run_target('tools/broken', "broken-$kind", "$temporary/$kind");
    ok($exit != 0, "broken, $kind: it fails");
    like($text, $found{$kind}, "broken, $kind: says why");
}
Kit::write_file("$temporary/good", 'good');
is((run_target('tools/broken', 'broken-good', "$temporary/good"))[0], 0, 'broken, no error: it passes');
row('fuzz targets: faults on purpose that were found', scalar keys %found, 0);

# Fuzzes one target for $seconds and adds its row.
sub fuzz {
    my ($target, $seconds) = @_;
    my $folder = "$Kit::BUILD/hard/fuzz/$target";
    remove_tree($folder);
    make_path("$folder/found", "$folder/fell");
    my @dictionary = -e "$sources/$target.dict" ? "-dict=$sources/$target.dict" : ();
    my ($exit, $text) = run_target($target, "long-$target", @dictionary, "-max_total_time=$seconds", '-max_len=4096',
        '-timeout=25', '-print_final_stats=1', "-artifact_prefix=$folder/fell/", "$folder/found",
        "$sources/corpus/$target");
    my @fell = glob "$folder/fell/*";
    my ($tried) = $text =~ /stat::number_of_executed_units:\s*(\d+)/;
    my ($from) = $text =~ /INITED cov: (\d+ ft: \d+)/;
    my ($to) = $text =~ /.*cov: (\d+ ft: \d+)/s;
    Kit::write_file("$folder/log", $text);
    s/ ft: / edges, / for grep {defined} $from, $to;
    row("$target: inputs (from " . ($from || '?') . ' features to ' . ($to || '?') . ')', $tried || 0,
        scalar(@fell) || $exit != 0 ? 1 : 0);
    return $exit == 0 && !@fell && $tried;
}

SKIP: {
    skip "clang's libFuzzer is not here: nothing can be fuzzed, only replayed", 1 unless $fuzzes;
    my $seconds = int(2 * seconds(0) / @targets) || 1;
    my (%target_of, @fell);
    my @waiting = @targets;
    while (@waiting || %target_of) {
        while (@waiting && keys %target_of < 2) { # two at a time
            my $target = shift @waiting;
            my $pid = fork;
            die "fork: $!" unless defined $pid;
            POSIX::_exit(fuzz($target, $seconds) ? 0 : 1) if $pid == 0;
            $target_of{$pid} = $target;
        }
        my $pid = waitpid -1, 0;
        my $target = delete $target_of{$pid} or next;
        push @fell, $target if $? != 0;
    }
    is("@fell", '', "$seconds s of fuzzing each: no failure");
}

done_testing;
