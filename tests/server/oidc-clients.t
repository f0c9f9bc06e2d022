# Clients of OpenID Connect that others wrote sign people in with oidc.cgi, refresh, introspect and sign out, as they are: configured
# by discovery. Each is a small site (oidc-clients/site.mjs says with which pages), mod_auth_openidc a host of Apache.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use IPC::Open2;
use JSON::PP;
use Kit;
use Oidc;
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
    ['express-openid-connect', ['refresh']],
    ['auth-core', []],
);
# express-openid-connect is written for a Node.js that can require() modules: 20.19, 22.12 or later.
my $can_require = `node -p process.features.require_module` =~ /^true/;
my %callback = ('auth-core' => '/auth/callback/wechat');

# A browser at a site: a navigation, not a request of a script.
sub visitor { my ($kit) = @_; return $kit->browser(headers => { Accept => 'text/html', 'Sec-Fetch-Mode' => 'navigate' }) }
sub json { my ($answer) = @_; return eval { decode_json($answer->{content}) } // { status => $answer->{status}, content => $answer->{content} } }

# Opens the page at which one signs in, does so, agrees, and comes back to the page that the client shows then.
sub sign_in {
    my ($oidc, $browser, $page) = @_;
    my $question = $oidc->sign_in($browser, 'xiaoming', $browser->follow($browser->get($page)));
    return $question if !Oidc::is_question($question);
    return $browser->follow($oidc->answer($browser, $question, 'yes'));
}

sub is_signed_out { my ($browser) = @_; return is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'and nobody is signed in at the provider any more' }

# ---- clients from npm ----

# Where the scripts find their packages: a folder with copies of them.
sub scripts {
    my ($kit) = @_;
    my $folder = "$kit->{folder}/clients";
    mkdir $folder or die "$folder: $!";
    system('cp', glob("$Kit::TOP/tests/server/oidc-clients/*.mjs"), $folder) == 0 or die 'cp';
    symlink "$Kit::BUILD/oidc-clients-node/node_modules", "$folder/node_modules" or die "node_modules: $!";
    return $folder;
}

# Starts a client, which ends when its stdin does, at the latest with the test. Node 18 needs the option, and later ones ignore it.
sub run_client {
    my ($oidc, $folder, $name, $site) = @_;
    local @ENV{qw(OIDC_ISSUER OIDC_CLIENT OIDC_SECRET OIDC_SITE)} = ($oidc->issuer, $name, $Oidc::SECRET, $site);
    my $pid = open2(my $out, my $in, 'node', '--experimental-global-webcrypto', "$folder/$name.mjs");
    return { pid => $pid, out => $out, in => $in };
}

sub test_client {
    my ($oidc, $name, $site, @can) = @_;
    my %can = map { $_ => 1 } @can;
    my $browser = visitor($oidc->kit);
    is_deeply json(sign_in($oidc, $browser, "$site/login")), $ming, 'it signs in';
    is_deeply json($browser->get("$site/refresh")), $ming, 'it refreshes' if $can{refresh};
    if ($can{introspect}) {
        my $said = json($browser->get("$site/introspect"));
        is_deeply [@$said{qw(active sub client_id)}], [JSON::PP::true, $ming->{sub}, $name], 'it introspects' or diag explain $said;
    }
    is_deeply json($browser->follow($browser->get("$site/logout"))), { bye => JSON::PP::true }, 'it signs out, and gets the browser back';
    is_signed_out($browser);
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
    my ($oidc, $site) = @_;
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
    is $browser->follow($browser->get("$site/callback?" . Oidc::form(logout => "$site/bye")))->{content}, 'bye', 'it signs out, and gets the browser back';
    is_signed_out($browser);
    return;
}

# ---- both ways to run the provider ----

# clients.json: a client for each site.
sub registered {
    my ($site, @listed) = @_;
    my %all;
    for my $client (@listed) {
        my ($name, undef, %more) = @$client;
        $more{client_secret_sha256} = sha256_hex($Oidc::SECRET) if ($more{token_endpoint_auth_method} // '') ne 'none';
        $all{$name} = { client_name => $name, grant_types => ['authorization_code', 'refresh_token'],
            redirect_uris => [$site->{$name} . ($callback{$name} // '/callback')], post_logout_redirect_uris => ["$site->{$name}/bye"], %more };
    }
    return \%all;
}

for my $server ('apache-cgid', 'nginx-fcgi') {
    my %site = map { $_ => 'http://127.0.0.1:' . Kit::free_port() } $module, map { $_->[0] } @clients;
    my $port = Kit::free_port();
    my %apache = $has_module ? (modules => [qw(authn_core authz_user auth_openidc)], apache => apache_host("http://127.0.0.1:$port" . Oidc::base(), $site{$module})) : ();
    my $oidc = Oidc->new(server => $server, site_port => $port, clients => registered(\%site, [$module], @clients), %apache);
    my $folder = scripts($oidc->kit);
    my %running = map { $_ => run_client($oidc, $folder, $_, $site{$_}) } grep { $can_require || $_ ne 'express-openid-connect' } map { $_->[0] } @clients;
    for my $client (@clients) {
        my ($name, $can) = @$client;
        subtest "$server: $name" => sub {
            plan skip_all => 'needs Node.js 20.19 or later' if !$running{$name};
            is readline $running{$name}{out}, "listening\n", 'it starts' or return;
            test_client($oidc, $name, $site{$name}, @$can);
        };
    }
    for my $client (values %running) {
        close $client->{in};
        waitpid $client->{pid}, 0;
    }
    subtest "$server: $module" => sub {
        plan skip_all => "$module is not installed (package libapache2-mod-auth-openidc)" if !$has_module;
        test_module($oidc, $site{$module});
    };
}
done_testing;
