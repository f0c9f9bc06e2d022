# The reaction to each errcode, and to sign-ins that go wrong on the way through WeChat.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });

# Signs in as xiaoming with snsapi_userinfo, up to the answer of callback.cgi.
sub callback {
    my ($browser, $path) = @_;
    my $consent = $browser->follow($browser->get($path || '/cgi-bin/login.cgi?next=/here'), stop => qr{/callback\.cgi});
    return $browser->get($consent->{stopped}) if $consent->{stopped};
    my ($ticket) = $consent->{content} =~ /ticket=(\w+)/;
    my $back = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=xiaoming");
    return $browser->get($back->{location});
}

sub calls { my ($path) = @_; return scalar(() = $kit->asked($path)) }

# These errcodes start a new sign-in once; the second time a page is shown.
for my $errcode (qw(40029 40163 42003 41008)) {
    subtest "code exchange: $errcode" => sub {
        $kit->forget_asked;
        $kit->control(fault_grant => $errcode);
        my $browser = $kit->browser;
        my $again = callback($browser);
        is $again->{status}, 303, 'a new sign-in begins by itself';
        like $again->{location}, qr{/connect/oauth2/authorize\?.*&state=[0-9a-f]{64}1#}, 'counted';
        my $page = callback($browser, $again->{location});
        is $page->{status}, 410, 'the second time: the page';
        like $page->{content}, qr/This sign-in has expired.*\Q$errcode\E/s, 'with errcode';
        my ($number) = $page->{content} =~ m{Request number <span id="request">([0-9a-f]{8})</span>};
        is calls('/sns/oauth2/access_token'), 2, 'WeChat was asked once each time';
        ok !defined $browser->cookie('wx_session'), 'no session';
        like $kit->log_text, qr/callback\.cgi client=127\.0\.0\.1 kind=expired errcode=$errcode rid=[0-9a-f]+-51a0c0de-\S+ request=$number: /, 'the log line has the number of the page, and WeChat’s';
    };
}

my %page = (
    40001 => [500, 'config', 'not set up yet'], 40013 => [500, 'config', 'not set up yet'],
    40125 => [500, 'config', 'not set up yet'], 41002 => [500, 'config', 'not set up yet'],
    41004 => [500, 'config', 'not set up yet'], 40164 => [500, 'config', 'not set up yet'],
    40243 => [500, 'config', 'not set up yet'], 89503 => [500, 'config', 'not set up yet'], 45009 => [503, 'busy', 'WeChat is busy'],
    45011 => [503, 'busy', 'WeChat is busy'], 43004 => [403, 'follow', 'follow the account'],
    50005 => [403, 'follow', 'follow the account'], 48004 => [403, 'restricted', 'restricted'],
    50002 => [403, 'restricted', 'restricted'], 61024 => [502, 'upstream', 'unexpected answer'],
);
my %advice = (
    40001 => 'AppSecret 不对.*The AppSecret is wrong', 40013 => 'AppID 不对.*The AppID is wrong',
    40125 => 'AppSecret 不对：在 微信开发者平台 → 我的业务 → 公众号/服务号 重置.*The AppSecret is wrong: reset it there',
    40164 => '把 203\.0\.113\.7 加到 微信开发者平台 → 我的业务 → 公众号/服务号 → API IP白名单.*add 203\.0\.113\.7 to the IP white list',
    40243 => 'AppSecret 已冻结.*The AppSecret is frozen', 89503 => '203\.0\.113\.7 调用接口要管理员确认.*administrator has confirmed it',
    41002 => '缺少 AppID.*no AppID', 41004 => '缺少 AppSecret.*no AppSecret', 45009 => '次数用完了.*used up', 45011 => '太频繁.*wait a minute',
    43004 => '先关注.*has to follow', 50005 => '先关注.*has to follow', 48004 => '被封禁.*banned the account', 50002 => '被限制.*restricted the user',
    61024 => '全局返回码说明.*list of return codes',
);
for my $errcode (sort keys %page) {
    subtest "code exchange: $errcode" => sub {
        my ($status, $kind, $text) = @{ $page{$errcode} };
        $kit->forget_asked;
        $kit->control(fault_grant => $errcode);
        my $browser = $kit->browser;
        my $answer = callback($browser);
        is $answer->{status}, $status, "status $status";
        like decode_utf8($answer->{content}), qr/\Q$text\E.*\Q$errcode\E/s, "the page says: $text, $errcode";
        my $again = $kind =~ /^(?:config|restricted)$/ ? 'no' : 'a';
        is $answer->{content} =~ /again=1">Sign in again</ ? 'a' : 'no', $again, "$again new try is offered";
        is $answer->{content} =~ m{href="([^"]+)">Go to the home page<} ? $1 : 'none', $kind eq 'config' ? '/' : '/cgi-bin/me.cgi', 'and a way on';
        like $kit->log_text, qr/kind=$kind errcode=$errcode rid=\S*-51a0c0de-/, 'the log line';
        like decode_utf8($kit->log_text), qr/WeChat answered errcode $errcode: .*$advice{$errcode}/, 'says in Chinese and English what to do';
        unlike $kit->log_text, qr/\Q$Kit::SECRET\E/, 'without a secret';
        is calls('/sns/oauth2/access_token'), 1, 'no retry';
        ok !defined $browser->cookie('wx_session'), 'no session';
    };
}

subtest 'busy (-1) is tried again' => sub {
    $kit->forget_asked;
    $kit->control(fault_grant => -1, fault_grant_count => 1, fault_userinfo => -1, fault_userinfo_count => 2);
    my $browser = $kit->browser;
    my $answer = callback($browser);
    is $answer->{location}, "$kit->{site_url}/here", 'and then succeeds';
    is calls('/sns/oauth2/access_token'), 2, 'the exchange once more';
    is calls('/sns/userinfo'), 3, 'the profile as often as it takes';
    $kit->forget_asked;
    $kit->control(fault_grant => -1);
    is callback($kit->browser)->{status}, 503, 'busy for good: a page';
    is calls('/sns/oauth2/access_token'), 2, 'the exchange is never asked a third time';
    $kit->control(fault_userinfo => -1);
    my $start = time;
    is callback($kit->browser)->{status}, 503, 'so for the profile';
    cmp_ok time - $start, '<=', 10, 'within 10 s';
};

subtest 'the profile: a token that has expired is refreshed once' => sub {
    for my $errcode (42001, 40014, 40001) {
        $kit->forget_asked;
        $kit->control(fault_userinfo => $errcode, fault_userinfo_count => 1);
        is callback($kit->browser)->{location}, "$kit->{site_url}/here", "$errcode: refreshed, and on";
        is calls('/sns/oauth2/refresh_token'), 1, 'one refresh';
        is calls('/sns/userinfo'), 2, 'asked again';
    }
    $kit->control(fault_userinfo => 40001);
    is callback($kit->browser)->{status}, 502, '40001 to a fresh token as well: a page';
    like decode_utf8($kit->log_text), qr/WeChat answered errcode 40001 to a fresh access_token: 请稍后重新登录。Sign in again later/, 'and the log does not blame the AppSecret';
    $kit->control(fault_userinfo => 42001, fault_refresh => 42002);
    like callback($kit->browser)->{location}, qr{/connect/oauth2/authorize}, 'refused refresh: sign in again';
};

subtest 'the profile: 48001 asks for snsapi_userinfo, once' => sub {
    $kit->control(fault_userinfo => 48001);
    my $browser = $kit->browser;
    my $again = callback($browser);
    like $again->{location}, qr{scope=snsapi_userinfo&state=[0-9a-f]{64}1#}, 'again';
    is callback($browser, $again->{location})->{status}, 500, 'then it is a configuration error';
    like decode_utf8($kit->log_text), qr/errcode 48001: 没有这个接口的权限.*verified service account/, 'and the log says what to do';
};

subtest 'snsapi_base: openid only' => sub {
    $kit->forget_asked;
    $kit->control(person => 'meimei');
    my $browser = $kit->browser;
    my $me = $browser->follow($browser->get('/cgi-bin/login.cgi?scope=snsapi_base'));
    like $me->{content}, qr/oSim0002wangMeiMei_MnOpQrStU/, 'signed in';
    like decode_utf8($me->{content}), qr/Show my WeChat name and avatar/, 'the page offers the profile';
    is calls('/sns/userinfo'), 0, 'no profile was asked for';
};

subtest 'the cookie is lost on the way' => sub {
    $kit->control;
    $kit->forget_asked;
    my $browser = $kit->browser;
    my $url = $browser->callback_url;
    $browser->set_cookie(wx_signin => undef);
    my $again = $browser->get($url);
    is $again->{status}, 303, 'once: a new sign-in by itself';
    like $again->{location}, qr{state=[0-9a-f]{64}1#}, 'counted in the state';
    $browser->set_cookie(wx_signin => undef);
    my $second = $browser->follow($again, stop => qr{/callback\.cgi})->{stopped}
        || do { my $c = $browser->follow($again); my ($t) = $c->{content} =~ /ticket=(\w+)/;
                $browser->get("$kit->{sim_url}/connect/confirm?ticket=$t&person=xiaoming")->{location} };
    $browser->set_cookie(wx_signin => undef);
    my $page = $browser->get($second);
    is $page->{status}, 410, 'twice: a page';
    like decode_utf8($page->{content}), qr/Please sign in again/, 'that asks for a tap';
    is calls('/sns/oauth2/access_token'), 0, 'WeChat was never asked';
};

subtest 'the callback opened again' => sub {
    $kit->control;
    my $browser = $kit->browser;
    my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    is $browser->get($url)->{location}, "$kit->{site_url}/here", 'first';
    my $token = $browser->cookie('wx_session');
    $kit->forget_asked;
    is $browser->get($url)->{location}, "$kit->{site_url}/here", 'again: redirected as before';
    is $browser->cookie('wx_session'), $token, 'with the session it has';
    $browser->set_cookie(wx_session => undef);
    is $browser->get($url)->{location}, "$kit->{site_url}/here", 'within a minute, cookie lost: a session of its own';
    isnt $browser->cookie('wx_session'), $token, 'another token';
    is calls('/sns/oauth2/access_token'), 0, 'without asking WeChat';
    my $stranger = $kit->browser;
    my $answer = $stranger->get($url);
    is $answer->{status}, 303, 'a browser that did not begin it';
    like $answer->{location}, qr{/connect/oauth2/authorize}, 'has to sign in itself';
};

subtest 'a code with another state' => sub {
    my ($one, $two) = ($kit->browser, $kit->browser);
    my $first = $one->callback_url;
    $one->get($first);
    my ($code) = $first =~ /code=([^&]+)/;
    my $url = $two->callback_url;
    $url =~ s/code=[^&]+/code=$code/;
    $kit->forget_asked;
    like $two->get($url)->{location}, qr{/connect/oauth2/authorize}, 'a spent code starts again';
    is calls('/sns/oauth2/access_token'), 0, 'and is not shown to WeChat again';
};

done_testing;
