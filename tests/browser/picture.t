# A picture that a person sets on the personal page, in headless Chromium; the assertions are in picture.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new;
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL} = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/picture.mjs";
exit($failed ? 1 : 0);
