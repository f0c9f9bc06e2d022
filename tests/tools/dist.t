#!/usr/bin/env perl
# make dist: the source archive builds the same pages without npm, and a page that was changed keeps a style. deb/package.t builds all of
# it, without network. What is not committed is not packed, so the pages are compared only if html/ is committed.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

plan skip_all => 'this is no git checkout' if system("git -C $Kit::TOP rev-parse HEAD >/dev/null 2>&1") != 0;
plan skip_all => 'npm is not installed' unless Kit::find_program('npm');

delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL)};
my $folder = tempdir('wechat-dist-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $version = Kit::read_file("$Kit::TOP/Makefile") =~ /^VERSION := (\S+)$/m ? $1 : die;
my $name = "wechat-cgi-$version";
system("cp -rH $Kit::BUILD/html-node $folder/html-node") == 0 or die 'cp';
my $said = `make -s -C $Kit::TOP BUILD=$folder dist 2>&1`;
is $?, 0, 'make dist' or diag $said;
my $archive = "$folder/dist-source/$name.tar.gz";
my @files = split /\n/, `tar -tzf $archive`;
is scalar(grep { !m{^\Q$name\E/} } @files), 0, 'one folder';
my %there = map { s{^\Q$name\E/}{}r => 1 } @files;
ok $there{$_}, $_ for qw(Makefile README.md LICENSE html/weui/LICENSE.txt html/weui/weui.css html/weui/me.css tests/sim/html/weui/console.css);
is scalar(grep {m{/(?:build|node_modules|\.git)/}} @files), 0, 'nothing that was built, and no packages of npm';
my $first = Kit::read_file($archive);
system("make -s -C $Kit::TOP BUILD=$folder dist >/dev/null 2>&1");
ok $first eq Kit::read_file($archive), 'the same bytes again';

# As on a machine without node and npm.
system("tar -xzf $archive -C $folder") == 0 or die 'tar';
mkdir "$folder/bin";
for my $tool (split ' ', 'sh make cat sed awk grep cmp mkdir mktemp rm cp mv chmod touch printf head tr cut xargs sha256sum basename dirname cc gcc ls env test expr find sort uname true') {
    my $found = Kit::find_program($tool) or next;
    symlink $found, "$folder/bin/$tool";
}
sub build {
    return `PATH=$folder/bin make -s -C $folder/$name BUILD=$folder/pages html 2>&1`;
}
is build(), '', 'the pages are built without npm';
like Kit::read_file("$folder/pages/html/me.html"), qr/WeUI © Tencent, MIT licence/, 'with WeUI';
SKIP: {
    skip 'html/ has changes that are not committed', 1 if `git -C $Kit::TOP status --porcelain html Makefile` ne '';
    is `diff -r $Kit::BUILD/html $folder/pages/html 2>&1 | grep -v '^Only in .*: \\.done\$'`, '', 'the same as with npm';
}
my $page = "$folder/$name/html/again.html";
Kit::write_file($page, Kit::read_file($page) =~ s{</h1>}{!</h1>}r);
like build(), qr/^pages: changed since the archive was made, with the style that it has for them: again\.html: /, 'a page that was changed';
like Kit::read_file("$folder/pages/html/again.html"), qr/WeUI © Tencent.*!<\/h1>/s, 'is built with the style from before';
done_testing;
