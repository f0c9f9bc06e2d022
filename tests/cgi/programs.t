# The programs, run with an environment and stdin: languages, the page to return to, broken requests, attacks.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);
use Time::HiRes qw(time);

my $kit = Kit->new(stopped => 1, conf => { language => 'zh_CN' });

# promises.t has what holds for every program.

like $kit->run('logout.cgi')->{headers}{'content-security-policy'}[0],
    qr/^default-src 'none'; style-src 'nonce-[\w-]{43}'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/, 'the policy';

# Languages
for my $case (
    [undef, '已退出登录', 'zh-CN'], ['en-GB,en;q=0.9', 'You are signed out', 'en'],
    ['zh-TW', '已登出', 'zh-TW'], ['zh-Hant-HK', '已登出', 'zh-TW'], ['fr-FR,fr', '已退出登录', 'zh-CN'],
    ['fr, en;q=0.3, zh-TW;q=0.8', '已登出', 'zh-TW'], ['en;q=0, zh', '已退出登录', 'zh-CN'],
) {
    my ($header, $text, $tag) = @$case;
    my $body = decode_utf8($kit->run('logout.cgi', environment => { HTTP_ACCEPT_LANGUAGE => $header })->{body});
    like $body, qr/<html lang="$tag">.*\Q$text\E/s, 'Accept-Language ' . ($header || 'none');
}

# Cookies: on https __Host-, Secure, HttpOnly, SameSite=Lax, Path=/
$kit->write_conf(site_url => 'https://www.example.com');
like $kit->run('login.cgi')->{headers}{'set-cookie'}[0],
    qr{^__Host-wx_signin=v3\.[\w.-]+; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$}, 'the cookie on https';
like $kit->run('login.cgi')->{headers}{location}[0],
    qr{redirect_uri=https%3A%2F%2Fwww\.example\.com%2Fcgi-bin%2Fcallback\.cgi&}, 'redirect_uri';
$kit->write_conf;

# The page to return to must be on this site. The sealed cookie shows which one was accepted.
sub next_of {
    my ($next) = @_;
    $next =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    my $answer = $kit->run('login.cgi', query => "next=$next");
    my $base64 = (split /\./, $answer->{headers}{'set-cookie'}[0])[5];
    $base64 =~ tr{-_}{+/};
    require MIME::Base64;
    return MIME::Base64::decode_base64($base64 . '=' x (-length($base64) % 4));
}
is next_of($_), $_, "next $_" for '/', '/a?b=c&d=/e', '/a//b', '/%E5%B0%8F', '/a:b@c', '/100%', '/%zz';
is next_of("$kit->{site_url}$_"), $_, "next is the site's own address, $_" for '/', '/a?b=c&d=/e#f', '/%E5%B0%8F';
is next_of($kit->{site_url}), '/', 'or the site itself';
is next_of("$kit->{site_url}?a"), '/?a', 'with a query';
is next_of("/\xe5\xb0\x8f?q=\xe6\x98\x8e"), '/%E5%B0%8F?q=%E6%98%8E', 'next in raw UTF-8';
is next_of('/a b'), '/a%20b', 'next with a blank';
is next_of("$kit->{site_url}/\xe5\xb0\x8f b"), '/%E5%B0%8F%20b', 'and all at once';
is next_of($_), '/cgi-bin/me.cgi', 'not ' . $_ =~ s/([^\x21-\x7e])/sprintf '<%02x>', ord $1/ger
    for '//evil.example', '/\\evil.example', '\\/evil', 'https://evil.example/', "/\tevil", "/\n/evil", "/a\r\nSet-Cookie: x=y",
    'javascript:alert(1)', '', '/' . 'x' x 2000, "/\x7f", '/a\\b', ' /a', '///evil', 'evil', "$kit->{site_url}.evil.example/", "$kit->{site_url}\@evil.example/",
    "$kit->{site_url}//evil.example", "$kit->{site_url}/\\evil.example", "$kit->{site_url}\\evil.example", 'http://127.0.0.1:1/a', '/' . ' ' x 700, "/ \n";
# A refused value is logged, but only up to its host.
for my $case (['https://evil.example/a?token=hidden', 'an address of another site \(https://evil\.example\)'], ['//evil.example/hidden', 'an address of another site'], ['/\\hidden', 'a text with a backslash or a control character'],
    ["/hidden\nwechat-cgi: forged", 'a text with a backslash or a control character'], ['hidden', 'no path that begins with a slash'], ['javascript:hidden', 'no path that begins with a slash'], ['/hidden' x 400, 'longer than 2000 bytes']) {
    my ($next, $reason) = @$case;
    $next =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    for my $program (qw(login.cgi desktop.cgi)) {
        my $error = $kit->run($program, query => "next=$next")->{error};
        like $error, qr{^wechat-cgi: \Q$program\E client=192\.0\.2\.7 kind=request errcode=0 rid=- request=[0-9a-f]{8}: next: $reason: the visitor lands on /cgi-bin/me\.cgi$}, "$program says in the log: $reason";
        unlike $error, qr/hidden|forged/, 'and nothing of the value';
    }
}
like $kit->run('logout.cgi', stdin => 'next=//evil.example')->{error}, qr{next: an address of another site: the visitor lands on /cgi-bin/logout\.cgi}, 'logout.cgi too';
like $kit->run('login.cgi', query => 'next=/a&next=/b')->{error}, qr/next: given more than once/, 'and for one given twice';
is $kit->run('login.cgi', query => $_)->{error}, '', "nothing is logged for '$_'" for '', 'next=', 'next', 'next=/a';
is $kit->run('login.cgi', query => 'next=/a&next=/b')->{headers}{location}[0] ? next_of('') : '', '/cgi-bin/me.cgi', 'given twice, next is ignored';
is $kit->run('login.cgi', query => 'scope=everything')->{status}, 400, 'an unknown scope';
like $kit->run('login.cgi', query => 'scope=snsapi_base')->{headers}{location}[0], qr/&scope=snsapi_base&/, 'a known one';

# CONTENT_LENGTH (threat 11)
for my $case (['5', 400], ['-1', 400], ['abc', 400], ['1e3', 400], ['0x10', 400], [' 1', 400], ['+1', 400], ['1 ', 400],
    ['65537', 413], ['99999999999999999', 413], ['9' x 30, 400], ['18446744073709551615', 400], ['1.0', 400], ['1,1', 400]) {
    my ($length, $status) = @$case;
    is $kit->run('logout.cgi', stdin => 'a=1', environment => { CONTENT_LENGTH => $length })->{status}, $status, "CONTENT_LENGTH '$length'";
}
is $kit->run('logout.cgi', stdin => 'a=1', environment => { CONTENT_LENGTH => $_ })->{status}, 303, "CONTENT_LENGTH '$_'" for '3', '0', '', '003';
for my $form ("a=1\0", 'a=%00', 'a=100%', '%=%&a', '&' x 1000, join '&', map {"a$_=1"} 1 .. 1000) {
    is $kit->run('logout.cgi', stdin => "$form&next=%2Fbye")->{headers}{location}[0], "$kit->{site_url}/bye", 'a form with ' . substr($form =~ s/\0/NUL/r, 0, 10) . ': next is found';
}

# A sender who sends one byte and then nothing
{
    my $start = time;
    my $answer = $kit->run('logout.cgi', trickle => 'a', environment => { REQUEST_METHOD => 'POST', CONTENT_LENGTH => 10 });
    is $answer->{status}, 400, 'a sender who stops: 400';
    my $took = time - $start;
    cmp_ok $took, '<=', 11 + Kit::slack(), 'after 11 s at the most';
    cmp_ok $took, '>=', 9, 'and not before 10 s';
}

# The state: with any change, WeChat is not asked and nothing is stored (threat 1)
my $login = $kit->run('login.cgi', query => 'next=/here');
my ($cookie) = $login->{headers}{'set-cookie'}[0] =~ /^wx_signin=([^;]+)/;
my ($state) = $login->{headers}{location}[0] =~ /state=(\w+)/;
my $flipped = sub { my ($text, $at) = @_; substr($text, $at, 1) = substr($text, $at, 1) eq 'a' ? 'b' : 'a'; $text };
my @wrong = (['no cookie', undef, $state], ['another state', $cookie, 'f' x 64 . '0'],
    ['the other count', $cookie, substr($state, 0, 64) . '1'], ['cookie twice', "$cookie; wx_signin=$cookie", $state],
    ['look-alike name', undef, $state, "__host-wx_signin=$cookie; WX_SIGNIN=$cookie; wx_signin2=$cookie"]);
push @wrong, ["cookie byte $_", $flipped->($cookie, $_), $state] for 0 .. length($cookie) - 1;
push @wrong, ["state byte $_", $cookie, $flipped->($state, $_)] for 0 .. 63;
my ($asked, $kept) = (0, 0);
for my $case (@wrong) {
    my ($name, $value, $with, $header) = @$case;
    $header = "wx_signin=$value" if !defined $header && defined $value;
    my $answer = $kit->run('callback.cgi', query => "code=abc&state=$with", environment => { HTTP_COOKIE => $header });
    # Either a new sign-in begins or a page says why not; never /here, never a call to WeChat's API.
    $asked++ if $answer->{error} =~ /sns/;
    $kept++ if ($answer->{headers}{location}[0] || '') !~ m{^\Q$kit->{sim_url}\E/connect} && ($answer->{status} || 0) !~ /^4/;
}
is $asked, 0, scalar(@wrong) . ' wrong states and cookies: WeChat is not asked';
is $kept, 0, 'no sign-in succeeds';
is_deeply [$kit->state_files], [], 'no file';
# WeChat's app reports a refusal in several ways.
for my $query ("state=$state", "code=authdeny&state=$state", "state=$state&utm=%") {
    my $answer = $kit->run('callback.cgi', query => $query, environment => { HTTP_COOKIE => "wx_signin=$cookie" });
    is $answer->{status}, 200, 'refused: ' . $query =~ s/\w{65}/STATE/r;
    like decode_utf8($answer->{body}), qr{登录已取消.*href="/cgi-bin/login\.cgi\?next=%2Fhere&amp;again=1"}s, 'is a page that offers to try again';
    is $answer->{error}, '', 'and no error';
}
is $kit->run('callback.cgi', query => $_, environment => { HTTP_COOKIE => "wx_signin=$cookie" })->{status}, 400, "callback.cgi?$_"
    for "code=authdeny&code=authdeny&state=$state", "code=authdeny2%&state=$state", '', 'code=abc', "code=abc&state=$state&state=$state", 'code=abc&state=x', "code=a&code=b&state=$state", "code=a%20b&state=$state";

# The clock (threat 20): a cookie is valid for ten minutes, and not if it is from the future
SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/cgi-bin/callback.cgi");
    skip $why, 6 if $why;
    for my $case (['+570s', 0], ['+630s', 1], ['-1d', 1], ['+1d', 1], ['@1970-01-02 00:00:00', 1], ['@2038-01-20 00:00:00', 1]) {
        my ($when, $refused) = @$case;
        # A new cookie each time: on a slow host, one cookie would expire during the test.
        my $fresh = $kit->run('login.cgi', query => 'next=/here');
        my ($fresh_cookie) = $fresh->{headers}{'set-cookie'}[0] =~ /^wx_signin=([^;]+)/;
        my ($fresh_state) = $fresh->{headers}{location}[0] =~ /state=(\w+)/;
        my $answer = $kit->run('callback.cgi', query => "state=$fresh_state",
            environment => { HTTP_COOKIE => "wx_signin=$fresh_cookie" },
            before => ['faketime', '-f', $when]);
        is $answer->{status}, $refused ? 303 : 200, "clock $when: " . ($refused ? 'starts again' : 'taken (and refused by the visitor)');
    }
}

# The environment cannot change the way to WeChat (threat 10), and login.cgi stores nothing (threat 21).
my %hostile = (HTTP_PROXY => 'http://127.0.0.1:1', http_proxy => 'http://127.0.0.1:1', ALL_PROXY => 'http://127.0.0.1:1',
    SSL_CERT_FILE => '/dev/null', CURL_CA_BUNDLE => '/dev/null', TZ => 'Nowhere');
is $kit->run('login.cgi', environment => \%hostile)->{headers}{location}[0] =~ s/state=\w+//r,
    $login->{headers}{location}[0] =~ s/state=\w+//r, 'the same link in a hostile environment';
is_deeply [$kit->state_files], [], 'no file after all of it';

# Without validate-live.cgi, live=1 is an error: neither "signed in" nor "signed out"
{
    my $neighbour = "$kit->{folder}/cgi-bin/validate-live.cgi";
    rename $neighbour, "$neighbour.away" or die "rename: $!";
    my $answer = $kit->run('validate.cgi', query => 'live=1', files => 1);
    rename "$neighbour.away", $neighbour or die "rename: $!";
    is $answer->{status}, 503, 'live=1 without validate-live.cgi: 503';
    like $answer->{body}, qr/^\{"error":"config"/, 'as an error';
    like $answer->{error}, qr/validate-live\.cgi is missing beside validate\.cgi/, 'and the log says why';
}

# "Try again" keeps the scope that was asked for.
{
    my $asked = $kit->run('login.cgi', query => 'next=/here&scope=snsapi_base');
    my ($its) = $asked->{headers}{'set-cookie'}[0] =~ /^wx_signin=([^;]+)/;
    my ($own) = $asked->{headers}{location}[0] =~ /state=(\w+)/;
    like $kit->run('callback.cgi', query => "state=$own", environment => { HTTP_COOKIE => "wx_signin=$its" })->{body},
        qr{href="/cgi-bin/login\.cgi\?next=%2Fhere&amp;again=1&amp;scope=snsapi_base"}, 'refused with an unusual scope: “try again” asks for it again';
}

# WeCom's browser also calls itself WeChat's, but counts as outside WeChat.
$kit->write_conf(outside_wechat => 'qr');
for my $case (['WeChat', 'MicroMessenger/8.0.49', qr{/connect/oauth2/authorize\?}], ['WeCom on a phone', 'Mobile wxwork/4.1.20 MicroMessenger/7.0.1', qr{/cgi-bin/desktop\.cgi\?next=}],
    ['WeCom on a computer', 'MicroMessenger/7.0.1 WindowsWechat MailPlugin_Electron wxwork/4.1', qr{/cgi-bin/desktop\.cgi\?next=}]) {
    my ($name, $agent, $to) = @$case;
    like $kit->run('login.cgi', environment => { HTTP_USER_AGENT => "Mozilla/5.0 $agent" })->{headers}{location}[0], $to, "$name: where login.cgi leads";
}
$kit->write_conf;

# wechat.cgi is strict: a query with any error cannot be WeChat's.
$kit->write_conf(push_token => $Push::TOKEN, push_mode => 'plain');
is $kit->run('wechat.cgi', query => Push::query() . '&echostr=1')->{body}, '1', 'wechat.cgi is verified';
is $kit->run('wechat.cgi', query => Push::query() . "&$_")->{status}, 400, "but not with $_" for 'echostr=1&a=%', 'echostr=%zz', 'echostr=1&a=%00', "echostr=1&a=" . 'x' x 17000;
is $kit->run('wechat.cgi', query => Push::query() . "&$_")->{status}, 403, "nor with $_" for 'echostr=1&nonce=x', 'echostr=1&signature=%20', 'echostr=1&timestamp=1';
$kit->write_conf;

# validate.cgi: no token, garbage and unknown tokens get the same answer (threats 16, 18)
my %bodies;
for my $value (undef, '', 'x', 'A' x 43, '../' x 14 . 'a', '%2e%2e/', 'A' x 5000, "A' OR 1=1", '....//....//etc/passwd') {
    my $answer = $kit->run('validate.cgi', environment => { HTTP_COOKIE => defined $value ? "wx_session=$value" : undef });
    $bodies{ $answer->{status} . $answer->{body} }++;
    $answer = $kit->run('validate.cgi', environment => { HTTP_AUTHORIZATION => defined $value ? "Bearer $value" : undef });
    $bodies{ $answer->{status} . $answer->{body} }++;
}
is_deeply [keys %bodies], ['401{"active":false}'], 'one answer for everybody who is not signed in';
is $kit->run('validate.cgi', query => 'access_token=' . 'A' x 43)->{status}, 401, 'a token in the query is ignored';
# validate.cgi accepts requests as a proxy passes them on: with any method, and with a body that is never read.
for my $program (qw(validate.cgi validate-live.cgi)) {
    for my $method (qw(GET POST PUT PATCH DELETE OPTIONS PROPFIND TRACE get), 'NONE-SUCH', 'X' x 300, '') {
        my $answer = $kit->run($program, stdin => 'a=%zz&' x 20_000, environment => { REQUEST_METHOD => $method });
        is "$answer->{status}$answer->{body}", '401{"active":false}', "$program: " . substr($method, 0, 10) . ' with a body that is no form';
    }
    is $kit->run($program, environment => { REQUEST_METHOD => 'POST', CONTENT_LENGTH => $_ })->{status}, 401, "$program: CONTENT_LENGTH '$_' and no body"
        for 5, '9' x 30, 'abc', -1;
    my $head = $kit->run($program, environment => { REQUEST_METHOD => 'HEAD', CONTENT_LENGTH => 5 });
    is "$head->{status}$head->{body}", '401', "$program: HEAD has no body";
    my $start = time;
    my $answer = $kit->run($program, trickle => 'a', environment => { REQUEST_METHOD => 'POST', CONTENT_LENGTH => 10 });
    is $answer->{status}, 401, "$program: a sender who stops";
    cmp_ok time - $start, '<', 5 + Kit::slack(), 'is not waited for';
}

# The page to return to as a proxy names it: the same checks apply, and next takes precedence.
sub landing {
    my ($query, %header) = @_;
    my $answer = $kit->run('login.cgi', query => $query, environment => \%header);
    my $base64 = (split /\./, $answer->{headers}{'set-cookie'}[0])[5] =~ tr{-_}{+/}r;
    return MIME::Base64::decode_base64($base64 . '=' x (-length($base64) % 4));
}
my $whole = '/shop?a=1&b=%E5%B0%8F%E6%98%8E&c=/x?y=z&d=100%25&e';
is landing('', HTTP_X_ORIGINAL_URI => $whole), $whole, 'X-Original-URI: the whole address';
is landing('', HTTP_X_FORWARDED_URI => $whole), $whole, 'X-Forwarded-Uri: the whole address';
is landing('', HTTP_X_ORIGINAL_URI => '/a', HTTP_X_FORWARDED_URI => '/b'), '/a', 'X-Original-URI comes first';
is landing('', HTTP_X_ORIGINAL_URI => '//evil', HTTP_X_FORWARDED_URI => '/b'), '/b', 'and is ignored if it is not on this site';
is landing('next=/n', HTTP_X_ORIGINAL_URI => '/a', HTTP_X_FORWARDED_URI => '/b'), '/n', 'next wins';
for my $header (qw(HTTP_X_ORIGINAL_URI HTTP_X_FORWARDED_URI)) {
    is landing('', $header => $_), '/cgi-bin/me.cgi', "$header: not " . $_ =~ s/([^\x21-\x7e])/sprintf '<%02x>', ord $1/ger
        for '//evil.example', '/\\evil.example', 'https://evil.example/', "/a\r\nSet-Cookie: x=y", '/' . 'x' x 2000, "/\x7f", 'evil', '',
        '/cgi-bin/login.cgi?a=1', '/cgi-bin/login.cgi', '/cgi-bin/login.cgi/x';
    is landing('', $header => '/page?from=/login.cgi'), '/page?from=/login.cgi', "$header: a page whose query names login.cgi is accepted";
}

# validate.cgi?login=1, for proxies that pass the answer on: redirects to login.cgi, which leads back.
for my $program (qw(validate.cgi validate-live.cgi)) {
    my $encoded = $whole =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
    my $answer = $kit->run($program, query => 'login=1', environment => { REQUEST_METHOD => 'POST', HTTP_X_FORWARDED_URI => $whole });
    is $answer->{status}, 303, "$program?login=1: 303 in place of 401";
    is $answer->{headers}{location}[0], "$kit->{site_url}/cgi-bin/login.cgi?next=$encoded", 'to sign in and come back to the whole address';
    $answer = $kit->run($program, query => 'login=1', environment => { HTTP_X_FORWARDED_URI => '//evil.example/' });
    is $answer->{headers}{location}[0], "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fcgi-bin%2Fme.cgi", 'and never to another site';
}

# A proxy's question is not a preflight, even if the request that it asks about looks like one.
$kit->write_conf(dev_origins => 'http://localhost:5173');
my %preflight = (REQUEST_METHOD => 'OPTIONS', HTTP_ORIGIN => 'http://localhost:5173', HTTP_ACCESS_CONTROL_REQUEST_METHOD => 'GET');
is $kit->run('validate.cgi', environment => \%preflight)->{status}, 204, 'a preflight is answered';
is $kit->run('validate.cgi', environment => { %preflight, $_ => '/app' })->{status}, 401, "with $_ it lets nobody in"
    for qw(HTTP_X_ORIGINAL_URI HTTP_X_FORWARDED_URI);
$kit->write_conf;
done_testing;
