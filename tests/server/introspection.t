# validate.cgi by RFC 7662: a client with a name and a secret asks about a token of a visitor.
use strict;
use warnings;
use JSON::PP;
use Kit;
use MIME::Base64;
use Test::More;

my %secret = (shop => '0123456789abcdef0123456789abcdef', wiki => 'another-secret_of_40_characters_01234567', new => 'shops-next-secret-0123456789abcdef');
my $clients = "shop:$secret{shop} wiki:$secret{wiki} shop:$secret{new}";
my $kit = Kit->new(conf => { introspection_clients => $clients });
chown((getpwnam 'nobody')[2], -1, "$kit->{folder}/wechat.conf") if $> == 0;

my $browser = $kit->browser;
$browser->sign_in('xiaoming');
my $token = $browser->cookie('wx_session');
my $who = decode_json($browser->get('/cgi-bin/validate.cgi')->{content});
my $client = $kit->browser;
my $path = '/cgi-bin/validate.cgi';

sub basic { my ($name, $value) = @_; return (headers => { Authorization => 'Basic ' . encode_base64("$name:$value", '') }) }
sub body { my ($name, $value) = @_; return (client_id => $name, client_secret => $value) }
sub ask { my ($form, %option) = @_; return $client->post($option{path} || $path, $form, %option) }

# Checks status, body, and the WWW-Authenticate header.
sub answered {
    my ($answer, $status, $body, $what, $authenticate) = @_;
    is "$answer->{status} $answer->{content}", "$status $body", $what;
    is $answer->{headers}{'www-authenticate'}, $authenticate, "$what: " . ($authenticate || 'no WWW-Authenticate');
    return;
}
my %form = ('Content-Type' => 'application/x-www-form-urlencoded');
my %shop = (basic('shop', $secret{shop}))[1]->%*;
my $realm = 'Basic realm="token introspection"';

for my $case (['Basic', [{ token => $token }, basic('shop', $secret{shop})]], ['the secret that comes next', [{ token => $token }, basic('shop', $secret{new})]],
    ['another client', [{ token => $token, token_type_hint => 'access_token' }, basic('wiki', $secret{wiki})]], ['encoded as in a form', [{ token => $token }, basic('%73hop', $secret{shop} =~ s/0/%30/gr)]],
    ['the body', [{ token => $token, body('shop', $secret{shop}) }]], ["the body, behind the site's own password", [{ token => $token, body('shop', $secret{shop}) }, basic('owner', 'password')]]) {
    my ($name, $asked) = @$case;
    my $answer = ask(@$asked);
    is $answer->{status}, 200, "$name: 200";
    my $said = decode_json($answer->{content});
    is_deeply $said, { %$who, token_type => 'Bearer', iss => $kit->{site_url} }, "$name: who it is, token_type and iss";
    is $answer->{headers}{'www-authenticate'}, undef, "$name: no WWW-Authenticate";
    is $answer->{headers}{'cache-control'}, 'no-store', "$name: not to be stored";
}
is $who->{token_type}, undef, 'a visitor is told no more than before';
answered(ask({ token => $_ }, basic('shop', $secret{shop})), 200, '{"active":false}', 'not valid: ' . substr $_, 0, 9) for 'A' x 43, 'x', '', '../' x 14 . 'a', "${token}x", 'x' x 5000;

# A caller who is no client learns nothing, whether the token is valid or not.
for my $asked ($token, 'A' x 43, '') {
    for my $case (['shop', $secret{wiki}], ['nobody', $secret{shop}], ['shop', ''], ['', ''], ['shop', substr $secret{shop}, 0, 31], ['shop', "$secret{shop}x"], ['SHOP', $secret{shop}], ['shop', $clients]) {
        my ($name, $value) = @$case;
        my $what = 'name ' . ($name || 'empty') . ', a secret of ' . length $value;
        answered(ask({ token => $asked }, basic($name, $value)), 401, '{"error":"invalid_client"}', "Basic, $what", $realm);
        answered(ask({ token => $asked, body($name, $value) }), 401, '{"error":"invalid_client"}', "body, $what");
    }
}
answered(ask({ token => $token, client_id => 'shop' }), 401, '{"error":"invalid_client"}', 'a client without its secret');
answered($client->request('POST', $path, content => "token=$token&client_id=shop&client_id=shop&client_secret=$secret{shop}", headers => {%form}),
    401, '{"error":"invalid_client"}', 'a client twice');
my @lines = grep {/wechat-cgi:/} split /\n/, $kit->log_text;
is scalar(grep { !/validate\.cgi client=127\.0\.0\.1 kind=denied .*: token introspection: no client in introspection_clients has that name and secret$/ } @lines), 0, 'each is a line of the log';
cmp_ok scalar @lines, '>=', 40, 'of many';
answered(ask({}, basic('shop', $secret{shop})), 400, '{"error":"invalid_request"}', 'no token');
answered($client->request('POST', $path, content => "token=$token&token=$token", headers => { %form, %shop }), 400, '{"error":"invalid_request"}', 'a token twice');

# All other requests are handled as without clients: they ask about the caller's own session.
for my $case (['GET', [GET => "$path?token=$token", headers => {%shop}]], ['JSON', [POST => $path, content => encode_json({ token => $token }), headers => { %shop, 'Content-Type' => 'application/json' }]],
    ['no type', [POST => $path, content => "token=$token", headers => { %shop, 'Content-Type' => 'text/plain' }]], ['no client', [POST => $path, content => "token=$token", headers => {%form}]],
    ['a page\'s form behind a password', [POST => $path, content => 'a=b', headers => { %form, Authorization => 'Basic b3duZXI6cGFzc3dvcmQ=' }]], ['a secret alone', [POST => $path, content => "token=$token&client_secret=$secret{shop}", headers => {%form}]]) {
    my ($name, $request) = @$case;
    answered($client->request(@$request), 401, '{"active":false}', "$name: no question of a client's", 'Bearer');
}
is $browser->post($path, { token => 'A' x 43 }, basic('shop', $secret{shop}))->{status}, 200, 'a form beside the cookie is ignored';
is decode_json($client->post($path, {}, headers => { 'X-WX-Session' => $token })->{content})->{sub}, $who->{sub}, 'so is a form beside X-WX-Session';

# Some proxies send the page's address with every request. When they ask about another page, they announce a body but send
# none.
is ask({ token => $token }, headers => { %shop, 'X-Original-URI' => $path, 'X-Forwarded-Uri' => $path })->{status}, 200, 'a client behind a proxy';
for my $header (qw(HTTP_X_ORIGINAL_URI HTTP_X_FORWARDED_URI)) {
    my $answer = $kit->run('validate.cgi', before => [Kit::as_server()], environment => { REQUEST_METHOD => 'POST', CONTENT_TYPE => 'application/x-www-form-urlencoded', CONTENT_LENGTH => 9, $header => '/page' });
    is "$answer->{status} $answer->{body}", '401 {"active":false}', "a proxy's question, by $header: no body is read";
}
is ask({ token => 'A' x 43 }, headers => {%shop}, path => "$path?login=1")->{content}, '{"active":false}', 'login=1 is not for clients';

# live=1 asks WeChat as well.
$kit->forget_asked;
my $live = ask({ token => $token }, basic('shop', $secret{shop}), path => "$path?live=1");
is "$live->{status} " . decode_json($live->{content})->{iss}, "200 $kit->{site_url}", 'live=1';
is scalar($kit->asked('/sns/auth')), 1, 'WeChat was asked';
answered(ask({ token => $token }, basic('shop', 'x' x 32), path => "$path?live=1"), 401, '{"error":"invalid_client"}', 'live=1 for a stranger', $realm);
$kit->control(fault_auth => 40003);
answered(ask({ token => $token }, basic('shop', $secret{shop}), path => "$path?live=1"), 200, '{"active":false,"reason":"revoked"}', 'live=1, and WeChat says no');
$kit->control;
answered(ask({ token => $token }, basic('shop', $secret{shop})), 200, '{"active":false}', 'and not valid from then on');

# If the state cannot be read, the answer is neither yes nor no.
chmod 0777, $kit->state_dir;
answered(ask({ token => $token }, basic('shop', $secret{shop})), 503, '{"error":"system"}', 'a state folder that cannot be used');
chmod 0700, $kit->state_dir;

$kit->write_conf;
answered(ask({ token => $token }, basic('shop', $secret{shop})), 401, '{"active":false}', 'without the setting there are no clients', 'Bearer');
$kit->write_conf(introspection_clients => 'shop:short');
is ask({ token => $token }, basic('shop', 'short'))->{status}, $kit->is_fcgi ? 401 : 503, 'a secret that is too short is refused';
like $kit->log_text, qr/introspection_clients must be name:secret/, 'the log says what to write';
unlike $kit->log_text, qr/\Q$token\E|$secret{shop}|$secret{wiki}|$secret{new}|shop:short/, 'no secret and no token in the log';
done_testing;
