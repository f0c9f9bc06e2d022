#!/usr/bin/env perl
# weight: 1
# Long: the static archives for both processors, libraries included, are built in another folder, from a copy of the sources, with the
# same bytes; and the programs for aarch64 are tested under qemu. Nothing quick.
use strict;
use warnings;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Hard qw(is_long row run_make);
use Kit;
use Test::More;

plan skip_all => 'only in make check-hard: it builds all libraries twice' if !is_long();

my $build = "$Kit::TOP/build";
my ($exit, $log) = run_make('dist-static-all');
is $exit, 0, 'make dist-static-all' or diag substr $log, -6000;

# The sources as they are, with what was downloaded already.
my $copy = tempdir('wechat-packages-XXXXXX', TMPDIR => 1, CLEANUP => 1) . '/copy';
make_path("$copy/build");
is system("cd $Kit::TOP && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t $copy"), 0, 'copied';
system('cp', '-R', "$build/html-node", "$copy/build/") if -d "$build/html-node";
for my $libraries (map {m{([^/]+)$}} glob "$build/static-libs*") {
    make_path("$copy/build/$libraries/src");
    system("cp -p \$(find $build/$libraries/src -maxdepth 1 -type f -name '*_*' -o -maxdepth 1 -name '*.missing') $copy/build/$libraries/src/") == 0 or die 'cp';
}
my $time = $ENV{SOURCE_DATE_EPOCH} // `git -C $Kit::TOP log -1 --format=%ct`;
chomp $time;
my $said = do {
    local %ENV = (%ENV, SOURCE_DATE_EPOCH => $time);
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL WECHAT_BUILD)};
    `make -s -C $copy dist-static-all 2>&1`;
};
is $?, 0, 'built in another folder' or diag substr $said, -6000;
my %sums = map { my $folder = $_; $folder => { map { reverse split / +/, $_, 2 } split /\n/, Kit::read_file("$folder/dist/SHA256SUMS") } } $build, "$copy/build";
my @archives = sort keys %{ $sums{$build} };
is scalar(@archives), 4, 'four archives';
is $sums{"$copy/build"}{$_} // '', $sums{$build}{$_}, "$_: the same bytes" for @archives;
row('archives built in another folder: the same bytes', scalar @archives, scalar grep { ($sums{"$copy/build"}{$_} // '') ne $sums{$build}{$_} } @archives);

my $proved = do { local $ENV{WECHAT_BUILD} = $build; `prove -I $Kit::TOP/tests/lib $Kit::TOP/tests/static/aarch64.t 2>&1` };
my $passed = $? == 0;
my ($tests) = $proved =~ /^Files=1, Tests=(\d+),/m;
ok $passed && $tests, 'the programs for aarch64' or diag $proved;
row('assertions on the programs for aarch64, under qemu', $tests // 0, $passed ? 0 : 1);
done_testing;
