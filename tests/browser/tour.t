# The tour of the demo in headless Chromium; the assertions are in tour.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new;
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/tour.mjs";
exit($failed ? 1 : 0);
