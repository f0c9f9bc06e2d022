# make demo: started, used, started again in vain, stopped; on ports and in a folder of its own.
use strict;
use warnings;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
symlink "$Kit::BUILD/$_", "$folder/$_" for qw(bin cgi-bin html tests);
$ENV{WECHAT_BUILD} = $folder;
$ENV{DEMO_PORT} = Kit::free_port();
$ENV{SIM_PORT} = Kit::free_port();
my $demo = "$^X $Kit::TOP/tests/tools/demo";
my $site = "http://127.0.0.1:$ENV{DEMO_PORT}";
# Nothing may keep running, even if the test fails.
my $running;
local $SIG{ALRM} = sub { die "the demo does not answer\n" };
alarm 120;
END { local $?; kill 'INT', $running if $running; system "$^X $Kit::TOP/tests/tools/demo stop >/dev/null 2>&1" }

my $http = HTTP::Tiny->new(max_redirect => 0);
my $sim = "http://127.0.0.1:$ENV{SIM_PORT}";

sub chat { return $http->get("$sim/console")->{content} }

# The address that somebody listens on at that port (proc(5): hexadecimal, the last byte first).
sub listening {
    my ($port) = @_;
    my ($address) = Kit::read_file('/proc/net/tcp') =~ /^ *\d+: ([0-9A-F]{8}):@{[sprintf '%04X', $port]} [0-9A-F:]+ 0A /m or return;
    return join '.', reverse map {hex} $address =~ /../g;
}

# The tour: in one language, and with ticks for what happened, and for nothing else.
sub tour {
    my $browser = Kit::Browser->new({ site_url => $site, sim_url => $sim }, headers => { 'Accept-Language' => 'en' });
    my $done = sub { return scalar(() = $browser->get("$sim/")->{content} =~ /class="sign sign_good /g) };
    my $post = sub { my ($path, %form) = @_; return $browser->post("$sim$path", \%form) };
    my $set = sub { my (%form) = @_; return decode_json($post->('/control?format=json', %form)->{content}) };

    for my $row (['zh-CN', '用微信登录', 'Sign in'], ['zh-TW', '用微信登入', 'Sign in'], ['en', 'Sign in', '登']) {
        my ($language, $has, $lacks) = @$row;
        my $page = $browser->get("$sim/", headers => { 'Accept-Language' => $language })->{content} =~ s{<style.*?</style>}{}sr =~ s{<form class="ways".*?</form>}{}sr;
        like $page, qr{<html lang="$language">.*<h2>$has</h2>}s, "the tour in $language";
        unlike $page, qr{<h2>[^<]*$lacks}, 'and in no other language';
    }
    is $done->(), 0, 'nothing is done yet';
    $browser->sign_in('lin');
    is $done->(), 1, 'signed in: a tick';
    $browser->sign_in('lin');
    is $done->(), 1, 'the same person again: no other';
    $browser->sign_in('ann');
    is $done->(), 2, 'somebody else: another';

    my $screens = sub { return $browser->follow($post->('/screens', @_))->{content} };
    my $pane = sub { my ($name, $page) = @_; return $page =~ m{<section class="screen[^>]*aria-labelledby="$name">(.*?)</section>}s ? $1 : '' };
    like $pane->('computer', $browser->get("$sim/screens")->{content}), qr/<svg class="qr"/, 'a computer shows a QR code';
    my $scanned = $screens->(do => 'scan');
    my ($allow) = $pane->('phone', $scanned) =~ /id="phone-allow" href="([^"]+)"/ or diag $scanned;
    my $asked = $browser->follow($browser->get($sim . $allow =~ s/&amp;/&/gr))->{content};
    is $done->(), 2, 'to scan is not enough';
    my ($csrf, $to) = map { $pane->('phone', $asked) =~ /name="$_" value="([^"]+)"/ ? $1 : '' } qw(csrf to);
    my $agreed = $screens->(on => 'phone', to => $to, csrf => $csrf, answer => 'yes');
    like $pane->('computer', $agreed), qr{<p class="screen__bar" dir="ltr">\Q$site\E/cgi-bin/me\.cgi</p>.*oSim0008}s, 'the phone agrees: the computer is signed in';
    is $done->(), 3, 'a tick';
    unlike $agreed, qr/<iframe|<script/, 'with neither frames nor scripts';
    is $post->('/screens', on => 'phone', to => $_)->{location}, "$sim/screens?refused=1", "it does not open $_"
        for 'http://192.0.2.1/', "http://127.0.0.1.example/", "$site\@192.0.2.1/", 'file:///etc/passwd';

    $post->('/console', kind => 'text', content => 'hi', wrong_signature => 1);
    is $done->(), 3, 'a message that is refused: no tick';
    $post->('/console', kind => 'text', content => 'hi');
    is $done->(), 4, 'a message with a reply: a tick';
    like chat(), qr{<div class="bubble bubble_mine">hi</div>.*<details class="result"><summary><span>200 · \d+ ms</span>.*POST …/wechat\.cgi\?signature=}s, 'the chat has it, the request and the reply';

    my %scenario = (code_used => { fault_grant => 40163 }, token_expired => { fault_userinfo => 42001, fault_userinfo_count => 1 }, slow => { delay_grant => 4000 },
        silent => { delay_grant => 20000 }, down => { fault_grant => 'http500' }, quota => { fault_userinfo => 45009 }, secret => { fault_grant => 40125 },
        cookies => { lost_cookie => 1 }, twice => { double_callback => 1 }, personal => { account => 'subscription' });
    $set->(person => 'john');
    my @buttons = $browser->get("$sim/control")->{content} =~ /name="scenario" value="(\w+)"/g;
    is_deeply [sort @buttons], [sort keys %scenario], 'a button for each failure';
    for my $name (@buttons) {
        is $post->('/control', scenario => $name)->{location}, "$sim/control", "$name: chosen";
        my $switches = decode_json($browser->get("$sim/control?format=json")->{content});
        is_deeply $switches, { person => 'john', scenario => $name, %{ $scenario{$name} } }, 'its switches, and no others';
        my $page = $browser->get("$sim/control")->{content};
        is_deeply [$page =~ /name="scenario" value="(\w+)" aria-pressed="true">/g], [$name], 'the page says which';
        like $page, qr{id="see" href="\Q$site\E/cgi-bin/login\.cgi\?}, 'and where to see it';
    }
    $post->('/control', scenario => 'twice');
    like $browser->follow($browser->get('/cgi-bin/login.cgi?again=1'))->{content}, qr/id="allow"/, 'the callback will be opened twice: the consent page';
    is $done->(), 4, 'to choose one is no tick, and neither is what comes before the failure';
    is $post->('/control', scenario => 'nothing')->{status}, 400, 'one that does not exist';
    $post->('/control', scenario => 'token_expired');
    like $browser->sign_in('lin')->{content}, qr/oSim0008/, 'a token that has expired: signed in all the same';
    is $done->(), 5, 'a tick: it has failed';
    is_deeply decode_json($browser->get("$sim/control?format=json")->{content}), { person => 'john' }, 'once, and then all is well';
    is_deeply $set->(scenario => 'slow', fault_auth => 42001), { person => 'john', delay_grant => 4000, fault_auth => 42001 }, 'changed by hand, it is that scenario no more';
    is_deeply $set->(scenario => ''), { person => 'john' }, 'all is well again';
    is $post->('/')->{location}, "$sim/", 'the tour begins anew';
    is $done->(), 0, 'without ticks';
    return;
}

like `$demo stop 2>&1`, qr/not running/, 'nothing runs yet';
my $said = `$demo start 2>&1`;
is $?, 0, 'started' or diag $said;
like $said, qr{\Q$sim\E/ .*\Q$site\E/.*cgi-bin/me\.cgi.*\Q$sim\E/control.*make demo-stop}s, 'says what to open and how it ends';
like $said, qr{^ +ssh -L $ENV{DEMO_PORT}:127\.0\.0\.1:$ENV{DEMO_PORT} -L $ENV{SIM_PORT}:127\.0\.0\.1:$ENV{SIM_PORT} \w+\@\S+$}m, 'one line forwards both ports';
like $said, qr{DEMO_HOST=0\.0\.0\.0 make demo.*-p 127\.0\.0\.1:$ENV{DEMO_PORT}:$ENV{DEMO_PORT} -p 127\.0\.0\.1:$ENV{SIM_PORT}:$ENV{SIM_PORT}}s, 'and what a container takes';
is_deeply [map { listening($_) } $ENV{DEMO_PORT}, $ENV{SIM_PORT}], ['127.0.0.1', '127.0.0.1'], 'it listens on loopback only';
like `DEMO_HOST=192.0.2.1 $demo start 2>&1`, qr/^DEMO_HOST is 127\.0\.0\.1, or 0\.0\.0\.0 in a container/, 'another DEMO_HOST is refused';
my $start = $http->get("$site/");
is $start->{status}, 200, 'the start page';
like $start->{content}, qr{href="\Q$sim\E/"}, 'links the tour on its port';
is $http->get("$site/cgi-bin/me.cgi")->{status}, 303, 'the programs answer';
is $http->get("http://127.0.0.1:$ENV{SIM_PORT}/control")->{status}, 200, 'so does the simulator';
my ($code) = $http->get("http://127.0.0.1:$ENV{SIM_PORT}/wx/login?person=ann")->{content} =~ /"code":"(\w+)"/;
is $http->post_form("$site/cgi-bin/mini.cgi", { code => $code })->{status}, 200, 'and a mini program signs in';
like $http->get("$site/cgi-bin/login.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F")->{headers}{location}, qr{^http://127\.0\.0\.1:$ENV{SIM_PORT}/connect/},
    'a page of any dev server is signed in';
my ($menu) = $said =~ /^ +(\S.* menu set - <docs\/menu\.json\.example)$/m;
like chat(), qr{tap=1\.0" target="_blank" rel="noreferrer">个人主页<}, 'the account has a menu';
is $http->get("$sim/console/view?tap=1.0")->{headers}{location}, "$site/cgi-bin/me.cgi", 'which leads to this site';
is system("cd $Kit::TOP && { $menu; } >/dev/null") >> 8, 0, 'the command that is named sets another';
like chat(), qr/name="tap" value="0">今日活动</, 'which the console shows';
tour();
is $http->get("$site/cgi-bin/../wechat.conf")->{status}, 404, 'the settings are not served';
like `$demo start 2>&1`, qr/running already/, 'a second one is not started';
like `$demo run 2>&1`, qr/running already: make demo-stop/, 'nor in the foreground';
like `$demo stop 2>&1`, qr/has ended/, 'stopped';
ok !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_, Timeout => 1), "port $_ is free again"
    for $ENV{DEMO_PORT}, $ENV{SIM_PORT};

my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{DEMO_PORT}, Listen => 1, ReuseAddr => 1);
like `$demo start 2>&1`, qr/Port $ENV{DEMO_PORT} is taken\..*DEMO_PORT=/, 'a port that is taken: what to do';
close $taken;

like +Kit->new(stopped => 1, listen => '0.0.0.0', site_port => 1, sim_port => 2)->_apache_conf(name => 'apache', cgi => 'cgid', site => 1),
    qr/^Listen 0\.0\.0\.0:1\n.*^Listen 0\.0\.0\.0:2\n/ms, 'DEMO_HOST=0.0.0.0, for a container: it would listen on each address';

# In the foreground, stopped as by Ctrl-C.
my $pid = open my $output, '-|', "exec $demo run 2>&1" or die "demo: $!";
$running = $pid;
my $text = '';
while (my $line = <$output>) { $text .= $line; last if $line =~ /Ctrl-C/ }
is $http->get("$site/")->{status}, 200, 'in the foreground';
kill 'INT', $pid;
$text .= join '', <$output>;
close $output;
undef $running;
like $text, qr/The demo has ended/, 'Ctrl-C ends it';
ok !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{DEMO_PORT}, Timeout => 1), 'with its server';
ok !-e "$folder/demo.pid", 'and its pid file';
done_testing;
