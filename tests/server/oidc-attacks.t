# What RFC 9700 warns of, a row for each attack, and a few more.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use MIME::Base64 qw(encode_base64url);
use Oidc;
use Redis;
use State;
use Test::More;

my $oidc = Oidc->new;
my $kit = $oidc->kit;
my $browser = $kit->browser;
$oidc->code($browser);

sub open_with { my (%change) = @_; return $browser->get($oidc->authorize_path(%change)) }
sub error_of { my (%change) = @_; return Oidc::parameters($oidc->follow($browser, open_with(%change)))->{error} // 'none' }

# ---- redirect manipulation (4.1), open redirector (4.11.2) ----

my $callback = $Oidc::CALLBACK;
my @elsewhere = (map({"$callback$_"} '/', '/..', '?a=b', '#a', '%00', '%2f', ' ', "\t", ';', '.evil.example'), 'https://app.example.com', 'https://app.example.com/', 'https://app.example.com/CB', 'https://APP.example.com/cb',
    'http://app.example.com/cb', 'https://app.example.com:443/cb', 'https://app.example.com./cb', 'https://app.example.com@evil.example/cb', 'https://evil.example/cb', 'https://evil.example\\@app.example.com/cb',
    'https://app.example.com\\.evil.example/cb', '//app.example.com/cb', '/cb', 'javascript:alert(1)', 'data:text/html,x', '', "https://app.example.com/cb\r\nSet-Cookie: a=b", 'https://app.example.com/x/../cb', 'https://app.example.com//cb');
for my $uri (@elsewhere) {
    my $answer = open_with(redirect_uri => $uri);
    is "$answer->{status} " . ($answer->{location} // ''), '400 ', 'another address: a page, and no Location: ' . ($uri =~ s/[^\x20-\x7e]/?/gr);
}
unlike open_with(redirect_uri => 'https://evil.example/"><script>')->{content}, qr/evil\.example/, 'the page shows nothing of the request';
is open_with(client_id => 'nobody')->{status}, 400, 'an unknown client: a page';
is open_with(redirect_uri => undef)->{status}, 400, 'no address: a page';
{
    my $twice = $browser->get($oidc->authorize_path . '&redirect_uri=' . Oidc::escape('https://evil.example/cb'));
    is "$twice->{status} " . ($twice->{location} // ''), '400 ', 'two addresses: a page';
    is $browser->get($oidc->authorize_path . '&client_id=wiki')->{status}, 400, 'two clients: a page';
    is Oidc::parameters($browser->get($oidc->authorize_path . '&scope=openid'))->{error}, 'invalid_request', 'a parameter twice';
}
is Oidc::parameters($oidc->open_request($browser, 'xiaoming', client_id => 'spa', redirect_uri => 'http://127.0.0.1:51234/cb'))->{error} // '', '', 'a program on this computer may choose its port';
is open_with(client_id => 'spa', redirect_uri => "http://127.0.0.1:51234/$_")->{status}, 400, "but not its path: /$_" for 'other', 'cb/', '';
is open_with(client_id => 'spa', redirect_uri => 'http://127.0.0.1.evil.example/cb')->{status}, 400, 'nor its host';

# ---- mix-up (4.4), 307 (4.12), Referer and history (4.2, 4.3) ----

{
    my $answer = open_with();
    is "$answer->{status} $answer->{headers}{'referrer-policy'} $answer->{headers}{'cache-control'}", '303 no-referrer no-store', 'the code goes by 303, without a Referer, and is not stored';
    is Oidc::parameters($answer)->{iss}, $oidc->issuer, 'mix-up: iss beside the code';
    is Oidc::parameters(open_with(response_type => 'token'))->{iss}, $oidc->issuer, 'mix-up: iss beside an error';
    is error_of(response_type => $_), 'unsupported_response_type', "no token in an address: response_type=$_" for 'token', 'id_token', 'code id_token', 'none';
    is error_of(response_mode => 'fragment'), 'invalid_request', 'nor in a fragment';
}

# ---- code injection and PKCE downgrade (4.5, 4.8) ----

{
    my %none = (code_challenge => undef, code_challenge_method => undef);
    is Oidc::said($oidc->redeem($oidc->code($browser, %none))), '400 invalid_grant', 'downgrade: a verifier, and no challenge';
    is Oidc::said($oidc->redeem($oidc->code($browser), change => { code_verifier => undef })), '400 invalid_grant', 'a challenge, and no verifier';
    is Oidc::said($oidc->redeem($oidc->code($browser), change => { code_verifier => 'x' x 43 })), '400 invalid_grant', 'another verifier';
    is Oidc::said($oidc->redeem($oidc->code($browser), change => { code_verifier => Oidc::challenge() })), '400 invalid_grant', 'the challenge as the verifier';
    is error_of(code_challenge_method => $_), 'invalid_request', "code_challenge_method=$_" for 'plain', 's256', '';
    is error_of(code_challenge_method => undef), 'invalid_request', 'no method is plain';
    is error_of(code_challenge => 'short'), 'invalid_request', 'a short challenge';
    is error_of(client_id => 'spa', redirect_uri => 'http://127.0.0.1/cb', %none), 'invalid_request', 'a program without a secret has to use PKCE';
    is Oidc::said($oidc->redeem($oidc->code($browser), change => { redirect_uri => "$callback/" })), '400 invalid_grant', 'another address at /token';
}

# ---- a code that another client has stolen ----

{
    my $code = $oidc->code($browser);
    is Oidc::said($oidc->redeem($code, as => 'wiki', change => { redirect_uri => $callback })), '400 invalid_grant', 'a code of another client';
    is Oidc::said($oidc->redeem($code, secret => 'x' x 43)), '401 invalid_client', 'a wrong secret';
    is $oidc->redeem($code)->{status}, 200, 'and the code is still good for its own client';
}

# ---- code race ----

# Many redeem a code at the same moment, in turn at each of these sites.
sub race {
    my ($code, @sites) = @_;
    my $count = $ENV{HARD} ? 100 : 12;
    my @said = Kit::at_once($count, sub { my $answer = $sites[$_[0] % @sites]->redeem($code); return $answer->{status} == 200 ? $answer->{json}{access_token} : Oidc::said($answer) });
    my @won = grep {/^[\w-]{43}$/} @said;
    cmp_ok scalar @won, '<=', 1, "$count redeem a code at the same moment: one at most succeeds";
    is scalar(grep { $_ eq '400 invalid_grant' } @said), $count - @won, 'the others are told so';
    is Oidc::said($_->userinfo($won[0] // '')), '401 invalid_token', 'and what the first one got is over' for @sites;
    return;
}
race($oidc->code($browser), $oidc);

# Two machines with one store, one by CGI and the other by FastCGI.
SKIP: {
    my $why = Redis::missing();
    skip $why, 1 if $why;
    my $folder = tempdir('wechat-oidc-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $folder;
    my $redis = Redis->new("$folder/redis");
    my %state = (state => $redis->address(prefix => 'oidc'));
    my $here = Oidc->new(server => 'apache-cgid', conf => {%state});
    my $there = $here->beside(server => 'nginx-fcgi', conf => {%state});
    my $visitor = $here->kit->browser;
    race($here->code($visitor), $here, $there) for 1 .. ($ENV{HARD} ? 20 : 2);
    my $tokens = $here->redeem($here->code($visitor))->{json};
    is $there->userinfo($tokens->{access_token})->{status}, 200, 'a token of one machine is good at the other';
}

# ---- refresh replay (4.14) ----

{
    my $public = $kit->browser;
    my $tokens = $oidc->redeem($oidc->code($public, client_id => 'spa'), as => 'spa')->{json};
    my $next = $oidc->refresh($tokens->{refresh_token}, as => 'spa')->{json};
    isnt $next->{refresh_token}, $tokens->{refresh_token}, 'a program without a secret gets another refresh token each time';
    is $oidc->userinfo($next->{access_token})->{status}, 200, 'with which all is well';
    is Oidc::said($oidc->refresh($tokens->{refresh_token}, as => 'spa')), '400 invalid_grant', 'the one before it is a copy';
    is Oidc::said($oidc->refresh($next->{refresh_token}, as => 'spa')), '400 invalid_grant', 'which ends the family';
    is Oidc::said($oidc->userinfo($next->{access_token})), '401 invalid_token', 'and its access tokens';
}

# ---- clickjacking (4.16), consent CSRF, an account swapped between sign-in and consent ----

{
    my $visitor = $kit->browser;
    my $page = $oidc->open_request($visitor, 'meimei');
    ok Oidc::is_question($page), 'the question';
    like $page->{headers}{'content-security-policy'}, qr/frame-ancestors 'none'/, 'in no frame';
    unlike $page->{headers}{'content-security-policy'}, qr/form-action/, 'its answer may lead to the program, and from there on';
    is "$page->{headers}{'x-frame-options'} $page->{headers}{'cache-control'} $page->{headers}{'referrer-policy'}", 'DENY no-store no-referrer', 'in no cache, and no Referer';
    is $oidc->answer($visitor, $page, 'yes', csrf => 'x' x 43)->{status}, 403, 'a form of somebody else';
    my $foreign = $visitor->post(Oidc::base() . '/continue', { id => Oidc::question($page)->{id}, answer => 'yes' }, headers => { Origin => 'https://evil.example', 'Sec-Fetch-Site' => 'cross-site' });
    is $foreign->{status}, 403, 'a form of another origin';
    is $oidc->answer($browser, $page, 'yes')->{status}, 403, 'somebody else answers';
    my $other = $oidc->open_request($visitor, 'meimei', client_id => 'wiki', prompt => 'consent');
    is $oidc->answer($visitor, $page, 'yes', id => Oidc::question($other)->{id})->{status}, 403, 'the answer to another question';
    is Oidc::parameters($oidc->answer($visitor, $page, 'no'))->{error}, 'access_denied', 'no';
    is $oidc->answer($visitor, $page, 'yes')->{status}, 410, 'and a question is answered once';
    my $again = $oidc->open_request($visitor, 'meimei');
    ok Oidc::is_question($again), 'who said no is asked again';
    my $old = $visitor->cookie('wx_session');
    $visitor->sign_in('john');
    is $oidc->answer($visitor, $again, 'yes')->{status}, 403, 'another account in the same browser';
    $visitor->set_cookie(wx_session => $old);
}

# ---- who may not ----

is error_of(client_id => 'staff'), 'access_denied', 'a role is required';
{
    my ($file) = grep {/xiaoMing/} $kit->user_files;
    my $who = decode_json(Kit::read_file($file));
    Kit::write_file($file, encode_json({ %$who, roles => ['staff'] }), 0600);
    is error_of(client_id => 'staff'), 'none', 'with the role: a code';
    my $tokens = $oidc->redeem($oidc->code($browser, client_id => 'staff'), as => 'staff')->{json};
    is $oidc->userinfo($tokens->{access_token})->{status}, 200, 'and tokens';
    Kit::write_file($file, encode_json({ %{ decode_json(Kit::read_file($file)) }, roles => [] }), 0600);
    is Oidc::said($oidc->userinfo($tokens->{access_token})), '401 invalid_token', 'until the role is taken away';
    is Oidc::said($oidc->refresh($tokens->{refresh_token}, as => 'staff')), '400 invalid_grant', 'nor is it refreshed';
}

# ---- forged hints ----

{
    my $token = $oidc->redeem($oidc->code($browser))->{json}{id_token};
    my ($head, $body, $signature) = split /\./, $token;
    my $none = encode_base64url('{"alg":"none"}') . ".$body.";
    my $hs = encode_base64url(encode_json({ %{ Oidc::header($token) }, alg => 'HS256' })) . ".$body.$signature";
    my $forged = join '.', $head, encode_base64url(encode_json({ %{ Oidc::claims($token) }, sub => 'somebody' })), $signature;
    is error_of(prompt => 'none', id_token_hint => $_->[1]), 'invalid_request', "a hint: $_->[0]" for ['alg none', $none], ['HS256', $hs], ['other claims', $forged], ['no JWS', 'x.y'];
    is error_of(prompt => 'none', id_token_hint => $token), 'none', 'a true one';
}

# ---- who asks at /token ----

for my $case (['no client', { grant_type => 'authorization_code' }, how => 'none', as => ''], ['an unknown client', {}, as => 'nobody'], ['a wrong secret', {}, secret => 'wrong'], ['an empty secret', {}, secret => ''],
    ['a secret alone', {}, as => '', how => 'post'], ['the hash as the secret', {}, secret => Digest::SHA::sha256_hex($Oidc::SECRET)], ['a program without a secret, with one', {}, as => 'spa', how => 'post', secret => 'x']) {
    my ($name, $form, @option) = @$case;
    my $answer = $oidc->ask('/token', $form, @option);
    is Oidc::said($answer), '401 invalid_client', $name;
    like $answer->{headers}{'www-authenticate'} // '', qr/^Basic /, "$name: WWW-Authenticate";
}
is Oidc::said($oidc->ask('/token', { client_secret => $Oidc::SECRET, grant_type => 'authorization_code' })), '400 invalid_request', 'two ways to authenticate';
is Oidc::said($oidc->ask('/token', { grant_type => $_ })), '400 unsupported_grant_type', "grant_type=$_" for 'password', 'client_credentials', 'implicit', '../x';
is Oidc::said($oidc->ask('/token', {})), '400 invalid_request', 'no grant_type';
is Oidc::said($oidc->redeem($_)), '400 invalid_grant', 'a code that is none: ' . substr $_, 0, 12 for 'x' x 43, '../' x 14, '..%2f', "a\0b", 'x' x 5000, '';
is Oidc::said($oidc->refresh($_)), '400 invalid_grant', 'a refresh token that is none: ' . substr $_, 0, 12 for 'x' x 43, '../' x 14;
{
    my $token = $oidc->redeem($oidc->code($browser))->{json};
    is Oidc::said($oidc->refresh($token->{access_token})), '400 invalid_grant', 'an access token is no refresh token';
    is Oidc::said($oidc->userinfo($token->{refresh_token})), '401 invalid_token', 'nor the other way round';
    is Oidc::said($oidc->userinfo($token->{id_token})), '401 invalid_token', 'nor is an ID token one';
    is $oidc->ask('/introspect', { token => $token->{access_token} }, as => 'wiki')->{content}, '{"active":false}', 'another client learns nothing about a token';
    is $oidc->ask('/revoke', { token => $token->{access_token} }, as => 'wiki')->{status}, 200, 'and cannot revoke it';
    is $oidc->userinfo($token->{access_token})->{status}, 200, 'it is still good';
    my $twice = $kit->browser->request('POST', Oidc::base() . '/userinfo', content => "access_token=$token->{access_token}", headers => { Authorization => "Bearer $token->{access_token}", 'Content-Type' => 'application/x-www-form-urlencoded' });
    is $twice->{status}, 400, 'a token in two ways';
    is $kit->browser->get(Oidc::base() . "/userinfo?access_token=$token->{access_token}")->{status}, 401, 'never in an address';
    my $methods = $kit->browser->get(Oidc::base() . '/token');
    is "$methods->{status} $methods->{headers}{allow}", '405 POST', '/token by GET';
}

# ---- host poisoning, scripts of other origins ----

is decode_json($kit->run('oidc.cgi', before => [Kit::as_server()], environment => { PATH_INFO => '/.well-known/openid-configuration', HTTP_HOST => 'evil.example', HTTP_X_FORWARDED_HOST => 'evil.example', SERVER_NAME => 'evil.example' })->{body})->{issuer}, $oidc->issuer,
    'a spoofed Host: the same metadata';
is $kit->browser->get(Oidc::base() . $_->[0], headers => { Origin => 'https://evil.example' })->{headers}{'access-control-allow-origin'}, $_->[1], "a script of another origin: $_->[0]"
    for ['/jwks', '*'], ['/userinfo', '*'], ['/authorize', undef], ['/continue', undef];
is $kit->browser->get(Oidc::base() . $_)->{status}, 404, "no endpoint: $_" for '', '/', '/token/', '/.well-known/', '/.well-known/webfinger';

# ---- injection ----

{
    my $state = "a\r\nSet-Cookie: b=c\"><script>\x{e4}";
    my $answer = open_with(state => $state);
    is Oidc::parameters($answer)->{state}, $state, 'a state of any bytes comes back encoded';
    my $page = open_with(state => $state, response_mode => 'form_post');
    is $page->{status}, 200, 'form_post: a page';
    unlike $page->{content}, qr/"><script>\x{e4}/, 'in which it is text';
    like $page->{content}, qr/<form [^>]*action="\Q$callback\E".*name="code" value="[\w-]{43}".*name="state".*name="iss"/s, 'with the code, to the program';
}

# ---- secret guessing; then: what is left behind ----

my $guesses = grep { Oidc::said($oidc->ask('/token', { grant_type => 'authorization_code', code => 'x' }, secret => "guess$_")) eq '429 invalid_client' } 1 .. 60;
cmp_ok $guesses, '>', 0, 'secret guessing: after fifty, an address is refused';
is $oidc->ask('/token', {}, secret => 'x')->{headers}{'retry-after'}, 600, 'for ten minutes';
my $log = $kit->log_text;
unlike $log, qr/\Q$Oidc::SECRET\E|\Q$Oidc::VERIFIER\E|guess\d/, 'no secret in the log';
my @names = map { Kit::read_file($_) } grep {/oidc-|authorizations/} $kit->state_files;
is scalar(grep { /code=|access_token|\Q$Oidc::SECRET\E/ } @names), 0, 'nor in the state';
done_testing;
