# wechat send, template, media upload, user: what goes to a person, and what WeChat says about one.
use strict;
use utf8;
use warnings;
use Account;
use Command;
use Encode qw(decode_utf8 encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', replies => undef });
my $wechat = Command->new($kit);
my $account = Account->new($kit);
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
sub last_body { my ($asked) = ($kit->asked("/cgi-bin/$_[0]"))[-1]; return $asked->{body} }

# ---- send ----

my $late = $wechat->run('send', $openid, 'hi', '--json');
is "$late->{exit} $late->{json}{errcode}", '1 45015', 'nobody has written: 45015';
like $late->{err}, qr/48 hours/, 'and what to do';
$account->push_('xiaoming', 'text', content => 'hello');
my $sent = $wechat->run('send', $openid, encode_utf8("您的订单\n已发货 \"1\""));
is "$sent->{exit} $sent->{out} $sent->{err}", "0 Sent.\n ", 'sent';
is_deeply last_body('message/custom/send'), { touser => $openid, msgtype => 'text', text => { content => "您的订单\n已发货 \"1\"" } }, 'as a text';
is $account->chat('xiaoming')->{chat}[-1]{text}, "您的订单\n已发货 \"1\"", 'which the person sees' or diag explain $account->chat('xiaoming')->{chat}[-1];
is $wechat->run('send', $openid, '--json', '--', '-1 °C')->{json}{errcode}, 0, 'a text that begins with -; --json: WeChat’s answer';
my $png = "\x89PNG\r\n\x1a\nx";
$wechat->file('a.png', $png);
is $wechat->run('send', $openid, '--image', 'a.png')->{exit}, 0, 'a picture';
is last_body('message/custom/send')->{msgtype}, 'image', 'is uploaded and sent';
is $wechat->run('send', $openid, 'x' x 2049)->{exit}, 1, 'a text that is too long';
for my $row ([['o?', 'x'], 2, 'OPENID is letters'], [[$openid], 2, 'either TEXT or --image FILE'], [[$openid, 'x', '--image', 'a.png'], 2, 'either TEXT or --image FILE'],
    [[$openid, '--image', 'none.png'], 1, 'none.png: No such file'], [[$openid, '--image', $wechat->file('a.mp3', 'x')], 1, 'a.mp3 is no image']) {
    my $said = $wechat->run('send', @{ $row->[0] });
    is $said->{exit}, $row->[1], "$row->[1]: send @{ $row->[0] }";
    like $said->{err}, qr/^wechat: \Q$row->[2]\E/, 'and why';
}
$account->push_('xiaoming', 'text', content => 'hello');
my @many = map { $wechat->run('send', $openid, $_, '--json')->{json}{errcode} } 1 .. 6;
is "@many", '0 0 0 0 0 45047', 'five messages, then 45047';

# ---- media ----

for my $row (['a.jpg', 'image'], ['A.JPEG', 'image'], ['a.gif', 'image'], ['a.bmp', 'image'], ['a.mp3', 'voice'], ['a.amr', 'voice'], ['a.mp4', 'video']) {
    my $said = $wechat->run('media', 'upload', $wechat->file($row->[0], $png), '--json');
    is "$said->{exit} " . ($said->{json}{type} // $said->{err}), "0 $row->[1]", "$row->[0] is $row->[1]";
}
my $thumb = $wechat->run('media', 'upload', '--thumb', 'a.jpg');
like $thumb->{out}, qr/^media_id: \S+\nvalid until: 20\d\d-\d\d-\d\d \d\d:\d\d \(Beijing time\)\n\z/, '--thumb';
is + ($kit->asked('/cgi-bin/media/upload'))[-1]{query}{type} // 'thumb', 'thumb', 'is one';
$kit->forget_asked;
for my $row (['big.jpg', 10 * 1024 * 1024, 'big.jpg has more than 10,485,760 bytes'], ['big.mp3', 2 * 1024 * 1024, 'big.mp3 has more than 2,097,152 bytes'], ['big.mp4', 10 * 1024 * 1024, 'big.mp4 has more than 10,485,760']) {
    my $said = $wechat->run('media', 'upload', $wechat->file($row->[0], 'x' x ($row->[1] + 1)));
    is $said->{exit}, 1, "$row->[0]: too large";
    like $said->{err}, qr/^wechat: \Q$row->[2]\E/, 'and why';
}
like $wechat->run('media', 'upload', '--thumb', $wechat->file('thumb.jpg', 'x' x (64 * 1024 + 1)))->{err}, qr/^wechat: thumb\.jpg has more than 65,536 bytes/, 'a thumb has 64 KB';
for my $row ([['a.txt'], 'a.txt: WeChat takes pictures'], [['png'], 'png: WeChat takes pictures'], [['--thumb', 'a.png'], 'a.png is no thumb']) {
    $wechat->file($row->[0][-1], 'x');
    my $said = $wechat->run('media', 'upload', @{ $row->[0] });
    is $said->{exit}, 1, "refused: @{ $row->[0] }";
    like $said->{err}, qr/^wechat: \Q$row->[1]\E/, 'and why';
}
is scalar($kit->asked('/cgi-bin/media/upload')), 0, 'none of them was sent';
is $wechat->run('media', 'upload', $wechat->file('most.mp3', 'x' x (2 * 1024 * 1024)))->{exit}, 0, 'the largest voice file';

# ---- templates ----

my $data = encode_utf8('{"thing1": {"value": "订单"}, "time2": {"value": "2026-11-24", "color": "#173177"}}');
my $done = $wechat->run('template', $openid, 'simTemplateOrder', $wechat->file('data.json', $data));
is "$done->{exit} $done->{err}", '0 ', 'a template message';
like $done->{out}, qr/^Sent, msgid \d+\./, 'with its msgid';
my %data = (thing1 => { value => '订单' }, time2 => { value => '2026-11-24', color => '#173177' });
is_deeply last_body('message/template/send'), { touser => $openid, template_id => 'simTemplateOrder', data => \%data }, 'the file is its data';
$wechat->run('template', $openid, 'simTemplateOrder', 'data.json', '--url', 'https://www.example.com/', '--miniprogram', 'wx0123456789abcdef/pages/index?a=b/c');
is_deeply last_body('message/template/send'), { touser => $openid, template_id => 'simTemplateOrder', data => \%data, url => 'https://www.example.com/', miniprogram => { appid => 'wx0123456789abcdef', pagepath => 'pages/index?a=b/c' } }, 'with pages to open';
$wechat->file('whole.json', qq({"touser": "oOther", "template_id": "other", "url": "https://old.example/", "client_msg_id": "1", "data": $data}));
is $wechat->run('template', $openid, 'simTemplateOrder', 'whole.json', '--url', 'https://www.example.com/')->{exit}, 0, 'the file is the whole message';
is_deeply last_body('message/template/send'), { touser => $openid, template_id => 'simTemplateOrder', data => \%data, url => 'https://www.example.com/', client_msg_id => '1' }, 'and the command line counts';
is $wechat->run({ stdin => $data }, 'template', $openid, 'simTemplateOrder', '-', '--json')->{json}{errcode}, 0, 'from stdin, --json';
for my $row (["{\n\"thing1\": \"x\"}", 't.json: line 2: "thing1" must be {"value": "…"}'], ["{\"data\": {\n\"thing1\": {\"valeu\": \"x\"}}}", 't.json: line 2: "thing1" must be'], ['{', 't.json: line 1: add }']) {
    my $said = $wechat->run('template', $openid, 'simTemplateOrder', $wechat->file('t.json', $row->[0]));
    is $said->{exit}, 1, "refused: $row->[0]";
    like decode_utf8($said->{err}), qr/^wechat: \Q$row->[1]\E/, 'with the line';
}
is $wechat->run('template', $openid, 'x', 'data.json', '--miniprogram', 'wx1')->{exit}, 2, '--miniprogram without a page';
for my $row ([40037, 'none', 'template’s id'], [43004, 'simTemplateOrder', 'follow']) {
    $account->push_('xiaoming', 'unsubscribe') if $row->[0] == 43004;
    my $said = $wechat->run('template', $openid, $row->[1], 'data.json', '--json');
    is "$said->{exit} $said->{json}{errcode}", "1 $row->[0]", "errcode $row->[0]";
}

# ---- user ----

like $wechat->run('user', $openid)->{out}, qr/^openid: $openid\ndoes not follow the account\n\z/, 'somebody who does not follow';
$account->push_('xiaoming', 'subscribe_scene', eventkey => 'qrscene_shop-8');
$account->post('tags/create', { tag => { name => 'x' } });
$account->post('tags/members/batchtagging', { openid_list => [$openid], tagid => 100 });
$account->post('user/info/updateremark', { openid => $openid, remark => '老客户' });
my $user = $wechat->run('user', $openid);
is "$user->{exit} $user->{err}", '0 ', 'a follower';
like decode_utf8($user->{out}), qr/^openid: $openid\nfollower since: 20\d\d-\d\d-\d\d \d\d:\d\d \(Beijing time\)\nunionid: \S+\ncame from: ADD_SCENE_QR_CODE\nscene: shop-8\nremark: 老客户\ntags: 100\n\z/, 'what WeChat says';
is $wechat->run('user', $openid, '--json')->{json}{subscribe_scene}, 'ADD_SCENE_QR_CODE', '--json: WeChat’s answer';
my $nobody = $wechat->run('user', 'oSim0009nobodyAtAll-aBcDeFgH', '--json');
is "$nobody->{exit} $nobody->{json}{errcode}", '1 46004', 'nobody';
like $nobody->{err}, qr/no such person/, 'and what to do';
is $wechat->run('user', 'a b')->{exit}, 2, 'an openid that is none';
done_testing;
