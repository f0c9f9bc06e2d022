#!/usr/bin/env perl
# An owner installs the static archive by what INSTALL.zh-CN.md says, and by nothing else: the places, permissions, settings and file names
# below are read from its tables. One home of each kind of host: cPanel, DirectAdmin, Plesk, an Apache of one's own. The .zip goes the
# way of FTP, which loses all permissions; the .tar.gz keeps them. In the end check.cgi has no ✗, and a person signs in.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use POSIX ();
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $processor = (POSIX::uname())[4];
my ($tar) = glob "$Kit::BUILD/dist/wechat-cgi-*-linux-$processor.tar.gz";
my ($zip) = glob "$Kit::BUILD/dist/wechat-cgi-*-linux-$processor.zip";
plan skip_all => 'make dist-static was not run' unless $tar && $zip;

# ---- unpacked, as on Windows and on Linux ----

my $folder = tempdir('wechat-owner-XXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$folder/tar", "$folder/zip");
is system('tar', '-xzf', $tar, '-C', "$folder/tar"), 0, 'the .tar.gz can be unpacked';
is system('python3', '-m', 'zipfile', '-e', $zip, "$folder/zip"), 0, 'the .zip can be unpacked';
my %from = map { $_ => glob "$folder/$_/wechat-cgi-*" } qw(tar zip);
is `cd $from{tar} && find . -type f | sort | xargs sha256sum`, `cd $from{zip} && find . -type f | sort | xargs sha256sum`, 'both have the same files';
ok !-x "$from{zip}/cgi-bin/login.cgi", 'unpacked by a program that knows no permissions, a program is no program';
is system("unzip -q $zip '*/cgi-bin/login.cgi' -d $folder/unix && [ -x $folder/unix/*/cgi-bin/login.cgi ]") >> 8, 0, 'one that knows them makes it one' if Kit::find_program('unzip');

# ---- what the page says ----

my $page = decode_utf8(Kit::read_file("$from{zip}/INSTALL.zh-CN.md"));

# The rows of the table in a section, each a list of cells; code without its backticks.
sub table {
    my ($heading, $text) = @_;
    my ($section) = ($text // $page) =~ /^## \Q$heading\E.*?\n(.*?)(?=^## |\z)/ms or die "no section $heading\n";
    my @rows = map { [map { s/^ +| +$//gr } split /\|/, s/^\|//r] } $section =~ /^(\|.*)\|$/mg;
    return @rows[2 .. $#rows];
}
sub code { my ($cell) = @_; return $cell =~ /`([^`]+)`/ ? $1 : die "no code in $cell\n" }

my @hosts = map { { name => $_->[0], root => code($_->[1]), 'cgi-bin' => code($_->[2]), wechat => code($_->[3]) } } table('2.');
is scalar @hosts, 4, 'four hosts';
my @modes = map { [code($_->[0]), oct $_->[1]] } table('3.');
my @settings = map { code($_->[0]) } table('5.');
is_deeply \@settings, [qw(appid secret site_url)], 'three settings';
my ($example) = $page =~ /`(wechat\.conf\.example)` 复制一份，改名为 `wechat\.conf`/;
my ($proof) = $page =~ /空文件 `([\w-]+)` 传到主机的 `wechat` 文件夹/;
ok $example && $proof, 'the names of the files to copy and to upload';
my $english = decode_utf8(Kit::read_file("$from{zip}/INSTALL.md"));
for my $section (2, 3, 5) {
    my @both = map { my $text = $_; join "\n", map { join ' ', grep {/^(?:\d+|`[^`]+`)$/} @$_ } table("$section.", $text) } $page, $english;
    is $both[1], $both[0], "step $section: the English page has the same names and numbers";
}
is scalar(() = $english =~ /^## /mg), scalar(() = $page =~ /^## /mg), 'and as many sections';

# ---- the hosts: each a home with a site ----

my @sites = map { { %$_, from => 'zip' } } @hosts;
push @sites, { %{ $hosts[0] }, from => 'tar' };
my $site_conf = '';
my ($own_line) = $page =~ /<Directory>` 里加一行 `([^`]+)`/;
for my $number (0 .. $#sites) {
    my $site = $sites[$number];
    @$site{qw(port home)} = (Kit::free_port(), "host$number");
    # Debian's Apache ignores .htaccess; the page names the line that is needed instead.
    my $rules = $site->{root} =~ m{^/var/www/html} ? "AllowOverride None\n$own_line" : 'AllowOverride All';
    $site_conf .= <<"SITE";
</VirtualHost>
Listen 127.0.0.1:$site->{port}
<VirtualHost 127.0.0.1:$site->{port}>
DocumentRoot {folder}/$site->{home}$site->{root}
ScriptAlias /cgi-bin/ {folder}/$site->{home}$site->{'cgi-bin'}/
<Directory {folder}/$site->{home}>
$rules
</Directory>
SITE
}
my $kit = Kit->new(site_conf => $site_conf);
my @nobody = $> == 0 ? (getpwnam 'nobody')[2, 3] : ($>, $) + 0);

# Tells the simulator the site's address.
sub wechat_knows {
    my ($url) = @_;
    my $sim = "$kit->{folder}/sim.conf";
    Kit::write_file($sim, Kit::read_file($sim) =~ s{^site_url = .*$}{site_url = $url}mr, 0600);
    chown @nobody, $sim if $> == 0;
    $kit->{site_url} = $url;
    return;
}

# Uploads a file or folder of the archive to a folder of the host: with its permissions, or without, as by FTP.
sub upload {
    my ($site, $what, $to) = @_;
    make_path($to);
    system('cp', '-R', '--preserve=mode', "$from{ $site->{from} }/$what", $to) == 0 or die "cp $what\n";
    return;
}
sub set_modes {
    my ($site) = @_;
    for my $row (@modes) {
        my ($name, $mode) = @$row;
        my ($top, $rest) = $name =~ m{^([^/]+)(/.+)?$};
        my @files = glob "$site->{on}{$top}" . ($rest // '');
        chmod $mode, grep {-e} @files;
    }
    return;
}

# Uploads wechat.conf, as FTP does: its permissions are set afterwards.
sub save {
    my ($site, $text) = @_;
    Kit::write_file("$site->{on}{wechat}/wechat.conf", $text, 0644);
    chown @nobody, "$site->{on}{wechat}/wechat.conf" if $> == 0;
    set_modes($site);
    return;
}

# The lines of check.cgi: check.result => state; and those that are not ✓.
sub lines { my ($html) = @_; return { $html =~ m{<li class="weui-cell line" id="([\w.]+)" data-state="(\w+)">}g } }
sub not_good { my ($lines) = @_; return { map { $_ => $lines->{$_} } grep { $lines->{$_} ne 'good' } keys %$lines } }

# What cannot be ✓ here: the site is not https, and what is entered in WeChat's admin pages is nowhere to be seen.
my %only_here = ('site_https.plain' => 'hint', 'domains.unknown' => 'untried');

for my $site (@sites) {
    my $name = "$site->{name} (.$site->{from})";
    my $home = "$kit->{folder}/$site->{home}";
    $site->{on} = { map { $_ => "$home$site->{$_}" } qw(root cgi-bin wechat) };
    my $on = $site->{on};
    my $url = "http://127.0.0.1:$site->{port}";
    wechat_knows($url);
    my $browser = $kit->browser(headers => { 'User-Agent' => 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50', 'Accept-Language' => 'zh-CN' });

    make_path($on->{root});
    upload($site, 'cgi-bin/.', $on->{'cgi-bin'});
    upload($site, 'wechat', $on->{wechat} =~ s{/[^/]+$}{}r);
    system('chown', '-R', "$nobody[0]:$nobody[1]", $home) == 0 or die 'chown' if $> == 0;

    isnt $browser->get('/cgi-bin/probe.cgi')->{status}, 200, "$name: before the permissions are set, no program runs" if $site->{from} eq 'zip';
    set_modes($site);
    my $probe = $browser->get('/cgi-bin/probe.cgi')->{content};
    like $probe, qr/^login\.cgi: .*good$/m, "$name: with them they do";
    is $probe =~ s/^.*: .*good *\n//gmr =~ s/^(?:runs as|folder): .*\n//gmr, '', 'each line of probe.cgi is good';
    unlink "$on->{'cgi-bin'}/probe.cgi";

    # Three settings, and those that put the simulator in WeChat's place.
    my %value = (appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $url);
    my $conf = Kit::read_file("$on->{wechat}/$example");
    $conf =~ s/^$_ =$/$_ = $value{$_}/m or die "$_ is not in the example\n" for @settings;
    $conf .= Kit::conf_text(open_url => $kit->{sim_url}, api_url => $kit->{sim_url});
    save($site, $conf);

    # WeChat's file for the domain, and the proof for check.cgi.
    Kit::write_file("$on->{root}/MP_verify_0123456789abcdef.txt", '0123456789abcdef', 0644);
    upload($site, $proof, $on->{wechat});
    chown @nobody, "$on->{wechat}/$proof" if $> == 0;
    my $check = sub { return lines(decode_utf8($browser->get('/cgi-bin/check.cgi')->{content})) };
    my $lines = $check->();
    cmp_ok scalar(keys %$lines), '>=', 20, "$name: check.cgi opens";
    is_deeply not_good($lines), { %only_here, 'owners.none' => 'hint', 'push.none' => 'hint' }, 'all is well but what nobody asked for' or diag explain $lines;

    my $me = $browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
    is $me->{status}, 200, "$name: signed in" or diag $kit->log_text;
    like decode_utf8($me->{content}), qr/小明/, 'on the personal page';
    ok -d "$on->{wechat}/wechat-state/users", 'the state is in the folder wechat';

    # What the page says about owners and messages.
    my ($owner) = $browser->get('/cgi-bin/validate.cgi')->{content} =~ /"sub":"([^"]+)"/;
    save($site, $conf . Kit::conf_text(owners => $owner, %Kit::push));
    is_deeply not_good($check->()), { %only_here, 'last_push.none' => 'hint' }, "$name: with owners and messages, all is well";
    unlink "$on->{wechat}/$proof";
    is $browser->get('/cgi-bin/check.cgi')->{status}, 200, 'and check.cgi opens for its owner';
}
done_testing;
