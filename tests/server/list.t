# list.cgi: the list as each person sees it, the four ways to hand a value over, and misuse.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Docs;
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { list_lesson => 'on' });
my $path = '/cgi-bin/list.cgi';
my $nobody = $kit->browser;
is $nobody->get($path)->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fcgi-bin%2Flist.cgi", 'not signed in: to the sign-in, and back';
my $refused = $nobody->get("$path?format=json");
is "$refused->{status} $refused->{content}", '401 {"active":false}', 'a script hears 401';

my $ming = $kit->browser;
my $list = $ming->sign_in('xiaoming', $path);
my $page = decode_utf8($list->{content});
is $list->{status}, 200, 'after the sign-in: the list';
like $page, qr{<h1[^>]*>小明</h1>}, 'nickname';
like $page, qr{<img class="profile__avatar" src="\Q$kit->{sim_url}\E/mmopen/xiaoming/132"}, 'avatar';
like $page, qr{我的订单</span><span class="badge" aria-label="未读">2</span>.*联系客服</span></a>.*常见问题</span></a>}s, 'three items, one with a badge';
like $page, qr{href="/cgi-bin/list\.cgi\?item=orders&amp;name=%E6%88%91%E7%9A%84%E8%AE%A2%E5%8D%95"}, 'the link passes the value';
my $english = $kit->browser(headers => { 'Accept-Language' => 'en' });
$english->set_cookie(wx_session => $ming->cookie('wx_session'));
like $english->get($path)->{content}, qr{My orders.*Contact us.*Questions and answers}s, 'in the visitor’s language';

sub received {
    my ($answer) = @_;
    my $text = decode_utf8($answer->{content});
    my ($value) = $text =~ m{id="received">([^<]*)<};
    my ($way) = $text =~ m{id="way">([^<]*)<};
    return join ' ', $answer->{status}, $value || '-', $way || '-';
}
my ($csrf) = $page =~ /name="csrf" value="([^"]+)"/;
ok !defined $csrf, 'the link needs no form';
($csrf) = $ming->get("$path?way=global")->{content} =~ /name="csrf" value="([^"]+)"/;
sub choose {
    my ($browser, %form) = @_;
    return $browser->follow($browser->post($path, { csrf => $csrf, %form }));
}

is received($ming->get("$path?item=orders")), '200 orders 链接参数', 'by the link';
is received(choose($ming, way => 'id', item => 'service')), '200 service 元素 id', 'by the element’s id';
is received(choose($ming, way => 'index', item => 'questions')), '200 questions data-index', 'by data-index';
is received(choose($ming, way => 'global', item => 'orders')), '200 orders 全局数据', 'by the session';
is received($ming->get("$path?detail=1")), '200 orders 全局数据', 'again after a reload';
my $tab = $kit->browser;
$tab->set_cookie(wx_session => $ming->cookie('wx_session'));
is received($tab->get("$path?detail=1")), '200 orders 全局数据', 'and in another tab of the same person';
my $mei = $kit->browser;
$mei->sign_in('meimei', $path);
my $none = $mei->get("$path?detail=1");
is received($none), '404 - -', 'but for nobody else';
like decode_utf8($none->{content}), qr/没有收到值.*还没有选过项目/s, 'and the page says so';
my $again = $kit->browser;
$again->sign_in('xiaoming', $path);
is received($again->get("$path?detail=1")), '404 - -', 'nor for another sign-in of the same person';

# ---- without scripts, and from elsewhere ----

my $empty = choose($ming, way => 'id', item => '');
is $empty->{status}, 400, 'the element’s id without JavaScript: no value';
like decode_utf8($empty->{content}), qr/没有收到值.*需要 JavaScript.*href="\/cgi-bin\/list\.cgi"/s, 'says why, and leads back';
like $ming->get("$path?way=id")->{content}, qr{<button [^>]*type="submit" id="orders">}, 'the elements have their ids';
like $ming->get("$path?way=index")->{content}, qr{<button [^>]*type="submit" data-index="orders">}, 'and their data-index';
like $ming->get("$path?way=global")->{content}, qr{<button [^>]*type="submit" name="item" value="orders">}, 'and need no script for the session';
my $policy = $ming->get("$path?way=id")->{headers}{'content-security-policy'};
my ($nonce) = $policy =~ /script-src 'nonce-([\w-]{43})'/;
ok $nonce && $ming->get("$path?way=id")->{content} =~ /<script nonce="[\w-]{43}">/, 'the script runs by a nonce';
unlike $ming->get('/cgi-bin/logout.cgi')->{headers}{'content-security-policy'}, qr/script-src/, 'other pages may run none';

my $forged = $ming->post($path, { way => 'global', item => 'service' });
is $forged->{status}, 403, 'a form of another site: refused';
is $ming->post($path, { csrf => 'x', way => 'global', item => 'service' })->{status}, 403, 'a wrong csrf: refused';
is received($ming->get("$path?detail=1")), '200 orders 全局数据', 'and nothing changed';
is $ming->post($path, { way => 'global', item => 'service' }, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status}, 303, 'Sec-Fetch-Site: same-origin is accepted';

# ---- values from strangers ----

for my $value ('', 'nothing', '../orders', '<script>alert(1)</script>', 'orders%00', 'ORDERS', 'orders%20', 'x' x 5000, '%F0%9F%98%80', "'", 'orders/../../etc') {
    my $answer = $ming->get("$path?item=$value");
    is $answer->{status}, 404, 'item=' . substr($value, 0, 30);
    unlike $answer->{content}, qr/<script>alert|x{100}/, 'and it is not repeated';
    is choose($ming, way => 'global', item => $value =~ s/%(..)/chr hex $1/ger)->{status}, $value eq '' ? 400 : 404, 'nor chosen';
}
my $markup = $ming->get("$path?item=orders&name=%3Cb%3E%E2%80%AE%01%22x");
is decode_utf8($markup->{content}) =~ m{id="name">([^<]*)<} ? $1 : '', '&lt;b&gt;&quot;x', 'a name from a link is text, without control characters';
is $ming->get("$path?item=orders&name=" . 'y' x 201)->{status}, 400, 'a long one is refused';
is $ming->get("$path?way=$_")->{status}, 400, "way=$_" for 'magic', '', 'ID';
is choose($ming, way => $_, item => 'orders')->{status}, 400, "chosen by $_" for 'magic', 'query', '';

# ---- for scripts ----

my $bearer = $kit->browser(headers => { Authorization => 'Bearer ' . $ming->cookie('wx_session'), 'Accept-Language' => 'en' });
my $json = $bearer->get("$path?format=json");
is_deeply [map {"$_->{id} $_->{text} " . ($_->{unread} || 0)} @{ decode_json($json->{content})->{items} }],
    ['orders My orders 2', 'service Contact us 0', 'questions Questions and answers 0'], 'the list as JSON';
is decode_json($bearer->get("$path?format=json&item=service")->{content})->{text}, 'Contact us', 'an item';
is $bearer->get("$path?format=json&item=none")->{content}, '{"error":"not_found"}', 'none';
my $chosen = $bearer->follow($bearer->post("$path?format=json", { way => 'global', item => 'questions' }));
is_deeply [@{ decode_json($chosen->{content}) }{qw(id way)}], [qw(questions global)], 'chosen by a script with the token';
is received($ming->get("$path?detail=1")), '200 questions 全局数据', 'and seen by the pages of the same session';

# ---- the owner's file ----

sub with_list {
    my ($text) = @_;
    Kit::write_file("$kit->{folder}/list.json", $text, 0644);
    return $ming->get($path);
}
like decode_utf8(with_list(encode_utf8('[{"id":"a","text":"仅有","unread":{"oSim0001xiaoMing-aBcDeFgHiJk":120}}]'))->{content}),
    qr{仅有</span><span class="badge" aria-label="未读">99\+<}, 'a badge for one person';
unlike decode_utf8($mei->get($path)->{content}), qr/class="badge"/, 'is not for another';
like decode_utf8(with_list('[]')->{content}), qr/这里还没有内容/, 'an empty list says so';
is received($ming->get("$path?detail=1")), '404 - -', 'an item that was chosen but is no longer in the list';
like decode_utf8(with_list("\xef\xbb\xbf[\r\n" . encode_utf8('{"id":"a","text":"仅有"}') . "\r\n]\r\n\x1a")->{content}), qr{仅有</span>}, 'as Windows editors save it';
is with_list("[\n{\"id\":\"a\",\"text\":\"\xc4\xe3\xba\xc3\"}]")->{status}, 500, 'in GBK';
like $kit->log_text, qr/list\.json, line 2: it is not UTF-8, perhaps GBK: save it as UTF-8/, 'is in the log, with what to do';
is with_list("[\n{\"id\":\"a\",\"text\":\"a\"},\n]")->{status}, 500, 'a comma too many';
like $kit->log_text, qr/list\.json, line 2: remove the comma before \] in line 3/, 'is in the log, with its line';
my $broken = with_list('[{"id":"a"}]');
is $broken->{status}, 500, 'a mistake in the file';
like $kit->log_text, qr/list\.json, item 1 \(line 1\): it has no "text"/, 'is in the log, with item and line';
my ($described) = map { $_->{text} } grep { $_->{name} eq 'list.json' } Docs::snippets('docs/en/list.md');
like decode_utf8(with_list(encode_utf8($described))->{content}), qr{我的订单</span><span class="badge" aria-label="未读">2</span>.*联系客服</span></a>}s, 'that of docs/en/list.md';
unlink "$kit->{folder}/list.json";
is $ming->get($path)->{status}, 500, 'no file';
like $kit->log_text, qr/kind=config .*list\.json: No such file/, 'is in the log';
$kit->write_conf(list => '', list_lesson => 'on');
is $ming->get($path)->{status}, 500, 'not set';
like $kit->log_text, qr/list is not set: name the file of the list's items in wechat\.conf \(docs\/en\/list\.md\)/, 'the log says what to do';
$kit->write_conf(list_lesson => 'on');

# ---- a list for visitors: without the lesson ----

sub visits { my ($query) = @_; return decode_utf8($ming->get("$path$query")->{content}) }
$kit->write_conf;
Kit::write_file("$kit->{folder}/list.json", encode_utf8('[{"id":"a","text":"有说明","detail":"详情","icon":"/i.svg","unread":3},{"id":"b","text":"有页面","detail":"详情","url":"/b.html?c&d"},{"id":"c","text":"两样都没有"}]'), 0644);
my $plain = visits('');
like $plain, qr{<nav class="weui-cells" aria-label="我的">\n<a class="weui-cell weui-cell_access" href="/cgi-bin/list\.cgi\?item=a"><img class="item__icon" src="/i\.svg"[^>]*><span class="weui-cell__bd">有说明</span><span class="badge" aria-label="未读">3</span></a>}, 'an item leads to its page';
like $plain, qr{href="/b\.html\?c&amp;d"><span class="weui-cell__bd">有页面<.*href="/cgi-bin/list\.cgi\?item=c"><span class="weui-cell__bd">两样都没有<}s, 'or to the page that it names';
unlike $plain, qr{class="ways"|<form|<script|[?;]name=}, 'and nothing shows the ways';
unlike $ming->get($path)->{headers}{'content-security-policy'}, qr/script-src/, 'no script may run';
like visits("?way=$_"), qr{<nav class="weui-cells" aria-label="我的">}, "way=$_: the same list" for 'id', 'magic';
my $item = visits('?item=a&name=' . 'y' x 300);
like $item, qr{<title>有说明 · .*<h1[^>]*>有说明</h1>.*<p class="item__detail">详情</p>\n<div class="actions">\n<a class="weui-btn weui-btn_default" href="/cgi-bin/list\.cgi">回到列表</a>}s, 'the item’s page, and back';
unlike $item, qr/y{9}|收到的值|id="received"/, 'which shows nothing of what a link says';
like visits('?item=b'), qr{href="/b\.html\?c&amp;d">打开</a>}, 'the page of an item that names one has a button for it';
is_deeply [map { $_->{link} } @{ decode_json($bearer->get("$path?format=json")->{content})->{items} }], ['/cgi-bin/list.cgi?item=a', '/b.html?c&d', '/cgi-bin/list.cgi?item=c'], 'the JSON has the same links';
is decode_json($bearer->follow($bearer->post("$path?format=json", { way => 'global', item => 'a' }))->{content})->{id}, 'a', 'scripts may still choose';

# With the lesson, “back” leads to the list as it was.
$kit->write_conf(list_lesson => 'on');
for my $way ('id', 'index', 'global') {
    like decode_utf8(choose($ming, way => $way, item => 'a')->{content}), qr{href="/cgi-bin/list\.cgi\?way=$way">回到列表</a>}, "back to way=$way";
}
like visits('?item=a'), qr{href="/cgi-bin/list\.cgi">回到列表</a>}, 'and to the link';

# ---- the owner's links, on the personal page ----

sub with_links {
    my ($text) = @_;
    Kit::write_file("$kit->{folder}/links.json", encode_utf8($text), 0644);
    return decode_utf8($ming->get('/cgi-bin/me.cgi')->{content});
}
my $below = qr{<a class="weui-cell weui-cell_access" href="/cgi-bin/list\.cgi"><span class="weui-cell__bd">我的列表</span></a>\n</nav>};
like with_links('[{"text":"a","url":"/"}]'), qr{<nav[^>]*>\n$below}, 'a personal page without links: the list';
$kit->write_conf(links => 'links.json');
like with_links('[{"text":{"en":"Orders","zh_CN":"我的 <订单>"},"url":"/orders.php?a&b","icon":"/i.svg"},{"text":"帮助","url":"https://help.example.com/"}]'),
    qr{<nav class="weui-cells" aria-label="链接">\n<a class="weui-cell weui-cell_access" href="/orders\.php\?a&amp;b"><img class="item__icon" src="/i\.svg"[^>]*><span class="weui-cell__bd">我的 &lt;订单&gt;</span></a>\n<a class="weui-cell weui-cell_access" href="https://help\.example\.com/" rel="noopener"><span class="weui-cell__bd">帮助</span></a>\n$below},
    'the owner’s links';
my ($example) = map { $_->{text} } grep { $_->{name} eq 'links.json' } Docs::snippets('docs/en/pages.md');
like with_links($example), qr{href="/orders\.php".*>我的订单<.*href="https://help\.example\.com/" rel="noopener".*>常见问题<}s, 'those of docs/en/pages.md';
unlike decode_utf8($ming->get('/cgi-bin/me.cgi?forget=1')->{content}), qr/<nav/, 'but not on the question before forgetting';
for my $text ('[]', '[{"text":"a"}]', '{') {
    my $page = with_links($text);
    like $page, qr{<h1[^>]*>小明</h1>}, "$text: the personal page";
    like $page, qr{<nav[^>]*>\n$below}, "$text: without links";
}
like $kit->log_text, qr/kind=config .*links\.json, link 1 \(line 1\): it has no "url"/, 'a mistake is in the log';
unlink "$kit->{folder}/links.json";
is $ming->get('/cgi-bin/me.cgi')->{status}, 200, 'no file: the page all the same';
like $kit->log_text, qr/kind=config .*links\.json: No such file/, 'and a line in the log';

# ---- signing out deletes it ----

$ming->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
is_deeply [grep {m{/values/}} $kit->state_files], [], 'what was chosen is deleted with the session';
done_testing;
