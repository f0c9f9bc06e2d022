# The simulator's side of the account's calls, as the kit's programs will meet them: both kinds of access_token and how long each
# is valid, jsapi_ticket, and what all calls have in common.
use strict;
use warnings;
use Account;
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes ();

my $kit = Kit->new(conf => { language => 'en' });
my $account = Account->new($kit);
my $rid = qr/[0-9a-f]+-[0-9a-f]+-[0-9a-f]+/;

# The errcode of a call with a token; 0: it is valid.
sub with { my ($token) = @_; return $account->call('GET', 'getcallbackip', { access_token => $token })->{errcode} // 0 }
# Days begin at midnight in Beijing: the rules about days are tested from a noon on.
my $noon = 86400 + 43200 - (time + 8 * 3600) % 86400;
sub at { my ($seconds, %more) = @_; $kit->control(clock => $seconds, %more); return }

# ---- the stable token ----

my $answer = $account->raw('POST', 'stable_token', undef, { Account::credential() });
is $answer->{headers}{'content-type'}, 'application/json; encoding=utf-8', 'answers have their type';
my $first = $account->stable;
is_deeply [sort keys %$first], [qw(access_token expires_in)], 'a token and its seconds';
like $first->{access_token}, qr/^[\w-]{100,512}$/, 'the token is a text of letters, digits, - and _';
cmp_ok $first->{expires_in}, '>=', 7190, 'for two hours';
is with($first->{access_token}), 0, 'it is valid';
at(1000);
my $later = $account->stable;
is $later->{access_token}, $first->{access_token}, '1,000 s later: the same';
cmp_ok abs($later->{expires_in} - 6200), '<=', 10, 'with the seconds that are left';
at(7200 - 310);
is $account->stable->{access_token}, $first->{access_token}, 'five minutes before its end: still the same';
at(7200 - 290);
my $second = $account->stable;
isnt $second->{access_token}, $first->{access_token}, 'then a new one';
cmp_ok $second->{expires_in}, '>=', 7190, 'for two hours';
is with($_), 0, 'both are valid' for $first->{access_token}, $second->{access_token};
is $account->stable->{access_token}, $second->{access_token}, 'and the new one is what is given';
at(7200);
is with($first->{access_token}), 0, 'the old one is valid for five minutes';
at(7200 + 30);
is with($first->{access_token}), 42001, 'and then no longer';
is with($second->{access_token}), 0, 'the new one is';
at(20000);
is with($second->{access_token}), 42001, 'until its own end';

# ---- forced ----

at($noon);
my $before = $account->stable->{access_token};
my $forced = $account->stable(force_refresh => JSON::PP::true);
isnt $forced->{access_token}, $before, 'forced: a new one at once';
is with($before), 40001, 'and the old one has ended';
is with($forced->{access_token}), 0, 'the new one is valid';
is $account->stable(force_refresh => JSON::PP::true)->{errcode}, 45011, 'again within 30 s';
is with($forced->{access_token}), 0, 'which changes nothing';
is $account->stable(force_refresh => JSON::PP::false)->{access_token}, $forced->{access_token}, 'not forced: that one';
my @codes = map { at($noon + 31 * $_); $account->stable(force_refresh => JSON::PP::true)->{errcode} // 0 } 1 .. 20;
is_deeply \@codes, [(0) x 19, 45009], 'twenty times a day';
at($noon + 86400);
is $account->stable(force_refresh => JSON::PP::true)->{errcode}, undef, 'and the next day again';

# ---- the plain token ----

at($noon + 200000);
my $stable = $account->stable->{access_token};
my @plain = map { $account->plain } 1 .. 3;
is_deeply [sort keys %{ $plain[0] }], [qw(access_token expires_in)], 'token: a token and its seconds';
is scalar(keys %{ { map { $_->{access_token} => 1 } @plain, { access_token => $stable } } }), 4, 'another one each time';
is with($plain[2]{access_token}), 0, 'the latest is valid';
is with($plain[1]{access_token}), 0, 'the one before it, too';
is with($plain[0]{access_token}), 40001, 'an earlier one is not';
is with($stable), 0, 'and the stable one is another matter';
at($noon + 200000 + 310);
is with($plain[1]{access_token}), 40001, 'five minutes later the one before has ended';
is with($plain[2]{access_token}), 0, 'the latest has not';
at($noon + 200000 + 7210);
is with($plain[2]{access_token}), 42001, 'after two hours it has';

# ---- wrong credentials ----

my %credential = Account::credential();
for my $row ([grant_type => 'x', 40002], [appid => undef, 41002], [appid => 'wx1', 40013], [secret => undef, 41004], [secret => 'x', 40125]) {
    my ($name, $value, $errcode) = @$row;
    my %wrong = (%credential, $name => $value);
    delete $wrong{$name} if !defined $value;
    is $account->call('POST', 'stable_token', undef, \%wrong)->{errcode}, $errcode, "stable_token, $name wrong: $errcode";
    is $account->call('GET', 'token', \%wrong)->{errcode}, $errcode, "token, $name wrong: $errcode";
}
is $account->call('GET', 'stable_token', \%credential)->{errcode}, 43002, 'stable_token is a POST';
is $account->call('POST', 'token', \%credential, '')->{errcode}, 43001, 'token is a GET';
is $account->call('POST', 'stable_token', undef, '{')->{errcode}, 47001, 'no JSON';

# ---- what the switches do ----

$kit->control(long_tokens => 1, expire => 'access');
is with($first->{access_token}), 40001, 'a token that nobody knows any more';
$account->forget_token;
like $account->token, qr/^9_-[\w-]{509}$/, 'long_tokens: 512 characters';
is with($account->token), 0, 'and valid';
$kit->control(expire => 'access');
is with($account->token), 42001, 'expire=access: it has expired';
$account->forget_token;
is with($account->token), 0, 'a new one has not';
$kit->control(expire => 'refresh');
is with($account->token), 0, 'expire=refresh is another matter';

# ---- jsapi_ticket ----

my $ticket = $account->get('ticket/getticket', type => 'jsapi');
is "$ticket->{errcode} $ticket->{errmsg}", '0 ok', 'a ticket';
like $ticket->{ticket}, qr/^[\w-]{86}$/, 'of 86 characters';
cmp_ok $ticket->{expires_in}, '>=', 7190, 'for two hours';
at(3600);
is $account->get('ticket/getticket', type => 'jsapi')->{ticket}, $ticket->{ticket}, 'an hour later: the same';
isnt $account->get('ticket/getticket', type => 'wx_card')->{ticket}, $ticket->{ticket}, 'for cards: another';
is $account->get('ticket/getticket', type => 'x')->{errcode}, 40097, 'for nothing: none';
at(7210);
$account->forget_token;
isnt $account->get('ticket/getticket', type => 'jsapi')->{ticket}, $ticket->{ticket}, 'after its end: a new one';
$kit->control;
$account->forget_token;

# ---- every call ----

my %get = map { $_ => 1 } qw(ticket/getticket getcallbackip get_api_domain_ip user/info user/get tags/get menu/get menu/delete get_current_selfmenu_info
    template/get_all_private_template media/get);
my %any = map { $_ => 1 } qw(ticket/getticket getcallbackip get_api_domain_ip callback/check clear_quota);
my @paths = ((sort keys %get), qw(callback/check clear_quota user/info/batchget user/info/updateremark user/tag/get tags/create tags/update tags/delete
    tags/members/batchtagging tags/members/batchuntagging tags/getidlist qrcode/create menu/create message/custom/send message/custom/typing
    message/template/send media/upload));
for my $path (@paths) {
    my ($method, $other) = $get{$path} ? qw(GET POST) : qw(POST GET);
    my $body = $method eq 'POST' ? {} : undef;
    is $account->call($method, $path, undef, $body)->{errcode}, 41001, "$path: no access_token";
    is $account->call($method, $path, { access_token => 'x' }, $body)->{errcode}, 40001, 'a wrong one';
    is $account->call($other, $path, { access_token => $account->token }, $method eq 'GET' ? {} : undef)->{errcode}, $method eq 'GET' ? 43001 : 43002, "not by $other";
    for my $kind (qw(subscription service)) {
        $kit->control(account => $kind);
        my $errcode = $account->call($method, $path, { access_token => $account->token }, $body)->{errcode} // 0;
        $any{$path} ? isnt $errcode, 48001, "a $kind account may" : is $errcode, 48001, "a $kind account may not";
    }
    $kit->control;
}
like $account->call('GET', 'user/get', undef)->{errmsg}, qr/^access_token missing rid: $rid$/, 'an errmsg with its rid';
for my $path (qw(menu/create qrcode/create)) {
    is $account->call('POST', $path, { access_token => $account->token }, $_->[0])->{errcode}, $_->[1], "$path: '$_->[0]'" for ['', 44002], ['{', 47001], ['[]', 47001];
}

# ---- the address ----

$kit->control(ip_whitelist => '203.0.113.0/24');
for my $refused ($account->stable, $account->plain, $account->get('user/get')) {
    is $refused->{errcode}, 40164, 'not on the IP white list';
    like $refused->{errmsg}, qr/^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: $rid$/, 'which address it was';
}
$kit->control(ip_whitelist => '203.0.113.0/24 127.0.0.1');
is $account->get('user/get')->{errcode}, undef, 'on the list';
is $kit->browser->post("$kit->{sim_url}/control?format=json", { ip_whitelist => '127.0.0' })->{status}, 400, 'a list that is none';

# ---- quotas ----

at($noon, quota => 2, quota_menu => 3);
$account->forget_token;
is_deeply [map { $account->get('user/get')->{errcode} // 0 } 1 .. 4], [0, 0, 45009, 45009], 'twice a day';
is_deeply [map { $account->get('menu/get')->{errcode} } 1 .. 4], [46003, 46003, 46003, 45009], 'one call has a quota of its own';
is $account->post('clear_quota', { appid => 'wx1' })->{errcode}, 40013, 'not of another account';
is_deeply $account->post('clear_quota', { appid => $Kit::APPID }), { errcode => 0, errmsg => 'ok' }, 'cleared';
is_deeply [map { $account->get('user/get')->{errcode} // 0 } 1 .. 3], [0, 0, 45009], 'twice again';
at($noon + 86400, quota => 2);
my $tomorrow = $account->stable->{access_token};
is_deeply [map { $account->call('GET', 'user/get', { access_token => $tomorrow })->{errcode} // 0 } 1 .. 3], [0, 0, 45009], 'and the next day';
is $account->stable->{access_token}, $tomorrow, 'a token of that day';
is $account->stable->{errcode}, 45009, 'tokens have the quota, too';

# ---- faults ----

$kit->control(fault_menu_create => 45011, fault_menu_create_count => 1);
$account->forget_token;
is $account->post('menu/create', {})->{errcode}, 45011, 'a fault';
is $account->post('menu/create', {})->{errcode}, 40016, 'once';
$kit->control(fault_followers => 'http500');
is $account->raw('GET', 'user/get', { access_token => $account->token })->{status}, 500, 'a broken answer';
$kit->control(delay_addresses => 400);
my $began = Time::HiRes::time();
$account->get('getcallbackip');
cmp_ok Time::HiRes::time() - $began, '>=', 0.4, 'a slow one';
# On the control page, the call is chosen from a list.
$kit->control;
$kit->browser->post("$kit->{sim_url}/control", { call => 'menu_create', fault => 45011, count => 1, delay => '', quota => '' });
like $kit->browser->get("$kit->{sim_url}/control")->{content}, qr{<option value="menu_create">.*<li>fault_menu_create = 45011</li><li>fault_menu_create_count = 1</li></ul>}s, 'the page says what is set';
is $account->post('menu/create', {})->{errcode}, 45011, 'and it happens';
unlike $kit->browser->get("$kit->{sim_url}/control")->{content}, qr{<li>}, 'once';
is $kit->browser->post("$kit->{sim_url}/control?format=json", { $_ => 1 })->{status}, 400, "no switch $_" for qw(fault_nothing quota_grant delay_ clocks);
is $kit->browser->post("$kit->{sim_url}/control?format=json", { $_->[0] => $_->[1] })->{status}, 400, "$_->[0]=$_->[1]" for [clock => '1h'], [followers => 100000], [template_status => 'x'];
$kit->control;

# ---- WeChat's servers ----

my $addresses = $account->get('getcallbackip');
ok scalar(grep { $_ eq '127.0.0.1' } @{ $addresses->{ip_list} }), 'the addresses of the pushes';
my $check = $account->post('callback/check', { action => 'all', check_operator => 'DEFAULT' });
is_deeply [sort keys %$check], [qw(dns ping)], 'callback/check: DNS and ping';
is_deeply [sort keys %{ $account->post('callback/check', { action => 'ping', check_operator => 'CAP' }) }], ['ping'], 'one of them';
is $account->post('callback/check', { action => 'x', check_operator => 'CAP' })->{errcode}, 40202, 'no such action';
is $account->post('callback/check', { action => 'all', check_operator => 'x' })->{errcode}, 40203, 'no such operator';
my $conf = Kit::read_file("$kit->{folder}/sim.conf");
Kit::write_file("$kit->{folder}/sim.conf", $conf =~ s/^push_token.*\n//mr);
is $account->post('callback/check', { action => 'all', check_operator => 'DEFAULT' })->{errcode}, 40201, 'no address for pushes is set';
Kit::write_file("$kit->{folder}/sim.conf", $conf);

# ---- the record of requests ----

$kit->forget_asked;
$account->forget_token;
my $token = $account->token;
$account->post('user/info/updateremark', { openid => 'oSim0008linXiaoToday_StUvWxY', remark => 'x', access_token => $token });
my ($stable_token, $remark) = $kit->asked;
is_deeply [@$stable_token{qw(path answer)}], ['/cgi-bin/stable_token', 'ok'], 'the calls are recorded';
is_deeply $stable_token->{body}, { grant_type => 'client_credential', appid => $Kit::APPID }, 'with their JSON, without the secret';
is_deeply $remark->{body}, { openid => 'oSim0008linXiaoToday_StUvWxY', remark => 'x' }, 'and without tokens';
unlike Kit::read_file("$kit->{folder}/sim-state/requests.jsonl"), qr/\Q$token\E|$Kit::SECRET/, 'wherever they stood';
done_testing;
