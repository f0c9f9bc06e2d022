# Clients from npm make the account's calls to the simulator, as they make them to WeChat: co-wechat-api, wechat-api, node-easywechat.
use strict;
use utf8;
use warnings;
use Account;
use JSON::PP;
use Kit;
use MIME::Base64;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', replies => undef });
my $account = Account->new($kit);
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $file = "$Kit::TOP/html/list.png";
local @ENV{qw(WECHAT_BUILD SIM_URL SDK_APPID SDK_SECRET SDK_OPENID SDK_FILE)} = ($Kit::BUILD, $kit->{sim_url}, $Kit::APPID, $Kit::SECRET, $openid, $file);
my %ok = (errcode => 0, errmsg => 'ok');
my $menu = { button => [{ type => 'click', name => '今日歌曲', key => 'SONG', sub_button => [] }, { name => '更多', sub_button => [{ type => 'view', name => '网站', url => 'http://www.example.com/' }] }] };
sub finished { return grep { ($_->{Event} || '') eq 'TEMPLATESENDJOBFINISH' } map { decode_json($_) } map { split /\n/, Kit::read_file($_) } glob $kit->state_dir . '/events/*.jsonl' }

my $count = 0;
for my $client (qw(co-wechat-api wechat-api node-easywechat)) {
    $account->push_('xiaoming', 'text', content => "to $client");
    $kit->forget_asked;
    my $said = `node --no-deprecation $Kit::TOP/tests/server/account-clients.cjs $client 2>&1`;
    is $?, 0, "$client runs" or diag $said;
    my $got = eval { decode_json($said) } or do { fail "$client: $said"; next };
    my @asked = map { $_->{path} =~ s{/cgi-bin/}{}r } $kit->asked;
    is $asked[0], $client eq 'node-easywechat' ? 'stable_token' : 'token', 'it fetched a token';
    is scalar(grep {/token$/} @asked), 1, 'once';
    is_deeply $got->{created}, \%ok, 'it made a menu';
    is_deeply $got->{menu}, $menu, 'and got it back';
    is_deeply $got->{removed}, \%ok, 'it deleted the menu';
    is $got->{without_menu}, 46003, 'and then there is none';
    is "$got->{code}{expire_seconds} $got->{code}{url}", "600 $kit->{sim_url}/q/npm-scene", 'it made a QR code';
    is $kit->browser->get($got->{picture})->{headers}{'content-type'}, 'image/svg+xml', 'and knows where its picture is';
    is_deeply [@{ $got->{user} }{qw(subscribe openid nickname unionid)}], [1, $openid, '', 'uSim0001xiaoMing-aBcDeFgHiJk'], 'it asked who somebody is';
    is $got->{wrong_user}, 40003, 'and somebody who is nobody';
    is_deeply [$got->{followers}{total}, scalar grep { $_ eq $openid } @{ $got->{followers}{data}{openid} }], [7, 1], 'it listed the followers';
    is_deeply $got->{text}, \%ok, 'it sent a text';
    is $got->{template}{errcode}, 0, 'and a template message';
    is_deeply [map { $_->{text} } @{ $account->chat('xiaoming')->{chat} }[-2, -1]], ["你好，$client", "thing1：一本书\n"], 'which the person saw';
    $count++;
    my @finished = Kit::wait_for('TEMPLATESENDJOBFINISH', 10, sub { my @all = finished(); return @all == $count ? \@all : undef })->@*;
    is "$finished[-1]{Status} $finished[-1]{FromUserName}", "success $openid", 'of which the site was told';
    is $got->{template}{msgid}, $finished[-1]{MsgID}, 'by the same id' if $client eq 'co-wechat-api';    # the others take numbers for doubles
    is $got->{ticket}, $account->get('ticket/getticket', type => 'jsapi')->{ticket}, 'it got the jsapi_ticket';
    is_deeply [$got->{media}{type}, length $got->{media}{media_id}], ['image', 64], 'it uploaded a file';
    ok decode_base64($got->{downloaded}) eq Kit::read_file($file), 'and got its bytes back';
    is $got->{empty_text}, 44004, 'an errcode arrives as an error';
}
done_testing;
