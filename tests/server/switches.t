# The simulator's switches are reliable: faults are counted exactly, and invalid values are refused.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Test::More;

my $kit = Kit->new(conf => { language => 'en' });
my $browser = $kit->browser(headers => { 'Accept-Language' => 'en' });
my $link = "appid=$Kit::APPID&redirect_uri=%s&response_type=code&scope=%s&state=abc";
my $back = "http%3A%2F%2F127.0.0.1%3A$kit->{site_port}%2Fback";

sub authorize { return $browser->get("$kit->{sim_url}/connect/oauth2/authorize?" . sprintf $link, @_) }

# Runs $code in $count processes at once.
sub at_once {
    my ($count, $code) = @_;
    my @pids = map { my $pid = fork; if (!$pid) { $code->(); POSIX::_exit(0) } $pid } 1 .. $count;
    waitpid $_, 0 for @pids;
    return;
}

for my $round (1 .. 5) {
    $kit->control(fault_grant => 45009, fault_grant_count => 3);
    $kit->forget_asked;
    at_once(12, sub {
        $kit->browser->get("$kit->{sim_url}/sns/oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&code=x&grant_type=authorization_code");
    });
    is scalar(grep { $_->{answer} eq '45009' } $kit->asked), 3, "a fault set to three times happens three times, round $round";
}

for my $row ([subscription => 10005], [service => 10005], [verified => undef], [test => undef], ['' => undef]) {
    my ($account, $error) = @$row;
    $kit->control(account => $account);
    for my $scope (qw(snsapi_base snsapi_userinfo)) {
        my $page = authorize($back, $scope);
        $error ? like $page->{content}, qr/Error $error/, "a $account account: no web authorization, $scope"
            : unlike $page->{content}, qr/Error/, "account=$account: $scope";
    }
}
is $browser->post("$kit->{sim_url}/control?format=json", { account => 'personal' })->{status}, 400, 'no other kind of account';

for my $case ([fault_grant => 'gabrage'], [fault_auth => ''], [person => 'nobdoy'], [delay_grant => '1s'], [authorize_error => '1e4']) {
    my ($name, $value) = @$case;
    my $answer = $browser->post("$kit->{sim_url}/control?format=json", { reset => 'all', $name => $value });
    is $answer->{status}, $value eq '' ? 200 : 400, "$name=$value";
}
$kit->control;

like authorize("http://127.0.0.1:$kit->{site_port}/back", 'snsapi_base')->{content}, qr/Error 10000/, 'redirect_uri that is not encoded';
like authorize("$back%0d%0aX%3a", 'snsapi_base')->{content}, qr/Error 10003/, 'redirect_uri with a line break';
like authorize("$back%23here", 'snsapi_base')->{location}, qr{/back\?code=\w{32}&state=abc#here$}, 'the code goes before a fragment';
my ($ticket) = authorize($back, 'snsapi_userinfo')->{content} =~ /ticket=(\w+)/;
like $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=nobdoy")->{content}, qr/Error 10000/, 'an unknown person: an error, not a refusal';
is $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&refuse=1")->{location}, "$kit->{site_url}/back?state=abc", 'the ticket can still be refused';

# A refusal as WeChat's app sends it.
$kit->control(authdeny => 1);
($ticket) = authorize($back, 'snsapi_userinfo')->{content} =~ /ticket=(\w+)/;
is $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&refuse=1")->{location}, "$kit->{site_url}/back?code=authdeny&state=abc", 'a refusal as code=authdeny';

# Tokens of the greatest length.
sub grant {
    my ($code) = authorize($back, 'snsapi_base')->{location} =~ /code=(\w+)/;
    return decode_json($browser->get("$kit->{sim_url}/sns/oauth2/access_token?appid=$Kit::APPID&secret=$Kit::SECRET&code=$code&grant_type=authorization_code")->{content});
}
$kit->control(long_tokens => 1);
my $long = grant();
for my $name (qw(access_token refresh_token)) {
    like $long->{$name}, qr/^[A-Za-z0-9_-]{512}$/, "$name: 512 characters";
    ok $long->{$name} =~ /-/ && $long->{$name} =~ /_/, 'with - and _';
}
isnt $long->{access_token}, $long->{refresh_token}, 'two of them';
is decode_json($browser->get("$kit->{sim_url}/sns/auth?access_token=$long->{access_token}&openid=$long->{openid}")->{content})->{errcode}, 0, 'valid';
is decode_json($browser->get("$kit->{sim_url}/sns/oauth2/refresh_token?appid=$Kit::APPID&grant_type=refresh_token&refresh_token=$long->{refresh_token}")->{content})->{access_token},
    $long->{access_token}, 'refreshed';
my $visitor = $kit->browser;
like $visitor->sign_in('lin', '/cgi-bin/me.cgi')->{content}, qr/oSim0008linXiaoToday_StUvWxY/, 'a site signs in with them';
is $visitor->get('/cgi-bin/validate-live.cgi')->{status}, 200, 'and live=1 works with them';
$kit->control;
is length grant()->{access_token}, 43, 'off again';

done_testing;
