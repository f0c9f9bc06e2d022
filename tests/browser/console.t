# The simulator's message console in headless Chromium; the assertions are in console.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new;
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local @ENV{qw(SDK_APPID SDK_SECRET)} = ($Kit::APPID, $Kit::SECRET);
my $failed = system 'node', "$Kit::TOP/tests/browser/console.mjs";
exit($failed ? 1 : 0);
