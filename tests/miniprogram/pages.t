# The mini program in WeChat's component simulator, against the real programs; the assertions are in pages.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => {%Kit::mini});
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local $ENV{KIT_FOLDER} = $kit->{folder};
my $failed = system 'node', "$Kit::TOP/tests/miniprogram/pages.mjs";
exit($failed ? 1 : 0);
