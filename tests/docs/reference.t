# docs/reference is what the manual pages and the schemas say; every schema that a manual page names exists, and each is named by one.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Schema;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
my $committed = "$Kit::TOP/docs/reference";
SKIP: {
    skip 'mandoc is not installed', 3 unless Kit::find_program('mandoc');
    is system('perl', "$Kit::TOP/tools/reference", "$Kit::TOP/man", $folder) >> 8, 0, 'tools/reference';
    sub names { my ($in) = @_; return [sort map { s{.*/}{}r } glob "$in/*.md"] }
    is_deeply names($committed), names($folder), 'a page for each manual page, and the index';
    is_deeply [grep { Kit::read_file("$committed/$_") ne Kit::read_file("$folder/$_") } @{ names($folder) }], [], 'as make documents writes them';
}
my %named;
for my $page (glob "$Kit::TOP/man/*.[1-9]") {
    $named{$_}++ for Kit::read_file($page) =~ /^\.Pa ([\w-]+)\.json\b/mg;
}
is_deeply [grep { !$named{$_} } Schema::names()], [], 'a manual page names each schema';
my @linked = map { Kit::read_file($_) =~ m{\(schemas/([\w.-]+)\)}g } glob "$committed/*.md";
is_deeply [grep { !-e "$committed/schemas/$_" } @linked], [], 'each schema that is linked exists';
done_testing;
