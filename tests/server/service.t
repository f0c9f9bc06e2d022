# What other programs get through server.cgi: the account's access_token and jsapi_ticket, and calls in its name. jssdk.cgi.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha1_hex);
use Encode qw(encode_utf8 decode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use State;
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my ($shop, $other) = ('s' x 40, 'o' x 40);
my %keys = (service_keys => "shop:$shop one-api:$other", account_clients => 'shop');
my $kit = Kit->new(conf => { %keys, sign_in => 'authorize message' });

sub client { my ($key, $scheme) = @_; return $kit->browser(headers => defined $key ? { Authorization => ($scheme || '') . $key } : {}) }
sub ask { my ($path, $key) = @_; return client($key // $shop)->get("/cgi-bin/server.cgi$path") }
sub post { my ($path, $json, $key) = @_; return client($key // $shop)->request('POST', "/cgi-bin/server.cgi$path", headers => { 'Content-Type' => 'application/json' }, content => encode_utf8($json)) }
sub json { my ($answer) = @_; return eval { decode_json($answer->{content}) } || { not_json => $answer->{content} } }
sub calls { my ($what) = @_; return scalar(() = grep { $_->{path} =~ /\Q$what\E$/ } $kit->asked) }
sub forget { unlink grep {m{/account/}} $kit->state_files; $kit->forget_asked; return }
sub record { my ($field) = @_; return (grep { $_ && exists $_->{fields}{$field} } map { State::parse_record(Kit::read_file($_)) } grep {m{/account/}} $kit->state_files)[0] }

# ---- who asks ----

is ask('/token', '')->{status}, 401, 'without a key: 401';
is ask('/token', '')->{headers}{'www-authenticate'}, 'Bearer', 'WWW-Authenticate';
is ask('/token', 'x' x 40)->{status}, 401, 'a wrong key: 401';
is ask('/token', $other)->{status}, 403, 'a key for codes only: 403';
like json(ask('/token', $other))->{message}, qr/account_clients/, 'says what to set';
is json(ask('/api/wechat/access_token', $other))->{success}, JSON::PP::false, 'the same in the words of wechat-server';
is ask('/send', $other)->{status}, 405, '/send takes POST';
is post('/send', '{}', $other)->{status}, 403, 'not with that key';
is post('/send', '{}', '')->{status}, 401, 'nor without one';
is ask('/nothing')->{status}, 404, 'no such path';
is client($shop)->request('HEAD', '/cgi-bin/server.cgi/token')->{status}, 405, 'HEAD is refused';
is scalar(() = $kit->asked), 0, 'WeChat was not asked';

# ---- the token ----

my $first = ask('/api/wechat/access_token');
is $first->{status}, 200, 'the access_token';
my $token = json($first)->{access_token};
is_deeply [sort keys %{ json($first) }], [qw(access_token expiration message success)], 'as wechat-server answers';
is json($first)->{success} . json($first)->{message}, JSON::PP::true, 'success, no message';
cmp_ok json($first)->{expiration}, '<=', 7200, 'how long it is valid';
cmp_ok json($first)->{expiration}, '>', 7100, 'in seconds';
like $first->{headers}{'cache-control'}, qr/no-store/, 'not to be stored';
is_deeply json(client($shop, 'Bearer ')->get('/cgi-bin/server.cgi/token')), { access_token => $token, token_type => 'Bearer', expires_in => json(ask('/token'))->{expires_in} }, '/token: the names of RFC 6749';
is calls('stable_token'), 1, 'WeChat was asked once';

forget();
my $many = $ENV{HARD} ? 1000 : 100;
my @tokens = Kit::at_once($many, sub { return json(ask('/token'))->{access_token} // 'none' });
is scalar(keys %{ { map { $_ => 1 } @tokens } }), 1, "$many processes at the same moment have one token";
isnt $tokens[0], 'none', 'a real one';
is calls('stable_token'), 1, 'and made one call';

# A token that ends within five minutes: one process renews it, the others use it meanwhile.
my ($file) = grep { Kit::read_file($_) =~ /access_token=/ } $kit->state_files;
my $kept = State::parse_record(Kit::read_file($file));
my $due = sub {
    my ($seconds) = @_;
    my $expires = int(time) + $seconds;
    Kit::write_file($file, State::format_record($kept->{created}, $expires, access_token => 'old-token'));
    utime $expires, $expires, $file;
    $kit->forget_asked;
};
$due->(200);
$kit->control(delay_token => 1500);
my @meanwhile = Kit::at_once(12, sub { my $began = time; my $got = json(ask('/token'))->{access_token} // 'none'; return sprintf '%s %s', $got eq 'old-token' ? 'old' : 'new', time - $began < 1.4 ? 'at once' : 'later' });
is scalar(grep { $_ eq 'new later' } @meanwhile), 1, 'a token about to end: one process renews it';
is scalar(grep { $_ eq 'old at once' } @meanwhile), 11, 'the others use the old one and do not wait';
is calls('stable_token'), 1, 'one call';
$due->(200);
$kit->control(fault_token => 40164);
is json(ask('/token'))->{access_token}, 'old-token', 'WeChat refuses the next one: the old one serves to its end';
like $kit->log_text, qr/server-live\.cgi .*errcode=40164/, 'and the owner is told before that';
$kit->control;

# ---- failures of the token ----

for my $row ([40164, qr/203\.0\.113\.7.*IP white list/, 10], [40125, qr/AppSecret/, 10], [40013, qr/AppID/, 10], [40243, qr/frozen/, 10], [89503, qr/administrator/, 10], [45011, qr/minute/, 60]) {
    my ($fault, $says, $pause) = @$row;
    forget();
    $kit->control(fault_token => $fault);
    my $answer = ask('/token');
    isnt $answer->{status}, 200, "$fault: no token";
    like decode_utf8($answer->{content}), $says, "$fault: what to do";
    is json($answer)->{errcode}, $fault =~ /^\d+$/ ? $fault : undef, "$fault: the errcode";
    like $kit->log_text, qr/server-live\.cgi .*errcode=$fault/, "$fault: the owner is told" if $fault =~ /^\d+$/;
    ask('/token');
    is calls('stable_token'), 1, "$fault: WeChat is not asked again at once";
    my $failure = record('errcode');
    is $failure->{expires} - $failure->{created}, $pause, "$fault: but after $pause seconds";
}
forget();
$kit->control(fault_token => 'http500');
isnt ask('/token')->{status}, 200, 'no answer: no token';
isnt ask('/token')->{status}, 200, 'nor again';
is calls('stable_token'), 2, 'but WeChat is asked each time, as nobody refused';
forget();
$kit->control(fault_token => 45009);
ask('/token');
like $kit->log_text, qr/server-live\.cgi .*errcode=45009/, '45009: the owner is told';
is record('errcode')->{expires} % 86400, 16 * 3600, '45009: after midnight in Beijing';
is json(ask('/api/wechat/access_token'))->{success}, JSON::PP::false, 'in the words of wechat-server: no success';
like json(ask('/api/wechat/access_token'))->{message}, qr/45009/, 'and why';
forget();
$kit->control(fault_token => -1, fault_token_count => 2);
is ask('/token')->{status}, 200, 'busy twice (-1): asked again';
is calls('stable_token'), 3, 'with pauses, until it answers';
$kit->control;

# ---- calls ----

my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $user = ask("/user?openid=$openid");
is json($user)->{openid}, $openid, '/user: WeChat’s answer';
is ask('/user?openid=a%20b')->{status}, 400, 'not an openid: 400';
is ask('/user')->{status}, 400, 'no openid: 400';
my $qrcode = json(post('/qrcode', '{"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "门-7"}}}'));
like $qrcode->{url}, qr/^http/, '/qrcode: url';
ok $qrcode->{ticket}, 'ticket';
is_deeply [map { $_->{headers}{location} // $_->{status} } post('/send', '{"touser": ')], [400], 'not JSON: 400';
like json(post('/send', "{\n\"touser\": \"x\",\n}"))->{message}, qr/line 3/, 'the line of the mistake';
is post('/send', '["x"]')->{status}, 400, 'not an object: 400';
is((grep { $_->{path} eq '/cgi-bin/qrcode/create' } $kit->asked)[0]{body}{action_info}{scene}{scene_str}, '门-7', 'WeChat was asked for this scene');
$kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => 'hello', person => 'xiaoming', mode => 'compatible' });
$kit->forget_asked;
my $sent = json(post('/send', qq({"touser":"$openid","msgtype":"text","text":{"content":"\\u4f60\\u597d \\ud83c\\udf38 \\"a/b\\" 1.50"}})));
is $sent->{errcode}, 0, '/send: WeChat takes it';
my ($asked) = $kit->asked('/cgi-bin/message/custom/send');
is $asked->{body}{text}{content}, "你好 🌸 \"a/b\" 1.50", 'with characters in place of escapes';
my $unwritten = json(post('/send', qq({"touser":"oNobodyKnows","msgtype":"text","text":{"content":"x"}})));
is $unwritten->{errcode}, 40003, 'WeChat’s errcode is passed on';
like $unwritten->{advice}, qr/openid/, 'with what to do';
ok exists $unwritten->{errmsg}, 'and WeChat’s own words';
is json(post('/template', qq({"touser":"$openid","template_id":"simTemplateShipped","data":{"thing1":{"value":"书"}}})))->{errcode}, 0, '/template: WeChat takes it';
is((grep { $_->{path} eq '/cgi-bin/message/template/send' } $kit->asked)[0]{body}{data}{thing1}{value}, '书', 'with its data');
$kit->control(account => 'subscription');
my $template = post('/template', qq({"touser":"$openid","template_id":"x","data":{}}));
is json($template)->{errcode}, 48001, '/template: an account that may not';
like json($template)->{advice}, qr/may not call this/, 'is told so';
$kit->control;

# A token that WeChat does not take any more is renewed once, and the call repeated.
$kit->control(expire => 'access');
$kit->forget_asked;
is json(ask("/user?openid=$openid"))->{openid}, $openid, 'a token that is no longer valid';
is calls('stable_token') . calls('user/info'), '12', 'is renewed once';

for my $errcode (40001, 40014, 42001) {
    $kit->control(fault_user => $errcode, fault_user_count => 1);
    $kit->forget_asked;
    is json(ask("/user?openid=$openid"))->{openid}, $openid, "$errcode: asked again with a new token";
    is calls('stable_token') . calls('user/info'), '12', "$errcode: once";
}
$kit->control(fault_user => 40001);
$kit->forget_asked;
is json(ask("/user?openid=$openid"))->{errcode}, 40001, '40001 again: passed on';
is calls('stable_token') . calls('user/info'), '12', 'and never in a loop';
my $again = json(ask("/user?openid=$openid"));
like $again->{advice}, qr/Try again in a minute/, 'with the advice that fits';
unlike $again->{advice}, qr/AppSecret/, 'and not that for a wrong AppSecret, which has just given a token';
$kit->control(expire => 'access');
$kit->forget_asked;
is_deeply [Kit::at_once(12, sub { return json(ask("/user?openid=$openid"))->{openid} // 'none' })], [($openid) x 12], 'twelve programs whose token is refused at the same moment';
is calls('stable_token'), 1, 'make one call for the next';
$kit->control(fault_user => -1);
$kit->forget_asked;
my $began = time;
is json(ask("/user?openid=$openid"))->{errcode}, -1, 'busy for ever: passed on';
cmp_ok time - $began, '<', 10, 'in the time of a request';
is calls('user/info'), 4, 'after one, two and four seconds more';
$kit->control;

# ---- JS-SDK ----

my $page = "$kit->{site_url}/shop/item.html?id=7&q=%E4%BD%A0";
my $sign = sub { my ($url, %option) = @_; return $kit->browser(%option)->get('/cgi-bin/jssdk.cgi?url=' . HTTP::Tiny->new->_uri_escape($url)) };
$kit->forget_asked;
my $values = json($sign->("$page#part"));
is_deeply [sort keys %$values], [qw(appId nonceStr signature timestamp)], 'jssdk.cgi: the values for wx.config()';
is $values->{appId}, $Kit::APPID, 'appId';
my $ticket = record('jsapi_ticket')->{fields}{jsapi_ticket};
is $values->{signature}, sha1_hex("jsapi_ticket=$ticket&noncestr=$values->{nonceStr}&timestamp=$values->{timestamp}&url=$page"), 'the signature, without the fragment';
isnt json($sign->($page))->{nonceStr}, $values->{nonceStr}, 'another nonce each time';
is calls('getticket'), 1, 'one ticket for all';
unlink grep { Kit::read_file($_) =~ /jsapi_ticket=/ } $kit->state_files;
$kit->forget_asked;
is $kit->browser->get('/cgi-bin/jssdk.cgi?_=1&url=' . HTTP::Tiny->new->_uri_escape($page))->{status}, 200, 'url need not come first';
unlink grep { Kit::read_file($_) =~ /jsapi_ticket=/ } $kit->state_files;
$kit->forget_asked;
my @signed = Kit::at_once(100, sub { return json($sign->($page))->{signature} ? 'signed' : 'not' });
is_deeply [sort @signed], [('signed') x 100], 'a hundred pages at the same moment';
is calls('getticket'), 1, 'one call';
for my $url ('https://evil.example/', "$kit->{site_url}.evil.example/", 'http://127.0.0.1:1/', "$kit->{site_url}\@evil.example/") {
    like $sign->($url)->{status}, qr/^40[03]$/, "not of this site: $url";
}
is $sign->($_)->{status}, 400, "not a page: '$_'" for '', 'shop/item.html', 'javascript:alert(1)', "$kit->{site_url}/a b";
is json(ask('/jsapi_ticket'))->{ticket}, record('jsapi_ticket')->{fields}{jsapi_ticket}, 'server.cgi gives the ticket to programs';
$kit->write_conf(%keys, dev_origins => 'http://192.168.1.5:5173');
my $dev = $sign->('http://192.168.1.5:5173/', headers => { Origin => 'http://192.168.1.5:5173' });
is $dev->{status}, 200, 'a page under development';
is $dev->{headers}{'access-control-allow-origin'}, 'http://192.168.1.5:5173', 'may read the answer';

# ---- secrets ----

my $said = $kit->log_text . join '', map { encode_json($_) } $kit->asked;
unlike $said, qr/\Q$_\E/, 'no key, token, ticket or secret in a log' for $shop, $token, $tokens[0], $ticket, $Kit::SECRET;

# While WeChat is asked, the process list shows neither secret nor token.
forget();
$kit->control(delay_token => 1000);
my $seen = '';
my $asks = fork // die "fork: $!";
if ($asks == 0) { ask('/token'); POSIX::_exit(0) }
until (waitpid $asks, POSIX::WNOHANG()) {
    $seen .= join "\n", grep {/\Q$kit->{folder}\E/} map { Kit::read_file($_) } glob '/proc/[0-9]*/cmdline';
    Time::HiRes::sleep(0.02);
}
$kit->control;
like $seen, $kit->{server} =~ /fcgi/ ? qr{/wechat\.fcgi} : qr{/server\.cgi}, 'the process that asks WeChat is in the process list';
unlike $seen, qr/\Q$_\E/, 'but no key, token or secret' for $shop, json(ask('/token'))->{access_token}, $Kit::SECRET;

# ---- programs that are missing, settings that do not fit ----

# wechat.fcgi has all programs, and keeps the settings before those that are not valid.
if ($kit->{server} !~ /fcgi/) {
    unlink map {"$kit->{folder}/cgi-bin/$_"} qw(server-live.cgi jssdk-live.cgi);
    forget();
    is ask('/token')->{status}, 503, 'without server-live.cgi: 503';
    is $sign->($page)->{status}, 503, 'without jssdk-live.cgi: 503';
    like $kit->log_text, qr/server-live\.cgi is missing.*jssdk-live\.cgi is missing/s, 'and the log says so';
}
$kit->write_conf(service_keys => "shop:$shop", account_clients => 'shpo');
my $status = ask('/token')->{status};
isnt $status, 200, 'a name that is not in service_keys' if $kit->{server} !~ /fcgi/;
like $kit->log_text, qr/account_clients: shpo is not a name in service_keys/, 'and the log says which';

done_testing;
