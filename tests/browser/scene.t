# Signing in a computer by a QR code of the account, in headless Chromium; the assertions are in scene.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { sign_in => 'scene', outside_wechat => 'qr', account_name => '小店', push_mode => 'plain' });
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/scene.mjs";
exit($failed ? 1 : 0);
