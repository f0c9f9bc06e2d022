# Where the settings and the state may be, for many layouts of hosts: which file is found, which is refused, and the advice
# in the log. Each settings file is identified by its open_url.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use File::Path qw(make_path remove_tree);
use File::Copy qw(copy);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $home = "$kit->{folder}/you";
my $root = "$home/public_html";

sub settings {
    my ($path, $name, %change) = @_;
    make_path($path =~ s{/[^/]*$}{}r);
    Kit::write_file($path, Kit::conf_text(appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $kit->{site_url}, outside_wechat => 'direct',
        html_dir => "$kit->{folder}/wechat-html", open_url => "https://$name.example.com", %change), 0600);
    return;
}

# Lays out a host: settings files by their place in the account, with their names. `programs` is the programs' folder; by default
# cgi-bin in the document root.
sub lay_out {
    my (%host) = @_;
    remove_tree($home);
    make_path($root, "$home/server");
    my $programs = delete $host{programs} || 'public_html/cgi-bin';
    make_path("$home/$programs");
    copy("$Kit::BUILD/cgi-bin/$_", "$home/$programs/") && chmod 0755, "$home/$programs/$_" or die $_ for qw(login.cgi validate.cgi);
    settings("$home/$_", $host{$_}) for keys %host;
    return "../you/$programs";
}

sub ask {
    my ($programs, $program, %environment) = @_;
    return $kit->run("$programs/$program", environment => { WECHAT_CONF => undef, DOCUMENT_ROOT => $root, SCRIPT_NAME => "/cgi-bin/$program",
        SERVER_SOFTWARE => 'Apache/2.4.62 (Debian)', HTTP_COOKIE => 'wx_session=' . 'A' x 43, %environment });
}

sub found {
    my ($name, $wanted, $host, %environment) = @_;
    my $answer = ask(lay_out(%$host), 'login.cgi', %environment);
    my ($got) = ($answer->{headers}{location}[0] || '') =~ m{^https://(\w+)\.example\.com/};
    is $got, $wanted, "$name: found" or diag $answer->{error};
    return;
}

# The layout is refused: the visitor sees that the site is not set up; the owner finds in one log line what to do.
sub is_refused {
    my ($name, $programs, $log, %environment) = @_;
    my $answer = ask($programs, 'login.cgi', %environment);
    my $refused = $answer->{status} == 500 && decode_utf8($answer->{body}) =~ /还没有设置好/;
    ok $refused, "$name: not set up yet" or diag "$answer->{status} $answer->{body}";
    unlike $answer->{body}, qr/\Q$home\E/, "$name: no path on the page";
    like $answer->{error}, qr/^wechat-cgi: login\.cgi client=192\.0\.2\.7 kind=config errcode=0 rid=- request=[0-9a-f]{8}: $log\n\z/, "$name: one line says what to do";
    my $validate = ask($programs, 'validate.cgi', %environment);
    is "$validate->{status} $validate->{body}", '503 {"error":"config"}', "$name: validate.cgi cannot tell";
    return;
}

sub refused {
    my ($name, $log, $host, %environment) = @_;
    return is_refused($name, lay_out(%$host), $log, %environment);
}

# ---- found ----

my $mine = 'wechat/wechat.conf';
found('beside the document root', 'a', { $mine => 'a' });
found("in $_ beside it", 'a', { "$_/wechat/wechat.conf" => 'a' }) for qw(private priv protected);
found('a root of another name', 'a', { $mine => 'a' }, DOCUMENT_ROOT => "$home/server");
found('a domain within public_html: beside public_html', 'a', { $mine => 'a', 'public_html/shop/x/wechat.conf' => 'b' }, DOCUMENT_ROOT => "$root/shop");
found('/~you/: by its own root', 'a', { $mine => 'a' }, SCRIPT_NAME => '/~you/cgi-bin/login.cgi', DOCUMENT_ROOT => '/usr/share', CONTEXT_DOCUMENT_ROOT => $root);
found('/~you/ where the server does not name its root', 'a', { $mine => 'a' }, SCRIPT_NAME => '/~you/cgi-bin/login.cgi');
found('without /~you/, CONTEXT_DOCUMENT_ROOT is the target of an alias and is ignored', 'a', { $mine => 'a' }, CONTEXT_DOCUMENT_ROOT => "$root/cgi-bin");
my $outside = { programs => 'kit/cgi-bin', 'kit/wechat.conf' => 'old' };
found('above the programs, outside the document root', 'old', $outside);
found('WECHAT_CONF', 'b', { 'kit/x.conf' => 'b' }, WECHAT_CONF => "$home/kit/x.conf");
found('WECHAT_CONF before the search', 'b', { $mine => 'a', 'kit/x.conf' => 'b' }, WECHAT_CONF => "$home/kit/x.conf");
found('WECHAT_CONF without DOCUMENT_ROOT', 'b', { 'kit/x.conf' => 'b' }, WECHAT_CONF => "$home/kit/x.conf", DOCUMENT_ROOT => undef);
found('REDIRECT_WECHAT_CONF', 'b', { 'kit/x.conf' => 'b' }, REDIRECT_WECHAT_CONF => "$home/kit/x.conf");
found('an empty WECHAT_CONF is ignored', 'a', { $mine => 'a' }, WECHAT_CONF => '');
found('HTTP_WECHAT_CONF is ignored', 'a', { $mine => 'a', 'evil/x.conf' => 'evil' }, HTTP_WECHAT_CONF => "$home/evil/x.conf");

my $programs = lay_out($mine => 'a');
symlink $root, "$home/www" or die $!;
is ask($programs, 'login.cgi', DOCUMENT_ROOT => "$home/www")->{status}, 303, 'a document root that is a link: found beside its target';

# ---- refused ----

my $served = qr/which the web server serves: move .*\Q$home\E\/wechat, and reset the AppSecret: others may have read it/;
refused('above the programs, in the document root', qr/\Q$root\E\/wechat\.conf is in \Q$root\E, $served/, { 'public_html/wechat.conf' => 'a' });
refused('left there beside the right one', qr/\Q$root\E\/wechat\.conf is in \Q$root\E, $served/, { $mine => 'a', 'public_html/wechat.conf' => 'a' });
refused('the folder in the document root', qr/\Q$root\E\/wechat\/wechat\.conf is in \Q$root\E, $served/, { 'public_html/wechat/wechat.conf' => 'a' });
refused('WECHAT_CONF in the document root', qr/\Q$root\E\/x\/my\.conf is in \Q$root\E, $served/, { 'public_html/x/my.conf' => 'a' }, WECHAT_CONF => "$root/x/my.conf");
refused('WECHAT_CONF by ..', qr/\S+my\.conf is in \Q$root\E, $served/, { $mine => 'a', 'public_html/my.conf' => 'a' }, WECHAT_CONF => "$home/wechat/../public_html/my.conf");
refused('the whole host is served', qr/\S+my\.conf is in \/, which.*/, { 'kit/my.conf' => 'a' }, WECHAT_CONF => "$home/kit/my.conf", DOCUMENT_ROOT => '/');
refused('WECHAT_CONF without a /', qr/WECHAT_CONF must be an absolute path, not my\.conf/, { $mine => 'a' }, WECHAT_CONF => 'my.conf');
refused('WECHAT_CONF that is not there', qr/\Q$home\E\/no\.conf: No such file or directory/, { $mine => 'a' }, WECHAT_CONF => "$home/no.conf");
refused('two of them', qr/two settings files, \S+\/wechat\/wechat\.conf and \S+\/private\/wechat\/wechat\.conf: keep the one that is right/,
    { $mine => 'a', 'private/wechat/wechat.conf' => 'b' });
refused('the old one and the new one', qr/two settings files, \S+\/wechat\/wechat\.conf and \S+\/kit\/wechat\.conf: .*/, { %$outside, $mine => 'a' });
my $none = qr/no settings file: make the folder \Q$home\E\/wechat and put wechat\.conf into it, or name the file in the environment variable WECHAT_CONF, which suEXEC removes; .*\Q$root\E, create wechat\/\.htwechat\.conf in it/;
refused('none: the log names both solutions and the folder', $none, {});
refused('none but the one that a header names', $none, { 'evil/x.conf' => 'evil' }, HTTP_WECHAT_CONF => "$home/evil/x.conf");
my $unknown = qr/the server does not say where its document root is \(DOCUMENT_ROOT\)/;
for my $false (undef, '', '/nowhere/at/all', 'public_html') {
    my $says = defined $false ? "“$false”" : 'not set';
    refused("DOCUMENT_ROOT is $says", qr/$unknown, and \S+\/kit\/wechat\.conf could be in it: name the file in WECHAT_CONF/, $outside, DOCUMENT_ROOT => $false);
    refused("DOCUMENT_ROOT is $says, in public_html", qr/\Q$root\E\/wechat\.conf is in \Q$root\E, which.*/, { 'public_html/wechat.conf' => 'a' }, DOCUMENT_ROOT => $false);
    refused("DOCUMENT_ROOT is $says, WECHAT_CONF in public_html", qr/\S+ is in \Q$root\E, which.*/, { 'public_html/x/my.conf' => 'a' }, WECHAT_CONF => "$root/x/my.conf", DOCUMENT_ROOT => $false);
    refused("DOCUMENT_ROOT is $says, none", qr/no settings file: $unknown?.*name the file in the environment variable WECHAT_CONF/, {}, DOCUMENT_ROOT => $false);
}
for my $name (qw(public_html httpdocs htdocs wwwroot)) {
    refused("DOCUMENT_ROOT is another folder, in $name", qr/\S+wechat\.conf is in \Q$home\E\/$name, which.*/, { programs => "$name/cgi-bin", "$name/wechat.conf" => 'a' }, DOCUMENT_ROOT => "$home/server");
}

my @links = (
    ['the folder is a link into the document root', sub { rename "$home/wechat", "$root/w"; symlink "$root/w", "$home/wechat" }],
    ['the file is a link into the document root', sub { rename "$home/wechat/wechat.conf", "$root/w"; symlink '../public_html/w', "$home/wechat/wechat.conf" }],
    ['a folder above is such a link', sub { make_path("$root/p"); rename "$home/wechat", "$root/p/wechat"; symlink 'public_html/p', "$home/private" }],
);
for my $case (@links) {
    my ($name, $make) = @$case;
    my $there = lay_out($mine => 'a');
    $make->() or die $!;
    is_refused($name, $there, qr/\S+ is in \Q$root\E, $served/);
}

# ---- the state folder ----

my @states = (
    ['in the document root', "$root/state", 1],
    ['in it, and made already', "$root/state", 1, sub { mkdir "$root/state", 0700 }],
    ['in it by ..', '../public_html/state', 1],
    ['in it by a link above', "$home/link/state", 1, sub { symlink $root, "$home/link" }],
    ['in it by a link', "$home/link", 1, sub { mkdir "$root/state", 0700; symlink "$root/state", "$home/link" }],
    ['in it, with a slash', "$root/state/", 1],
    ['the document root itself', $root, 1],
    ['outside', "$home/state", 0],
    ['whose name begins with that of the root', "${root}_state", 0],
);
for my $case (@states) {
    my ($name, $dir, $refuse, $make) = @$case;
    my $there = lay_out();
    $make->() if $make;
    settings("$home/$mine", 'a', state_dir => $dir);
    if ($refuse) {
        is_refused("state $name", $there, qr/state_dir: \S+ is in \Q$root\E, which the web server serves: move it to \Q$home\E\/wechat\/wechat-state and set state_dir to that/);
        is join(' ', glob "$root/state/*"), '', "state $name: nothing was put there";
    }
    else { is ask($there, 'validate.cgi')->{status}, 401, "state $name: taken" }
}

# ---- in the document root, deliberately ----

my $hidden = 'public_html/wechat/.htwechat.conf';
my $denied = "Require all denied\n";
sub hidden {
    my ($htaccess, %host) = @_;
    my $there = lay_out($hidden => 'hidden', %host);
    Kit::write_file("$root/wechat/.htaccess", $htaccess) if defined $htaccess;
    return $there;
}
sub hidden_found {
    my ($name, $there, %environment) = @_;
    like ask($there, 'login.cgi', %environment)->{headers}{location}[0], qr{^https://hidden\.}, "$name: found";
    is ask($there, 'validate.cgi', %environment)->{status}, 401, "$name: with its state";
    return;
}
hidden_found('.htwechat.conf with our .htaccess', hidden(Kit::read_file("$Kit::TOP/static/htaccess-wechat")));
hidden_found('.htwechat.conf, as Apache 2.2 denies', hidden("order allow,deny\n\tdeny from all\n"));
hidden_found('.htwechat.conf under LiteSpeed', hidden($denied), SERVER_SOFTWARE => 'LiteSpeed');
hidden_found('.htwechat.conf by WECHAT_CONF', hidden($denied), WECHAT_CONF => "$home/$hidden");
like ask(hidden($denied, $mine => 'a'), 'login.cgi')->{headers}{location}[0], qr{^https://a\.}, 'a file outside is preferred';
my $keeps = qr/is in the document root, and this server, .*, is not one that keeps \.ht files to itself \(Apache, LiteSpeed\): move the folder to \Q$home\E\/wechat/;
is_refused('.htwechat.conf under ' . ($_ || 'an unnamed server'), hidden($denied), qr/\Q$home\/$hidden\E $keeps/, SERVER_SOFTWARE => $_) for 'nginx/1.22.1', 'lighttpd/1.4.69', undef;
for my $htaccess (undef, '', "# $denied", "Require all granted\n") {
    is_refused('.htwechat.conf, .htaccess: ' . ($htaccess // 'none') =~ s/\n//r, hidden($htaccess),
        qr/\Q$home\/$hidden\E is in the document root, and \S+\/\.htaccess does not deny it \(Require all denied\): put the archive's \.htaccess there, or move the folder to \Q$home\E\/wechat/);
}
$programs = hidden($denied);
settings("$home/$hidden", 'hidden', state_dir => '../state');
is_refused('.htwechat.conf with its state elsewhere', $programs, qr/state_dir: \S+ is in \Q$root\E, which the web server serves: .*/);

for my $dir ('..', '../wechat/..', "$root/wechat/../state") {
    settings("$home/$hidden", 'hidden', state_dir => $dir);
    is_refused(".htwechat.conf with its state in $dir", $programs, qr/state_dir: \S+ is in \Q$root\E, which the web server serves: .*/);
}

# The folder of private files may be in the folder that is denied, and nowhere else in the document root.
for my $row (['private', 1], ['../private', 0], ['.', 0], ['wechat-state', 0]) {
    my ($dir, $good) = @$row;
    mkdir "$root/$_", 0700 for 'private', 'wechat/private';
    settings("$home/$hidden", 'hidden', private_dir => $dir);
    if ($good) { hidden_found(".htwechat.conf with its private files in $dir", $programs) }
    else { is_refused(".htwechat.conf with its private files in $dir", $programs, qr/private_dir: .* (?:which the web server serves|could read the (?:settings|state)).*/) }
}

# ---- who owns the file ----

SKIP: {
    skip 'only root can give files away', 9 if $> != 0;
    my ($www, $group) = (getpwnam 'nobody')[2, 3];
    my $you = 4711;
    my @as = (before => [Kit::as_server()]);
    my $there = lay_out($mine => 'a');
    my $file = "$home/$mine";
    my $line = sub {
        my ($owner, $mode, $program) = @_;
        chown $owner, -1, $file or die $!;
        chmod $mode, $file or die $!;
        chown $program, -1, "$home/public_html/cgi-bin/login.cgi" or die $!;
        my $answer = $kit->run("$there/login.cgi", @as, environment => { WECHAT_CONF => undef, DOCUMENT_ROOT => $root });
        return $answer->{status} == 303 ? 'read' : $answer->{error} =~ s/^.*rid=- request=[0-9a-f]{8}: //r =~ s/\n\z//r;
    };
    chown $www, -1, $home;
    chmod 0755, $_ for $kit->{folder}, $home, $root, "$home/wechat";
    my $shared = "$file belongs to user $you, but this host runs programs as user $www, and those of other sites perhaps too: a host that runs "
        . "them as user $you is needed (suEXEC); on a server of your own: chown $www it, chmod 600";
    my $given = "$file belongs to user $you and the programs run as user $www: chown $www it, chmod 600";
    my $roots = "$file belongs to root and the programs run as user $www: chgrp $group it, chmod 640";
    is $line->($you, $_->[0], $you), $shared, "a shared user, $_->[1]: the log says which kind of host is needed" for [0600, '600'], [0644, '644'], [0640, '640'];
    is $line->($you, $_, $www), $given, sprintf 'a file of another user, %o: chown', $_ for 0600, 0644;
    is $line->(0, $_, $you), $roots, sprintf 'root’s file, %o: chgrp, 640', $_ for 0600, 0644;
    is $line->($www, 0600, $you), 'read', 'after following the advice: read';
    chown 0, $group, $file;
    is $line->(0, 0640, $you), 'read', 'and so is root’s file';
}
done_testing;
