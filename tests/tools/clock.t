#!/usr/bin/env perl
# Tests that need another clock say why they are skipped: faketime is missing, or the programs are static.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir('wechat-clock-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($program) = glob "$Kit::BUILD/cgi-bin/validate.cgi";
mkdir "$folder/bin" or die "mkdir: $!";

# Calls no_other_clock() where only stubs are installed; returns the reason, and the output on stderr.
sub reason {
    my ($answer) = @_;
    Kit::write_file("$folder/bin/objdump", "#!/bin/sh\necho '$answer'\n", 0755);
    local $ENV{PATH} = "$folder/bin:/bin-of-no-host";
    open my $kept, '>&', \*STDERR or die "dup: $!";
    open STDERR, '>', "$folder/said" or die "said: $!";
    my $why = Kit::no_other_clock($program);
    open STDERR, '>&', $kept or die "dup: $!";
    return ($why, Kit::read_file("$folder/said"));
}

my ($why, $said) = reason('  NEEDED libc.so.6');
like $why, qr/faketime is not installed \(package faketime\)/, 'no faketime: the reason';
like $said, qr/^# .*the clock are skipped: faketime is not installed/, 'also on stderr, because prove does not show skipped rows';
Kit::write_file("$folder/bin/faketime", "#!/bin/sh\n", 0755);
($why, $said) = reason('  NEEDED libc.so.6');
is $why, undef, 'faketime, and a program that it reaches: no reason';
is $said, '', 'nothing said';
($why) = reason('');
like $why, qr/static program/, 'a static program: the reason';
for my $test (glob "$Kit::TOP/tests/*/*.t") {
    my $text = Kit::read_file($test);
    next if $text !~ /'faketime'/ || $test =~ /clock\.t$/;
    like $text, qr/my \$why = Kit::no_other_clock\(.*\);\n\s+skip \$why, \d+ if \$why;/, ($test =~ s{.*/tests/}{}r) . ' gives the reason';
}
done_testing;
