# The simulator keeps WeChat's protocol; and an SDK of somebody else's, pointed at it, signs in.
use strict;
use warnings;
use utf8;
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

like authorize($good)->{content}, qr/Sign in with WeChat/, 'the link as WeChat wants it: the consent page';
like authorize("$good&$_")->{content}, qr/Sign in with WeChat/, "with $_" for 'forcePopup=true', 'connect_redirect=1';
my %wrong = (
    10000 => ["redirect_uri=$redirect&appid=$Kit::APPID&response_type=code&scope=snsapi_userinfo&state=abc",
        $good =~ s/response_type=code&//r, $good =~ s/=code/=token/r, "$good&more=1", $good =~ s/=abc/=a-b/r, $good =~ s/=abc/'=' . 'a' x 129/er],
    10003 => [$good =~ s/127\.0\.0\.1/evil.example/r, $good =~ s/(?<=%3A)$kit->{site_port}/1/r],
    10005 => [$good =~ s/snsapi_userinfo/snsapi_all/r], 10010 => [$good =~ s/snsapi_userinfo//r],
    10011 => [$good =~ s/\Q$redirect\E//r], 10012 => [$good =~ s/\Q$Kit::APPID\E//r],
    10013 => [$good =~ s/&state=abc//r], 10016 => [$good =~ s/$Kit::APPID/wx0000000000000000/r],
);
for my $number (sort keys %wrong) {
    like authorize($_)->{content}, qr/Error $number/, "$number: $_" for @{ $wrong{$number} };
}
for my $number (10004, 10006, 10009, 10015) {
    $kit->control(authorize_error => $number);
    like authorize($good)->{content}, qr/Error $number/, "$number, ordered";
}
$kit->control;

sub code {
    my ($scope, $person) = @_;
    my ($ticket) = authorize($good =~ s/snsapi_userinfo/$scope/r)->{content} =~ /ticket=(\w+)/;
    my $to = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=$person")->{location};
    my ($code, $state) = $to =~ /^\Q$kit->{site_url}\E\/back\?code=(\w{32})&state=(\w+)$/ or diag $to;
    is $state, 'abc', 'the state comes back';
    like $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=$person")->{content}, qr/Error 10000/, 'a choice is taken once';
    return $code;
}
my $grant_for = sub { api("oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&code=$_[0]&grant_type=authorization_code") };

my $code = code('snsapi_userinfo', 'xiaoming');
my $grant = $grant_for->($code);
is_deeply [sort keys %$grant], [sort qw(access_token expires_in refresh_token openid scope unionid)], 'a grant’s members';
is $grant->{expires_in}, 7200, 'expires_in';
like $browser->get("$kit->{sim_url}/sns/auth")->{headers}{'content-type'}, qr{^text/plain}, 'sent as text/plain, as the real one';
is $grant_for->($code)->{errcode}, 40163, 'a code works once';
like $grant_for->('x' x 32)->{errmsg}, qr/^invalid code, rid: [0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/, 'an errmsg with its rid';
my $q = "access_token=$grant->{access_token}&openid=$grant->{openid}";
my $profile = api("userinfo?$q&lang=zh_CN");
is $profile->{nickname}, '小明', 'the profile';
is_deeply $profile->{privilege}, ['chinaunicom'], 'privilege is an array';
is ref \$profile->{sex}, 'SCALAR', 'sex';
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
);
is api($_)->{errcode}, $errors{$_}, "$errors{$_}: $_" for sort keys %errors;
my $refreshed = api("oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token&refresh_token=$grant->{refresh_token}");
is $refreshed->{openid}, $grant->{openid}, 'refreshed';
isnt $refreshed->{access_token}, $grant->{access_token}, 'with a new access_token';
my $silent = $browser->get("$kit->{sim_url}/connect/oauth2/authorize?" . $good =~ s/userinfo/base/r)->{location};
my $base = $grant_for->($silent =~ /code=(\w+)/);
is $base->{scope}, 'snsapi_base', 'silent';
is api("userinfo?access_token=$base->{access_token}&openid=$base->{openid}")->{errcode}, 48001, 'and no profile for it';
is $grant_for->(code('snsapi_userinfo', 'snapshot'))->{is_snapshotuser}, 1, 'the snapshot user';
like $browser->get("$kit->{sim_url}/sns/userinfo?" . do { my $g = $grant_for->(code('snsapi_userinfo', 'control')); "access_token=$g->{access_token}&openid=$g->{openid}" })->{content},
    qr/con\x01trol/, 'a raw control byte within a nickname';
unlike Kit::read_file("$kit->{folder}/sim-state/requests.jsonl"), qr/$Kit::SECRET|$code|$grant->{access_token}/, 'the journal holds no secret';

# co-wechat-oauth, which knows nothing of this kit.
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
    like $user->{link}, qr{^https://open\.weixin\.qq\.com/connect/oauth2/authorize\?}, 'it made its own link';
    like authorize($user->{link} =~ s/.*\?//r =~ s/#.*//r)->{content}, qr/Sign in with WeChat/, 'which the authorization page takes';
}
done_testing;
