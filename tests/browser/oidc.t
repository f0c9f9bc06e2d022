# Signing in at another program by OpenID Connect, in headless Chromium; the assertions are in oidc.mjs.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Oidc;
use OidcClients;

my $name = 'openid-client-6';
my $clients = OidcClients->new($name => { frontchannel_logout_uri => '/out', frontchannel_logout_session_required => JSON::PP::true });
my $oidc = Oidc->new(clients => $clients->registered, conf => { language => undef });
$clients->start($oidc, $name);
die "$name does not start\n" if ($clients->first_line($name) // '') ne "listening\n";
local @ENV{qw(SITE_URL SIM_URL CLIENT_URL)} = (@{ $oidc->kit }{qw(site_url sim_url)}, $clients->site($name));
my $failed = system 'node', "$Kit::TOP/tests/browser/oidc.mjs";
exit($failed ? 1 : 0);
