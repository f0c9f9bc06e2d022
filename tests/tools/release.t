#!/usr/bin/env perl
# `make release`: what it refuses, that it stops at the first failure, and what it produces. The steps are stubs here.
use strict;
use warnings;
use Digest::SHA;
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use POSIX ();
use Test::More;

plan skip_all => 'git is not installed' unless Kit::find_program('git');

my $folder = tempdir('wechat-release-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $name = 'wechat-cgi-1.2.3-linux-' . (POSIX::uname())[4];
delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL RELEASE RELEASE_STEPS)};
$ENV{"GIT_$_"} = 'nobody' for qw(AUTHOR_NAME COMMITTER_NAME);
$ENV{"GIT_$_"} = 'nobody@example.com' for qw(AUTHOR_EMAIL COMMITTER_EMAIL);
@ENV{qw(GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM)} = ('/dev/null', 1);

make_path("$folder/static");
copy("$Kit::TOP/static/$_", "$folder/static/$_") or die "$_: $!" for qw(release.sh release.mk);
my ($all) = Kit::read_file("$folder/static/release.sh") =~ /^all='([^']+)'$/m;
my @steps = split / /, $all;
Kit::write_file("$folder/.gitignore", "/build/\n/ran\n/fails\n");
Kit::write_file("$folder/Makefile", "VERSION := 1.2.3\nBUILD := build\n.PHONY: @steps\n" . <<"TEXT");
$all:
\t\@echo \$@ >>ran; [ "\$\$(cat fails 2>/dev/null)" != \$@ ]
\t\@[ \$@ != clean ] || rm -rf build
\t\@case \$@ in \\
\tdist-static-all) mkdir -p build/dist; for end in x86_64.tar.gz x86_64.zip aarch64.tar.gz aarch64.zip; do echo dist >build/dist/wechat-cgi-1.2.3-linux-\$\$end; done ;; \\
\tdist-shared) mkdir -p build/dist-shared; echo dist-shared >build/dist-shared/$name.tar.gz ;; \\
\tdist) mkdir -p build/dist-source; echo dist-source >build/dist-source/wechat-cgi-1.2.3.tar.gz ;; \\
\tdeb) mkdir -p build/deb; echo deb >build/deb/wechat-cgi_1.2.3_amd64.deb ;; \\
\tesac
include static/release.mk
TEXT

sub git { system('git', '-C', $folder, @_) == 0 or die "git @_"; return }
sub changes { Kit::write_file("$folder/CHANGES.md", "# Changes\n\n## $_[0]\n\n- Something.\n"); git('add', '-A'); git('commit', '-q', '--allow-empty', '-m', 'Change'); return }
sub release {
    my (@variables) = @_;
    unlink "$folder/ran";
    my $command = join ' ', map {"'$_'"} 'make', '--no-print-directory', '-C', $folder, 'release', @variables;
    my $said = `$command 2>&1`;
    return ($? == 0 ? 'done' : 'refused', $said, join ' ', split /\n/, Kit::read_file("$folder/ran"));
}

git('init', '-q');
changes('1.2.3 – unreleased');
my ($result, $said, $ran) = release();
is "$result:$ran", 'refused:', 'an unreleased version: refused before any step';
like $said, qr/CHANGES\.md says that 1\.2\.3 is unreleased: write the date there/, 'and why';

changes('1.2.4 – 2026-12-24');
($result, $said, $ran) = release();
is "$result:$ran", 'refused:', 'another version than that of CHANGES.md: refused';
like $said, qr/VERSION in the Makefile is 1\.2\.3, but the top of CHANGES\.md says 1\.2\.4/, 'and why';

changes('1.2.3 – 2026-12-24');
Kit::write_file("$folder/new", '');
($result, $said, $ran) = release();
is "$result:$ran", 'refused:', 'a file that is not committed: refused';
like $said, qr/not committed.*\bnew\b/, 'and which';
unlink "$folder/new";
for my $variables (['RELEASE=yes'], ['RELEASE_STEPS=dist']) {
    is((release(@$variables))[0], 'refused', "@$variables: refused");
}

($result, $said, $ran) = release();
is $result, 'done', 'a clean checkout of a version with its date: done' or diag $said;
is $ran, $all, 'every step, in order';
my %sums = reverse map { split /  /, $_ } split /\n/, Kit::read_file("$folder/build/release/SHA256SUMS");
is_deeply [sort keys %sums], [sort "$name-shared.tar.gz", 'wechat-cgi-1.2.3.tar.gz', 'wechat-cgi_1.2.3_amd64.deb', map { my $processor = $_; map {"wechat-cgi-1.2.3-linux-$processor.$_"} qw(tar.gz zip) } qw(x86_64 aarch64)],
    'the archives for both processors, the ordinary programs, the sources and Debian’s package have their checksums';
is(Digest::SHA->new(256)->addfile("$folder/build/release/$_")->hexdigest, $sums{$_}, "that of $_ is right") for sort keys %sums;
is Kit::read_file("$folder/build/release/$name.tar.gz") . Kit::read_file("$folder/build/release/$name-shared.tar.gz"), "dist\ndist-shared\n", 'static and ordinary programs are not mixed up';
is Kit::read_file("$folder/build/release/wechat-cgi-1.2.3.tar.gz"), "dist-source\n", 'and neither are the sources';
is_deeply [sort map { s{.*/}{}r } glob "$folder/build/release/log/*.log"], [sort map {"$_.log"} @steps], 'the output of each step is kept';

Kit::write_file("$folder/fails", 'check-static');
($result, $said, $ran) = release();
is "$result:$ran", 'refused:clean check check-static', 'a failed step is the last';
like $said, qr/make check-static failed; its output is in build\/release-failed\.log/, 'and is named';
ok !-e "$folder/build/release", 'and nothing is left to publish';
unlink "$folder/fails";

changes('1.2.3 – unreleased');
Kit::write_file("$folder/new", '');
($result, $said, $ran) = release('RELEASE=try', 'RELEASE_STEPS=check-analyse dist');
is "$result:$ran", 'done:check-analyse dist', 'a trial accepts an unreleased version, changed files, and other steps';
like $said, qr/trial: files are changed.*trial: CHANGES\.md says/s, 'and says so';
like $said, qr{trial: build/dist/wechat-cgi-1\.2\.3-linux-aarch64\.zip is missing}, 'as well as what is missing';

my $makefile = Kit::read_file("$folder/Makefile");
unlink "$folder/new";
Kit::write_file("$folder/Makefile", $makefile =~ s/ aarch64\.zip;/;/r);
changes('1.2.3 – 2026-12-24');
($result, $said) = release();
is $result, 'refused', 'an archive that no step made: no release';
like $said, qr{^release: build/dist/wechat-cgi-1\.2\.3-linux-aarch64\.zip is missing$}m, 'and which';

Kit::write_file("$folder/Makefile", $makefile =~ s/wechat-cgi_1\.2\.3_amd64\.deb/log/r);
changes('1.2.3 – 2026-12-24');
($result, $said) = release();
is $result, 'refused', 'no package for Debian: no release';
like $said, qr{^release: build/deb has no package$}m, 'and that';
done_testing;
