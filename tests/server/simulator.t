# The simulator keeps WeChat's protocol, and an independent SDK signs in through it.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $browser = $kit->browser(headers => { 'Accept-Language' => 'en' });
my $redirect = "http%3A%2F%2F127.0.0.1%3A$kit->{site_port}%2Fback";
my $good = "appid=$Kit::APPID&redirect_uri=$redirect&response_type=code&scope=snsapi_userinfo&state=abc";

sub authorize { return $browser->get("$kit->{sim_url}/connect/oauth2/authorize?$_[0]") }
sub api { return decode_json($browser->get("$kit->{sim_url}/sns/$_[0]")->{content}) }

like authorize($good)->{content}, qr/Sign in with WeChat/, 'a correct link: the consent page';
like authorize("$good&$_")->{content}, qr/Sign in with WeChat/, "with $_" for 'forcePopup=true', 'connect_redirect=1';
my %wrong = (
    10000 => ["redirect_uri=$redirect&appid=$Kit::APPID&response_type=code&scope=snsapi_userinfo&state=abc",
        $good =~ s/response_type=code&//r, $good =~ s/=code/=token/r, "$good&more=1", $good =~ s/=abc/'=' . 'a' x 129/er, $good =~ s/=abc/'=' . '%E4%BD%A0' x 43/er],
    10003 => [$good =~ s/127\.0\.0\.1/evil.example/r, $good =~ s/(?<=%3A)$kit->{site_port}/1/r],
    10005 => [$good =~ s/snsapi_userinfo/snsapi_all/r], 10010 => [$good =~ s/snsapi_userinfo//r],
    10011 => [$good =~ s/\Q$redirect\E//r], 10012 => [$good =~ s/\Q$Kit::APPID\E//r],
    10016 => [$good =~ s/$Kit::APPID/wx0000000000000000/r],
);
for my $number (sort keys %wrong) {
    like authorize($_)->{content}, qr/Error $number/, "$number: $_" for @{ $wrong{$number} };
}
for my $number (10004, 10006, 10009, 10013, 10015) {
    $kit->control(authorize_error => $number);
    like authorize($good)->{content}, qr/Error $number/, "$number, set on the control page";
}
$kit->control;

# Any state of up to 128 bytes comes back unchanged; it may be missing.
sub silent { my ($query) = @_; return authorize($query =~ s/userinfo/base/r)->{location} }
for my $state ('a-b_c.d~e', '/cart?a=1&b=2#top', '{"next":"/"}', "\x{4f60}\x{597d} 100%", 'a' x 128, "\x{4f60}" x 42 . 'ab') {
    my $bytes = encode_utf8($state);
    my $encoded = $bytes =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger;
    my ($back) = silent($good =~ s/=abc/=$encoded/r) =~ /^\Q$kit->{site_url}\E\/back\?code=\w{32}&state=([A-Za-z0-9%._~-]*)$/;
    is $back =~ s/%([0-9A-F]{2})/chr hex $1/ger, $bytes, "state: $state";
}
like silent($good =~ s/&state=abc//r), qr/\?code=\w{32}&state=$/, 'no state: it comes back empty';
like authorize($good =~ s/&state=abc/&forcePopup=true/r)->{content}, qr/Sign in with WeChat/, 'no state, forcePopup: the consent page';

# The first person on the page has a profile as WeChat gives it today.
my ($first) = authorize($good)->{content} =~ /id="(\w+)" href="[^"]*person=\1"/;
is $first, 'lin', 'the first in the list';

sub code {
    my ($scope, $person) = @_;
    my ($ticket) = authorize($good =~ s/snsapi_userinfo/$scope/r)->{content} =~ /ticket=(\w+)/;
    my $to = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=$person")->{location};
    my ($code, $state) = $to =~ /^\Q$kit->{site_url}\E\/back\?code=(\w{32})&state=(\w+)$/ or diag $to;
    is $state, 'abc', 'the state comes back';
    like $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=$person")->{content}, qr/Error 10000/, 'a choice is accepted once';
    return $code;
}
my $grant_for = sub { api("oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&code=$_[0]&grant_type=authorization_code") };

my $code = code('snsapi_userinfo', 'xiaoming');
my $grant = $grant_for->($code);
is_deeply [sort keys %$grant], [sort qw(access_token expires_in refresh_token openid scope unionid)], 'a grant’s members';
is $grant->{expires_in}, 7200, 'expires_in';
my $auth = $browser->get("$kit->{sim_url}/sns/auth");
is $auth->{headers}{'content-type'}, 'text/plain', 'sns: text/plain without a charset';
for my $path ('/sns/oauth2/accesstoken', '/cgi-bin/nothing', '/nothing', '/connect/nothing') {
    my $unknown = $browser->get("$kit->{sim_url}$path");
    is "$unknown->{status} $unknown->{content}", '200 {"errcode":40066,"errmsg":"invalid url"}', "$path: no such address";
    is $unknown->{headers}{'content-type'}, $path =~ m{^/sns/} ? 'text/plain' : 'application/json; encoding=utf-8', 'and its type';
}
my $posted = $browser->post("$kit->{sim_url}/sns/oauth2/access_token",
    { appid => $Kit::APPID, secret => $Kit::SECRET, code => 'x' x 32, grant_type => 'authorization_code' });
is decode_json($posted->{content})->{errcode}, 41002, 'a form is not read: the query counts';
is $grant_for->($code)->{errcode}, 40163, 'a code works once';
my $rid = qr/[0-9a-f]+-[0-9a-f]+-[0-9a-f]+/;
like $grant_for->('x' x 32)->{errmsg}, qr/^invalid code, rid: $rid$/, 'an errmsg with its rid';
like api('oauth2/access_token')->{errmsg}, qr/^appid missing rid: $rid$/, 'without a comma';
like api("oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token&refresh_token=x")->{errmsg}, qr/^invalid refresh_token, hints: \[ req_id: \S+ \]$/, 'with hints instead';
$kit->control(fault_auth => 42001);
like api('auth')->{errmsg}, qr/^access_token expired hint: \[\S+\]$/, 'with one hint';
$kit->control;
like api("userinfo?access_token=x&openid=$grant->{openid}")->{errmsg},
    qr{^invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl\.cn/s/JtxxFh33r rid: $rid$},
    '40001 says what to do';
my $q = "access_token=$grant->{access_token}&openid=$grant->{openid}";
my $profile = api("userinfo?$q&lang=zh_CN");
is $profile->{nickname}, '小明', 'the profile';
is_deeply $profile->{privilege}, ['chinaunicom'], 'privilege is an array';
is ref \$profile->{sex}, 'SCALAR', 'sex';
my $raw = $browser->get("$kit->{sim_url}/sns/userinfo?$q")->{content};
like $raw, qr{"headimgurl":"http:\\/\\/127\.0\.0\.1:\d+\\/mmopen\\/xiaoming\\/132"}, 'slashes are escaped';
unlike $raw, qr{(?<!\\)/}, 'each of them';
my $today = $grant_for->(code('snsapi_userinfo', 'lin'));
my $lin = api("userinfo?access_token=$today->{access_token}&openid=$today->{openid}");
is "$lin->{nickname} $lin->{sex} [$lin->{province}$lin->{city}$lin->{country}]", '林晓 0 []', 'a profile of today: neither gender nor region';
like $lin->{headimgurl}, qr{^http}, 'with an avatar';
is_deeply api("auth?$q"), { errcode => 0, errmsg => 'ok' }, '/sns/auth';
my %errors = (
    "oauth2/access_token?appid=wx1&secret=$Kit::SECRET&code=c&grant_type=authorization_code" => 40013,
    "oauth2/access_token?appid=$Kit::APPID&secret=x&code=c&grant_type=authorization_code" => 40125,
    "oauth2/access_token?secret=x" => 41002, "oauth2/access_token?appid=$Kit::APPID" => 41004,
    "oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&grant_type=authorization_code" => 41008,
    "oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&code=c&grant_type=x" => 40002,
    "oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token" => 41003,
    "oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token&refresh_token=x" => 40030,
    "userinfo?openid=$grant->{openid}" => 41001, "userinfo?access_token=x&openid=$grant->{openid}" => 40001,
    "auth?access_token=$grant->{access_token}&openid=oOther" => 40003,
    "userinfo?access_token=$grant->{access_token}" => 41009, "userinfo?access_token=$grant->{access_token}&openid=" => 41009,
    "auth?access_token=$grant->{access_token}" => 41009,
);
is api($_)->{errcode}, $errors{$_}, "$errors{$_}: $_" for sort keys %errors;
sub refresh { return api("oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token&refresh_token=$grant->{refresh_token}") }
my $refreshed = refresh();
is_deeply $refreshed, { %$grant }, 'refreshed while it is valid: the same access_token';
$kit->control(expire => 'access');
is api("auth?$q")->{errcode}, 42001, 'it has expired';
$refreshed = refresh();
isnt $refreshed->{access_token}, $grant->{access_token}, 'refreshed then: a new one';
is api("auth?access_token=$refreshed->{access_token}&openid=$grant->{openid}")->{errcode}, 0, 'which is valid';
is api("auth?$q")->{errcode}, 42001, 'and the old one is not';
is refresh()->{access_token}, $refreshed->{access_token}, 'refreshed again: that one';
SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/sim/sim.cgi");
    skip $why, 3 if $why;
    my $later = sub {
        my ($minutes, $path, $query) = @_;
        return decode_json($kit->run('../sim/sim.cgi', query => $query, before => [Kit::as_server(), 'faketime', '-f', sprintf '%+ds', 60 * $minutes],
            environment => { WECHAT_CONF => "$kit->{folder}/sim.conf", PATH_INFO => "/sns/$path" })->{body});
    };
    my ($one, $two) = map { $grant_for->(code('snsapi_userinfo', $_)) } qw(ann john);
    my ($query, $other) = map {"access_token=$_->{access_token}&openid=$_->{openid}"} $one, $two;
    is $later->(90, 'oauth2/refresh_token', "appid=$Kit::APPID&grant_type=refresh_token&refresh_token=$one->{refresh_token}")->{access_token},
        $one->{access_token}, 'refreshed after 90 minutes: the same';
    is $later->(150, 'auth', $query)->{errcode}, 0, 'after 150 minutes it is still valid';
    is $later->(150, 'auth', $other)->{errcode}, 42001, 'one that was not refreshed is not';
}
my $silent = $browser->get("$kit->{sim_url}/connect/oauth2/authorize?" . $good =~ s/userinfo/base/r)->{location};
my $base = $grant_for->($silent =~ /code=(\w+)/);
is $base->{scope}, 'snsapi_base', 'silent';
is api("userinfo?access_token=$base->{access_token}&openid=$base->{openid}")->{errcode}, 48001, 'and no profile for it';
is $grant_for->(code('snsapi_userinfo', 'snapshot'))->{is_snapshotuser}, 1, 'the snapshot user';
like $browser->get("$kit->{sim_url}/sns/userinfo?" . do { my $g = $grant_for->(code('snsapi_userinfo', 'control')); "access_token=$g->{access_token}&openid=$g->{openid}" })->{content},
    qr/con\x01trol/, 'a raw control byte within a nickname';
unlike Kit::read_file("$kit->{folder}/sim-state/requests.jsonl"), qr/$Kit::SECRET|$code|$grant->{access_token}/, 'the journal holds no secret';

# co-wechat-oauth, which is independent of this kit.
{
    local $ENV{SIM_URL} = $kit->{sim_url};
    local $ENV{SDK_CODE} = code('snsapi_userinfo', 'ann');
    local $ENV{SDK_APPID} = $Kit::APPID;
    local $ENV{SDK_SECRET} = $Kit::SECRET;
    local $ENV{WECHAT_BUILD} = $Kit::BUILD;
    local $ENV{SDK_BACK} = "$kit->{site_url}/back";
    my $said = `node $Kit::TOP/tests/server/sdk.cjs 2>&1`;
    is $?, 0, 'an SDK from npm runs' or diag $said;
    my $user = eval { decode_json($said) } || {};
    is $user->{nickname}, q{🌸<b>Ann</b> "O'Neil" & 👩‍👩‍👧}, 'and gets the profile';
    is $user->{again}, 'WeChatAPIError 40163', 'and the error of a code that is used twice';
    like $user->{link}, qr{^https://open\.weixin\.qq\.com/connect/oauth2/authorize\?}, 'it builds its own link';
    like authorize($user->{link} =~ s/.*\?//r =~ s/#.*//r)->{content}, qr/Sign in with WeChat/, 'which the authorization page accepts';
}
done_testing;
