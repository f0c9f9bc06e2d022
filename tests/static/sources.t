#!/usr/bin/env perl
# The sources of the static build. Each file of a source package must match its .dsc; an older version replaces one that cannot be
# fetched only if static/sources lists it; and versions behind Debian's archive are reported. The test makes the packages itself;
# apt-get and apt-cache are stubs that offer only what the test prepares.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

plan skip_all => 'dpkg-dev is not installed' unless Kit::find_program('dpkg-source') && Kit::find_program('dpkg');

my $folder = tempdir('wechat-sources-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $libs = "$folder/libs";
make_path("$folder/bin", "$folder/static", "$libs/src");
copy("$Kit::TOP/static/$_", "$folder/static/$_") or die "$_: $!" for qw(apt.sh behind.sh build.sh);

sub program {
    my ($name, $text) = @_;
    Kit::write_file("$folder/bin/$name", "#!/bin/sh\n$text", 0755);
    return;
}
sub sh {
    my (@command) = @_;
    my $said = `PATH=$folder/bin:$ENV{PATH} sh @command 2>&1`;
    return ($? >> 8, $said);
}

# Makes a source package among the fetched files; returns its line for static/sources.
sub package_of {
    my ($version, $part) = @_;
    my ($upstream) = $version =~ /^([^-]+)/;
    my $dir = "$folder/make/qrencode-$upstream";
    make_path("$dir/debian/source");
    Kit::write_file("$dir/COPYING", "of $version\n");
    system("cd $folder/make && tar -cJf qrencode_$upstream.orig.tar.xz --exclude debian qrencode-$upstream") == 0 or die 'tar';
    Kit::write_file("$dir/debian/source/format", "3.0 (quilt)\n");
    Kit::write_file("$dir/debian/changelog", "qrencode ($version) unstable; urgency=low\n\n  * All.\n\n -- A <a\@example.com>  Thu, 01 Jan 2026 00:00:00 +0000\n");
    Kit::write_file("$dir/debian/control", "Source: qrencode\nMaintainer: A <a\@example.com>\n\nPackage: qrencode\nArchitecture: any\nDescription: none\n");
    system("cd $folder/make && dpkg-source -b qrencode-$upstream >/dev/null 2>&1") == 0 or die 'dpkg-source';
    system("mv $folder/make/qrencode_* $libs/src/") == 0 or die 'mv';
    system('rm', '-rf', "$folder/make");
    my $dsc = "$libs/src/qrencode_$version.dsc";
    return "qrencode $version " . sha256_hex(Kit::read_file($dsc)) . ($part ? " $part" : '') . "\n";
}

# Stubs for the build tools: nothing is compiled.
program('cmake', "exit 0\n");
program('musl-gcc', "exit 0\n");
program('apt-get', "echo \"\$*\" >>$folder/asked; case \$* in *update*) [ ! -e $folder/offline ] ;; *) echo '404 Not Found'; exit 100 ;; esac\n");
program('apt-cache', <<"SH");
for name; do :; done
[ ! -e $folder/offer.\$name ] || sed 's/^/Version: /' $folder/offer.\$name
SH
program('dpkg-query', "echo 1.2.3-1\n");

sub sources { my (@lines) = @_; return Kit::write_file("$folder/static/sources", join '', "# pins\n", @lines) }
sub build { return sh("$folder/static/build.sh", $libs) }
sub forget { return system("rm -rf $libs/src/*.done $libs/src/qrencode") }
my $broken = qr/its files are not what it says/;

# ---- the checksums ----

for my $part ('', 'upstream') {
    my $as = $part ? ' (upstream only)' : '';
    sources(package_of('4.1.1-1', $part));
    forget();
    my ($exit, $said) = build();
    unlike $said, $broken, "whole files are taken$as";
    is Kit::read_file("$libs/src/qrencode/COPYING"), "of 4.1.1-1\n", "and unpacked$as";
    for my $file ('orig', $part ? () : 'debian') {
        my ($tar) = glob "$libs/src/qrencode_4.1.1*$file.tar.xz";
        my $bytes = Kit::read_file($tar);
        # Another archive, valid in itself.
        Kit::write_file($tar, $bytes . "\0" x 4);
        forget();
        ($exit, $said) = build();
        isnt $exit, 0, "another $file archive is refused$as";
        like $said, $broken, "and that is said$as";
        ok !-e "$libs/src/qrencode.done", "nothing is built of it$as";
        Kit::write_file($tar, $bytes);
    }
    my $dsc = "$libs/src/qrencode_4.1.1-1.dsc";
    my $text = Kit::read_file($dsc);
    Kit::write_file($dsc, $text . "\n");
    forget();
    ($exit, $said) = build();
    like $said, qr/qrencode_4\.1\.1-1\.dsc is not what static\/sources says/, "another .dsc is refused$as";
    Kit::write_file($dsc, $text);
}

# ---- an update whose source is not there yet ----

my $older = package_of('4.1.1-1', 'older');
my $update = 'qrencode 4.1.1-1+deb12u1 ' . 'a' x 64 . "\n";
sources($update);
forget();
my ($exit, $said) = build();
isnt $exit, 0, 'a version that cannot be fetched: an error';
like $said, qr/^static\/build\.sh: qrencode 4\.1\.1-1\+deb12u1 cannot be fetched: see /m, 'which says so';
sources($update, $older);
(undef, $said) = build();
like $said, qr/^static: WARNING: qrencode 4\.1\.1-1\+deb12u1 cannot be fetched .*: an older version takes its place$/m, 'with an older one: a warning';
like Kit::read_file("$libs/versions"), qr/^qrencode 4\.1\.1-1$/m, 'and the list of what is inside has the older';
unlink "$folder/asked";
(undef, $said) = build();
like $said, qr/^static: WARNING: /m, 'again: the same warning';
unlike $said, qr/^static: qrencode/m, 'and nothing is built';
ok !-e "$folder/asked", 'or asked for';
my $yesterday = time - 90_000;
utime $yesterday, $yesterday, glob "$libs/src/*.missing";
build();
like Kit::read_file("$folder/asked"), qr/source .*qrencode=4\.1\.1-1\+deb12u1/, 'a day later it is asked for again';

# ---- versions behind Debian's archive ----

sub behind { my ($status, $text) = sh("$folder/static/behind.sh", $libs); is $status, 0, 'it fails nothing'; return $text }
Kit::write_file("$folder/offer.qrencode", "4.1.1-1\n4.1.1-1+deb12u1\n4.1.1-1+deb12u2\n");
is behind(), "static build: BEHIND: qrencode 4.1.1-1, and Debian's archive has 4.1.1-1+deb12u2: change static/sources\n", 'behind: package and versions';
Kit::write_file("$folder/offer.qrencode", "4.1.1-1+deb12u1\n4.1.1-1\n");
like behind(), qr/has 4\.1\.1-1\+deb12u1: its source could not be fetched here/, 'behind because its source is not there';
Kit::write_file("$folder/offer.qrencode", "4.1.1-1\n");
is behind(), "static build: no library is behind Debian's archive\n", 'not behind';
Kit::write_file("$folder/offer.musl", "1.2.5-1\n");
like behind(), qr/BEHIND: musl 1\.2\.3-1, .* has 1\.2\.5-1: install it/, 'musl, which comes as a package';
unlink "$libs/versions";
sources("qrencode 4.1.1-1 x upstream\n");
Kit::write_file("$folder/offer.qrencode", "4.1.1-2\n");
like behind(), qr/BEHIND: qrencode 4\.1\.1-1, .* has 4\.1\.1-2: change static\/sources/, 'before anything is built: what static/sources says';
Kit::write_file("$folder/offline", '');
like behind(), qr/^static build: whether its libraries are behind .* is not known: .*\n\z/, 'without network: one line';

# ---- make check reports it ----

my ($check) = Kit::read_file("$Kit::TOP/tests/tests.mk") =~ /^check: .*\n((?:\t.*\n)+)/m;
like $check, qr{static/behind\.sh.*sh tests/run\b}s, 'make check says it, before the tests';
done_testing;
