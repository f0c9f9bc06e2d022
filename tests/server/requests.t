# Each program judges only the parts of a request that it needs: headers meant for other applications, addresses to return
# to, visitors who are signed in already.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', list => 'list.json', push_token => $Push::TOKEN, push_mode => 'plain', dev_origins => 'http://192.168.1.5:5173' });
Kit::write_file("$kit->{folder}/list.json", '[{"id": "orders", "text": "Orders"}]', 0644);

# Runs a program as the web server does, with a browser's cookie.
sub run_with {
    my ($browser, $program, %option) = @_;
    my %environment = (HTTP_COOKIE => 'wx_session=' . $browser->cookie('wx_session'), %{ delete $option{environment} || {} });
    return $kit->run($program, %option, before => [Kit::as_server()], environment => \%environment);
}

# The contents of the state folder.
sub state_of { return { map { $_ => sha256_hex(Kit::read_file($_)) } $kit->state_files } }

chown((getpwnam 'nobody')[2], -1, "$kit->{folder}/wechat.conf") if $> == 0;
my $browser = $kit->browser;
$browser->sign_in('xiaoming');
my $token = $browser->cookie('wx_session');
my $basic = 'Basic b3duZXI6cGFzc3dvcmQ=';

subtest 'headers that are for others' => sub {
    my @others = ($basic, "basic $token", 'Bearer', 'Bearer ', 'Bearer abc', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
        "Bearer ${token}x", 'Bearer ' . substr($token, 1), "Bearer $token, $basic", "Digest $token", "Token $token", $token, 'Negotiate YII=', 'x' x 3000);
    for my $header (@others) {
        my $name = substr $header =~ s/\Q$token\E/TOKEN/r, 0, 20;
        my %other = (headers => { Authorization => $header });
        is $browser->get('/cgi-bin/validate.cgi', %other)->{status}, 200, "$name: the cookie counts";
        my $ask = $browser->get('/cgi-bin/logout.cgi', %other);
        like $ask->{content}, qr/<form/, "$name: the sign-out page is a page";
        # Such a header is no reason to trust a form, as a token would be.
        my $foreign = $browser->post('/cgi-bin/logout.cgi', {}, %other);
        is $foreign->{status}, 403, "$name: a foreign form signs nobody out";
        like $foreign->{headers}{'content-type'}, qr{^text/html}, "$name: and the answer is a page";
        is $browser->post('/cgi-bin/list.cgi', { way => 'id', item => 'orders' }, %other)->{status}, 403, "$name: nor does it choose an item";
        is $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, %other)->{status}, 403, "$name: nor is anybody forgotten";
        is $kit->browser->get('/cgi-bin/validate.cgi', %other)->{status}, 401, "$name: a header alone signs nobody in";
    }
    is $browser->get('/cgi-bin/validate.cgi', headers => { 'X-WX-Session' => 'of another' })->{status}, 200, 'X-WX-Session that is no token: the cookie counts';
    is $kit->browser->get('/cgi-bin/validate.cgi', headers => { Authorization => $basic, 'X-WX-Session' => $token })->{status}, 200, 'beside a password X-WX-Session counts';
    is $browser->get('/cgi-bin/validate.cgi', headers => { Authorization => 'Bearer ' . 'A' x 43 })->{status}, 401, 'a token of our kind counts before the cookie';
    is run_with($browser, 'validate.cgi', environment => { HTTP_COOKIE => undef, REDIRECT_HTTP_AUTHORIZATION => "Bearer $token" })->{status}, 200,
        'REDIRECT_HTTP_AUTHORIZATION counts';
    is run_with($browser, 'validate.cgi', environment => { HTTP_COOKIE => undef, HTTP_REDIRECT_HTTP_AUTHORIZATION => "Bearer $token" })->{status}, 401,
        'a header of that name does not';

    my $other = $kit->browser;
    $other->sign_in('john');
    my ($csrf) = $other->get('/cgi-bin/logout.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
    my $out = $other->post('/cgi-bin/logout.cgi', { csrf => $csrf, next => '/bye' }, headers => { Authorization => $basic });
    is "$out->{status} $out->{location}", "303 $kit->{site_url}/bye", 'the sign-out form leads on, behind a password too';
    my $script = $kit->browser(headers => { Authorization => "Bearer $token" });
    is $script->post('/cgi-bin/logout.cgi', {})->{content}, '{"active":false}', 'a script with its token gets JSON';
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'and is signed out';
};

subtest 'a visitor who is signed in is redirected at once' => sub {
    my $here = "$kit->{site_url}/here";
    my $wechat = qr{^\Q$kit->{sim_url}\E/connect/oauth2/authorize\?};
    my $person = $kit->browser;
    like $person->get('/cgi-bin/login.cgi?next=/here')->{location}, $wechat, 'nobody: to WeChat';
    $person->sign_in('xiaoming');
    $kit->forget_asked;
    my $before = state_of();
    for my $method (qw(GET HEAD)) {
        my $answer = $person->request($method, '/cgi-bin/login.cgi?next=/here');
        is "$answer->{status} $answer->{location}", "303 $here", "$method: to next";
        is $answer->{headers}{'set-cookie'}, undef, 'without a cookie';
    }
    is $person->get('/cgi-bin/login.cgi')->{location}, "$kit->{site_url}/cgi-bin/me.cgi", 'without next: home';
    is $person->get("/cgi-bin/login.cgi?next=$kit->{site_url}/here")->{location}, $here, 'next as a full address';
    is $person->get("/cgi-bin/login.cgi?next=//evil.example")->{location}, "$kit->{site_url}/cgi-bin/me.cgi", 'another site: home';
    is $person->get("/cgi-bin/login.cgi?next=/here&$_")->{location}, $here, "$_: at once" for 'scope=snsapi_base', 'scope=snsapi_userinfo', 'qr=1', 'again=0', 'again=';
    is $person->get('/cgi-bin/login.cgi?next=/here&scope=x')->{status}, 400, 'an unknown scope is still refused';
    like $person->get('/cgi-bin/login.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F')->{location}, qr{^\Q$kit->{site_url}\E/cgi-bin/ticket\.cgi\?dev=http}, 'dev=: to its ticket at once';
    is $person->get('/cgi-bin/login.cgi?dev=http%3A%2F%2Fevil.example%2F')->{status}, 403, 'which an unlisted page does not get';
    like $person->get("/cgi-bin/login.cgi?next=/here&$_")->{location}, $wechat, "$_: to WeChat" for 'again=1', 'again=1&scope=snsapi_base';
    like $person->get('/cgi-bin/login.cgi?again=1&dev=http%3A%2F%2F192.168.1.5%3A5173%2F')->{location}, $wechat, 'again=1 for a page in development too';
    is_deeply state_of(), $before, 'login.cgi writes nothing';
    is_deeply [$kit->asked('/sns/oauth2/access_token')], [], 'and asks WeChat nothing';

    my $me = $person->get('/cgi-bin/me.cgi?utm=100%&a=%00&%zz');
    is $me->{status}, 200, 'me.cgi?utm=100%: the page';
    my ($csrf) = $me->{content} =~ /name="csrf" value="([^"]+)"/;
    my $refused = $person->follow($person->get('/cgi-bin/login.cgi?again=1&next=/here'));
    my ($ticket) = $refused->{content} =~ /ticket=(\w+)/;
    my $page = $person->follow($person->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&refuse=1"));
    like $page->{content}, qr{href="/cgi-bin/login\.cgi\?next=%2Fhere&amp;again=1"}, 'after a refusal while signed in, “try again” asks again';

    # A request for more than the session has.
    $kit->control(person => 'meimei');
    my $base = $kit->browser;
    $base->follow($base->get('/cgi-bin/login.cgi?scope=snsapi_base'));
    is $base->get('/cgi-bin/login.cgi?next=/here')->{location}, $here, 'signed in by openid alone: at once';
    like $base->get('/cgi-bin/login.cgi?next=/here&scope=snsapi_userinfo')->{location}, qr/&scope=snsapi_userinfo&/, 'but to WeChat for the profile';
    $base->sign_in('meimei', '/cgi-bin/login.cgi?next=/here&scope=snsapi_userinfo');
    is $base->get('/cgi-bin/login.cgi?next=/here&scope=snsapi_userinfo')->{location}, $here, 'at once, when the profile is there';
    $kit->control;
    my $openid = decode_json($person->get('/cgi-bin/validate.cgi')->{content})->{sub};
    is $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query() . "&openid=$openid", headers => { 'Content-Type' => 'text/xml' },
        content => Push::push_xml(MsgType => 'event', Event => 'user_authorization_revoke', OpenID => $openid, AppID => $Kit::APPID, RevokeInfo => '1'))->{status}, 200, 'the user withdraws the profile';
    is $person->get('/cgi-bin/login.cgi?next=/here')->{location}, $here, 'signed in still';
    like $person->get('/cgi-bin/login.cgi?next=/here&scope=snsapi_userinfo')->{location}, $wechat, 'and asked for the profile again';

    # Sessions that have ended, or that cannot be read.
    is $person->post('/cgi-bin/logout.cgi', { csrf => $csrf })->{status}, 303, 'signed out';
    $person->set_cookie(wx_session => 'A' x 43);
    like $person->get('/cgi-bin/login.cgi?next=/here')->{location}, $wechat, 'a session that is over: to WeChat';
    chmod 0777, $kit->state_dir or die "chmod: $!";
    my $unknown = run_with($base, 'login.cgi', query => 'next=/here');
    is $unknown->{status}, 303, 'a state folder that cannot be used: the sign-in still begins';
    like $unknown->{headers}{location}[0], $wechat, 'at WeChat';
    like $unknown->{error}, qr/^wechat-cgi: login\.cgi client=\S+ kind=system .*is open to others: chmod 700 it$/, 'and the log says what is wrong';
    is run_with($base, 'me.cgi')->{status}, 503, 'me.cgi cannot work: 503';
    chmod 0700, $kit->state_dir;
    is $base->get('/cgi-bin/login.cgi?next=/here')->{location}, $here, 'repaired: at once again';
};
done_testing;
