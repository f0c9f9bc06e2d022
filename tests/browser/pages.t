# The pages in headless Chromium; the assertions are in pages.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new;
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/pages.mjs";
exit($failed ? 1 : 0);
