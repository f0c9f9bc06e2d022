# The list page in headless Chromium; the assertions are in list.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { list_lesson => 'on' });
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/list.mjs";
exit($failed ? 1 : 0);
