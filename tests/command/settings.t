# Where the command finds the settings; as which user it runs; wechat token.
use strict;
use utf8;
use warnings;
use Command;
use Encode qw(decode_utf8);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $wechat = Command->new($kit);
my $f = $kit->{folder};
my @nobody = $> == 0 ? (getpwnam 'nobody')[2, 3] : ($>, $) + 0);

# Copies the settings to a path below the kit's folder, for the user of the web server.
sub place {
    my ($path) = @_;
    make_path("$f/" . $path =~ s{/[^/]*$}{}r);
    copy("$f/wechat.conf", "$f/$path") or die "$path: $!";
    chmod 0600, "$f/$path";
    symlink "$f/wechat-html", "$f/" . $path =~ s{[^/]*$}{wechat-html}r;    # the words of check
    system('chown', '-R', "$nobody[0]:$nobody[1]", "$f/" . $path =~ s{/.*}{}r) if $> == 0;
    return "$f/$path";
}
# The settings file that check names, or what is wrong with it. The command lies where no settings are.
make_path("$f/far/away");
copy($wechat->{program}, "$f/far/away/wechat") && chmod 0755, "$f/far/away/wechat";
sub found {
    my ($environment, @words) = @_;
    my $program = delete $environment->{program} || "$f/far/away/wechat";
    my $said = $wechat->run({ environment => { WECHAT_CONF => undef, %$environment }, program => $program }, 'check', '--json', @words);
    return $said->{json}{message} if $said->{json}{error};
    my @lines = grep { $_->{check} =~ /^settings/ } @{ $said->{json}{checks} };
    my ($fault) = grep { $_->{state} eq 'failed' } @lines;
    my ($place) = grep { $_->{check} eq 'settings_place' } @lines;
    return $fault ? "$fault->{cause} $fault->{cure}" : $place->{cause} =~ s/^The settings file is (.*)\.$/$1/r;
}

# ---- where they are ----

is found({ WECHAT_CONF => "$f/wechat.conf" }), "$f/wechat.conf", 'WECHAT_CONF';
is found({}, '--conf', 'wechat.conf'), "$f/wechat.conf", '--conf, from the folder where one is';
is found({ WECHAT_CONF => '/none' }, '--conf', "$f/wechat.conf"), "$f/wechat.conf", '--conf comes before WECHAT_CONF';
like found({ WECHAT_CONF => "$f/none.conf" }), qr/^no settings file; looked for \Q$f\E\/none\.conf: name it with --conf FILE, or in the environment variable WECHAT_CONF$/, 'WECHAT_CONF names none';
for my $path (qw(home1/wechat/wechat.conf home2/private/wechat/wechat.conf home3/priv/wechat/wechat.conf home4/protected/wechat/wechat.conf)) {
    my $file = place($path);
    is found({ HOME => "$f/" . $path =~ s{/.*}{}r }), $file, "in the home folder: $path";
}
my $nowhere = found({ HOME => "$f/home0" });
like $nowhere, qr{looked for \Q$f\E/home0/wechat/wechat\.conf, .*/home0/private/wechat/wechat\.conf, .*, /var/www/wechat/wechat\.conf: name it}, 'nowhere: the places';
place('home2/wechat/wechat.conf');
is found({ HOME => "$f/home2" }), "two settings files, $f/home2/wechat/wechat.conf and $f/home2/private/wechat/wechat.conf: choose one with --conf FILE", 'two: which one?';
make_path("$f/home5/bin");
copy($wechat->{program}, "$f/home5/bin/wechat") && chmod 0755, "$f/home5/bin/wechat";
my $beside = place('home5/wechat/wechat.conf');
is found({ program => "$f/home5/bin/wechat" }), $beside, 'beside the folder of the command, as in the archive';
is found({ program => $wechat->{program} }), "$f/wechat.conf", 'in the folder above that of the command';
my $public = place('home6/public_html/wechat/wechat.conf');
like found({}, '--conf', $public), qr{^The settings file is inside the document root .* Move it}, 'in a document root: refused';
like $wechat->run('token', '--conf', $public)->{err}, qr{^wechat: \Q$public\E is in \Q$f\E/home6/public_html, which the web server serves: move it}, 'by any command';
is $wechat->run('menu', 'get', '--conf', "$f/none.conf")->{exit}, 1, 'any other command: 1';
chmod 0644, "$f/home1/wechat/wechat.conf";
like found({ HOME => "$f/home1" }), qr{^Others can read \Q$f\E/home1/wechat/wechat\.conf\. Set its mode to 600\.$}, 'open to others: refused';
like $wechat->run({ environment => { WECHAT_CONF => undef, HOME => "$f/home1" }, program => "$f/far/away/wechat" }, 'token')->{err}, qr/can be read by others: chmod 600 it/, 'by any command';
my $typo = place('home7/wechat/wechat.conf');
Kit::write_file($typo, "appid = wx0123456789abcdef\nsecrett = x\n");
is found({ HOME => "$f/home7" }), 'The key in line 2 is misspelt. It is probably meant to be secret.', 'a mistake in them, with its line';
like $wechat->run('token', '--conf', $typo)->{err}, qr/^wechat: \Q$typo\E, line 2: .*did you mean secret\?/, 'for any command';

$kit->write_conf(appid => '', secret => '', sign_in => 'message');
like $wechat->run('token')->{err}, qr/^wechat: calls to WeChat need appid and secret: set both in wechat\.conf$/, 'settings without appid: no calls';
$kit->write_conf;

# ---- token ----

$kit->forget_asked;
my $token = $wechat->run('token');
is $token->{exit}, 0, 'token: 0';
my ($text) = $token->{out} =~ /\A(\S{20,})\n\z/;
ok $text, 'nothing but the token';
is_deeply [sort keys %{ $wechat->run('token', '--json')->{json} }], [qw(access_token expires_in)], '--json';
is $wechat->run('token', '--json')->{json}{access_token}, $text, 'the same one';
$wechat->run('user', 'oSim0001xiaoMing-aBcDeFgHiJk');
is scalar($kit->asked('/cgi-bin/stable_token')), 1, 'WeChat was asked once: the state has it, for the programs as well';

# ---- as which user ----

SKIP: {
    skip 'only root can be another user', 14 if $> != 0;
    my $root = $wechat->run({ as_root => 1 }, 'send', 'oX', "it's");
    is $root->{exit}, 1, 'root: refused';
    is $root->{err}, "wechat: $f/wechat.conf belongs to nobody, and so this has to run as that user: runuser -u nobody -- $wechat->{program} send oX 'it'\\''s'\n", 'with the command to type';
    like decode_utf8($wechat->run({ as_root => 1, environment => { LANG => 'zh_CN' } }, 'token')->{err}), qr/^wechat: .* 属于用户 nobody，请以这个用户运行：runuser -u nobody -- /, 'in Chinese';
    my $other = $wechat->run({ as_root => 1, before => ['setpriv', '--reuid=daemon', '--regid=daemon', '--clear-groups'] }, 'token');
    is $other->{err}, "wechat: $f/wechat.conf belongs to nobody, and so this has to run as that user: sudo -u nobody $wechat->{program} token\n", 'another user: sudo';
    is_deeply [grep { (stat)[4] != $nobody[0] } split /\n/, `find $f/wechat-state`], [], 'no file of another user is in the state';

    # A closed folder.
    mkdir "$f/closed";
    my $closed = place('closed/wechat/wechat.conf');
    chmod 0700, "$f/closed/wechat";
    my $said = $wechat->run({ as_root => 1, before => ['setpriv', '--reuid=daemon', '--regid=daemon', '--clear-groups'] }, 'token', '--conf', $closed);
    is $said->{err}, "wechat: $f/closed/wechat belongs to nobody, and so this has to run as that user: sudo -u nobody $wechat->{program} token --conf $closed\n", 'a folder that only its owner can enter';

    # Settings of root's, which a group may read.
    chown 0, $nobody[1], "$f/wechat.conf";
    chmod 0640, "$f/wechat.conf";
    is $wechat->run('token')->{exit}, 0, 'settings of root’s for the group: the programs’ user can use them';
    my $group = $wechat->run({ as_root => 1 }, 'token');
    is $group->{exit}, 1, 'root: refused';
    like $group->{err}, qr/^wechat: \Q$f\E\/wechat\.conf is for a user of group \d+: run this as that user$|belongs to \S+, and so this has to run as that user/, 'and as whom to run it';
    chmod 0600, "$f/wechat.conf";
    is $wechat->run({ as_root => 1 }, 'token')->{err}, "wechat: $f/wechat-state belongs to nobody, and so this has to run as that user: runuser -u nobody -- $wechat->{program} token\n", 'settings of root’s alone: whose is the state?';
    remove_tree($kit->state_dir);
    is $wechat->run({ as_root => 1 }, 'token')->{exit}, 0, 'nobody’s yet: programs that run as root';
    chown @nobody, "$f/wechat.conf";
    like $wechat->run('token')->{err}, qr/wechat-state: Permission denied: the user that the programs run as has to be allowed to \(chown, chmod\)$/, 'a state of root’s by mistake';
}
done_testing;
