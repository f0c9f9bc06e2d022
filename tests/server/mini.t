# mini.cgi: exchanges wx.login's code for a session token, through the simulator's jscode2session, and every failure.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Test::More;

my $kit = Kit->new(conf => {%Kit::mini});
my $phone = $kit->browser;
sub wx_login { my ($person) = @_; return decode_json($phone->get("$kit->{sim_url}/wx/login?person=" . ($person || 'xiaoming'))->{content})->{code} }
sub sign_in { my ($code) = @_; return $phone->post('/cgi-bin/mini.cgi', { code => $code }) }
sub validate { my ($token, $query) = @_; return $phone->get('/cgi-bin/validate.cgi' . ($query || ''), headers => { Authorization => "Bearer $token" }) }

my $code = wx_login();
my $answer = sign_in($code);
is $answer->{status}, 200, 'a code: signed in';
my $token = decode_json($answer->{content});
is_deeply [sort keys %$token], [qw(access_token expires_in token_type)], 'the token, its type, its seconds, and nothing else';
unlike $answer->{content}, qr/session_key|c2ltdWxhdGVk/, 'never the session_key';
is $answer->{headers}{'set-cookie'}, undef, 'no cookie';
my ($call) = $kit->asked('/sns/jscode2session');
is_deeply [@$call{qw(appid grant_type answer)}], [$Kit::mini{mini_appid}, 'authorization_code', 'ok'], 'WeChat was asked once';
my $who = decode_json(validate($token->{access_token})->{content});
is "$who->{sub} $who->{scope} $who->{unionid}", 'oMin0001xiaoMing-aBcDeFgHiJk mini uSim0001xiaoMing-aBcDeFgHiJk', 'who it is, by the mini program’s openid';
is validate($token->{access_token}, '?live=1')->{status}, 200, 'live=1: there is no grant to ask about';
is scalar(@{ decode_json($phone->get('/cgi-bin/list.cgi?format=json', headers => { Authorization => "Bearer $token->{access_token}" })->{content})->{items} }), 3, 'the list';
is_deeply [grep { Kit::read_file($_) =~ /session_key|c2ltdWxhdGVk/ } $kit->state_files], [], 'session_key is in no file';
is $phone->post('/cgi-bin/logout.cgi', {}, headers => { Authorization => "Bearer $token->{access_token}" })->{status}, 200, 'signed out';
is validate($token->{access_token})->{status}, 401, 'and the token is no longer valid';

sub refused {
    my ($status, $error, $what, $answer) = @_;
    is "$answer->{status} $answer->{content}", qq($status {"error":"$error"}), $what;
    return;
}

# wx.request sends JSON by default.
sub sign_in_by_json {
    my ($json, $type) = @_;
    return $phone->request('POST', '/cgi-bin/mini.cgi', content => $json, headers => { 'Content-Type' => $type || 'application/json' });
}
for my $type ('application/json', 'application/json; charset=utf-8', 'Application/JSON') {
    my $answer = sign_in_by_json(encode_json({ other => [1, { a => undef }], code => wx_login() }), $type);
    is $answer->{status}, 200, "a code in JSON ($type): signed in";
    is validate(decode_json($answer->{content})->{access_token})->{status}, 200, 'with a valid token';
}
refused(400, 'request', "JSON: $_", sign_in_by_json($_)) for '', '{', '[]', '"code"', '{"code":null}', '{"code":""}', '{"code":{"code":"x"}}', '{"code":"a b"}', '{"Code":"x"}', 'code=x',
    '{"code":"x"} x', '{"code":"' . 'x' x 513 . '"}';
refused(400, 'request', 'a form that says it is JSON', sign_in_by_json('code=' . wx_login()));
refused(400, 'request', 'JSON that says it is a form', sign_in_by_json(encode_json({ code => wx_login() }), 'application/x-www-form-urlencoded'));
refused(400, 'request', 'JSON that says it is text', sign_in_by_json(encode_json({ code => wx_login() }), 'text/plain'));

refused(410, 'expired', 'a code used twice', sign_in($code));
refused(410, 'expired', 'a code that never was', sign_in('nonsense'));
refused(400, 'request', "malformed: $_", sign_in($_)) for '', 'a b', '<x>', 'x' x 513;
refused(400, 'request', 'no code', $phone->post('/cgi-bin/mini.cgi', {}));
is $phone->get('/cgi-bin/mini.cgi?code=x')->{status}, 405, 'GET is refused';
my $official = $kit->browser;
my $callback = $official->callback_url;
my ($foreign) = $callback =~ /code=(\w+)/;
refused(410, 'expired', 'a code of the official account', sign_in($foreign));

for my $case ([-1, 503, 'busy'], [40029, 410, 'expired'], [40163, 410, 'expired'], [40226, 403, 'restricted'], [45011, 503, 'busy'], [40013, 503, 'config'], [40125, 503, 'config'],
    ['http500', 502, 'upstream'], ['garbage', 502, 'upstream'], ['empty', 502, 'upstream'], ['wrong_types', 502, 'upstream'], ['redirect', 502, 'upstream'], ['huge', 502, 'upstream']) {
    my ($fault, $status, $error) = @$case;
    $kit->control(fault_mini => $fault);
    refused($status, $error, "WeChat: $fault", sign_in(wx_login()));
}
$kit->control(fault_mini => -1, fault_mini_count => 1);
$kit->forget_asked;
is sign_in(wx_login())->{status}, 200, 'busy once: asked again';
is scalar($kit->asked('/sns/jscode2session')), 2, 'twice in all';
$kit->control;
my @sessions = grep {m{/sessions/}} $kit->state_files;
is scalar(@sessions), 4, 'a failure leaves no session';

$kit->write_conf;
refused(503, 'config', 'without mini_appid', sign_in(wx_login()));
like $kit->log_text, qr/kind=config .*: mini_appid and mini_secret are not set/, 'the log says so';
unlike $kit->log_text, qr/\Q$code\E|\Q$Kit::mini{mini_secret}\E|\Q$token->{access_token}\E/, 'no code, secret or token in the log';
done_testing;
