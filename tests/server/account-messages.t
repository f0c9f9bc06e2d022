# The simulator's side of the account's menu and messages: what WeChat accepts, what the person sees in the console, and what the
# site is told.
use strict;
use utf8;
use warnings;
use Account;
use Encode qw(encode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes ();

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', replies => undef });
my $account = Account->new($kit);
my %openid = (lin => 'oSim0008linXiaoToday_StUvWxY', xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU', john => 'oSim0005johnSmithEnglish-CdE', snapshot => 'oSim0007virtualSnapshot-KlMn');
my %ok = (errcode => 0, errmsg => 'ok');
sub journal { return map { decode_json($_) } map { split /\n/, Kit::read_file($_) } glob $kit->state_dir . '/events/*.jsonl' }
sub page { my ($person) = @_; my $page = $kit->browser->get("$kit->{sim_url}/console?person=$person", headers => { 'Accept-Language' => 'en' })->{content}; utf8::decode($page); return $page }

# ---- the menu ----

my @buttons = ({ type => 'click', name => '今日歌曲', key => 'SONG' },
    { name => '更多', sub_button => [{ type => 'view', name => '本站', url => "$kit->{site_url}/" }, { type => 'scancode_waitmsg', name => '扫一扫', key => 'SCAN_1' },
        { type => 'miniprogram', name => '小程序', url => "$kit->{site_url}/mini", appid => 'wx1', pagepath => 'pages/index' }] },
    { type => 'view', name => '网站', url => "$kit->{site_url}/there?a=1&b=2" });
is $account->get('menu/get')->{errcode}, 46003, 'no menu at first';
is_deeply $account->get('get_current_selfmenu_info'), { is_menu_open => 0 }, 'in the other form as well';
unlike page('lin'), qr/class="menu"/, 'nor on the page';
is_deeply $account->post('menu/create', { button => \@buttons }), \%ok, 'a menu';
is_deeply $account->get('menu/get'), { menu => { button => [map { { %$_, sub_button => $_->{sub_button} || [] } } @buttons] } }, 'is there';
is_deeply $account->get('get_current_selfmenu_info'), { is_menu_open => 1, selfmenu_info => { button => [$buttons[0], { name => '更多', sub_button => { list => $buttons[1]{sub_button} } }, $buttons[2]] } },
    'in the other form as well';
sub button { return { type => 'click', name => 'a', key => 'K', @_ } }
my %menus = (
    40016 => [[], [map { button() } 1 .. 4]], 40017 => [[button(type => 'x')], [{ name => 'a' }], [{ name => 'a', type => '' }]], 40018 => [[button(name => '')], [button(name => 'x' x 17)], [button(name => '好' x 6)]],
    40019 => [[button(key => '')], [button(key => 'x' x 129)]], 40020 => [[button(type => 'view', url => '')], [button(type => 'view', url => 'http://' . 'x' x 1018)]],
    40055 => [[button(type => 'view', url => 'javascript:alert(1)')]], 40007 => [[button(type => 'media_id')]],
    40023 => [[{ name => 'a', sub_button => [map { button() } 1 .. 6] }]], 40024 => [[{ name => 'a', sub_button => [button(type => 'x')] }]],
    40025 => [[{ name => 'a', sub_button => [button(name => 'x' x 61)] }]], 40026 => [[{ name => 'a', sub_button => [button(key => 'x' x 129)] }]],
    40027 => [[{ name => 'a', sub_button => [button(type => 'view')] }]], 40054 => [[{ name => 'a', sub_button => [button(type => 'view', url => 'x')] }]],
    0 => [[button(name => 'x' x 16)], [button(key => 'x' x 128)], [{ name => 'a', sub_button => [button(name => '好' x 20)] }], [{ %{ button() }, sub_button => [] }]],
);
for my $errcode (sort keys %menus) {
    is $account->post('menu/create', { button => $_ })->{errcode}, $errcode, "$errcode: " . substr(JSON::PP->new->canonical->encode($_), 0, 80) for @{ $menus{$errcode} };
}
is $account->post('menu/create', {})->{errcode}, 40016, 'no buttons at all';
is $account->post('menu/create', '{"button":[{"type":"click","name":"\u4eca","key":"K"}]}')->{errcode}, 40033, 'escapes in place of characters';
is $account->post('menu/create', '{"button":[{"type":"click","name":"a\\\\u4eca","key":"K"}]}')->{errcode}, 0, 'a backslash of its own is none';
is_deeply $account->get('menu/delete'), \%ok, 'deleted';
is $account->get('menu/get')->{errcode}, 46003, 'gone';
$account->post('menu/create', { button => \@buttons });

# On the page: a tap on a button pushes, one on a link leads to the page.
my $page = page('lin');
like $page, qr{<button type="submit" name="tap" value="0">今日歌曲</button>}, 'a button';
like $page, qr{<summary>更多</summary>}, 'one that unfolds';
like $page, qr{<button type="submit" name="tap" value="1\.1">扫一扫</button>}, 'and what is below it';
like $page, qr{<a href="/console/view\?person=lin&amp;mode=compatible&amp;tap=2" target="_blank" rel="noreferrer">网站</a>}, 'a link';
my $tapped = $kit->browser->post("$kit->{sim_url}/console", { person => 'lin', mode => 'safe', tap => '0' });
is $tapped->{location}, "$kit->{sim_url}/console?person=lin&mode=safe", 'tapped: back to the chat';
like page('lin'), qr/\[CLICK\] SONG/, 'which shows it';
my ($click) = grep { ($_->{Event} || '') eq 'CLICK' } journal();
is_deeply [@$click{qw(EventKey FromUserName)}], ['SONG', $openid{lin}], 'and the site was told';
$account->push_('lin', 'x', tap => '1.1', mode => 'safe');
is +(grep { ($_->{Event} || '') eq 'scancode_waitmsg' && $_->{EventKey} eq 'SCAN_1' } journal()), 1, 'another type of button';
is $kit->browser->get("$kit->{sim_url}/console/view?person=meimei&mode=safe&tap=2")->{location}, "$kit->{site_url}/there?a=1&b=2", 'a link leads to its page';
my $view = Kit::wait_for('VIEW', 10, sub { (grep { ($_->{Event} || '') eq 'VIEW' } journal())[0] });
is_deeply [@$view{qw(EventKey FromUserName)}], ["$kit->{site_url}/there?a=1&b=2", $openid{meimei}], 'and the site is told';
is $kit->browser->get("$kit->{sim_url}/console/view?person=meimei&tap=1.2")->{location}, "$kit->{site_url}/mini", 'a mini program: the page for those who cannot open it';
is Kit::wait_for('view_miniprogram', 10, sub { (grep { ($_->{Event} || '') eq 'view_miniprogram' } journal())[0] })->{EventKey}, 'pages/index', 'and its event';
is $kit->browser->get("$kit->{sim_url}/console/view?person=meimei&tap=$_")->{status}, 400, "tap=$_: no such link" for 0, 1, 3, '1.9', 'x', '';
is $kit->browser->post("$kit->{sim_url}/console", { tap => $_ })->{status}, 400, "tap=$_: no such button" for 2, 1, 9, 'x/y';

# ---- messages to one person ----

sub custom { my ($person, $type, %member) = @_; return $account->post('message/custom/send', { touser => $openid{$person} || $person, msgtype => $type, $type => \%member }) }
sub text { my ($person, $text) = @_; return custom($person, 'text', content => $text // 'hello')->{errcode} }
sub last_said { my ($person) = @_; my $chat = $account->chat($person)->{chat}; return $chat->[-1] }

is text('john'), 45015, 'somebody who has said nothing';
$account->push_('john', 'text', content => 'hi');
is_deeply [map { text('john', "no. $_") } 1 .. 6], [(0) x 5, 45047], 'five after a message';
is_deeply [map { $_->{text} } @{ $account->chat('john')->{chat} }], ['hi', map {"no. $_"} 1 .. 5], 'and the person sees them';
like page('john'), qr{<div class="bubble bubble_mine">hi</div>.*<div class="bubble">no\. 5</div>}s, 'on the page as well';
$account->push_('john', 'text', content => 'go on');
is text('john'), 0, 'after the next message again';
$kit->control(clock => 48 * 3600 - 60);
$account->forget_token;
is text('john'), 0, 'within 48 hours';
$kit->control(clock => 48 * 3600 + 60);
is text('john'), 45015, 'not later';
$kit->control;
$account->forget_token;
for my $row ([CLICK => 1], [SCAN => 1], [subscribe => 1], [scancode_push => 1], [VIEW => 0], [LOCATION => 0]) {
    my ($kind, $allows) = @$row;
    $account->push_('meimei', $_) for 'unsubscribe', 'subscribe';
    $kit->control(clock => 120);
    is text('meimei'), 45015, 'two minutes after following';
    $account->push_('meimei', $kind);
    is_deeply [map { text('meimei') } 1 .. 4], $allows ? [0, 0, 0, 45047] : [(45015) x 4], "$kind: " . ($allows ? 'three' : 'none');
    $kit->control(clock => 240);
    is text('meimei'), 45015, 'and only within a minute';
    $kit->control;
}
$account->push_('xiaoming', 'text', content => 'hi');
$account->push_('xiaoming', 'unsubscribe');
is text('xiaoming'), 45015, 'somebody who has left';
$account->push_('xiaoming', 'subscribe');
is text($_), 40003, "40003: '$_'" for '', 'x', 'oSim0009nobodyAtAll-aBcDeFgH';

my %media = map { my ($type, $file) = @$_; ($type => $account->upload($type, $file, "bytes of $file")) } [image => 'a.png'], [voice => 'a.amr'], [video => 'a.mp4'], [thumb => 'a.jpg'];
my %id = map { ($_ => $media{$_}{media_id} || $media{$_}{thumb_media_id}) } keys %media;
my @articles = map { { title => "article $_", description => "about $_", url => "http://www.example.com/$_", picurl => '' } } 1 .. 2;
for my $row ([text => { content => "你好 <b> <a href=\"http://www.example.com/\">here</a>" }, { kind => 'text', text => "你好 <b> <a href=\"http://www.example.com/\">here</a>" }, qr{你好 &lt;b&gt; <a href="http://www\.example\.com/">here</a></div>}],
    [image => { media_id => $id{image} }, { kind => 'image', media => $id{image} }, qr{<img src="/media/\Q$id{image}\E" alt="\[image\]">}],
    [voice => { media_id => $id{voice} }, { kind => 'voice', media => $id{voice} }, qr{\[voice\] <a href="/media/}],
    [video => { media_id => $id{video}, thumb_media_id => $id{thumb}, title => 'film', description => 'short' }, { kind => 'video', media => $id{video}, title => 'film', description => 'short' }, qr{\[video\] film short <a href="/media/}],
    [music => { title => 'song', description => 'of old', musicurl => 'http://www.example.com/a.mp3', hqmusicurl => '', thumb_media_id => $id{thumb} }, { kind => 'music', title => 'song', description => 'of old', url => 'http://www.example.com/a.mp3' },
        qr{\[music\] <a href="http://www\.example\.com/a\.mp3" rel="noreferrer">song</a> of old}],
    [news => { articles => \@articles }, { kind => 'news', news => [map { { title => $_->{title}, description => $_->{description}, url => $_->{url} } } @articles] }, qr{article 1</a><br>about 1</p><p>.*article 2</a>}],
    [msgmenu => { head_content => 'well?', list => [{ id => 1, content => 'yes' }, { id => 2, content => 'no' }], tail_content => 'thanks' }, { kind => 'text', text => "well?\nyes\nno\nthanks" }, qr{well\?\nyes\nno\nthanks}]) {
    my ($type, $members, $entry, $shown) = @$row;
    $account->push_('lin', 'text', content => $type);
    is_deeply custom('lin', $type, %$members), \%ok, "$type: sent";
    my $said = last_said('lin');
    my %seen = map { my $value = $said->{$_}; ref $value || $value ne '' ? ($_ => $value) : () } keys %$said;
    cmp_ok abs(delete($seen{time}) - time), '<', 60, 'at this time';
    is_deeply \%seen, $entry, 'what the person got';
    like page('lin'), $shown, 'on the page';
}
$account->push_('lin', 'text', content => 'wrong ones');
for my $row ([40008, 'x'], [40008, ''], [44004, 'text', content => ''], [45002, 'text', content => 'x' x 2049], [40007, 'image', media_id => 'x'], [40007, 'image'], [40007, 'image', media_id => $id{voice}],
    [40007, 'video', media_id => $id{thumb}], [40007, 'music', thumb_media_id => 'x'], [44003, 'news', articles => []], [45008, 'news', articles => [(@articles) x 5]], [44004, 'msgmenu', list => []]) {
    my ($errcode, $type, %member) = @$row;
    is custom('lin', $type, %member)->{errcode}, $errcode, "$errcode: $type";
}
is $account->post('message/custom/send', "{\"touser\":\"$openid{lin}\",\"msgtype\":\"text\",\"text\":{\"content\":\"$_->[0]\"}}")->{errcode}, $_->[1], "$_->[1]: $_->[0]"
    for ['\u4f60\u597d', 40033], ['line\nbreak \"\\\\u4f60\"', 0], ['\u0041', 0];
is last_said('lin')->{text}, 'A', 'an escape that is allowed';
is_deeply [map { $_->{mine} ? 'lin' : 'account' } @{ $account->chat('lin')->{chat} }[-3 .. -1]], [qw(lin account account)], 'who said what';

# A reload asks for what is new.
my $chat = $account->chat('lin');
is_deeply $account->chat('lin', after => $chat->{end})->{chat}, [], 'nothing new';
text('lin', 'late');
is_deeply [map { $_->{text} } @{ $account->chat('lin', after => $chat->{end})->{chat} }], ['late'], 'one new message';
text('lin', "no. $_"), $account->push_('lin', 'text', content => 'more') for 1 .. 30;
is scalar(@{ $account->chat('lin')->{chat} }), 40, 'the latest forty are shown';

# ---- typing ----

sub typing { my ($person, $command) = @_; return $account->post('message/custom/typing', { touser => $openid{$person} || $person, command => $command })->{errcode} }
is $account->chat('lin')->{typing}, JSON::PP::false, 'nobody is typing';
is typing('lin', 'Typing'), 0, 'the account is typing';
is $account->chat('lin')->{typing}, JSON::PP::true, 'and the person sees it';
like page('lin'), qr{<p class="chat__typing" id="typing">对方正在输入…</p>}, 'on the page';
is typing('lin', 'Typing'), 45081, 'it is typing already';
is typing('lin', 'CancelTyping'), 0, 'no longer';
like page('lin'), qr{id="typing" hidden>}, 'and the page says so';
typing('lin', 'Typing');
text('lin');
is $account->chat('lin')->{typing}, JSON::PP::false, 'a message ends it';
typing('lin', 'Typing');
$kit->control(clock => 16);
is $account->chat('lin')->{typing}, JSON::PP::false, 'and so do 15 s';
$kit->control(clock => 45);
is typing('lin', 'Typing'), 45080, 'when nobody has said anything for 30 s';
$kit->control;
is typing('lin', 'Sleeping'), 45072, 'another command';
is typing('x', 'Typing'), 40003, 'somebody unknown';

# ---- template messages ----

my @templates = @{ $account->get('template/get_all_private_template')->{template_list} };
is length $_->{template_id}, 43, "$_->{title}: a template" for @templates;
my %data = (character_string1 => { value => '2026' }, thing2 => { value => '一本书' }, time3 => { value => '2026年10月1日 12:00' });
sub template { my ($person, %more) = @_; return $account->post('message/template/send', { touser => $openid{$person} || $person, template_id => $templates[0]{template_id}, url => 'http://www.example.com/order', data => \%data, %more }) }
sub finished { my ($id) = @_; return Kit::wait_for("TEMPLATESENDJOBFINISH $id", 10, sub { (grep { ($_->{Event} || '') eq 'TEMPLATESENDJOBFINISH' && $_->{MsgID} eq $id } journal())[0] }) }
my $sent = template('lin');
is_deeply [sort keys %$sent], [qw(errcode errmsg msgid)], 'a template message has an id';
like $sent->{msgid}, qr/^\d{19}$/, 'of 64 bits';
my $end = finished($sent->{msgid});
is_deeply [@$end{qw(Status FromUserName)}], ['success', $openid{lin}], 'the site is told that it has arrived';
is_deeply [@{ last_said('lin') }{qw(kind title text url)}], ['card', $templates[0]{title}, "订单编号：2026\n商品：一本书\n发货时间：2026年10月1日 12:00\n", 'http://www.example.com/order'], 'the person sees a card';
like page('lin'), qr{<b class="bubble__title">订单发货提醒</b>订单编号：2026\n.*<a class="bubble__more" href="http://www\.example\.com/order" rel="noreferrer">Details</a>}s, 'on the page';
is template('lin', template_id => 'simTemplate-of-a-test')->{errcode}, 0, 'any id that begins so';
like last_said('lin')->{text}, qr/^thing2：一本书$/m, 'lists what it was given';
for my $row ([40037, 'lin', template_id => 'x'], [40003, 'x'], [43004, 'snapshot'], [47003, 'lin', data => {}], [47003, 'lin', data => { thing2 => { value => '' } }], [47003, 'lin', data => { thing2 => { value => '好' x 21 } }],
    [47003, 'lin', data => { number1 => { value => 'many' } }], [47003, 'lin', data => { thing2 => 'text' }], [0, 'lin', data => { thing2 => { value => '好' x 20 }, anything => { value => 'x' x 100 } }]) {
    my ($errcode, $person, %more) = @$row;
    is template($person, %more)->{errcode}, $errcode, "$errcode: " . JSON::PP->new->canonical->encode(\%more);
}
like template('lin', data => { thing2 => { value => '好' x 21 } })->{errmsg}, qr/^argument invalid! data\.thing2\.value invalid rid: /, 'which value it is';
for my $row ([blocked => 'failed:user block'], [failed => 'failed: system failed']) {
    $kit->control(template_status => $row->[0]);
    my $said = last_said('lin');
    my $failed = template('lin');
    is finished($failed->{msgid})->{Status}, $row->[1], "$row->[0]: the site is told";
    is_deeply last_said('lin'), $said, 'and the person sees nothing';
}
$kit->control(followers => 1);
my ($invented) = grep {/invented/} @{ $account->get('user/get')->{data}{openid} };
is finished(template($invented)->{msgid})->{FromUserName}, $invented, 'an invented follower gets one as well';
$kit->control;

# The caller does not wait for the push.
$kit->write_conf(handler => 'handler', language => 'en', replies => undef);
Kit::write_file("$kit->{folder}/handler", "#!/bin/sh\nsleep 4\n", 0755);
my $began = Time::HiRes::time();
$sent = template('lin');
cmp_ok Time::HiRes::time() - $began, '<', 3, 'the caller does not wait for the site';
is finished($sent->{msgid})->{Status}, 'success', 'which is told nevertheless';
$kit->write_conf(language => 'en', replies => undef);

# ---- files ----

is_deeply [sort keys %{ $media{image} }], [qw(created_at media_id type)], 'an upload: type, id and time';
is_deeply [sort keys %{ $media{thumb} }], [qw(created_at thumb_media_id type)], 'a thumb has its own name for the id';
my $bytes = join '', map { chr($_ % 256) } 0 .. 300_000;
my $large = $account->upload('image', 'Large.PNG', $bytes);
my $got = $account->raw('GET', 'media/get', { access_token => $account->token, media_id => $large->{media_id} });
ok $got->{content} eq $bytes, 'each byte comes back';
is $got->{headers}{'content-type'}, 'image/png', 'with its type';
is $got->{headers}{'content-disposition'}, "attachment; filename=\"$large->{media_id}.png\"", 'and a name';
my $shown = $kit->browser->get("$kit->{sim_url}/media/$large->{media_id}");
ok $shown->{content} eq $bytes, 'the console shows it without a token';
is_deeply $account->get('media/get', media_id => $id{video}), { video_url => "$kit->{sim_url}/media/$id{video}" }, 'a video: a link to it';
is $account->get('media/get', media_id => $_)->{errcode}, 40007, "40007: '$_'" for '', 'x', '../control', 'x' x 64;
is $kit->browser->get("$kit->{sim_url}/media/$_")->{status}, 404, "no file $_" for 'x', 'x' x 64;
for my $row ([40004, 'film', 'a.mp4', 'x'], [40004, '', 'a.mp4', 'x'], [40005, 'image', 'a.exe', 'x'], [40005, 'image', 'png', 'x'], [40005, 'thumb', 'a.png', 'x'], [40006, 'image', 'a.png', ''], [41005, 'image', 'a.png', 'x', 'file'],
    [40009, 'image', 'a.png', 'x' x (10 * 1024 * 1024 + 1)], [40009, 'image', 'a.png', 'x' x (12 * 1024 * 1024)], [40010, 'voice', 'a.mp3', 'x' x (2 * 1024 * 1024 + 1)], [40011, 'video', 'a.mp4', 'x' x (10 * 1024 * 1024 + 1)],
    [40012, 'thumb', 'a.jpg', 'x' x (64 * 1024 + 1)], [0, 'image', 'a.gif', 'x' x (10 * 1024 * 1024)], [0, 'thumb', 'a.jpg', 'x' x (64 * 1024)]) {
    my ($errcode, $type, $file, $data, @field) = @$row;
    is $account->upload($type, $file, $data, @field)->{errcode} // 0, $errcode, "$errcode: $type $file, " . length($data) . ' bytes';
}
for my $row (['no boundary', 'multipart/form-data'], ['another boundary', 'multipart/form-data; boundary=x'], ['not a form', 'application/json']) {
    is $account->call('POST', 'media/upload', { access_token => $account->token, type => 'image' }, "--b\r\n\r\n\r\n--b--\r\n", 'Content-Type' => $row->[1])->{errcode}, 41005, $row->[0];
}
my $chunks = 3;
my $form = "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\n" . 'y' x 100_000;
my $chunked = HTTP::Tiny->new->request('POST', "$kit->{sim_url}/cgi-bin/media/upload?type=image&access_token=" . $account->token,
    { headers => { 'Content-Type' => 'multipart/form-data; boundary="b"' }, content => sub { return $chunks-- > 0 ? ($chunks == 2 ? $form : 'z' x 1000) : $chunks == -1 ? "\r\n--b--\r\n" : undef } });
my $of_chunks = decode_json($chunked->{content});
is length $account->raw('GET', 'media/get', { access_token => $account->token, media_id => $of_chunks->{media_id} })->{content}, 102_000, 'in chunks, without a length';
$kit->control(clock => 3 * 86400 - 60);
$account->forget_token;
is $account->raw('GET', 'media/get', { access_token => $account->token, media_id => $large->{media_id} })->{content} eq $bytes, 1, 'it is kept for three days';
$kit->control(clock => 3 * 86400 + 60);
is $account->get('media/get', media_id => $large->{media_id})->{errcode}, 40007, 'and no longer';
$kit->control;

# ---- the record ----

$account->forget_token;
$kit->forget_asked;
text('john', '你好');
$account->upload('image', 'a.png', 'secret picture');
$account->raw('GET', 'media/get', { access_token => $account->token, media_id => $large->{media_id} });
my ($recorded) = grep { $_->{path} eq '/cgi-bin/message/custom/send' } $kit->asked;
is_deeply $recorded->{body}, { touser => $openid{john}, msgtype => 'text', text => { content => '你好' } }, 'what was asked is recorded';
is_deeply [map {"$_->{path} $_->{answer}"} grep { $_->{path} =~ /media/ } $kit->asked], ['/cgi-bin/media/upload ok', '/cgi-bin/media/get ok'], 'files as well';
unlike Kit::read_file("$kit->{folder}/sim-state/requests.jsonl"), qr/secret picture|\Q$large->{media_id}\E|@{[quotemeta $account->token]}/, 'without their bytes, ids and tokens';
done_testing;
