# Signing out through a program: oidcc-rp-initiated-logout-certification-test-plan, a row for each module, by its name without
# "oidcc-rp-initiated-logout-"; and who else could sign somebody out.
use strict;
use warnings;
use JSON::PP;
use Kit;
use MIME::Base64 qw(encode_base64url);
use Oidc;
use Test::More;

my $oidc = Oidc->new;
my $kit = $oidc->kit;
my $bye = 'https://app.example.com/bye';

# Somebody who is signed in, and an ID token of that session.
sub signed_in {
    my ($person) = @_;
    my $browser = $kit->browser;
    return ($browser, $oidc->redeem($oidc->code($browser, person => $person || 'xiaoming'))->{json}{id_token});
}
sub leave { my ($browser, %given) = @_; return $browser->get(Oidc::base() . '/logout?' . Oidc::form(%given)) }
sub is_in { my ($browser) = @_; return $browser->get('/cgi-bin/validate.cgi')->{status} == 200 }
sub shown { my ($answer) = @_; return "$answer->{status} " . ($answer->{location} // ($answer->{content} =~ /id="leave"/ ? 'asks' : $answer->{content} =~ m{<h1[^>]*>You are signed out</} ? 'signed out' : 'a page')) }
sub none_is_in { my ($browser, $what) = @_; return is Oidc::parameters($browser->get($oidc->authorize_path(prompt => 'none')))->{error}, 'login_required', "$what: then prompt=none fails" }

my ($browser, $token) = signed_in();
is shown(leave($browser, id_token_hint => $token, post_logout_redirect_uri => $bye, state => 'a b&c')), "303 $bye?state=a%20b%26c", 'rp-initiated-logout: back to the program, with its state';
none_is_in($browser, 'rp-initiated-logout');
is shown(leave($browser, id_token_hint => $token, post_logout_redirect_uri => $bye)), "303 $bye", 'and once more: nobody is signed in, and back';

($browser, $token) = signed_in();
my ($head, $body, $signature) = split /\./, $token;
is shown(leave($browser, id_token_hint => $_->[1], post_logout_redirect_uri => $bye)), '400 a page', "$_->[0]: a page" for ['bad-id-token-hint', "$head.$body.x$signature"], ['modified-id-token-hint', join('.', $head, encode_base64url(encode_json({ %{ Oidc::claims($token) }, sub => 'x' })), $signature)],
    ['alg none', encode_base64url('{"alg":"none"}') . ".$body."];
is shown(leave($browser, id_token_hint => $token, post_logout_redirect_uri => $_->[1])), '400 a page', "$_->[0]: a page" for ['bad-post-logout-redirect-uri', 'https://evil.example/'], ['query-added-to-post-logout-redirect-uri', "$bye?b=c"], ['a slash', "$bye/"];
is shown(leave($browser, post_logout_redirect_uri => $bye)), '400 a page', 'no-id-token-hint, and no client: a page';
is shown(leave($browser, id_token_hint => $token, client_id => 'wiki')), '400 a page', 'the ID token of another client: a page';
ok is_in($browser), 'none of these signs anybody out';
is shown(leave($browser, @$_)), '200 asks', 'no ID token: asks first: ' . join ' ', @$_ for [], [state => 's'], [client_id => 'shop', post_logout_redirect_uri => $bye];
ok is_in($browser), 'and until then nobody is signed out';

# ---- the question ----

my $page = leave($browser, client_id => 'shop', post_logout_redirect_uri => $bye, state => 's');
my %field = $page->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g;
is_deeply [sort keys %field], [qw(client_id csrf post_logout_redirect_uri state)], 'the question has what the request had';
is $browser->post(Oidc::base() . '/logout', { %field, csrf => 'x' x 43 })->{status}, 403, 'a form of somebody else';
is shown($browser->post(Oidc::base() . '/logout', { %field, post_logout_redirect_uri => 'https://evil.example/' })), '400 a page', 'an answer that leads elsewhere';
is shown($browser->post(Oidc::base() . '/logout', \%field)), "303 $bye?state=s", 'yes: back to the program';
ok !is_in($browser), 'signed out';
is shown(leave($browser)), '200 signed out', 'no-params: the page that says so';
is shown(leave($browser, client_id => 'shop', post_logout_redirect_uri => $bye)), '200 signed out', 'nobody is signed in, and no ID token: no redirect';

# ---- others ----

($browser, $token) = signed_in();
my ($other) = signed_in('meimei');
is shown(leave($other, id_token_hint => $token, post_logout_redirect_uri => $bye)), '200 asks', 'the ID token of somebody else: asks';
$browser->sign_in('xiaoming');
is shown(leave($browser, id_token_hint => $token)), '200 asks', 'of an earlier session: asks';
my $posted = $browser->post(Oidc::base() . '/logout', { id_token_hint => $token, state => 's' }, headers => { Origin => 'https://app.example.com', 'Sec-Fetch-Site' => 'cross-site' });
like shown($posted), qr{^303 .*/oidc\.cgi/logout\?id_token_hint=}, 'by POST from the program: comes again with its cookie';
is leave($browser)->{headers}{'content-security-policy'} =~ /frame-ancestors 'none'/, 1, 'in no frame';
done_testing;
