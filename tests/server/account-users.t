# The simulator's side of the account's calls about its followers: who they are, lists of them, tags, and QR codes that lead to it.
use strict;
use utf8;
use warnings;
use Account;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $account = Account->new($kit);
my %openid = (lin => 'oSim0008linXiaoToday_StUvWxY', xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU', snapshot => 'oSim0007virtualSnapshot-KlMn');

# ---- a person ----

my $xiaoming = $account->get('user/info', openid => $openid{xiaoming}, lang => 'zh_CN');
is_deeply [sort keys %$xiaoming], [sort qw(subscribe openid nickname sex language city province country headimgurl subscribe_time unionid remark groupid tagid_list
    subscribe_scene qr_scene qr_scene_str)], 'a follower’s members';
is_deeply [@$xiaoming{qw(subscribe openid unionid language subscribe_scene)}], [1, $openid{xiaoming}, 'uSim0001xiaoMing-aBcDeFgHiJk', 'zh_CN', 'ADD_SCENE_SEARCH'], 'a follower';
is join('', map { $xiaoming->{$_} } qw(nickname headimgurl city province country)), '', 'without name and avatar, as since 2021-12-27';
is_deeply $xiaoming->{tagid_list}, [], 'no tags';
is $account->get('user/info', openid => $openid{lin})->{unionid}, undef, 'somebody without unionid';
my $stranger = $account->get('user/info', openid => $openid{snapshot});
is_deeply $stranger, { subscribe => 0, openid => $openid{snapshot}, tagid_list => [] }, 'somebody who does not follow';
is $account->get('user/info', openid => $_->[0])->{errcode}, $_->[1], "$_->[1]: '$_->[0]'"
    for ['', 40003], ['x', 40003], ["$openid{lin}x", 40003], ['oSim0009nobodyAtAll-aBcDeFgH', 46004], ['oWeb0001xiaoMing-aBcDeFgHiJk', 46004];

my $batch = $account->post('user/info/batchget', { user_list => [map { { openid => $openid{$_}, lang => 'zh_CN' } } qw(xiaoming snapshot)] });
is_deeply $batch->{user_info_list}, [$xiaoming, $stranger], 'two at once';
is $account->post('user/info/batchget', { user_list => [map { { openid => $openid{lin} } } 1 .. $_->[0]] })->{errcode}, $_->[1], "$_->[0] at once" for [100, undef], [101, 40032], [0, 40032];
is $account->post('user/info/batchget', { user_list => [{ openid => 'x' }] })->{errcode}, 40003, 'a wrong one among them';

# ---- following and leaving ----

$account->push_('meimei', 'unsubscribe');
is $account->get('user/info', openid => $openid{meimei})->{subscribe}, 0, 'who leaves does not follow';
$account->push_('meimei', 'subscribe');
my $again = $account->get('user/info', openid => $openid{meimei});
is $again->{subscribe}, 1, 'who comes back does';
cmp_ok abs($again->{subscribe_time} - time), '<', 60, 'since now';
$account->push_('snapshot', 'subscribe_scene', eventkey => 'qrscene_shop-7');
is_deeply [@{ $account->get('user/info', openid => $openid{snapshot}) }{qw(subscribe subscribe_scene qr_scene qr_scene_str)}], [1, 'ADD_SCENE_QR_CODE', 0, 'shop-7'], 'by a QR code: its text';
$account->push_('snapshot', 'unsubscribe');
$account->push_('snapshot', 'subscribe_scene', eventkey => 'qrscene_77');
is_deeply [@{ $account->get('user/info', openid => $openid{snapshot}) }{qw(subscribe_scene qr_scene qr_scene_str)}], ['ADD_SCENE_QR_CODE', 77, ''], 'or its number';
$account->push_('snapshot', 'unsubscribe');

is_deeply $account->post('user/info/updateremark', { openid => $openid{lin}, remark => '老同学' }), { errcode => 0, errmsg => 'ok' }, 'a remark';
is $account->get('user/info', openid => $openid{lin})->{remark}, '老同学', 'is kept';
is $account->post('user/info/updateremark', { openid => $_->[0], remark => $_->[1] })->{errcode}, $_->[2], "$_->[2]: '$_->[1]'" for ['x', 'y', 40003], [$openid{lin}, '好' x 30, 40097], [$openid{snapshot}, 'y', 40003];

# ---- the list ----

my $all = $account->get('user/get');
is "$all->{total} $all->{count}", '7 7', 'seven follow';
is scalar(@{ $all->{data}{openid} }), 7, 'by openid';
is $all->{next_openid}, $all->{data}{openid}[6], 'next_openid is the last';
is_deeply $account->get('user/get', next_openid => $all->{next_openid}), { total => 7, count => 0, next_openid => '' }, 'nobody comes after it';
is $account->get('user/get', next_openid => 'x')->{errcode}, 40003, 'after somebody unknown';
$kit->control(followers => 25, page_size => 10);
my ($next, @pages, @seen) = ('');
for (1 .. 9) {
    my $page = $account->get('user/get', next_openid => $next);
    is $page->{total}, 32, 'twenty-five more follow';
    push @pages, $page->{count};
    last if $page->{count} == 0;
    push @seen, @{ $page->{data}{openid} };
    $next = $page->{next_openid};
}
is_deeply \@pages, [10, 10, 10, 2, 0], 'a page at a time';
is scalar(keys %{ { map { $_ => 1 } @seen } }), 32, 'everybody once';
like $_, qr/^o[\w-]{27}$/, 'an openid' for @seen[30, 31];
is $account->get('user/info', openid => $seen[31])->{subscribe}, 1, 'an invented follower';
$kit->control(followers => 12345);
my $first = $account->get('user/get');
is "$first->{total} $first->{count}", '12352 10000', 'ten thousand at most';
is $account->get('user/get', next_openid => $first->{next_openid})->{count}, 2352, 'and the rest';
$kit->control;
is $account->get('user/info', openid => $seen[31])->{errcode}, 46004, 'the invented ones are gone';

# ---- tags ----

my $tag = $account->post('tags/create', { tag => { name => '广东' } });
is_deeply $tag, { tag => { id => 100, name => '广东' } }, 'a tag';
is $account->post('tags/create', { tag => { name => $_->[0] } })->{errcode} // 0, $_->[1], "$_->[1]: '$_->[0]'" for ['广东', 45157], ['', 45157], ['好' x 11, 45158], ['好' x 10, 0];
is_deeply $account->get('tags/get'), { tags => [{ id => 2, name => '星标组', count => 0 }, { id => 100, name => '广东', count => 0 }, { id => 101, name => '好' x 10, count => 0 }] }, 'the tags';
my %ok = (errcode => 0, errmsg => 'ok');
is_deeply $account->post('tags/members/batchtagging', { openid_list => [@openid{qw(lin xiaoming)}], tagid => 100 }), \%ok, 'two get it';
is_deeply $account->post('tags/members/batchtagging', { openid_list => [$openid{lin}], tagid => 101 }), \%ok, 'one gets another';
is_deeply $account->post('tags/getidlist', { openid => $openid{lin} }), { tagid_list => [100, 101] }, 'the tags of a person';
is_deeply $account->get('user/info', openid => $openid{xiaoming})->{tagid_list}, [100], 'which user/info has as well';
is_deeply $account->post('user/tag/get', { tagid => 100, next_openid => '' }), { count => 2, data => { openid => [@openid{qw(lin xiaoming)}] }, next_openid => $openid{xiaoming} }, 'the people of a tag';
is_deeply $account->post('user/tag/get', { tagid => 100, next_openid => $openid{lin} }), { count => 1, data => { openid => [$openid{xiaoming}] }, next_openid => $openid{xiaoming} }, 'after one of them';
is_deeply $account->post('user/tag/get', { tagid => 2 }), { count => 0, next_openid => '' }, 'nobody has it';
is_deeply [map { $_->{count} } @{ $account->get('tags/get')->{tags} }], [0, 2, 1], 'and their counts';
is_deeply $account->post('tags/update', { tag => { id => 100, name => '广州' } }), \%ok, 'another name';
is_deeply $account->post('tags/members/batchuntagging', { openid_list => [$openid{lin}], tagid => 100 }), \%ok, 'one loses it';
is_deeply $account->post('tags/getidlist', { openid => $openid{lin} }), { tagid_list => [101] }, 'and keeps the other';
is_deeply $account->post('tags/delete', { tag => { id => 101 } }), \%ok, 'deleted';
is_deeply $account->post('tags/getidlist', { openid => $openid{lin} }), { tagid_list => [] }, 'nobody has it';
$account->push_('xiaoming', 'unsubscribe');
is_deeply $account->get('tags/get')->{tags}[1], { id => 100, name => '广州', count => 0 }, 'who leaves has no tags';
$account->push_('xiaoming', 'subscribe');
for my $row (['tags/update', { tag => { id => 2, name => 'x' } }, 45058], ['tags/delete', { tag => { id => 2 } }, 45058], ['tags/delete', { tag => { id => 999 } }, 45159],
    ['tags/update', { tag => { id => 100, name => '星标组' } }, 45157], ['tags/members/batchtagging', { openid_list => ['x'], tagid => 100 }, 40003],
    ['tags/members/batchtagging', { openid_list => [$openid{lin}], tagid => 999 }, 45159], ['tags/members/batchtagging', { openid_list => [], tagid => 100 }, 40032],
    ['tags/members/batchtagging', { openid_list => [($openid{lin}) x 51], tagid => 100 }, 40032], ['tags/members/batchuntagging', { openid_list => ['x'], tagid => 100 }, 40003],
    ['tags/getidlist', { openid => 'x' }, 40003], ['user/tag/get', { tagid => 999 }, 45159]) {
    is $account->post(@$row[0, 1])->{errcode}, $row->[2], "$row->[2]: $row->[0]";
}
my @more = map { $account->post('tags/create', { tag => { name => "t$_" } })->{tag}{id} // 0 } 1 .. 99;
is_deeply [@more[97, 98]], [102 + 97, 0], 'a hundred tags at most';
my @tagging = map { $account->post('tags/members/batchtagging', { openid_list => [$openid{lin}], tagid => $_ })->{errcode} } @more[0 .. 20];
is_deeply \@tagging, [(0) x 20, 45059], 'twenty for each person';

# ---- QR codes ----

sub code { my ($action, $scene, %more) = @_; return $account->post('qrcode/create', { action_name => $action, action_info => { scene => $scene }, %more }) }
my $code = code('QR_STR_SCENE', { scene_str => 'shop-8' }, expire_seconds => 600);
is_deeply [sort keys %$code], [qw(expire_seconds ticket url)], 'a code: ticket, seconds and url';
is "$code->{expire_seconds} $code->{url}", "600 $kit->{sim_url}/q/shop-8", 'as asked for';
is code('QR_SCENE', { scene_id => 123 })->{expire_seconds}, 60, 'a minute, unless said otherwise';
is_deeply [sort keys %{ code('QR_LIMIT_SCENE', { scene_id => 100000 }) }], [qw(ticket url)], 'one that stays has no seconds';
is code('QR_LIMIT_STR_SCENE', { scene_str => 'x' x 64 })->{errcode}, undef, 'with a text';
for my $row (['QR_X', { scene_id => 1 }, 40052], ['', { scene_id => 1 }, 40052], ['QR_SCENE', { scene_id => 0 }, 40053], ['QR_SCENE', { scene_id => 4294967296 }, 40053],
    ['QR_LIMIT_SCENE', { scene_id => 100001 }, 40053], ['QR_STR_SCENE', { scene_str => '' }, 40053], ['QR_STR_SCENE', { scene_str => 'x' x 65 }, 40053],
    ['QR_STR_SCENE', {}, 40053], ['QR_SCENE', { scene_id => 1 }, 40053, expire_seconds => 2592001], ['QR_SCENE', { scene_id => 1 }, 40053, expire_seconds => -1]) {
    my ($action, $scene, $errcode, %more) = @$row;
    is code($action, $scene, %more)->{errcode}, $errcode, "$errcode: $action " . JSON::PP->new->canonical->encode({ %$scene, %more });
}
my $picture = $kit->browser->get("$kit->{sim_url}/cgi-bin/showqrcode?ticket=$code->{ticket}");
is "$picture->{status} $picture->{headers}{'content-type'}", '200 image/svg+xml', 'its picture, without a token';
like $picture->{content}, qr{^<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="0 0 (\d+) \1".*<path d="M}s, 'is SVG';
is $kit->browser->get("$kit->{sim_url}/cgi-bin/showqrcode?ticket=$_")->{status}, 404, "no picture of '$_'" for '', 'gQx';

# What the phone does with it: who follows is pushed as SCAN, others as subscribe.
sub scan {
    my ($url, $person) = @_;
    my $to = $kit->browser->get($url)->{location} or return;
    my %form = map { my ($name, $value) = split /=/, $_, 2; $value =~ s/%([0-9A-F]{2})/chr hex $1/ge; ($name => decode_utf8($value)) } split /&/, $to =~ s/.*\?//r;
    delete $form{person};
    return $account->push_($person, delete $form{kind}, %form)->{sent} =~ s/<!\[CDATA\[(.*?)\]\]>/$1/gr;
}
like scan($code->{url}, 'lin'), qr{<Event>SCAN</Event><EventKey>shop-8</EventKey><Ticket>\Q$code->{ticket}\E</Ticket>}, 'a follower scans it';
$account->push_('meimei', 'unsubscribe');
like scan($code->{url}, 'meimei'), qr{<Event>subscribe</Event><EventKey>qrscene_shop-8</EventKey><Ticket>\Q$code->{ticket}\E</Ticket>}, 'somebody else follows by it';
like scan($code->{url}, 'meimei'), qr{<Event>SCAN</Event>}, 'and is a follower from then on';
is $account->get('user/info', openid => $openid{meimei})->{qr_scene_str}, 'shop-8', 'user/info has the scene';
like scan(code('QR_SCENE', { scene_id => 4294967295 })->{url}, 'lin'), qr{<EventKey>4294967295</EventKey>}, 'a number';
like scan(code('QR_STR_SCENE', { scene_str => '门店/8 &' })->{url}, 'lin'), qr{<EventKey>门店/8 &</EventKey>}, 'a text that cannot stand in a url';
my $kept = code('QR_LIMIT_STR_SCENE', { scene_str => 'stays' });
$kit->control(clock => 601);
is $kit->browser->get($code->{url})->{status}, 404, 'after its time it leads nowhere';
is $kit->browser->get("$kit->{sim_url}/cgi-bin/showqrcode?ticket=$code->{ticket}")->{status}, 404, 'and has no picture';
is $kit->browser->get($kept->{url})->{status}, 303, 'one that stays does';
done_testing;
