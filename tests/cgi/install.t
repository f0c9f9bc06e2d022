# make install, make uninstall and make help; where installed programs find their settings, state and pages.
use strict;
use warnings;
use Docs;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
my @make = ('make', '-s', '-C', $Kit::TOP, "BUILD=$Kit::BUILD", "DESTDIR=$folder", 'PREFIX=/usr', 'CGIDIR=/usr/lib/cgi-bin');
is system(@make, 'install') >> 8, 0, 'make install';
is join(' ', map { s{.*/}{}r } sort glob "$folder/usr/lib/cgi-bin/*"),
    join(' ', map { s{.*/}{}r } sort glob "$Kit::BUILD/cgi-bin/*.cgi"), 'the programs, and never the simulator';
ok -e "$folder/usr/share/wechat-cgi/html/$_", $_ for 'me.html', 'error.html', 'words/zh_CN.txt', 'words/en.txt', 'words/zh_TW.txt';
ok -e "$folder/usr/share/doc/wechat-cgi/$_", $_ for 'README.md', 'README.zh-CN.md', 'wechat.conf.example', 'LICENSE', 'CHANGES.md',
    Docs::files(), map {"clients/$_"} qw(README.md wechat.php wechat.py wechat.mjs wechat.js wechat.d.ts);
is `$folder/usr/bin/wechat --version`, `$Kit::BUILD/bin/wechat --version`, 'the command';
ok -e "$folder/usr/share/$_", $_ for 'bash-completion/completions/wechat', 'man/man1/wechat.1', 'man/man5/wechat.conf.5', 'man/man7/wechat-cgi.7', 'man/man8/validate.cgi.8', 'doc/wechat-cgi/docs/menu.json.example';
is `find $folder -name '*sim*'`, '', 'nothing of the simulator anywhere';
like `$folder/usr/lib/cgi-bin/me.cgi --version`, qr/^me\.cgi/, 'an installed program runs';
is system(@make, 'uninstall') >> 8, 0, 'make uninstall';
is `find $folder -type f`, '', 'leaves no file';

# GNU's variables, and the names in capitals of earlier versions.
sub installs {
    my ($name, $variables, @wanted) = @_;
    my $to = tempdir(CLEANUP => 1);
    my @command = ('make', '-s', '-C', $Kit::TOP, "BUILD=$Kit::BUILD", "DESTDIR=$to", @$variables);
    is system(@command, 'install') >> 8, 0, "$name: make install";
    ok -f "$to/$_", "$name: $_" for @wanted;
    is system(@command, 'uninstall') >> 8, 0, "$name: make uninstall";
    is `find $to -type f`, '', "$name: leaves no file";
    return;
}
installs('nothing given', [], 'usr/local/bin/wechat', 'usr/local/lib/cgi-bin/me.cgi', 'usr/local/share/wechat-cgi/html/me.html', 'usr/local/share/man/man1/wechat.1');
installs('GNU’s names', ['prefix=/a', 'exec_prefix=/b', 'datarootdir=/c', 'docdir=/d', 'mandir=/e', 'datadir=/f', 'sysconfdir=/etc', 'localstatedir=/var'],
    qw(b/bin/wechat b/lib/cgi-bin/me.cgi c/bash-completion/completions/wechat d/README.md e/man1/wechat.1 f/wechat-cgi/html/me.html));
installs('and more of them', ['bindir=/a', 'libdir=/b', 'pagesdir=/with a blank'], qw(a/wechat b/cgi-bin/me.cgi), 'with a blank/words/en.txt');
installs('names in capitals', ['PREFIX=/usr', 'CGIDIR=/a', 'BINDIR=/b', 'HTMLDIR=/c', 'DOCDIR=/d', 'MANDIR=/e/man1', 'COMPLETIONDIR=/f', 'SYSCONFDIR=/etc'],
    qw(a/me.cgi b/wechat c/me.html d/README.md e/man1/wechat.1 f/wechat));
installs('INSTALL_DATA', ['INSTALL_DATA=install -m 640', 'prefix=/usr'], 'usr/share/wechat-cgi/html/me.html');

# The lines of docs/en/install.md, below another root and without its owners where the tests are not root.
{
    my $to = tempdir(CLEANUP => 1);
    my ($lines) = grep {/^make install/m} map { $_->{text} } grep { $_->{language} eq 'sh' } Docs::snippets('docs/en/install.md');
    $lines =~ s/^make\n//m or die "docs/en/install.md: no make\n"; # built already
    $lines =~ s/^make install/make -s BUILD=$Kit::BUILD DESTDIR=$to install/m or die "docs/en/install.md: no make install\n";
    $lines =~ s{ /(etc|var)/}{ $to/$1/}g;
    $lines =~ s/ -o \S+ -g \S+//g if $> != 0;
    is system('sh', '-e', '-c', "cd $Kit::TOP\n$lines") >> 8, 0, 'the lines of the page work';
    ok -x "$to/usr/local/lib/cgi-bin/me.cgi", 'the programs are there';
    is sprintf('%o', (stat "$to/var/lib/wechat-cgi")[2] & 07777), '700', 'the folder of the state';
    is sprintf('%o', (stat "$to/etc/wechat-cgi/wechat.conf")[2] & 07777), '640', 'and the settings';
}

# An installation finds its settings, state and pages, when nothing nearer to the site says otherwise.
my $kit = Kit->new(stopped => 1);
my $own = tempdir(CLEANUP => 1);
my $long = '/x' x 128;
isnt system("@{[@make[0 .. 3]]} BUILD=$Kit::BUILD DESTDIR=$own/no prefix=$long install >/dev/null 2>&1"), 0, 'a path without room is refused';
my @there = ('make', '-s', '-C', $Kit::TOP, "BUILD=$Kit::BUILD", "prefix=$own/usr", "sysconfdir=$own/etc", "localstatedir=$own/var", "cgidir=$own/lib/x/cgi-bin");
is system(@there, 'install-strip') >> 8, 0, 'make install-strip';
cmp_ok -s "$own/lib/x/cgi-bin/me.cgi", '<', (-s "$Kit::BUILD/cgi-bin/me.cgi") / 2, 'leaves out the debug information';
sub settings {
    my ($path, $name, %change) = @_;
    make_path($path =~ s{/[^/]*$}{}r);
    Kit::write_file($path, Kit::conf_text(appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $kit->{site_url}, outside_wechat => 'qr',
        open_url => "https://$name.example.com", %change), 0600);
    return;
}
make_path("$own/site/www", "$own/var/lib");
sub ask {
    my ($program, %environment) = @_;
    return $kit->run("../../../../../../../../..$own/lib/x/cgi-bin/$program", environment => { WECHAT_CONF => undef, DOCUMENT_ROOT => "$own/site/www", %environment });
}
sub goes_to { my (%environment) = @_; return ask('login.cgi', HTTP_USER_AGENT => 'MicroMessenger/8.0.50', %environment)->{headers}{location}[0] // '' }
my $none = ask('login.cgi');
is $none->{status}, 500, 'no settings: not set up';
like $none->{body}, qr/<html/, 'says its own page';
like $none->{error}, qr{no settings file: put it at \Q$own\E/etc/wechat-cgi/wechat\.conf, or as wechat\.conf into the folder \Q$own\E/site/wechat}, 'the log says where they belong';
settings("$own/etc/wechat-cgi/wechat.conf", 'etc');
like goes_to(), qr{^https://etc\.}, 'the settings below sysconfdir';
like goes_to(DOCUMENT_ROOT => undef), qr{^https://etc\.}, 'also when the server does not name its document root';
# The page with the QR code, whose record is in the state.
sub waits {
    my ($cookie) = (ask('desktop.cgi', QUERY_STRING => 'next=/')->{headers}{'set-cookie'}[0] // '') =~ /^([^;]+)/;
    return ask('desktop.cgi', QUERY_STRING => 'wait=1', HTTP_COOKIE => $cookie)->{status};
}
is waits(), 200, 'a page, from the installed pages';
is ask('me.cgi')->{status}, 303, 'me.cgi runs';
my @state = split /\n/, `find $own/var/lib/wechat-cgi -type f`;
ok scalar @state, 'the state is below localstatedir';
ok !-e "$own/etc/wechat-cgi/wechat-state", 'and not beside the settings';
is `env -i HOME=/nonexistent $own/usr/bin/wechat check --json 2>&1` =~ m{\Q$own\E/etc/wechat-cgi/wechat\.conf} ? 'found' : 'no', 'found', 'the command finds them as well';
like goes_to(WECHAT_CONF => "$own/etc/wechat-cgi/wechat.conf"), qr{^https://etc\.}, 'named by WECHAT_CONF: the same';
settings("$own/site/wechat/wechat.conf", 'site');
like goes_to(), qr{^https://site\.}, 'settings beside the document root come first';
is waits(), 200, 'with the installed pages';
ok -d "$own/site/wechat/wechat-state", 'and a state of their own';
settings("$own/etc/wechat-cgi/wechat.conf", 'etc');
like ask('login.cgi', DOCUMENT_ROOT => $own)->{error}, qr{which the web server serves}, 'a document root that contains them: refused';
is system(@there, 'uninstall') >> 8, 0, 'make uninstall';
ok -f "$own/etc/wechat-cgi/wechat.conf", 'leaves the settings';
ok -d "$own/var/lib/wechat-cgi", 'and the state';
is `objcopy -O binary -j wechat_places $Kit::BUILD/cgi-bin/login.cgi /dev/stdout 2>/dev/null` =~ tr/\0//cdr, "\0" x 768, 'the programs that were built know of no installation';

# make help names every target meant for people, and only targets that exist.
my $help = `make -s -C $Kit::TOP help`;
my %named = map { $_ => 1 } $help =~ /(?:^make |; make |; )(?=\S)((?!make)[a-z.-]+)/mg;
my $rules = join '', map { Kit::read_file("$Kit::TOP/$_") } qw(Makefile static/static.mk static/release.mk site/site.mk tests/tests.mk);
my %there = map { $_ => 1 } $rules =~ /^([a-z.-]+):(?!=)/mg;
# Except plain `make`, and targets that only other targets use.
delete @there{ grep {/-packages$|-build$|^(?:all|programs|html|help|fuzz-targets|broken|check-programs|check-pages|static-libs|bench-tools)$/} keys %there };
is_deeply [sort keys %named], [sort keys %there], 'make help names each target';
done_testing;
