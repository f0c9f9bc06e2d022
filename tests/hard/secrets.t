#!/usr/bin/env perl
# Uses canary values for all secrets, runs every program, including errors and a crash, then searches everything left:
# logs, pages, the state folder, core files, and what other processes see of a running program.
# weight: 5
use strict;
use warnings;
use Fcntl qw(:mode);
use File::Find qw(find);
use Hard qw(is_long row);
use Kit;
use MIME::Base64;
use POSIX qw(:sys_wait_h);
use Push;
use Test::More;
use Time::HiRes qw(sleep);

my %secret = (
    'the AppSecret'            => 'CanaryAppSecret0123456789abcdef0',
    'the website\'s AppSecret' => 'CanaryWebsite0123456789abcdef012',
    'the mini program\'s AppSecret' => 'CanaryMini0123456789abcdef012345',
    'the push Token'           => 'CanaryPushToken0123456789abcdef',
    'the EncodingAESKey'       => 'CanaryAesKeyabcdefghijklmnopqrstuvwxyz01234',
    'the mini program\'s push Token' => 'CanaryMiniToken0123456789abcdef',
    'the mini program\'s EncodingAESKey' => 'CanaryMinKeyabcdefghijklmnopqrstuvwxyz01234',
    'a client\'s secret'       => 'CanaryClient0123456789abcdef0123456',
    'the previous EncodingAESKey' => 'CanaryOldKeyabcdefghijklmnopqrstuvwxyz01234',
);
$Kit::SECRET = $secret{'the AppSecret'};
$Kit::website{website_secret} = $secret{'the website\'s AppSecret'};
$Kit::mini{mini_secret} = $secret{'the mini program\'s AppSecret'};
@Kit::push{qw(push_token encoding_aes_key)} = @secret{'the push Token', 'the EncodingAESKey'};
@Kit::mini{qw(mini_push_token mini_encoding_aes_key)} = @secret{'the mini program\'s push Token', 'the mini program\'s EncodingAESKey'};
$Push::TOKEN = $secret{'the push Token'};
$Push::AES_KEY = $secret{'the EncodingAESKey'};

my %settings = (encoding_aes_key_previous => $secret{'the previous EncodingAESKey'}, introspection_clients => "shop:$secret{'a client\'s secret'}", language => 'en', %Kit::website, %Kit::mini, dev_origins => 'http://dev.example:5173');
my $kit = Kit->new(conf => {%settings});
my $f = $kit->{folder};
my @answers;    # [what was asked, status line with headers, body]

# ---- a day of a site ----

{
    no warnings 'redefine';
    my $request = \&Kit::Browser::request;
    *Kit::Browser::request = sub {
        my ($self, $method, $url, @more) = @_;
        my $answer = $request->($self, $method, $url, @more);
        my @headers = map { my $name = $_; map {"$name: $_"} ref $answer->{headers}{$name} ? @{ $answer->{headers}{$name} } : $answer->{headers}{$name} } sort keys %{ $answer->{headers} };
        push @answers, [$url, join("\n", @headers), $answer->{content}] if $url !~ /^\Q$kit->{sim_url}/;
        return $answer;
    };
}

sub sign_in {
    my ($browser, $path) = @_;
    my $consent = $browser->follow($browser->get($path || '/cgi-bin/login.cgi?next=/cgi-bin/me.cgi&scope=snsapi_userinfo'));
    my ($link) = $consent->{content} =~ m{href="([^"]*person=xiaoming[^"]*)"} or return $consent;
    $link = ($link =~ s/&amp;/&/gr) =~ s{^/}{$kit->{sim_url}/}r;
    my $back = $browser->get($link);
    my ($state, $code) = map { $back->{location} =~ /[?&]$_=([^&#]+)/ ? $1 : '' } qw(state code);
    $secret{'a sign-in\'s code'} = $code;
    $secret{'a sign-in\'s cookie'} = $browser->cookie('wx_signin');
    return $browser->follow($back);
}

my $browser = $kit->browser;
my $page = sign_in($browser);
is $page->{status}, 200, 'somebody is signed in';
$secret{'a session token'} = $browser->cookie('wx_session');
($secret{'a form\'s token'}) = $page->{content} =~ /name="csrf" value="([^"]+)"/;
my $records = join '', map { Kit::read_file($_) } grep {m{/grants/}} $kit->state_files;
($secret{"an $_"}) = $records =~ /\b$_=([^&\n]+)/ for qw(access_token refresh_token);
is scalar(grep { !defined || length() < 20 } values %secret), 0, 'all secrets are known' or diag explain \%secret;

$browser->get("/cgi-bin/$_") for 'me.cgi', 'me.cgi?forget=1', 'validate.cgi', 'validate.cgi?live=1', 'list.cgi', 'list.cgi?format=json', 'logout.cgi', 'ticket.cgi?dev=http://dev.example:5173/x';
$browser->post("/cgi-bin/$_", { csrf => 'wrong' }) for qw(me.cgi logout.cgi list.cgi);
my $desktop = $kit->browser(headers => { 'User-Agent' => 'Mozilla/5.0 (X11; Linux)' });
$desktop->get("/cgi-bin/desktop.cgi?$_") for 'next=/', 'wait=1';
$kit->browser->post('/cgi-bin/mini.cgi', { code => 'wrong' });
# Errors: wrong states and codes, WeChat broken in each way, invalid settings.
$kit->browser->get("/cgi-bin/callback.cgi?code=$secret{'a sign-in\'s code'}&state=" . 'a' x 65);
$browser->get("/cgi-bin/callback.cgi?code=$secret{'a sign-in\'s code'}&state=%zz");
for my $fault (qw(http500 garbage truncated wrong_types wrong_openid)) {
    for my $call (qw(grant userinfo)) {
        $kit->control("fault_$call" => $fault);
        sign_in($kit->browser);
    }
}
$kit->control;
$kit->write_conf(%settings, secret => $secret{'the AppSecret'} . 'wrong');
sign_in($kit->browser);
$kit->write_conf(%settings, $_ => $secret{'the AppSecret'}) && $kit->browser->get('/cgi-bin/me.cgi') for qw(unknown_key session_seconds scope);
$kit->write_conf(%settings, api_url => 'http://127.0.0.1:1');
sign_in($kit->browser);
# A client asks with the right secret and with a wrong one.
for my $given ($secret{'a client\'s secret'}, $secret{'a client\'s secret'} . 'x') {
    my $asking = $kit->browser;
    $asking->post('/cgi-bin/validate.cgi', { token => $browser->cookie('wx_session') }, headers => { Authorization => 'Basic ' . encode_base64("shop:$given", '') });
    $asking->post('/cgi-bin/validate.cgi', { token => $browser->cookie('wx_session'), client_id => 'shop', client_secret => $given });
}
for my $mode (qw(plain compatible safe)) {
    $kit->write_conf(%settings, push_mode => $mode);
    for my $option ({}, { signature => 'a' x 40 }, { msg_signature => 'b' x 40 }, { key => $secret{'the previous EncodingAESKey'} }, { key => 'A' x 43 }, { encrypt => '!!' }, { time => 1 },
        map { { token => $secret{'the mini program\'s push Token'}, appid => $Kit::mini{mini_appid}, key => $_ } } $secret{'the mini program\'s EncodingAESKey'}, 'A' x 43) {
        my $xml = Push::push_xml(MsgType => 'text', Content => "a message in $mode", MsgId => 1 + int rand 1e9);
        my $answer = push_in($mode, $xml, %$option);
        push @answers, ["wechat.cgi in $mode", $answer->{bytes}, ''];
        Kit::write_file("$f/log/by-hand", Kit::read_file("$f/log/by-hand") . $answer->{error});
    }
}
$kit->write_conf(%settings);

sub push_in {
    my ($mode, $xml, %option) = @_;
    no warnings 'redefine';
    my $run = \&Kit::run;
    local *Kit::run = sub { my ($self, @more) = @_; return $run->($self, @more, before => as_owner()) };
    return Push::deliver($kit, $xml, mode => $mode, %option);
}
sub as_owner { return $> == 0 ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [] }

# ---- a running program, seen from outside; its crash ----

my %seen;    # what was found where
{
    my $crash = "$f/crash";
    mkdir $crash;
    chmod 0777, $crash;
    $kit->control(delay_grant => 6000);
    my $other = $kit->browser;
    my ($query) = $other->callback_url =~ /\?(.*)/;
    my @before = @{ as_owner() };
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        chdir $crash;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$crash/answer";
        open STDERR, '>', "$f/log/crash";
        %ENV = (GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'GET', WECHAT_CONF => "$f/wechat.conf", QUERY_STRING => $query,
            REMOTE_ADDR => '192.0.2.7', HTTP_COOKIE => 'wx_signin=' . $other->cookie('wx_signin'), PATH => $ENV{PATH});
        exec @before, 'prlimit', '--core=unlimited', '--', "$f/cgi-bin/callback.cgi" or POSIX::_exit(127);
    }
    # The program is in its sandbox, asleep: it waits for WeChat.
    Kit::wait_for('the call', 10, sub { Kit::read_file("/proc/$pid/status") =~ /^Name:\s+callback.cgi\nUmask:.*\nState:\s+S.*^NoNewPrivs:\s+1$/ms });
    my $cmdline = join '', map { Kit::read_file($_) } glob '/proc/[0-9]*/cmdline';
    like $cmdline, qr{\Q$f\E/cgi-bin/callback\.cgi}, 'the program is among the processes';
    $seen{'a command line'} = $cmdline;
    if ($> == 0) {
        my $environment = Kit::read_file("/proc/$pid/environ");
        like $environment, qr/GATEWAY_INTERFACE/, 'root sees its environment';
        $seen{'its environment'} = $environment =~ s/(?:QUERY_STRING|HTTP_COOKIE)=[^\0]*//gr;    # CGI passes these in the environment
    }
    my $before = join ' ', @before;
    for my $what (qw(environ mem maps)) {
        my $read = `$before cat /proc/$pid/$what 2>&1 | head -c 200`;
        like $read, qr/Permission denied/, "another process of the same user cannot read its $what";
    }
    kill 'SEGV', $pid;
    waitpid $pid, 0;
    is $? & 127, 11, 'it crashed';
    is_deeply [grep { !m{/answer$} } glob "$crash/*"], [], 'and left no core file';
    is -s "$crash/answer", 0, 'and not half an answer either';
    # Check that a crash can leave a core file here; otherwise the assertion above proves nothing.
    system("cd $crash && $before prlimit --core=unlimited -- sh -c 'kill -SEGV \$\$' 2>/dev/null");
    my ($core) = grep { !m{/answer$} } glob "$crash/*";
    if ($core) { unlink $core; pass 'although another program leaves one' }
    else { note 'core files do not go to the working folder on this machine' }
    $kit->control;
}

# ---- the search ----

$browser->post('/cgi-bin/logout.cgi', { csrf => $secret{'a form\'s token'} });
is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
my $again = $kit->browser;
sign_in($again);
$secret{'a session token in force'} = $again->cookie('wx_session');
my $grants = join '', map { Kit::read_file($_) } grep {m{/grants/}} $kit->state_files;
($secret{"an $_ in force"}) = $grants =~ /\b$_=([^&\n]+)/ for qw(access_token refresh_token);

# Whether the secret belongs in this place.
sub is_its_place {
    my ($name, $place) = @_;
    return $place =~ m{^file /wechat\.conf$} if $name =~ /AppSecret|push Token|EncodingAESKey|client's secret/;
    return $place =~ m{^file /wechat-state/grants/} if $name =~ /access_token|refresh_token/;
    # What the browser must keep, and the form that sends it back.
    return $place =~ m{^head .*/callback\.cgi\?} if $name =~ /session token/;
    return $place =~ m{^head .*/login\.cgi} if $name =~ /sign-in's cookie/;
    return $place =~ m{^page .*/(?:me|list|logout|ticket|confirm)\.cgi} if $name =~ /form's token/;
    return 0;
}
my @places;    # [place, text]
find({ no_chdir => 1, wanted => sub {
    my $path = $File::Find::name;
    return unless -f $path;
    return if $path =~ m{^\Q$f\E/(?:sim-state|sim\.conf|sim/|cgi-bin/|wechat-html|sim-html|www)};    # the simulator's side, and installed files
    push @places, ['file ' . substr($path, length $f), Kit::read_file($path)];
} }, $f);
push @places, ["head $_->[0]", $_->[1]], ["page $_->[0]", $_->[2]] for @answers;
push @places, [$_, $seen{$_}] for sort keys %seen;
cmp_ok scalar(grep { $_->[0] =~ /^file .*log/ && length $_->[1] } @places), '>=', 2, 'there are logs';
like join('', map { $_->[1] } grep { $_->[0] =~ /^file .*log/ } @places), qr/wechat-cgi: .*kind=/, 'which hold errors';

cmp_ok scalar(grep { $_->[0] =~ m{^file /wechat-state/} } @places), '>', 5, 'and a state folder';

my ($tried, @left, %found) = (0);
for my $name (sort keys %secret) {
    my $value = $secret{$name};
    my $raw = $name =~ /EncodingAESKey/ ? decode_base64("$value=") : $value;
    my %form = map { $_ => 1 } $value, $value =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger, encode_base64($value, '') =~ s/.{4}\z//r, $raw;
    for my $place (@places) {
        $tried++;
        next unless grep { index($place->[1], $_) >= 0 } keys %form;
        if (is_its_place($name, $place->[0])) { $found{$name}++ } else { push @left, "$name in $place->[0]" }
    }
}
my @searched = grep { !/code$|access_token$|refresh_token$/ } sort keys %secret;    # deleted with the session that ended
ok $found{$_}, "$_ is found where it must be" for @searched;
is_deeply \@left, [], 'no secret is left behind';
row('searches for a secret in everything left behind', $tried, scalar @left);

# ---- the whole suite ----

if (is_long()) {
    my $kept = "$f/kept";
    mkdir $kept;
    chmod 0777, $kept;
    my @tests = map { glob "$Kit::TOP/tests/$_/*.t" } qw(cgi push server);
    {
        local $ENV{WECHAT_KEEP} = $kept;
        local %ENV = %ENV;
        delete @ENV{qw(HARD_SHARE HARD_TABLE)};
        system('prove', '-Q', '-I', "$Kit::TOP/tests/lib", @tests);
    }
    my ($size, @bad) = (0);
    my %known = (%Kit::push, %Kit::website, %Kit::mini);
    my @known = ('invented-secret-0123456789abcdef', 'invented-website-0123456789abcdef', 'invented-mini-0123456789abcdef', 'inventedPushToken',
        'inventedEncodingAESKey0123456789abcdefghijk', 'inventedToken0123', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut');
    find({ no_chdir => 1, wanted => sub {
        my $path = $File::Find::name;
        return unless -f $path;
        my $text = Kit::read_file($path);
        $size += length $text;
        push @bad, "$_ in $path" for grep { index($text, $_) >= 0 } @known;
    } }, $kept);
    cmp_ok $size, '>', 100_000, 'the suite left logs and state';
    is_deeply \@bad, [], 'no secret in what the suite left behind';
    row('bytes that the suite left behind', $size, scalar @bad);
}
done_testing;
