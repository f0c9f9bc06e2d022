#!/usr/bin/env perl
# The personal page, as me.cgi answers with it: what it offers, what it says is stored, and in which order; and the name that a
# person chooses. cgi/people.t has the sessions, server/privacy.t the download and the deletion.
use strict;
use utf8;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
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

# ---- the person's own name ----

$kit->write_conf(language => 'en', list => '');

sub run_as {
    my ($token, $program, %option) = @_;
    return $kit->run($program, %option, environment => { HTTP_COOKIE => "wx_session=$token" });
}
sub name_me {
    my ($token, $name, %form) = @_;
    my ($csrf) = page($token) =~ /name="csrf" value="([^"]+)"/;
    %form = (csrf => $csrf, action => 'display_name', display_name => $name =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger, %form);
    return run_as($token, 'me.cgi', stdin => join '&', map {"$_=$form{$_}"} sort keys %form);
}
sub who { my ($token) = @_; return decode_json(run_as($token, 'validate.cgi')->{body}) }
sub stored { my ($openid) = @_; return State::user($dir, $openid)->{display_name} }

my $silent = State::plant($dir, 'oOwnName', {}, {%silent});
$page = page($silent);
like $page, qr{<h1 class="profile__name">WeChat user</h1>}, 'an account that gives no name';
like $page, qr{<details class="opens"><summary[^>]*><span class="weui-cell__bd">Choose a name for this site</span></summary>}, 'may choose one';
ok in_order($page, '</h1>', 'Show my WeChat name and avatar', 'Choose a name', 'What this site keeps of you'), 'right below the head';
is who($silent)->{name}, undef, 'validate.cgi knows no name';
my $answer = name_me($silent, encode_utf8('阿明 <b>'));
is $answer->{status}, 303, 'chosen: back to the page';
is $answer->{headers}{location}[0], "$kit->{site_url}/cgi-bin/me.cgi", 'by a GET';
is stored('oOwnName'), '阿明 <b>', 'it is in the file';
$page = page($silent);
like $page, qr{<title>阿明 &lt;b&gt;’s page · }, 'in the title,';
like $page, qr{<h1 class="profile__name">阿明 &lt;b&gt;</h1>}, 'in the head, as text,';
like $page, qr{<span class="weui-cell__bd">Name on this site</span><span class="opens__value">阿明 &lt;b&gt;</span>}, 'and in its row';
like $page, qr{ name="display_name" maxlength="64" autocomplete="nickname" value="阿明 &lt;b&gt;">}, 'and in the form that changes it';
unlike $page, $offer, 'nobody is asked for another';
my $who = who($silent);
is_deeply [@{$who}{qw(name nickname)}], ['阿明 <b>', undef], 'validate.cgi: name, and no nickname';
is decode_json(run_as($silent, 'me.cgi', query => 'download=1')->{body})->{user}{display_name}, '阿明 <b>', 'the download has it';
$kit->write_conf(language => 'en', list => 'list.json');
like decode_utf8(run_as($silent, 'list.cgi')->{body}), qr{<h1 class="profile__name">阿明 &lt;b&gt;</h1>}, 'and so have other pages';
$kit->write_conf(language => 'en', list => '');

is name_me($full, 'Captain')->{status}, 303, 'somebody with a nickname';
$page = page($full);
like $page, qr{<h1 class="profile__name">Captain</h1>}, 'is shown by the name';
is rows($page)->{'WeChat name'}, '小明', 'what WeChat said is still there';
$who = who($full);
is_deeply [@{$who}{qw(name nickname)}], ['Captain', '小明'], 'and in validate.cgi';
is run_as($full, 'validate.cgi')->{headers}{'x-wx-nickname'}[0], '%E5%B0%8F%E6%98%8E', 'X-WX-Nickname is WeChat’s';
is name_me($full, '')->{status}, 303, 'an empty name';
is_deeply [stored('oFull'), who($full)->{name}], [undef, '小明'], 'means WeChat’s';

for my $row (["  Ann\t", 'Ann', 'blanks at the ends'], ["\x{202e}gpj\x{2066}.exe", 'gpj.exe', 'direction marks'], ["\x{3000}\x{200b}\x{3164}", undef, 'nothing that can be seen'],
    ["a\r\nb", 'ab', 'line ends'], ['x' x 64, 'x' x 64, '64 letters'], ['明' x 64, '明' x 64, '64 characters of three bytes'], ['🌸' x 64, '🌸' x 64, '64 of four'], [' ' x 300 . 'Bo' . ' ' x 300, 'Bo', 'many blanks']) {
    my ($typed, $kept, $name) = @$row;
    is name_me($silent, encode_utf8($typed))->{status}, 303, "$name: taken";
    is stored('oOwnName'), $kept, "$name: cleaned";
}
name_me($silent, 'Bo');
is name_me($silent, "A\xff\xfeB")->{status}, 303, 'bytes that are no UTF-8';
is stored('oOwnName'), "A\x{fffd}\x{fffd}B", 'are replaced';
name_me($silent, 'Bo');
for my $long ('x' x 65, '明' x 65, '"><b>' x 2000) {
    $answer = name_me($silent, encode_utf8($long));
    is $answer->{status}, 400, length($long) . ' characters: refused';
    my $shown = decode_utf8($answer->{body});
    like $shown, qr{<details class="opens" open>}, 'the form is open,';
    like $shown, qr{aria-invalid="true".*The name is too long: 64 characters at most\.}s, 'says why,';
    my $escaped = $long =~ s/"/&quot;/gr =~ s/>/&gt;/gr =~ s/</&lt;/gr;
    like $shown, qr{ value="\Q$escaped\E" aria-invalid}, 'and has what was typed';
    is stored('oOwnName'), 'Bo', 'the name is what it was';
}
is name_me($silent, 'Eve', csrf => 'x' x 43)->{status}, 403, 'a foreign form changes nothing';
is stored('oOwnName'), 'Bo', 'at all';
my $dev = State::plant($dir, 'oDev', {}, { scope => 'dev' });
is name_me($dev, 'Eve')->{status}, 403, 'nor does a page under development';

# A hand may have written anything into the file.
for my $odd ({ a => 1 }, JSON::PP::null, '') {
    my $token = State::plant($dir, 'oByHand', { nickname => 'Mei', display_name => $odd }, {});
    like page($token), qr{<h1 class="profile__name">Mei</h1>}, 'no name: the nickname';
}
my ($csrf) = page($silent) =~ /name="csrf" value="([^"]+)"/;
is run_as($silent, 'me.cgi', stdin => "csrf=$csrf&action=forget")->{status}, 200, '“delete my data”';
is State::user($dir, 'oOwnName'), undef, 'deletes the name as well';
is_deeply [State::wrongs($dir)], [], 'and the state is whole';

done_testing;
