#!/usr/bin/env perl
# The personal page, as me.cgi answers with it: what it offers, what it says is stored, and in which order. cgi/people.t has the
# sessions, server/privacy.t the download and the deletion.
use strict;
use utf8;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use Kit;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1, conf => { language => 'en', list => '' });
my $dir = $kit->state_dir;
mkdir $dir, 0700;

sub page {
    my ($token) = @_;
    my $answer = $kit->run('me.cgi', environment => { HTTP_COOKIE => "wx_session=$token" });
    is $answer->{status}, 200, 'the page';
    return decode_utf8($answer->{body});
}

# The rows of what is stored: label and value.
sub rows { return { $_[0] =~ m{<dt class="weui-cell__bd">([^<]*)</dt><dd class="weui-cell__ft">(?:<span class="identifier">)?([^<]*)<}g } }
sub in_order { my ($page, @texts) = @_; my $any = join '.*', map {quotemeta} @texts; return $page =~ /$any/s }

my $offer = qr{<a class="weui-cell weui-cell_access" href="/cgi-bin/login\.cgi\?scope=snsapi_userinfo&amp;next=%2Fcgi-bin%2Fme\.cgi"><span class="weui-cell__bd">Show my WeChat name and avatar</span></a>};

# ---- what is stored ----

my $full = State::plant($dir, 'oFull', { nickname => '小明', sex => 1, country => '中国', province => '广东', city => '深圳', privilege => ['chinaunicom'], unionid => 'uFull', headimgurl => 'https://thirdwx.qlogo.cn/132' }, {});
my $page = page($full);
is_deeply rows($page), { 'WeChat name' => '小明', Gender => 'Male', Country => '中国', Province => '广东', City => '深圳', Privileges => 'chinaunicom', openid => 'oFull', unionid => 'uFull' }, 'all that WeChat said';
ok in_order($page, '<h1 class="profile__name">小明</h1>', 'What this site keeps of you', '<details', 'oFull', '</details>', 'Where you are signed in', 'Signed in until', '?download=1', 'action="/cgi-bin/logout.cgi"', '?forget=1', '/cgi-bin/privacy.cgi'), 'in the order of the page';
unlike $page, $offer, 'and nothing is offered that is there';
like $page, qr{<span class="identifier">oFull</span> <button class="end copy" type="button"[^>]* hidden>Copy</button>}, 'the button that copies is hidden where there are no scripts';
like $page, qr{<script nonce="[^"{}]+">}, 'and the script has the nonce';
unlike $page, qr{weui-btn_primary}, 'no button stands out: not to sign out';
like $page, qr{<a class="quiet quiet_warn" href="/cgi-bin/me\.cgi\?forget=1">}, 'deletion is a quiet link';

my $today = State::plant($dir, 'oToday', { nickname => '林晓', sex => 0, country => '', province => '', city => '', privilege => [] }, {});
is_deeply rows(page($today)), { 'WeChat name' => '林晓', openid => 'oToday' }, 'what WeChat no longer gives has no row';
is_deeply rows(page(State::plant($dir, 'oWoman', { nickname => 'Mei', sex => 2 }, {})))->{Gender}, 'Female', 'the other sex';

# ---- silent sign-ins ----

my %silent = (scope => 'snsapi_base');
$page = page(State::plant($dir, 'oSilent', {}, {%silent}));
is_deeply rows($page), { openid => 'oSilent' }, 'a silent sign-in: the openid';
like $page, $offer, 'and the offer to show more';
$page = page(State::plant($dir, 'oKnown', { nickname => '小明' }, {%silent}));
like $page, qr{<h1 class="profile__name">小明</h1>}, 'a silent sign-in of somebody whose name is stored: the name';
unlike $page, $offer, 'which is not offered again';
like page(State::plant($dir, 'oRevoked', {}, {})), $offer, 'a profile that was revoked is offered again';
unlike page(State::plant($dir, 'oNameless', { nickname => '' }, {})), $offer, 'one that WeChat gave without a name is not';
$kit->write_conf(language => 'en', list => '', sign_in => 'message');
unlike page(State::plant($dir, 'oMessage', {}, { scope => 'message' })), qr{snsapi_userinfo}, 'nor by an account that cannot ask';

# ---- what the site offers ----

unlike page($full), qr{<nav}, 'without links and list: nothing';
my $list = qr{<a class="weui-cell weui-cell_access" href="/cgi-bin/list\.cgi"><span class="weui-cell__bd">My list</span></a>};
$kit->write_conf(language => 'en', list => 'list.json');
like page($full), qr{<nav class="weui-cells" aria-label="Links">\n$list\n</nav>}, 'the list';
Kit::write_file("$kit->{folder}/links.json", '[{"text":"Orders","url":"/orders.php"}]', 0644);
$kit->write_conf(language => 'en', list => 'list.json', links => 'links.json');
$page = page($full);
like $page, qr{>Orders</span></a>\n$list\n</nav>}, 'behind the links';
ok in_order($page, '</h1>', '<nav', 'What this site keeps of you'), 'which come right below the name';
Kit::write_file("$kit->{folder}/links.json", '[{"text":"Mine","url":"/cgi-bin/list.cgi"}]', 0644);
$page = page($full);
like $page, qr{>Mine</span></a>\n</nav>}, 'a list that the owner linked';
unlike $page, $list, 'is there once';

done_testing;
