# The privacy page and the question for consent, in headless Chromium; the assertions are in privacy.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { consent => 'ask', sign_in => 'authorize message', account_name => '小店', push_mode => 'plain', people_days => 365 });
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/privacy.mjs";
exit($failed ? 1 : 0);
