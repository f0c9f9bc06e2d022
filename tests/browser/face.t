# A site's own face in headless Chromium: the pages with all of its settings, in odd colours; the assertions are in face.mjs.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use Kit;

my $kit = Kit->new;
my %face = (site_name => '小明的书店', logo => '/logo.svg', theme_color => '#c8102e', custom_css => '/pages.css', links => 'links.json', icp => '京ICP备12345678号-1', contact => 'shop@example.com');
my %conf = (sign_in => 'authorize message', account_name => '小明的书店', account_qr => '/account.svg', %face);
$kit->write_conf(map { $_ => encode_utf8($conf{$_}) } keys %conf);
Kit::write_file("$kit->{folder}/www/logo.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#c8102e"/><path d="M18 20h12l2 3 2-3h12v26H34l-2 2-2-2H18z" fill="#fff"/></svg>', 0644);
Kit::write_file("$kit->{folder}/www/pages.css", ".profile__name { letter-spacing: 3px }\n", 0644);
Kit::write_file("$kit->{folder}/links.json", encode_utf8('[{"text": {"zh_CN": "我的订单", "zh_TW": "我的訂單", "en": "My orders"}, "url": "/orders.html", "icon": "/icons/orders.svg"},
  {"text": {"zh_CN": "常见问题", "zh_TW": "常見問題", "en": "Questions and answers"}, "url": "https://help.example.com/"}]'), 0644);
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local $ENV{CONF} = "$kit->{folder}/wechat.conf";
my $failed = system 'node', "$Kit::TOP/tests/browser/face.mjs";
exit($failed ? 1 : 0);
