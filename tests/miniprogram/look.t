# The mini program's pages, laid out by Chromium; the assertions are in look.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => {%Kit::mini});
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/miniprogram/look.mjs";
exit($failed ? 1 : 0);
