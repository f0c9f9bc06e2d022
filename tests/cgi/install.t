# make install, make uninstall and make help.
use strict;
use warnings;
use Docs;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
my @make = ('make', '-s', '-C', $Kit::TOP, "BUILD=$Kit::BUILD", "DESTDIR=$folder", 'PREFIX=/usr', 'CGIDIR=/usr/lib/cgi-bin');
is system(@make, 'install') >> 8, 0, 'make install';
is join(' ', map { s{.*/}{}r } sort glob "$folder/usr/lib/cgi-bin/*"),
    join(' ', map { s{.*/}{}r } sort glob "$Kit::BUILD/cgi-bin/*.cgi"), 'the programs, and never the simulator';
ok -e "$folder/usr/share/wechat-cgi/html/$_", $_ for 'me.html', 'error.html', 'words/zh_CN.txt', 'words/en.txt', 'words/zh_TW.txt';
ok -e "$folder/usr/share/doc/wechat-cgi/$_", $_ for 'README.md', 'wechat.conf.example', 'LICENSE', 'CHANGES.md',
    Docs::files(), map {"clients/$_"} qw(README.md wechat.php wechat.py wechat.mjs wechat.js wechat.d.ts);
is `$folder/usr/bin/wechat --version`, `$Kit::BUILD/bin/wechat --version`, 'the command';
ok -e "$folder/usr/share/$_", $_ for 'bash-completion/completions/wechat', 'man/man1/wechat.1', 'doc/wechat-cgi/docs/menu.json.example';
is `find $folder -name '*sim*'`, '', 'nothing of the simulator anywhere';
like `$folder/usr/lib/cgi-bin/me.cgi --version`, qr/^me\.cgi/, 'an installed program runs';
is system(@make, 'uninstall') >> 8, 0, 'make uninstall';
is `find $folder -type f`, '', 'leaves no file';

# make help names every target meant for people, and only targets that exist.
my $help = `make -s -C $Kit::TOP help`;
my %named = map { $_ => 1 } $help =~ /(?:^make |; make |; )(?=\S)((?!make)[a-z.-]+)/mg;
my $rules = join '', map { Kit::read_file("$Kit::TOP/$_") } qw(Makefile static/static.mk static/release.mk tests/tests.mk);
my %there = map { $_ => 1 } $rules =~ /^([a-z.-]+):(?!=)/mg;
# Except plain `make`, and targets that only other targets use.
delete @there{ grep {/-packages$|-build$|^(?:all|programs|html|help|fuzz-targets|broken|static-libs|bench-tools)$/} keys %there };
is_deeply [sort keys %named], [sort keys %there], 'make help names each target';
done_testing;
