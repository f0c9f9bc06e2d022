# The files, the menu and the QR codes of owner.cgi in headless Chromium; the assertions are in owner-files.mjs.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use Kit;

my $kit = Kit->new(conf => { menu => 'menu.json', access => 'access.json' });
my $f = $kit->{folder};
sub put { my ($name, $text) = @_; Kit::write_file("$f/$name", encode_utf8($text), 0600); if ($> == 0) { my @n = getpwnam 'nobody'; chown $n[2], $n[3], "$f/$name" } return }
put('list.json', qq([\n  {"id": "orders", "text": "我的订单", "ulr": "/a-very-long-address-without-any-blank-to-break-at/which-goes-on-and-on-and-on/orders.html"},\n  {"id": "!"}\n]\n));
put('access.json', '[{"folder": "/"}]');
put('menu.json', '{"button": [{"type": "click", "name": "今日", "key": "TODAY"}, {"name": "更多", "sub_button": [{"type": "view", "name": "网站首页和一个很长的名字", "url": "https://www.example.com/a-very-long-address-without-any-blank-to-break-at/index.html"}]}]}');
my $me = $kit->browser;
$me->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1');
my ($openid) = $me->get('/cgi-bin/me.cgi')->{content} =~ /identifier">([\w-]+)</;
$kit->write_conf(menu => 'menu.json', access => 'access.json', owners => $openid);
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SESSION} = $me->cookie('wx_session');
my $failed = system 'node', "$Kit::TOP/tests/browser/owner-files.mjs";
exit($failed ? 1 : 0);
