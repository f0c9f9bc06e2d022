# What the OpenID Foundation's basic OP profile asserts (oidcc-basic-certification-test-plan), a row for each module, by its name
# without "oidcc-". The three that need dynamic registration are not here.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Oidc;
use Test::More;

my $oidc = Oidc->new;
my $kit = $oidc->kit;
my $browser = $kit->browser;
my $second = 'https://app.example.com/other';
$oidc->code($browser, scope => 'openid profile email groups');    # signed in, and agreed to all

sub auth_time { my ($tokens) = @_; return Oidc::claims($tokens->{json}{id_token})->{auth_time} }

# A request that is answered with a code, and the tokens for it.
sub succeeds {
    my ($what, %change) = @_;
    my $answer = $oidc->open_request($browser, 'xiaoming', %change);
    my $got = Oidc::parameters($answer);
    ok defined $got->{code}, "$what: a code" or diag "$answer->{status} " . ($answer->{location} // $answer->{content});
    my $tokens = $oidc->redeem($got->{code} // '', exists $change{code_challenge} ? (change => { code_verifier => undef }) : ());
    is $tokens->{status}, 200, "$what: tokens";
    return $tokens;
}
# A request that is answered with an error, at the program.
sub fails {
    my ($error, $what, %change) = @_;
    my $answer = $oidc->follow($browser, $browser->get($oidc->authorize_path(%change)));
    my $got = Oidc::parameters($answer);
    is $got->{error} // "$answer->{status}, no error", $error, $what;
    is $got->{state}, $change{state} // 's-1', "$what: with the state";
    is $got->{iss}, $oidc->issuer, "$what: and iss";
    return;
}
# A request that is answered with a page, and not at the program.
sub stays {
    my ($what, %change) = @_;
    my $answer = $browser->get($oidc->authorize_path(%change));
    is "$answer->{status} " . ($answer->{location} // ''), '400 ', "$what: a page";
    return;
}
# Does the visitor have to sign in? Returns WeChat's page.
sub asks_sign_in {
    my ($what, %change) = @_;
    my $page = $oidc->follow($browser, $browser->get($oidc->authorize_path(%change)));
    like $page->{content}, qr/ticket=\w+/, "$what: WeChat's page";
    return $page;
}

{
    my $tokens = succeeds('server');
    my ($code) = $oidc->code($browser);
    like $code, qr/^[\w-]{43}$/, 'server: a code of 256 bits';
    my $jwks = decode_json($browser->get(Oidc::base() . '/jwks')->{content});
    my %kid = map { ($_->{kid} => $_) } @{ $jwks->{keys} };
    is scalar keys %kid, scalar @{ $jwks->{keys} }, 'server: distinct kids';
    is_deeply [grep { /^(?:d|p|q|dp|dq|qi|oth|k)$/ } map { keys %$_ } @{ $jwks->{keys} }], [], 'server: no private part of a key';
    my $header = Oidc::header($tokens->{json}{id_token});
    is "$header->{alg} $kid{$header->{kid}}{alg}", 'RS256 RS256', 'idtoken-signature: RS256, by the key that kid names';
    my $claims = Oidc::claims($tokens->{json}{id_token});
    is $claims->{at_hash}, MIME::Base64::encode_base64url(substr Digest::SHA::sha256($tokens->{json}{access_token}), 0, 16), 'server: at_hash';
    is $claims->{nonce}, 'n-1', 'server: nonce';
}
is $oidc->redeem($oidc->code($browser), how => 'post')->{status}, 200, 'server-client-secret-post';
fails('invalid_request', 'response-type-missing', response_type => undef);
for my $how (['userinfo-get', GET => { Authorization => '' }, undef], ['userinfo-post-header', POST => { Authorization => '' }, ''], ['userinfo-post-body', POST => {}, 'form']) {
    my ($name, $method, $headers, $body) = @$how;
    my $token = $oidc->redeem($oidc->code($browser))->{json}{access_token};
    my %headers = (%$headers ? (Authorization => "Bearer $token") : (), defined $body ? ('Content-Type' => 'application/x-www-form-urlencoded') : ());
    my $answer = $kit->browser->request($method, Oidc::base() . '/userinfo', headers => \%headers, defined $body ? (content => $body ? "access_token=$token" : '') : ());
    my $json = eval { decode_json($answer->{content}) } || {};
    is "$answer->{status} $answer->{headers}{'content-type'}", '200 application/json', $name;
    like $answer->{content}, qr/"updated_at":\d+/, "$name: typed claims";
    is $json->{sub}, 'oSim0001xiaoMing-aBcDeFgHiJk', "$name: the same sub";
}
is Oidc::claims(succeeds('ensure-request-without-nonce-succeeds-for-code-flow', nonce => undef)->{json}{id_token})->{nonce}, undef, '... and none is made up';
succeeds('ensure-request-with-valid-pkce-succeeds');
succeeds('without PKCE, where the program has a secret', code_challenge => undef, code_challenge_method => undef);
succeeds('ensure-request-with-unknown-parameter-succeeds', extra => 'foobar');
succeeds('ensure-request-with-acr-values-succeeds', acr_values => '1 2');
succeeds('display-page', display => 'page');
succeeds('display-popup', display => 'popup');
succeeds('login-hint', login_hint => 'bob@example.com');
succeeds('ui-locales', ui_locales => 'se');
succeeds('claims-locales', claims_locales => 'se');
{
    my $post = $browser->post(Oidc::base() . '/authorize', { $oidc->request }, headers => { Origin => 'https://app.example.com', 'Sec-Fetch-Site' => 'cross-site' });
    ok defined Oidc::parameters($oidc->follow($browser, $post))->{code}, 'ensure-post-request-succeeds';
    my $nobody = $kit->browser;
    my $page = $oidc->follow($nobody, $nobody->post(Oidc::base() . '/authorize', { $oidc->request }));
    ok defined Oidc::parameters($oidc->sign_in($nobody, 'xiaoming', $page))->{code}, '... of somebody who is not signed in, too';
}
succeeds('scope-profile', scope => 'openid profile');
ok exists Oidc::claims(succeeds('scope-all', scope => 'openid profile email address phone groups')->{json}{id_token})->{name}, 'scope-all: the claims that there are';
is succeeds('scope-address, scope-phone', scope => 'openid address phone')->{json}{scope}, 'openid', 'scope-address, scope-phone: what is unknown is not granted';
{
    my $asked = encode_json({ userinfo => { name => { essential => JSON::PP::true } } });
    my $got = $oidc->userinfo(succeeds('claims-essential', scope => 'openid', claims => $asked)->{json}{access_token});
    ok exists $got->{json}{name} && !exists $got->{json}{nickname}, 'claims-essential: the name in userinfo, and nothing besides';
}
fails('invalid_request', 'claims that are no JSON', claims => '{"userinfo"');

# ---- signing in once more ----

{
    my $before = auth_time(succeeds('prompt-login: before'));
    my $page = asks_sign_in('prompt-login', prompt => 'login');
    sleep 1;    # auth_time has seconds
    my $answer = $oidc->sign_in($browser, 'xiaoming', $page);
    my $after = auth_time($oidc->redeem(Oidc::parameters($answer)->{code}));
    cmp_ok $after, '>', $before, 'prompt-login: a later auth_time';
    sleep 2;
    $page = asks_sign_in('max-age-1', max_age => 1);
    $answer = $oidc->sign_in($browser, 'xiaoming', $page);
    cmp_ok auth_time($oidc->redeem(Oidc::parameters($answer)->{code})), '>', $after, 'max-age-1: a later auth_time';
    asks_sign_in('max_age=0 is prompt=login', max_age => 0);
}
{
    my $first = succeeds('max-age-10000: before');
    my $second_time = succeeds('max-age-10000', max_age => 10000);
    is auth_time($second_time), auth_time($first), 'max-age-10000: the same auth_time';
    is auth_time(succeeds('prompt-none-logged-in', prompt => 'none')), auth_time($first), 'prompt-none-logged-in: no page, the same auth_time';
    my $hinted = succeeds('id-token-hint', prompt => 'none', id_token_hint => $first->{json}{id_token});
    is Oidc::claims($hinted->{json}{id_token})->{sub}, Oidc::claims($first->{json}{id_token})->{sub}, 'id-token-hint: the same sub';
    my $other = $kit->browser;
    $other->sign_in('meimei');
    my $answer = $oidc->follow($other, $other->get($oidc->authorize_path(prompt => 'none', id_token_hint => $first->{json}{id_token})));
    is Oidc::parameters($answer)->{error}, 'login_required', 'a hint at somebody else, without a page';
}
{
    my $state = 'x' x 128;
    my $answer = $kit->browser->get($oidc->authorize_path(prompt => 'none', state => $state));
    my $got = Oidc::parameters($answer);
    is "$got->{error} $got->{state}", "login_required $state", 'prompt-none-not-logged-in';
}

# ---- codes ----

# Redeems a code, and again some seconds later: by oidc.cgi, run with another clock.
sub reuses {
    my ($name, @clock) = @_;
    my $code = $oidc->code($browser);
    my $tokens = $oidc->redeem($code)->{json};
    my $form = Oidc::form(grant_type => 'authorization_code', client_id => 'shop', client_secret => $Oidc::SECRET, redirect_uri => $Oidc::CALLBACK, code => $code, code_verifier => $Oidc::VERIFIER);
    my $again = $kit->run('oidc.cgi', before => [Kit::as_server(), @clock], stdin => $form, environment => { PATH_INFO => '/token' });
    is "$again->{status} $again->{body}", '400 {"error":"invalid_grant"}', $name;
    is Oidc::said($oidc->userinfo($tokens->{access_token})), '401 invalid_token', "$name: what it gave is over";
    is Oidc::said($oidc->refresh($tokens->{refresh_token})), '400 invalid_grant', "$name: and the refresh token";
    return;
}
reuses('codereuse');
SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/cgi-bin/oidc.cgi");
    skip $why, 3 if $why;
    reuses('codereuse-30seconds', 'faketime', '-f', '+30s');
}
stays('ensure-registered-redirect-uri', redirect_uri => $second);
fails('request_not_supported', 'unsigned-request-object-supported-correctly-or-rejected-as-unsupported', request => 'eyJhbGciOiJub25lIn0.e30.');
stays('ensure-request-object-with-redirect-uri', request => 'eyJhbGciOiJub25lIn0.e30.', redirect_uri => $second);
fails('request_uri_not_supported', 'request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', request_uri => 'https://app.example.com/request');

# ---- refresh-token ----

{
    my $tokens = $oidc->redeem($oidc->code($browser))->{json};
    my $before = Oidc::claims($tokens->{id_token});
    my $next = $oidc->refresh($tokens->{refresh_token});
    my $after = Oidc::claims($next->{json}{id_token});
    is_deeply [@$after{qw(iss sub aud auth_time nonce)}], [@$before{qw(iss sub aud auth_time)}, undef], 'refresh-token: iss, sub, aud and auth_time stay, and there is no nonce';
    isnt $next->{json}{access_token}, $tokens->{access_token}, 'refresh-token: another access token';
    is Oidc::said($oidc->refresh($tokens->{refresh_token}, as => 'wiki')), '400 invalid_grant', 'refresh-token: another client';
    is $oidc->refresh($tokens->{refresh_token}, change => { scope => 'openid' })->{json}{scope}, 'openid', 'a smaller scope';
    is Oidc::said($oidc->refresh($tokens->{refresh_token}, change => { scope => 'openid email' })), '400 invalid_scope', 'a larger one';
}
done_testing;
