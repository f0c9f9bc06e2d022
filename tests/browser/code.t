# Signing in by message, in headless Chromium; the assertions are in code.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { appid => undef, secret => undef, sign_in => 'message', outside_wechat => 'qr', account_name => '小店',
    account_qr => '/account.svg', push_mode => 'plain', trusted_proxies => '127.0.0.1' });
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/code.mjs";
exit($failed ? 1 : 0);
