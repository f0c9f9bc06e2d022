# A computer signed in with a phone, in headless Chromium; the assertions are in desktop.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { outside_wechat => 'qr' });
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/desktop.mjs";
exit($failed ? 1 : 0);
