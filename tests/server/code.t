# Signing in by message: a follower writes to the account, and gets a code for the computer and a link for the phone. Without appid
# and secret; with each misuse of codes and links.
use strict;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use State;
use POSIX ();
use Test::More;

my %conf = (appid => undef, secret => undef, sign_in => 'message', language => 'en', outside_wechat => undef, trusted_proxies => '127.0.0.1', push_mode => 'safe',
    account_name => 'Invented', account_qr => 'https://open.weixin.qq.com/qr/code?username=gh_0123456789ab');
my $kit = Kit->new(conf => \%conf);
my %agent = (
    computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    wechat   => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN',
);
my %openid = (xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk');
# Each browser has an address of its own.
my $browsers = 0;
sub browser {
    my ($kind) = @_;
    my $address = sprintf '203.0.113.%d', ++$browsers;
    return $kit->browser(headers => { 'User-Agent' => $agent{$kind || 'computer'}, 'X-Forwarded-For' => $address });
}

# A follower writes to the account: the answer's text, the code in it and the link.
sub write_to {
    my ($content, %option) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json",
        { kind => 'text', $option{kind} ? () : (content => decode_utf8($content)), person => 'xiaoming', mode => $conf{push_mode}, %option });
    my $pushed = decode_json($answer->{content});
    my $text = encode_utf8($pushed->{reply_text} // '');
    my ($code) = $text =~ /(\d{3} \d{3})/;
    my ($link) = $text =~ /<a href="([^"]+)">/;
    return { %$pushed, text => $text, code => $code, link => $link };
}
sub open_page { my ($browser, $path) = @_; return $browser->follow($browser->get($path || '/cgi-bin/login.cgi?next=/welcome')) }
sub fields { my ($page) = @_; return { $page->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g } }
sub word { my ($page) = @_; return $page->{content} =~ m{id="word">([^<]+)<} ? $1 : undef }
sub type {
    my ($browser, $page, $code, %more) = @_;
    return $browser->post('/cgi-bin/code.cgi', { %{ fields($page) }, code => $code, %more });
}
sub who { my ($browser) = @_; my $answer = $browser->get('/cgi-bin/validate.cgi'); return $answer->{status} == 200 ? decode_json($answer->{content})->{sub} : $answer->{status} }

# ---- the whole way, on the computer ----

my $computer = browser();
my $page = open_page($computer);
is $page->{status}, 200, 'login.cgi: a page';
like $page->{content}, qr{“Invented”}, 'names the account';
like $page->{content}, qr{<img class="qr qr_account" src="https://open\.weixin\.qq\.com/qr/code\?username=gh_0123456789ab"}, 'shows its QR code';
like $page->{headers}{'content-security-policy'}, qr{img-src 'self' (?:data: )?https://\*\.qlogo\.cn \S+ https://open\.weixin\.qq\.com;}, 'which the policy allows';
is word($page), 'login', 'and the word to send';
like $page->{content}, qr{Chrome, Windows, 203\.0\.113\.1<}, 'and where it is open';
my $asked = write_to('login');
ok $asked->{answered}, 'the follower is answered';
like $asked->{text}, qr/^Your code is \d{3} \d{3}\. It works once, within 3 minutes\.\nEnter it only on 127\.0\.0\.1:\d+, and do not share it: 127\.0\.0\.1:\d+ never asks/, 'with a code, how long it is good, and where to type it';
is write_to('login')->{code}, $asked->{code}, 'asking again within its life: the same code';
is write_to('login', person => 'meimei')->{code} eq $asked->{code}, '', 'another follower has another one';
my @files = map { Kit::read_file($_) } $kit->state_files;
my $digits = $asked->{code} =~ s/ //r;
is scalar(grep { /\Q$digits\E|\Q$asked->{code}\E/ } @files), 0, 'the state holds no code';
my ($token) = $asked->{link} =~ /t=(.*)/;
is scalar(grep { /\Q$token\E/ } @files), 0, 'and no link';
my $landed = type($computer, $page, $asked->{code});
is $landed->{status}, 303, 'the code is typed in: signed in';
is $landed->{location}, "$kit->{site_url}/welcome", 'back on the page that was asked for';
is who($computer), $openid{xiaoming}, 'as the follower who was sent it';
is $computer->cookie('wx_code'), undef, 'the cookie of waiting is gone';
is decode_json($computer->get('/cgi-bin/validate.cgi')->{content})->{scope}, 'message', 'by a session of that scope';
is_deeply [$kit->asked], [], 'WeChat was asked nothing';
my $me = $computer->get('/cgi-bin/me.cgi');
is $me->{status}, 200, 'the personal page';
unlike $me->{content}, qr/scope=snsapi_userinfo/, 'which offers no web authorization';

# ---- good once ----

my $other = browser();
my $second = type($other, open_page($other), $asked->{code});
is $second->{status}, 403, 'typed a second time: refused';
like $second->{content}, qr/This code is wrong or has expired/, 'with what to do';
is who($other), 401, 'and nobody is signed in';
my $next = write_to('login');
isnt $next->{code}, $asked->{code}, 'asking again after it was used: a new code';
for my $typed ('12345', '1234567', 'abcdef', '', '12 34 5x') {
    is type($other, open_page($other), $typed)->{status}, 400, "“$typed”: not six digits";
}
is type($other, open_page($other), decode_utf8(" \xef\xbc\x91 "))->{status}, 400, 'one full-width digit';
my $wide = join '', map { chr(0xff10 + $_) } split //, $next->{code} =~ s/ //r;
is type($other, open_page($other), $wide)->{status}, 303, 'six full-width digits are the code';

# ---- typed at the same moment: one session ----

for my $round (1 .. 3) {
    my $code = write_to('login')->{code};
    my @browsers = map { my $browser = browser(); [$browser, open_page($browser)] } 1 .. 8;
    my @said = Kit::at_once(8, sub { my ($i) = @_; return type(@{ $browsers[$i] }, $code)->{status} });
    is_deeply [sort @said], [303, (403) x 7], "eight browsers type one code at the same moment: one is signed in ($round)";
}
my @codes = Kit::at_once(8, sub { return write_to('login', person => (qw(xiaoming meimei))[$_[0] % 2])->{code} });
is_deeply [scalar keys %{ { map { $_ => 1 } @codes } }, $codes[0], $codes[1]], [2, $codes[2], $codes[3]], 'two followers who ask eight times at the same moment: one code each';

# ---- the word, and what is none ----

for my $row (['登录', 'zh_CN'], [' 登录。', 'zh_CN'], ['「登录」', 'zh_CN'], ['登陆', 'zh_CN'], ['验证码', 'zh_CN'], ['ＬＯＧＩＮ', 'en'], ['Code', 'en'], ['登入', 'zh_TW'], ['驗證碼！', 'zh_TW']) {
    my ($content, $language) = @$row;
    my %begins = (zh_CN => '验证码', zh_TW => '驗證碼', en => 'Your code');
    like write_to($content)->{text}, qr/^$begins{$language} /, "$content: a code, in $language";
}
for my $content ('登录吗', 'please login', '我要登录', 'login 7', 'login 123', 'login 09', 'relogin', '') {
    is write_to($content)->{code}, undef, "“$content”: no request";
}
like write_to('', kind => 'CLICK', eventkey => 'SIGN_IN')->{text}, qr/^Your code is/, 'a menu button with the key SIGN_IN: a code, in the language of the site';
is write_to('', kind => 'CLICK', eventkey => 'MENU_1')->{code}, undef, 'another button: none';

# ---- the link, on the phone ----

my $phone = browser('wechat');
$asked = write_to('登录');
(my $path = $asked->{link}) =~ s{^\Q$kit->{site_url}\E}{};
like $path, qr{^/cgi-bin/link\.cgi\?t=[\w-]{43}$}, 'a link of 256 bits';
$kit->browser->get($path) for 1 .. 3;
my $question = $phone->get($path);
is $question->{status}, 200, 'opened three times by a preview, and once in WeChat: a page';
like $question->{content}, qr{signed in to 127\.0\.0\.1:\d+ as a follower of the account “Invented”}, 'names site and account';
like $question->{content}, qr{If somebody else sent it to you, close this page}, 'and warns';
is who($phone), 401, 'opening it signs nobody in';
like $kit->browser->get($path)->{content}, qr/Please open this in WeChat/, 'outside WeChat: open it there';
is browser()->post($path, fields($question))->{status}, 200, 'and no form counts there';
my $thief = browser('wechat');
is $thief->post($path, fields($question))->{status}, 403, 'a form without its cookie: refused';
is $thief->post($path, { csrf => 'x' x 64 })->{status}, 403, 'and a forged one';
is who($thief), 401, 'nobody is signed in by it';
is $phone->post($path, fields($question))->{location}, "$kit->{site_url}/cgi-bin/me.cgi", 'the button: signed in';
is who($phone), $openid{xiaoming}, 'as the follower';
my $again = browser('wechat');
is $again->get($path)->{status}, 410, 'the link a second time: it no longer works';
like $again->get($path)->{content}, qr/Send “login” to the account again/, 'and says what to do';
is $again->get('/cgi-bin/link.cgi?t=' . 'x' x 43)->{status}, 410, 'an invented link';
is $again->get('/cgi-bin/link.cgi')->{status}, 400, 'no token';
my $typed = browser();
is type($typed, open_page($typed), $asked->{code})->{status}, 303, 'the code of the same request still works, once';
is who($typed), $openid{xiaoming}, 'on the computer';
$asked = write_to('登录');
my @phones = map { my $browser = browser('wechat'); [$browser, $browser->get($asked->{link})] } 1 .. 6;
my @taps = Kit::at_once(6, sub { my ($browser, $page) = @{ $phones[$_[0]] }; return $browser->post($asked->{link}, fields($page))->{status} });
is_deeply [sort @taps], [303, (410) x 5], 'six taps at the same moment: one is signed in';

# ---- a later request takes the place of an earlier one ----

my $plain = write_to('登录', person => 'meimei');
my $bound = write_to('登录 27', person => 'meimei');
isnt $bound->{code}, $plain->{code}, 'with two digits: another code';
like $bound->{text}, qr/只能用在显示 27 的页面上/, 'which says where it works';
is type($other, open_page($other), $plain->{code})->{status}, 403, 'the earlier one no longer works';
is write_to('登录 27', person => 'meimei')->{code}, $bound->{code}, 'the same digits again: the same code';

# ---- who leaves ----

$asked = write_to('login', person => 'meimei');
my $leaver = browser();
is type($leaver, open_page($leaver), $asked->{code})->{status}, 303, 'a follower signs in';
$asked = write_to('login', person => 'meimei');
write_to('', person => 'meimei', kind => 'unsubscribe');
is who($leaver), 401, 'who unsubscribes is signed out';
is type($leaver, open_page($leaver), $asked->{code})->{status}, 403, 'and the code that was not used is void';
is_deeply [grep { !m{/events/} && Kit::read_file($_) =~ /oSim0002/ } $kit->state_files], [], 'nothing of theirs is left, but that they left';

# ---- WeChat's repeats ----

my $late = $kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => 'login', person => 'xiaoming', mode => 'safe', way => 'parallel' });
ok decode_json($late->{content})->{equal}, 'three deliveries at the same moment: one answer';
my $retried = decode_json($kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => 'login', person => 'xiaoming', mode => 'safe', way => 'retries', late => 2 })->{content});
like $retried->{reply_text}, qr/^Your code is \d{3} \d{3}/, 'the third delivery is answered as well';
is scalar(() = Kit::read_file((grep {m{/events/}} $kit->state_files)[0]) =~ /Your code/g), 0, 'the journal has no codes';

# ---- other pages of the site ----

is browser()->get('/cgi-bin/desktop.cgi?next=/welcome')->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fwelcome", 'desktop.cgi: to the same page';
is browser()->get("/cgi-bin/$_")->{status}, 404, "$_: none here" for 'callback.cgi?code=x&state=' . 'a' x 64 . '0', 'confirm.cgi?t=x';
is browser()->get('/cgi-bin/login.cgi?way=authorize')->{status}, 400, 'a way that the site does not have';
is browser()->get('/cgi-bin/login.cgi?scope=snsapi_userinfo')->{location}, "$kit->{site_url}/cgi-bin/code.cgi?next=%2Fcgi-bin%2Fme.cgi", 'a scope is no other way here';
is $computer->get('/cgi-bin/login.cgi?scope=snsapi_userinfo&next=/welcome')->{location}, "$kit->{site_url}/welcome", 'and who is signed in goes on';
is $computer->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'live=1 has nothing to ask';
my $nobody = browser();
my $form = fields(open_page($nobody));
$nobody->set_cookie('wx_code', undef);
my $lost = $nobody->post('/cgi-bin/code.cgi', { %$form, code => '123456' });
is $lost->{status}, 403, 'a browser that keeps no cookies';
like $lost->{content}, qr/allow cookies/, 'is told so';
is type($nobody, open_page($nobody), '123456', csrf => 'x' x 64)->{status}, 403, 'a foreign form is refused';
is open_page(browser(), '/cgi-bin/code.cgi?next=https://evil.example/')->{status}, 200, 'a foreign next';
is fields(open_page(browser(), '/cgi-bin/code.cgi?next=https://evil.example/'))->{next}, '/cgi-bin/me.cgi', 'is replaced';
my $in = open_page(browser('wechat'));
like $in->{content}, qr/press and hold the QR code/, 'in WeChat: the page says how to open the account there';

# ---- plain and compatible mode, and the kit started anew between ----

for my $mode (qw(plain compatible)) {
    $conf{push_mode} = $mode;
    $kit->write_conf(%conf, push_mode => $mode, account_url => 'https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzI');
    my $code = write_to('login', mode => $mode)->{code};
    $kit->stop;
    $kit->start;
    my $browser = browser();
    is type($browser, open_page($browser), $code)->{status}, 303, "$mode mode, and the server started anew between: signed in";
}
like open_page(browser('wechat'))->{content}, qr{<a href="https://mp\.weixin\.qq\.com/mp/profile_ext\?action=home&amp;__biz=MzI">Open the account “Invented”}, 'account_url: a link in WeChat';
unlike open_page(browser())->{content}, qr/profile_ext/, 'and none outside';

# ---- as an owner with a subscription account fills in the example, and leaves the rest as it is ----

$kit->control(account => 'subscription');
my $example = Kit::read_file("$Kit::TOP/wechat.conf.example");
my %own = (site_url => $kit->{site_url}, sign_in => 'message', push_token => $Kit::PUSH_TOKEN);
for my $name (sort keys %own) { $example =~ s/^#?\Q$name\E =.*$/$name = $own{$name}/m or fail("$name is not in the example") }
$kit->write_conf_text($example);
my $visitor = browser();
my $personal = open_page($visitor, '/cgi-bin/me.cgi');
is $personal->{status}, 200, 'the personal page asks for a code';
is type($visitor, $personal, write_to('登录', mode => 'plain')->{code})->{location}, "$kit->{site_url}/cgi-bin/me.cgi", 'which the account answers';
like $visitor->get('/cgi-bin/me.cgi')->{content}, qr/oSim0001xiaoMing/, 'and there it is';
$kit->write_conf(sign_in => 'authorize', language => 'en');
like open_page(browser('wechat'), '/cgi-bin/login.cgi')->{content}, qr/10005/, 'with web authorization, WeChat refuses such an account';
$kit->control;

# ---- both ways ----

$kit->write_conf(sign_in => 'authorize message', language => 'en');
like browser()->get('/cgi-bin/login.cgi')->{location}, qr{/connect/oauth2/authorize\?}, 'both ways: the first is the default';
like browser()->get('/cgi-bin/login.cgi?way=message')->{location}, qr{/cgi-bin/code\.cgi\?next=}, 'the other one by its name';
is browser()->get('/cgi-bin/login.cgi?way=other')->{status}, 400, 'and no third';
my %again = (mode => 'safe', msgid_message => '23456789012345678');
ok write_to('login', %again)->{code}, 'a push with a MsgId of its own: a code';
$kit->write_conf(sign_in => 'authorize', language => 'en');
my $repeat = write_to('login', %again);
is "$repeat->{answered} $repeat->{text}", '1 ', 'its repeat, after sign_in was changed: taken, and answered with nothing';
is browser()->get("/cgi-bin/$_")->{status}, 404, "$_: not without the way" for qw(code.cgi link.cgi?t=x);
is write_to('login', mode => 'safe')->{code}, undef, 'and the word means nothing';
done_testing;
