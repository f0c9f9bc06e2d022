# Clients of OpenID Connect that others wrote sign people in with oidc.cgi, refresh, introspect and sign out, as they are: configured
# by discovery. Each is a small site (oidc-clients/site.mjs says with which pages), mod_auth_openidc a host of Apache.
use strict;
use warnings;
use utf8;
use JSON::PP;
use Kit;
use Oidc;
use OidcClients;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $ming = { sub => 'oSim0001xiaoMing-aBcDeFgHiJk', name => '小明' };

# What each can do itself beside signing in and out, and what clients.json has for it beside the addresses.
my %public = (token_endpoint_auth_method => 'none', id_token_signed_response_alg => 'ES256');
my @clients = (
    ['openid-client-6', [qw(refresh introspect)]],
    ['oauth4webapi', [qw(refresh introspect)]],
    ['jose', ['refresh'], %public],
    ['openid-client-5', [qw(refresh introspect)]],
    ['passport-openidconnect', ['refresh']],
    ['express-openid-connect', [qw(refresh state)], backchannel_logout_uri => '/backchannel-logout'],
    ['auth-core', []],
);
# express-openid-connect is written for a Node.js that can require() modules: 20.19, 22.12 or later.
my $can_require = `node -p process.features.require_module` =~ /^true/;

# A browser at a site: a navigation, not a request of a script.
sub visitor { my ($kit) = @_; return $kit->browser(headers => { Accept => 'text/html', 'Sec-Fetch-Mode' => 'navigate' }) }
sub json { my ($answer) = @_; return eval { decode_json($answer->{content}) } // { status => $answer->{status}, content => $answer->{content} } }

# Opens the page at which one signs in, does so, agrees if asked, and comes back to the page that the client shows then.
sub sign_in {
    my ($oidc, $browser, $page) = @_;
    my $question = $oidc->sign_in($browser, 'xiaoming', $browser->follow($browser->get($page)));
    return $browser->follow(Oidc::is_question($question) ? $oidc->answer($browser, $question, 'yes') : $question);
}

sub is_signed_out { my ($browser) = @_; return is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'and nobody is signed in at the provider any more' }

# ---- told of a sign-out ----

# A program to which $browser is signed in, as $is_in says; $page signs in again.
sub test_told {
    my ($oidc, $clients, $name, $browser, $is_in, $page) = @_;
    my $id_token = $oidc->redeem($oidc->code($oidc->kit->browser, client_id => $name), as => $name)->{json}{id_token};
    is $clients->tell($browser, $name, $id_token), 400, 'an ID token is no logout token for it';
    ok $is_in->(), 'and ends no session';
    $browser->post("$oidc->{kit}{site_url}/cgi-bin/logout.cgi", {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    Kit::wait_for('the end of its session', 30, sub { !$is_in->() });
    pass 'signed out at the provider: it is told, and ends its session';
    sign_in($oidc, $browser, $page);
    ok $is_in->(), 'signed in once more';
    return;
}

# ---- clients from npm ----

sub test_client {
    my ($oidc, $clients, $name, @can) = @_;
    my $site = $clients->site($name);
    my %can = map { $_ => 1 } @can;
    my $browser = visitor($oidc->kit);
    is_deeply json(sign_in($oidc, $browser, "$site/login")), $ming, 'it signs in';
    is_deeply json($browser->get("$site/refresh")), $ming, 'it refreshes' if $can{refresh};
    if ($can{introspect}) {
        my $said = json($browser->get("$site/introspect"));
        is_deeply [@$said{qw(active sub client_id)}], [JSON::PP::true, $ming->{sub}, $name], 'it introspects' or diag explain $said;
    }
    test_told($oidc, $clients, $name, $browser, sub { return json($browser->get("$site/state"))->{in} }, "$site/login") if $can{state};
    is_deeply json($browser->follow($browser->get("$site/logout"))), { bye => JSON::PP::true }, 'it signs out, and gets the browser back';
    is_signed_out($browser);
    is_deeply json($browser->get("$site/introspect")), { active => JSON::PP::false }, 'and introspection says that its token is over' if $can{introspect};
    return;
}

# ---- mod_auth_openidc ----

my $module = 'mod_auth_openidc';
my $has_module = -e Kit::find_modules() . "/$module.so";

# A host of Apache. Its page /door is for visitors whom the module signs in; /api takes an access token, which the module
# introspects.
sub apache_host {
    my ($issuer, $site) = @_;
    my ($port) = $site =~ /:(\d+)$/;
    return <<"CONF";
Listen 127.0.0.1:$port
<VirtualHost *:$port>
DocumentRoot www
Alias /api www/door
OIDCProviderMetadataURL $issuer/.well-known/openid-configuration
OIDCOAuthServerMetadataURL $issuer/.well-known/oauth-authorization-server
OIDCClientID $module
OIDCClientSecret $Oidc::SECRET
OIDCOAuthClientID $module
OIDCOAuthClientSecret $Oidc::SECRET
OIDCRedirectURI $site/callback
OIDCCryptoPassphrase invented-passphrase
OIDCScope "openid profile"
OIDCInfoHook userinfo access_token
OIDCHTTPTimeoutShort 30
<LocationMatch "^/(callback|door)\$">
AuthType openid-connect
Require valid-user
</LocationMatch>
<Location /api>
AuthType oauth20
Require claim sub:$ming->{sub}
</Location>
</VirtualHost>
CONF
}

sub test_module {
    my ($oidc, $clients) = @_;
    my $site = $clients->site($module);
    my %page = (door => 'inside', bye => 'bye');
    Kit::write_file("$oidc->{kit}{folder}/www/$_", $page{$_}, 0644) for keys %page;
    my $browser = visitor($oidc->kit);
    is sign_in($oidc, $browser, "$site/door")->{content}, 'inside', 'it signs in' or diag $oidc->kit->log_text;
    my $first = json($browser->get("$site/callback?info=json"));
    is_deeply { map { $_ => $first->{userinfo}{$_} } qw(sub name) }, $ming, 'and knows whom';
    my $refreshed = $browser->follow($browser->get("$site/callback?" . Oidc::form(refresh => "$site/door", access_token => $first->{access_token})));
    is $refreshed->{content}, 'inside', 'it refreshes' or diag $oidc->kit->log_text;
    my $token = json($browser->get("$site/callback?info=json"))->{access_token};
    isnt $token, $first->{access_token}, 'and has another access token';
    my $api = sub { my ($bearer) = @_; return $oidc->kit->browser->get("$site/api", headers => { Authorization => "Bearer $bearer" })->{status} };
    is $api->($token), 200, 'it introspects: lets in by the token of a person whom it may let in';
    is $api->('x' x 43), 401, 'and by no other';
    test_told($oidc, $clients, $module, $browser, sub { return json($browser->get("$site/callback?info=json"))->{userinfo} }, "$site/door");
    is $browser->follow($browser->get("$site/callback?" . Oidc::form(logout => "$site/bye")))->{content}, 'bye', 'it signs out, and gets the browser back';
    is_signed_out($browser);
    return;
}

# ---- both ways to run the provider ----

for my $server ('apache-cgid', 'nginx-fcgi') {
    my $clients = OidcClients->new($module => { backchannel_logout_uri => '/callback?logout=backchannel' }, map { my ($name, undef, %more) = @$_; ($name => \%more) } @clients);
    my $port = Kit::free_port();
    my $host = apache_host("http://127.0.0.1:$port" . Oidc::base(), $clients->site($module));
    my $oidc = Oidc->new(server => $server, site_port => $port, clients => $clients->registered, $has_module ? (modules => [qw(authn_core authz_user auth_openidc)], apache => $host) : ());
    $clients->start($oidc, grep { $can_require || $_ ne 'express-openid-connect' } map { $_->[0] } @clients);
    for my $client (@clients) {
        my ($name, $can) = @$client;
        subtest "$server: $name" => sub {
            plan skip_all => 'needs Node.js 20.19 or later' if !$clients->is_started($name);
            is $clients->first_line($name), "listening\n", 'it starts' or return;
            test_client($oidc, $clients, $name, @$can);
        };
    }
    $clients->stop;
    subtest "$server: $module" => sub {
        plan skip_all => "$module is not installed (package libapache2-mod-auth-openidc)" if !$has_module;
        test_module($oidc, $clients);
    };
}
done_testing;
