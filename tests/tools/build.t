#!/usr/bin/env perl
# What make rebuilds: everything that contains the version, after a change of version; everything compiled, after a change of
# flags; everything linked, after a change of a library inside it; and nothing otherwise.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir('wechat-build-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $program = "$folder/build/cgi-bin/logout.cgi";
delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CFLAGS CPPFLAGS LDFLAGS)};
Kit::write_file("$folder/libinside.a", '');

# Builds one program; returns the number of compiler commands.
sub build {
    my (@variables) = @_;
    my $command = join ' ', map {"'$_'"} 'make', '-C', $Kit::TOP, "BUILD=$folder/build", "ARCHIVES=$folder/libinside.a", 'CFLAGS=-O0', @variables, $program;
    my $said = `$command 2>&1`;
    is $?, 0, "@variables: built" or diag $said;
    return scalar(() = $said =~ /^\S+ -std=c11 /mg);
}

my $objects = () = glob "$Kit::TOP/lib/*/*.c";
is build('VERSION=1.2.3'), $objects + 2, 'the first time: everything';
like `$program --version`, qr/^logout\.cgi \(wechat-cgi\) 1\.2\.3$/m, 'the version is inside';
is build('VERSION=1.2.3'), 0, 'again: nothing';
is build('VERSION=1.2.4'), $objects + 2, 'another version: everything';
like `$program --version`, qr/^logout\.cgi \(wechat-cgi\) 1\.2\.4$/m, 'which is inside';
# Installing builds nothing again, although it is not told the flags.
my $installing = `make -n -C $Kit::TOP BUILD=$folder/build ARCHIVES=$folder/libinside.a DESTDIR=$folder/installed install 2>&1`;
my ($again) = scalar(() = $installing =~ /^\S+ -std=c11 .*-c -o \S*lib\//mg);
is $again, 0, 'make install: the library is not built again';
is scalar(() = $installing =~ /^\S+ -std=c11 .* -o \S+logout\.cgi /mg), 0, 'nor the program that is there';
utime time + 10, time + 10, "$folder/libinside.a";
is build('VERSION=1.2.4'), 1, 'another archive: linked again';
is build('VERSION=1.2.4', 'CPPFLAGS=-DANOTHER'), $objects + 2, 'other flags: everything';

# Plain make builds the programs and the pages, and fetches no library's sources.
my $plain = `make -n -C $Kit::TOP BUILD=$folder/plain 2>/dev/null`;
is $plain, `make -n -C $Kit::TOP BUILD=$folder/plain all 2>/dev/null`, 'make without a goal: make all';
like $plain, qr{cgi-bin/login\.cgi}, 'which builds the programs';
unlike $plain, qr{static/build\.sh|static-libs}, 'and no static library';
done_testing;
