# Signing in on a computer with a phone: desktop.cgi and confirm.cgi, and every misuse of their codes and cookies.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Kit;
use State;
use Test::More;

my $dev = 'http://192.168.1.5:5173';
my $kit = Kit->new(conf => { outside_wechat => 'qr', language => 'en', dev_origins => $dev });
my %agent = (
    computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    wechat   => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN',
    pc       => 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat',
    phone    => 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
);
sub browser { my ($kind) = @_; return $kit->browser(headers => { 'User-Agent' => $agent{$kind} }) }
sub wechat { my ($person) = @_; my $phone = browser('wechat'); $phone->sign_in($person || 'xiaoming', '/cgi-bin/me.cgi'); return $phone }

# Opens the page with the QR code; returns it and the link in the code.
sub show_code {
    my ($computer, $path) = @_;
    my $page = $computer->follow($computer->get($path || '/cgi-bin/login.cgi?next=/welcome'));
    my ($link) = $page->{content} =~ m{id="link">([^<]+)<};
    return ($page, $link);
}
sub answer {
    my ($phone, $link, $answer) = @_;
    my $page = $phone->follow($phone->get($link));
    my ($csrf) = $page->{content} =~ /name="csrf" value="([^"]+)"/;
    return $phone->post($link =~ s{^\Q$kit->{site_url}\E}{}r, { csrf => $csrf, answer => $answer });
}
sub waits { my ($computer) = @_; my $answer = $computer->get('/cgi-bin/desktop.cgi?wait=1&format=json'); return $answer->{status} == 200 ? $answer->{content} : $answer->{status} }
my $wait = '/cgi-bin/desktop.cgi?wait=1';

# ---- the whole way ----

my $computer = browser('computer');
my ($page, $link) = show_code($computer);
is $page->{status}, 200, 'outside WeChat: a page';
like $link, qr{^\Q$kit->{site_url}\E/cgi-bin/confirm\.cgi\?[\w-]{16}$}, 'with a link for the phone';
is length('https://www.example.com') + length(substr $link, length $kit->{site_url}), 60, 'which is short: 60 characters with an ordinary host name';
like $page->{content}, qr{<svg class="qr" viewBox="0 0 41 41".*<path d="M4 4h7v1h-7z}s, 'as a QR code of 33 modules, with its margin';
my ($number) = $page->{content} =~ m{id="number">(\d\d)<};
ok $number, 'and a number of two digits';
like $page->{content}, qr{<noscript><meta http-equiv="refresh" content="5;url=/cgi-bin/desktop\.cgi\?wait=1"></noscript>}, 'reloads by itself without JavaScript';
like $page->{content}, qr{id="left">(?:2:00|1:5\d)<}, 'says how long it is valid';
my @stored = grep { !m{/counts/|/work\.lock$} } $kit->state_files;
is scalar(@stored), 1, 'one record is stored for it';
my $record = State::parse_record(Kit::read_file($stored[0]));
is_deeply $record->{fields}, { browser => 'Chrome, Windows', address => '127.0.0.1' }, 'which says what the phone is to show';
my @codes = (substr($link, -16), (split /\./, $computer->cookie('wx_desktop'))[1]);
unlike $stored[0] . Kit::read_file($stored[0]), qr/\Q$codes[0]\E|\Q$codes[1]\E/, 'and holds neither the link’s code nor the computer’s';
is waits($computer), '{"state":"waiting"}', 'the computer waits';
my (undef, $same) = show_code($computer, $wait);
is $same, $link, 'a reload shows the same code';

my $phone = browser('wechat');
$kit->browser->get($link);
$phone->request('HEAD', $link);
is waits($computer), '{"state":"waiting"}', 'a preview of the link, and HEAD, are no scan';
my $first = $phone->get($link);
like $first->{location}, qr{/cgi-bin/login\.cgi\?next=%2Fcgi-bin%2Fconfirm\.cgi%3F[\w-]{16}$}, 'the phone, not signed in: to the sign-in';
is waits($computer), '{"state":"scanned"}', 'the computer hears of it at once';
like $computer->get($wait)->{content}, qr{data-state="waiting" hidden.*<strong data-state="scanned">Scanned\. Confirm on your phone\.}, 'and its page says so without scripts';
like $computer->get($wait)->{content}, qr{content="2;url=}, 'and reloads sooner';
my $ask = $phone->sign_in('xiaoming', $link);
is $ask->{status}, 200, 'and back to the question';
like $ask->{content}, qr{Sign in on this computer\?.*id="number">$number<.*Chrome, Windows.*127\.0\.0\.1.*<time>20\d\d-}s, 'number, browser, address, time';
is waits($computer), '{"state":"scanned"}', 'the question alone is no answer';
my $done = answer($phone, $link, 'yes');
like $done->{content}, qr/The computer is signed in/, 'yes: the phone says so';
is waits($computer), '{"state":"answered"}', 'the computer hears it';
is waits($computer), '{"state":"answered"}', 'asking does not use the answer up';
my $reopened = $phone->get($link);
is $reopened->{status}, 200, 'the link, opened again: no error';
like $reopened->{content}, qr/The computer is signed in/, 'but what was answered';
unlike $reopened->{content}, qr/name="answer"/, 'and no question';
my $once_more = answer($phone, $link, 'no');
like $once_more->{content}, qr/The computer is signed in/, 'a second answer changes nothing';
my $somebody = wechat('meimei');
is $somebody->get($link)->{status}, 410, 'to somebody else the code is of no more use';
is answer($somebody, $link, 'yes')->{status}, 410, 'nor can they answer it';
my $saved_cookie = $computer->cookie('wx_desktop');
my $landed = $computer->get($wait);
is $landed->{location}, "$kit->{site_url}/welcome", 'the computer lands on the page that was asked for';
is decode_json($computer->get('/cgi-bin/validate.cgi')->{content})->{sub}, 'oSim0001xiaoMing-aBcDeFgHiJk', 'signed in as the owner of the phone';
isnt $computer->cookie('wx_session'), $phone->cookie('wx_session'), 'by a session of its own';
is $computer->cookie('wx_desktop'), undef, 'the cookie of the waiting page is deleted';
is $computer->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'live=1 holds';
is_deeply [grep {m{/answers/}} $kit->state_files], [], 'no answer is left';
like $phone->get($link)->{content}, qr/The computer is signed in/, 'the link still says what was answered';
{
    my $again = browser('computer');
    $again->set_cookie(wx_desktop => $saved_cookie);
    like $again->get($wait)->{content}, qr/This code has expired/, 'the waiting page, opened again with the same cookie, offers a new code';
}
$phone->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
is $computer->get('/cgi-bin/validate.cgi')->{status}, 200, 'signing out on the phone leaves the computer signed in';

# ---- the session of a page in development cannot approve ----
{
    my $developer = wechat();
    my $away = $developer->post('/cgi-bin/ticket.cgi?dev=' . ($dev =~ s{([^A-Za-z0-9.])}{sprintf '%%%02X', ord $1}ger) . '%2F', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    my ($ticket) = $away->{location} =~ /#wx_ticket=([\w-]{43})$/;
    my $given = decode_json($kit->browser->post('/cgi-bin/ticket.cgi', { ticket => $ticket }, headers => { Origin => $dev })->{content});
    my $carrying = browser('wechat');
    $carrying->set_cookie(wx_session => $given->{access_token});
    is $carrying->get('/cgi-bin/validate.cgi')->{status}, 200, 'its session is valid';
    my (undef, $code) = show_code(browser('computer'));
    is $carrying->get($code)->{status}, 403, 'but it cannot sign a computer in: the question is refused';
    is $carrying->post($code =~ s{^\Q$kit->{site_url}\E}{}r, { answer => 'yes' }, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status}, 403, 'and so is the answer';
    $developer->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
}

# ---- no ----

$phone = wechat();
$computer = browser('computer');
(undef, $link) = show_code($computer);
like answer($phone, $link, 'no')->{content}, qr/Sign-in declined.*The computer was not signed in/s, 'no';
like $phone->get($link)->{content}, qr/Sign-in declined.*The computer was not signed in/s, 'the link, opened again, says so';
like $computer->get($wait)->{content}, qr{Sign-in was declined on your phone.*href="/cgi-bin/desktop\.cgi\?next=%2Fwelcome"}s, 'the computer says so, and offers a new code';
is $computer->get('/cgi-bin/validate.cgi')->{status}, 401, 'nobody is signed in';

# ---- misuse ----

$computer = browser('computer');
(undef, $link) = show_code($computer);
my $stealer = browser('computer');
my (undef, $other_link) = show_code($stealer);
isnt $link, $other_link, 'each computer has a code of its own';
answer($phone, $link, 'yes');
is waits($stealer), '{"state":"waiting"}', 'another computer does not hear the answer';
is $stealer->get($wait)->{status}, 200, 'nor is it signed in';
is $stealer->get('/cgi-bin/validate.cgi')->{status}, 401, 'by waiting';
my $thief = browser('computer');
like $thief->get($wait)->{content}, qr/lost this site’s cookie|Please sign in again/, 'without the cookie: no';
my ($user_code) = $link =~ /\?([\w-]{16})$/;
$thief->set_cookie(wx_desktop => $_) for "c1.$user_code.9999999999.L3dlbGNvbWU.$user_code";
is $thief->get($wait)->{location}, undef, 'nor with a cookie made of what the QR code says';
like answer($phone, $link, 'no')->{content}, qr/The computer is signed in/, 'answered twice: the first one counts';
my $saved = $computer->cookie('wx_desktop');
is $computer->get($wait)->{status}, 303, 'its own computer takes it';
my $replay = browser('computer');
$replay->set_cookie(wx_desktop => $saved);
is $replay->get($wait)->{location}, undef, 'once: the same cookie again signs nobody in';
answer($phone, $link, 'yes');
is_deeply [grep {m{/answers/}} $kit->state_files], [], 'and the code can be answered no more';
is $replay->get($wait)->{location}, undef, 'so the replayed cookie stays useless';

my ($changed) = map { my $copy = $other_link; substr($copy, -1) = $_; $copy } grep { $_ ne substr $other_link, -1 } qw(A B);
is $phone->get($changed)->{status}, 410, 'a link with one byte changed';
is $phone->get(substr $other_link, 0, -1)->{status}, 400, 'one that is too short';
is $phone->get("$other_link&from=singlemessage&isappinstalled=0")->{status}, 200, 'with what WeChat appends to a link: the question';
is $phone->get('/cgi-bin/confirm.cgi')->{status}, 400, 'no link';
is $phone->get('/cgi-bin/confirm.cgi?t=' . $stealer->cookie('wx_desktop'))->{status}, 400, 'a cookie is no link';
is $phone->post($other_link =~ s{^\Q$kit->{site_url}\E}{}r, { answer => 'yes' })->{status}, 403, 'a yes from another site: refused';
is $phone->post($other_link =~ s{^\Q$kit->{site_url}\E}{}r, { answer => 'yes', csrf => 'x' })->{status}, 403, 'a wrong csrf';
is answer($phone, $other_link, 'perhaps')->{status}, 400, 'neither yes nor no';
is waits($stealer), '{"state":"scanned"}', 'and none of that was an answer';
my $head = $computer->request('HEAD', $wait);
is $head->{status}, 405, 'HEAD is refused';

# ---- a phone that approves and signs out before the computer asks ----

my $leaving = wechat();
$computer = browser('computer');
(undef, $link) = show_code($computer);
like answer($leaving, $link, 'yes')->{content}, qr/The computer is signed in/, 'yes';
$leaving->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
my $too_late = $computer->get($wait);
is $too_late->{status}, 410, 'signed out before the computer came: too late';
like $too_late->{content}, qr{href="/cgi-bin/login\.cgi\?next=%2Fwelcome&amp;again=1"}, 'which says to sign in again';
is $computer->get('/cgi-bin/validate.cgi')->{status}, 401, 'nobody is signed in there';

# ---- one approval, several tabs at the same moment ----

$computer = browser('computer');
(undef, $link) = show_code($computer);
answer($phone, $link, 'yes');
my @racers = map { open my $out, '-|', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Cookie: wx_desktop=' . $computer->cookie('wx_desktop'), "$kit->{site_url}$wait" or die; $out } 1 .. 8;
my @raced = map { my $out = $_; scalar <$out> } @racers;
is scalar(grep { $_ eq '303' } @raced), 1, 'eight tabs of it at once: one takes the answer';
is_deeply [grep { !/^(?:200|303|410)$/ } @raced], [], 'the others wait on, or hear that it is taken';

# ---- too late ----

sub in_time {
    my ($seconds, $program, %option) = @_;
    return $kit->run($program, %option, before => [Kit::as_server(), 'faketime', '-f', sprintf '%+ds', $seconds]);
}
SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/cgi-bin/confirm.cgi");
    skip $why, 12 if $why;
    $computer = browser('computer');
    (undef, $link) = show_code($computer);
    my ($query) = $link =~ /\?(.*)/;
    my %from_phone = (query => $query, environment => { HTTP_USER_AGENT => $agent{wechat}, HTTP_COOKIE => 'wx_session=' . $phone->cookie('wx_session') });
    is in_time(110, 'confirm.cgi', %from_phone)->{status}, 200, 'after 110 s the phone may still answer';
    my $late = in_time(121, 'confirm.cgi', %from_phone);
    is $late->{status}, 410, 'after two minutes not';
    like $late->{body}, qr/This code has expired/, 'and says what to do';
    my %from_computer = (query => 'wait=1', environment => { HTTP_COOKIE => 'wx_desktop=' . $computer->cookie('wx_desktop') });
    like in_time(60, 'desktop.cgi', %from_computer)->{body}, qr/id="left">(?:1:0|0:5)\d</, 'the computer says how much time is left';
    like in_time(123, 'desktop.cgi', %from_computer)->{body}, qr/<svg class="qr".*id="left">0:00</s, 'it waits a little longer';
    my $over = in_time(127, 'desktop.cgi', %from_computer);
    like $over->{body}, qr{This code has expired.*href="/cgi-bin/desktop\.cgi\?next=%2Fwelcome"}s, 'then it shows that the code is too old, and offers a new one';
    unlike $over->{body}, qr/http-equiv="refresh"/, 'and no longer reloads';
    answer($phone, $link, 'yes');
    is in_time(140, 'confirm.cgi', %from_phone)->{status}, 200, 'what was answered can still be seen';
    is in_time(140, 'desktop.cgi', %from_computer)->{status}, 303, 'and the computer may still take the answer';
    like in_time(151, 'desktop.cgi', %from_computer)->{body}, qr/This code has expired/, 'even if it has been answered';
    is in_time(-30, 'confirm.cgi', %from_phone)->{status}, 410, 'a code from the future';
}

# ---- other browsers ----

my $ordinary = browser('phone');
like $ordinary->get($link)->{content}, qr/Please open this in WeChat/, 'the link in a phone’s ordinary browser';
like $ordinary->follow($ordinary->get('/cgi-bin/me.cgi'))->{content}, qr/Please open this in WeChat/, 'and the sign-in there';
is browser('computer')->get($link)->{status}, 200, 'the link in another computer’s browser';
like browser('wechat')->get('/cgi-bin/login.cgi')->{location}, qr{/connect/oauth2/authorize\?}, 'in WeChat: straight to WeChat';
like browser('wechat')->get('/cgi-bin/login.cgi?qr=1')->{location}, qr{/cgi-bin/desktop\.cgi\?next=}, 'unless a code is asked for';
for my $next ('//evil.example', 'https://evil.example/', '/\\evil.example') {
    my $begun = browser('computer');
    $begun->get("/cgi-bin/desktop.cgi?next=$next");
    my ($packed) = (split /\./, $begun->cookie('wx_desktop'))[3];
    is $packed, 'L2NnaS1iaW4vbWUuY2dp', "next=$next: the home page instead";
}

# ---- limits ----

my %before = map { $_ => 1 } $kit->state_files;
for (1 .. 50) { my $flood = browser('computer'); $flood->get('/cgi-bin/desktop.cgi?next=/') }
is_deeply [grep { !$before{$_} } $kit->state_files], [], 'fifty sign-ins that show no code leave no file';

# Codes that are shown have a limited number of records; each drives out the one of its shard that expires first.
sub codes { return grep {m{/desktops/}} $kit->state_files }
sub fill {
    my ($until) = @_;
    for my $shard (map { sprintf '%02x', $_ } 0 .. 255) {
        my $folder = $kit->state_dir . "/desktops/$shard";
        mkdir $folder, 0700;
        for my $number (1 .. 32 - grep {m{/desktops/$shard/}} codes()) { my $file = "$folder/$shard" . substr sha256_hex("$shard $number"), 2; Kit::write_file($file, 'x', 0600); utime $until, $until, $file }
    }
    system('chown', '-R', 'nobody:nogroup', $kit->state_dir) == 0 or die 'chown' if $> == 0;
    return;
}
unlink codes();
$computer = browser('computer');
(undef, $link) = show_code($computer);
my ($own) = codes();
fill(time + 1000);
is scalar(codes()), 256 * 32, 'as many codes as are stored';
for (1 .. 20) { show_code(browser('computer')) }
cmp_ok scalar(codes()), '<=', 256 * 32, 'a flood of others adds none';
unlink $own;
is waits($computer), '{"state":"missing"}', 'the page whose code was driven out hears of it';
my (undef, $restored) = show_code($computer, $wait);
is $restored, $link, 'it loads itself again, and the same code';
is answer(wechat('meimei'), $link, 'yes')->{status}, 200, 'works again';
unlink codes();

my @shards = map { sprintf '%x', $_ } 0 .. 15;
(undef, $link) = show_code(browser('computer'));
answer($phone, $link, 'yes');
ok scalar(grep {m{/answers/}} $kit->state_files), 'an answer that nobody took is there';
for my $shard (@shards) {
    my $folder = $kit->state_dir . "/answers/$shard";
    mkdir $folder, 0700;
    for my $number (1 .. 64) { Kit::write_file("$folder/" . sha256_hex("$shard $number"), 'x', 0600); utime time + 100, time + 100, "$folder/" . sha256_hex("$shard $number") }
}
if ($> == 0) { system('chown', '-R', 'nobody:nogroup', $kit->state_dir) == 0 or die 'chown' }
$computer = browser('computer');
(undef, $link) = show_code($computer);
my $full = answer($phone, $link, 'yes');
is $full->{status}, 503, 'one answer more than the limit: refused';
like $full->{content}, qr/Too many people are signing in/, 'with words that say so';
utime 1, 1, glob($kit->state_dir . '/answers/*/*');
is answer($phone, $link, 'yes')->{status}, 200, 'when these have expired, it works again';


unlink glob $kit->state_dir . '/answers/*/*';

# One address is shown a limited number of codes in ten minutes.
{
    my ($counter) = grep {m{/counts/}} $kit->state_files;
    my %kept = %{ State::parse_record(Kit::read_file($counter)) };
    Kit::write_file($counter, State::format_record($kept{created}, $kept{expires}, count => 199), 0600);
    is +(show_code(browser('computer')))[0]{status}, 200, 'the two hundredth code of an address';
    my $many = (show_code(browser('computer')))[0];
    is $many->{status}, 503, 'the next one: refused';
    like $many->{content}, qr/Too many people are signing in/, 'with words that say so';
    unlink $counter;
}

# A person can have eight unused answers at a time, which leaves room for others.
my $busy = browser('wechat');
$busy->sign_in('john', '/cgi-bin/login.cgi?next=/');
my @taken = map { (undef, my $code) = show_code(browser('computer')); answer($busy, $code, 'yes')->{status} } 1 .. 12;
is_deeply \@taken, [(200) x 8, (503) x 4], 'the ninth code of one person at a time: refused';
$computer = browser('computer');
(undef, $link) = show_code($computer);
is answer(wechat('meimei'), $link, 'yes')->{status}, 200, 'another person is not affected';

# A session that approves its own code gets a session that ends when it does. So it cannot extend itself.
my $ends = sub { my ($browser) = @_; return decode_json($browser->get('/cgi-bin/validate.cgi')->{content})->{exp} };
my $self = browser('pc');
my %others = map { $_ => 1 } $kit->state_files;
$self->sign_in('ann', '/cgi-bin/login.cgi?next=/');
State::age($_, 86400) for grep { !$others{$_} && m{/(?:sessions|grants)/} } $kit->state_files;
my $end = $ends->($self);
for my $round (1 .. 3) {
    my (undef, $code) = show_code($self, '/cgi-bin/desktop.cgi?next=/welcome');
    is answer($self, $code, 'yes')->{status}, 200, "approved by itself, $round";
    my $back = $self->get($wait);
    is $back->{status}, 303, 'signed in by that';
    is $ends->($self), $end, 'it ends with the session that approved it';
    my $cookies = $back->{headers}{'set-cookie'};
    my ($seconds) = join("\n", ref $cookies ? @$cookies : $cookies) =~ /wx_session=[\w-]{43};.*?Max-Age=(\d+)/;
    cmp_ok $seconds, '<=', $end - time + 2, 'so does the cookie';
}

# ---- switched off ----

$kit->write_conf(outside_wechat => 'direct', language => 'en');
for my $path ('/cgi-bin/desktop.cgi', '/cgi-bin/desktop.cgi?wait=1', '/cgi-bin/desktop.cgi?wait=1&format=json', $link) {
    is browser('computer')->get($path)->{status}, 404, 'direct: no ' . substr $path, 0, 50;
}
is answer($phone, $link, 'no')->{status}, 404, 'nor an answer';
like browser('computer')->get('/cgi-bin/login.cgi?qr=1')->{location}, qr{/connect/oauth2/authorize\?}, 'and login.cgi?qr=1 goes to WeChat';
like $kit->log_text, qr/desktop\.cgi .*outside_wechat = direct switches QR codes off: set it to qr/, 'the log says why';
$kit->write_conf(outside_wechat => 'both', language => 'en');
like browser('computer')->get('/cgi-bin/login.cgi')->{location}, qr{/connect/oauth2/authorize\?}, 'both: to WeChat';
like browser('computer')->get('/cgi-bin/login.cgi?qr=1')->{location}, qr{/cgi-bin/desktop\.cgi\?next=}, 'and a code on request';

# ---- WeChat's own page for computers ----

$kit->write_conf(outside_wechat => 'qr', %Kit::website, language => 'en');
$computer = browser('computer');
my $login = $computer->get('/cgi-bin/login.cgi?next=/welcome&scope=snsapi_base');
like $login->{location}, qr{^\Q$kit->{sim_url}\E/connect/qrconnect\?appid=$Kit::website{website_appid}&redirect_uri=[^&]+&response_type=code&scope=snsapi_login&state=[0-9a-f]{65}#wechat_redirect$}, 'with website_appid: WeChat’s qrconnect';
my $consent = $computer->follow($login);
my ($confirm) = $consent->{content} =~ /ticket=(\w+)/;
$kit->forget_asked;
$landed = $computer->follow($computer->get("$kit->{sim_url}/connect/confirm?ticket=$confirm&person=xiaoming"), stop => qr{/welcome$});
is $landed->{stopped}, "$kit->{site_url}/welcome", 'and back';
my $who = decode_json($computer->get('/cgi-bin/validate.cgi')->{content});
is "$who->{sub} $who->{scope} $who->{unionid}", 'oWeb0001xiaoMing-aBcDeFgHiJk snsapi_login uSim0001xiaoMing-aBcDeFgHiJk', 'signed in, by the website application’s openid';
is $who->{nickname}, "\x{5c0f}\x{660e}", 'with the profile';
is_deeply [map {"$_->{path} " . ($_->{appid} || '')} $kit->asked], ["/sns/oauth2/access_token $Kit::website{website_appid}", '/sns/userinfo '], 'the website’s account was used';
$kit->control(expire => 'access');
is $computer->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'its grant is refreshed';
is [grep { $_->{path} =~ /refresh/ } $kit->asked]->[0]{appid}, $Kit::website{website_appid}, 'by that account';
unlike $computer->get('/cgi-bin/me.cgi')->{content}, qr/scope=snsapi_userinfo/, 'the personal page has the profile';
like browser('wechat')->get('/cgi-bin/login.cgi')->{location}, qr{/connect/oauth2/authorize\?appid=$Kit::APPID&}, 'in WeChat: the official account, as before';

# ---- no generator ----

is $computer->get('/cgi-bin/qr.cgi?text=x')->{status}, 404, 'there is no qr.cgi';
unlike $computer->get('/cgi-bin/desktop.cgi?text=https://evil.example&next=/')->{content}, qr/evil/, 'and no text from a visitor becomes a QR code';
unlike $kit->log_text, qr/\Q$saved\E|\Q$user_code\E/, 'no code in the log';
done_testing;
