# Signing in a computer by a QR code of the account: WeChat makes the code, a follower scans it and agrees by the link in the answer.
# A scan alone signs nobody in. The account's access_token is fetched once, and again when WeChat refuses it.
use strict;
use warnings;
use Encode qw(encode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use State;
use Test::More;

my %conf = (sign_in => 'scene', language => 'en', outside_wechat => undef, push_mode => 'plain', trusted_proxies => '127.0.0.1', replies => undef);
my $kit = Kit->new(conf => \%conf);
my %agent = (
    computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    wechat   => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN',
);
my %openid = (xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU');
my $browsers = 0;
sub browser {
    my ($kind) = @_;
    return $kit->browser(headers => { 'User-Agent' => $agent{$kind || 'computer'}, 'X-Forwarded-For' => '203.0.113.' . ++$browsers });
}
my $wait = '/cgi-bin/scene.cgi?wait=1';

# A computer opens the page: its answer, and the scene in WeChat's code.
sub show_code {
    my ($computer, $path) = @_;
    my $page = $computer->follow($computer->get($path || '/cgi-bin/login.cgi?next=/welcome'));
    return $page;
}
sub scene_of {
    my ($computer) = @_;
    my ($packed) = ($computer->cookie('wx_scene') // '') =~ /^s1\.[\w-]+\.\d+\.[\w-]+\.([\w-]+)\./ or return;
    $packed =~ tr{-_}{+/};
    require MIME::Base64;
    return MIME::Base64::decode_base64($packed . '=' x (-length($packed) % 4)) =~ m{/q/(in-[\w-]{16})$} ? $1 : undef;
}
# A person scans a scene: the answer's text and its link.
sub scan {
    my ($scene, $person, $kind) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", { kind => $kind || 'SCAN', eventkey => ($kind ? 'qrscene_' : '') . $scene, person => $person || 'xiaoming', mode => 'plain' });
    my $text = encode_utf8(decode_json($answer->{content})->{reply_text} // '');
    return { text => $text, link => $text =~ /<a href="([^"]+)">/ ? $1 : undef };
}
sub fields { my ($page) = @_; return { $page->{content} =~ /name="(csrf)" value="([^"]*)"/g } }
sub answer { my ($phone, $link, $yes) = @_; my $page = $phone->get($link); return $phone->post($link, { %{ fields($page) }, answer => $yes }) }
sub who { my ($browser) = @_; my $answer = $browser->get('/cgi-bin/validate.cgi'); return $answer->{status} == 200 ? decode_json($answer->{content})->{sub} : $answer->{status} }
sub waits { my ($computer) = @_; return $computer->get("$wait&format=json")->{content} }
sub calls { my ($path) = @_; return scalar grep { $_->{path} eq "/cgi-bin/$path" } $kit->asked }

# ---- the whole way ----

my $computer = browser();
my $page = show_code($computer);
is $page->{status}, 200, 'a page';
like $page->{content}, qr{<svg class="qr" viewBox="0 0 (\d+) \1"}, 'with a QR code';
like $page->{content}, qr{Follow the account}, 'and what to do';
unlike $page->{content}, qr{id="link"}, 'no link to send instead';
my ($number) = $page->{content} =~ m{id="number">(\d\d)<};
ok $number, 'a number of two digits';
my $scene = scene_of($computer);
ok $scene, 'the scene is ours';
is calls('stable_token') . calls('qrcode/create'), '11', 'WeChat was asked for a token and for the code';
show_code($computer, $wait);
is calls('qrcode/create'), 1, 'a reload asks for no other code';
is waits($computer), '{"state":"waiting"}', 'the computer waits';
my $scanned = scan($scene);
like $scanned->{text}, qr{^Sign in to 127\.0\.0\.1:\d+ on the computer \(Chrome, Windows, \d\d:\d\d\)\?\nIf it is you, <a href=.*>tap here</a>\.}, 'the answer names site, browser and time';
is waits($computer), '{"state":"scanned"}', 'the computer hears of the scan, which is no answer';
like $computer->get($wait)->{content}, qr{<strong data-state="scanned">Scanned\. On your phone, tap the link}, 'its page says what to do next';
is who($computer), 401, 'and signs nobody in';
is scan($scene)->{link}, $scanned->{link}, 'scanned again: the same link';
isnt scan($scene, 'meimei')->{link}, $scanned->{link}, 'another person has another one';
my $phone = browser('wechat');
my $ask = $phone->get($scanned->{link});
like $ask->{content}, qr{Sign in on this computer\?.*id="number">$number<.*Chrome, Windows.*203\.0\.113\.1<.*<time>20\d\d-}s, 'its page shows number, browser, address, time';
$kit->browser->get($scanned->{link}) for 1 .. 3;
is waits($computer), '{"state":"scanned"}', 'opening it, and previews of it, are no answer';
like browser()->get($scanned->{link})->{content}, qr/Please open this in WeChat/, 'outside WeChat: open it there';
is browser('wechat')->post($scanned->{link}, { %{ fields($ask) }, answer => 'yes' })->{status}, 403, 'a form without its cookie: refused';
is $phone->post($scanned->{link}, { csrf => 'x' x 64, answer => 'yes' })->{status}, 403, 'and a forged one';
is answer($phone, $scanned->{link}, 'maybe')->{status}, 400, 'neither yes nor no';
like answer($phone, $scanned->{link}, 'yes')->{content}, qr/The computer is signed in/, 'yes: the phone says so';
is waits($computer), '{"state":"answered"}', 'the computer hears it';
my $again = answer($phone, $scanned->{link}, 'no');
like "$again->{status} $again->{content}", qr/^200 .*The computer is signed in/s, 'a second answer changes nothing';
is browser('wechat')->get(scan($scene, 'meimei')->{link})->{status}, 410, 'to somebody else the code is of no more use';
is $computer->get($wait)->{location}, "$kit->{site_url}/welcome", 'the computer lands on the page that was asked for';
is who($computer), $openid{xiaoming}, 'signed in as the follower';
is decode_json($computer->get('/cgi-bin/validate.cgi')->{content})->{scope}, 'scene', 'by a session of that scope';
is who($phone), 401, 'the phone is not';
is $computer->cookie('wx_scene'), undef, 'the cookie of waiting is gone';
is_deeply [grep {m{/answers/}} $kit->state_files], [], 'no answer is left';
is calls('stable_token'), 1, 'the token was fetched once';

# ---- who is new, who says no, who is late ----

my $second = browser();
show_code($second);
is calls('stable_token') . calls('qrcode/create'), '12', 'a second computer uses the stored token';
$scanned = scan(scene_of($second), 'meimei', 'subscribe_scene');
ok $scanned->{link}, 'somebody who follows the account by the scan is sent a link, too';
like answer(browser('wechat'), $scanned->{link}, 'no')->{content}, qr/Sign-in declined/, 'and says no';
like $second->get($wait)->{content}, qr/Sign-in was declined on your phone/, 'the computer says so';
is who($second), 401, 'nobody is signed in';
like scan('in-' . 'x' x 16)->{text}, qr/^This code has expired/, 'a code that nobody waits for: the answer says so';
is scan('77')->{text}, '', 'another scene of the account is none of ours';
is browser('wechat')->get('/cgi-bin/scan.cgi?t=invented')->{status}, 410, 'an invented link';
my $late = browser();
show_code($late);
$scanned = scan(scene_of($late));
State::age($_, 121) for grep {m{/(?:scenes|scans)/}} $kit->state_files;
is browser('wechat')->get($scanned->{link})->{status}, 410, 'two minutes later the link works no longer';
my $leaver = browser();
show_code($leaver);
$scanned = scan(scene_of($leaver), 'meimei');
answer(browser('wechat'), $scanned->{link}, 'yes');
$kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'unsubscribe', person => 'meimei', mode => 'plain' });
is $leaver->get($wait)->{status}, 200, 'who unsubscribes before the computer has heard the answer';
is who($leaver), 401, 'signs nobody in';
is browser('wechat')->get($scanned->{link})->{status}, 410, 'and the link is void';
my $other = browser();
like $other->get($wait)->{content}, qr/allow cookies/, 'a browser without the cookie';

# ---- one answer, at the same moment ----

my $racer = browser();
show_code($racer);
$scanned = scan(scene_of($racer));
my @phones = map { my $p = browser('wechat'); [$p, fields($p->get($scanned->{link}))] } 1 .. 6;
my @statuses = Kit::at_once(6, sub { my ($p, $f) = @{ $phones[$_[0]] }; return $p->post($scanned->{link}, { %$f, answer => 'yes' })->{status} });
is scalar(grep {m{/answers/}} $kit->state_files), 1, 'six answers at the same moment: one counts';
is_deeply [grep { $_ != 200 && $_ != 410 } @statuses], [], 'six answers at the same moment: each is answered';
my @landed = Kit::at_once(4, sub { return $racer->get($wait)->{status} });
is scalar(grep { $_ eq '303' } @landed), 1, 'four tabs take it at the same moment: one is signed in';

# ---- the account's token ----

$kit->forget_asked;
$kit->control(expire => 'access');
my $renewed = browser();
is show_code($renewed)->{status}, 200, 'a token that WeChat refuses (42001)';
is calls('stable_token') . calls('qrcode/create'), '12', 'is renewed once, and the call repeated';
$kit->forget_asked;
$kit->control(fault_qrcode => 42001);
is show_code(browser())->{status}, 502, 'one that is refused again (42001)';
is calls('stable_token') . calls('qrcode/create'), '12', 'is not renewed for ever';
$kit->control;
unlink grep {m{/account/}} $kit->state_files;
$kit->forget_asked;
$kit->control(delay_token => 300);
my @pages = Kit::at_once(16, sub { my $b = $kit->browser(headers => { 'User-Agent' => $agent{computer}, 'X-Forwarded-For' => "198.51.100.$_[0]" }); return show_code($b)->{status} });
is_deeply [sort @pages], [(200) x 16], 'sixteen computers that need a token at the same moment';
is calls('stable_token'), 1, 'make one call';
$kit->control;
my ($record) = grep {m{/account/}} $kit->state_files;
my ($token) = Kit::read_file($record) =~ /access_token=([\w-]+)/;
ok $token, 'the token is in the state';
unlike $kit->log_text . join('', map { encode_json($_) } $kit->asked), qr/\Q$token\E/, 'and in no log';

for my $row ([fault_token => 40164, 500, qr/IP white list/], [fault_token => 45009, 503, qr/used up/], [fault_token => 40125, 500, qr/AppSecret/],
    [fault_token => 'http500', 502, qr/HTTP status 500/], [fault_qrcode => 48001, 500, qr/may not call this/], [fault_qrcode => 'garbage', 502, qr/./], [fault_token => 'wrong_types', 502, qr/stable_token/]) {
    my ($call, $fault, $status, $says) = @$row;
    unlink grep {m{/account/}} $kit->state_files;
    $kit->control($call => $fault);
    is show_code(browser())->{status}, $status, "$call=$fault: $status";
    like $kit->log_text, $says, 'and the log says what to do';
}
unlink grep {m{/account/}} $kit->state_files;
$kit->control(account => 'service');
is show_code(browser())->{status}, 500, 'an account that may not make codes';
$kit->control;

# ---- limits ----

my $one = '192.0.2.77';
my @asked = map { show_code($kit->browser(headers => { 'User-Agent' => $agent{computer}, 'X-Forwarded-For' => $one }))->{status} } 1 .. 32;
is_deeply \@asked, [(200) x 30, (503) x 2], 'one address gets thirty codes in ten minutes';
is show_code(browser())->{status}, 200, 'others are not stopped';

# ---- not here ----

$kit->write_conf(sign_in => 'authorize', language => 'en');
is browser()->get("/cgi-bin/$_")->{status}, 404, "$_: not without the way" for qw(scene.cgi scan.cgi?t=x);
$kit->write_conf(sign_in => 'message scene authorize', language => 'en');
like browser()->get('/cgi-bin/login.cgi?way=scene')->{location}, qr{/cgi-bin/scene\.cgi\?next=}, 'one way of three, by its name';
$kit->write_conf(sign_in => 'scene authorize', language => 'en', outside_wechat => undef);
like browser()->get('/cgi-bin/login.cgi')->{location}, qr{/cgi-bin/scene\.cgi\?next=}, 'on a computer: the code';
like browser('wechat')->get('/cgi-bin/login.cgi')->{location}, qr{/connect/oauth2/authorize\?}, 'in WeChat, which cannot scan itself: the other way';
done_testing;
