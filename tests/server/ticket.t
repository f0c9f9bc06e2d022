# Pages in local development: login.cgi?dev=, the ticket and its misuse, and what such a page may then do.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $dev = 'http://192.168.1.5:5173';
my $kit = Kit->new(conf => { dev_origins => "$dev http://localhost:5173", language => 'en' });

sub encode { my ($text) = @_; return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger }

# A script of the page: sends a request from its origin, without cookies.
sub script {
    my ($method, $path, %option) = @_;
    my %headers = (Origin => $option{origin} || $dev, $option{token} ? (Authorization => "Bearer $option{token}") : ());
    my $browser = $kit->browser;
    return $option{form} ? $browser->post($path, $option{form}, headers => \%headers) : $browser->request($method, $path, headers => \%headers);
}
# Answers the question whether the page may sign in.
sub allow { my ($browser, $page) = @_; return $browser->post('/cgi-bin/ticket.cgi?dev=' . encode($page), {}, headers => { 'Sec-Fetch-Site' => 'same-origin' }) }
sub ticket_for {
    my ($browser, $page) = @_;
    my $answer = allow($browser, $page);
    return $answer->{location} =~ /^\Q$page\E#wx_ticket=([\w-]{43})$/ ? $1 : "no ticket: $answer->{status} $answer->{location}";
}
sub redeem { my ($ticket, %option) = @_; return script('POST', '/cgi-bin/ticket.cgi', form => { ticket => $ticket }, %option) }

# ---- the whole way ----

my $browser = $kit->browser;
my $login = $browser->get('/cgi-bin/login.cgi?dev=' . encode("$dev/path?a=b"));
like $login->{location}, qr{^\Q$kit->{sim_url}\E/connect/oauth2/authorize\?}, 'a listed page: to WeChat';
my $consent = $browser->follow($login);
my ($confirm) = $consent->{content} =~ /ticket=(\w+)/;
my $question = $browser->follow($browser->get("$kit->{sim_url}/connect/confirm?ticket=$confirm&person=xiaoming"), stop => qr{^\Q$dev\E});
is $question->{stopped}, undef, 'no ticket without a question';
like $question->{content}, qr{Let this page sign in as you\?.*<p class="setting">\Q$dev\E</p>}s, 'which names the origin';
like decode_utf8($question->{content}), qr{小明}, 'and the person';
like $question->{headers}{'content-security-policy'}, qr{form-action 'self' \Q$dev\E;}, 'its form may lead there';
my ($form, $csrf) = $question->{content} =~ m{<form [^>]*action="([^"]+)".*?name="csrf" value="([^"]+)"}s;
$form =~ s/&amp;/&/g;
is $browser->post($form, { csrf => 'x' x 43 })->{status}, 403, 'a foreign form gets none';
is $browser->post($form, {}, headers => { Origin => $dev, 'Sec-Fetch-Site' => 'cross-site' })->{status}, 403, 'nor does the page itself';
my $landed = $browser->follow($browser->post($form, { csrf => $csrf }), stop => qr{^\Q$dev\E});
like $landed->{stopped}, qr{^\Q$dev\E/path\?a=b#wx_ticket=[\w-]{43}$}, 'lands on the page, with a ticket in the fragment';
my ($ticket) = $landed->{stopped} =~ /=([\w-]{43})$/;
unlike $landed->{stopped}, qr/code=|state=|access_token/, 'and nothing of WeChat’s';

my $answer = redeem($ticket);
is $answer->{status}, 200, 'the script exchanges it';
my $token = decode_json($answer->{content});
is_deeply [sort keys %$token], [qw(access_token expires_in token_type)], 'for a token response of RFC 6749';
like "$token->{token_type} $token->{expires_in}", qr/^Bearer 3(?:600|59\d)$/, 'its type and seconds: an hour';
is $answer->{headers}{'access-control-allow-origin'}, $dev, 'readable by that origin';
is $answer->{headers}{'access-control-allow-credentials'}, undef, 'never with cookies';
is $answer->{headers}{'cache-control'}, 'no-store', 'not to be stored';
is $answer->{headers}{'set-cookie'}, undef, 'no cookie';
isnt $token->{access_token}, $browser->cookie('wx_session'), 'a session of its own';

my $who = script('GET', '/cgi-bin/validate.cgi', token => $token->{access_token});
is decode_json($who->{content})->{nickname}, "\x{5c0f}\x{660e}", 'validate.cgi answers it';
is $who->{headers}{'access-control-allow-origin'}, $dev, 'for that origin';
is script('GET', '/cgi-bin/validate.cgi?live=1', token => $token->{access_token})->{status}, 200, 'live=1 as well';
is scalar @{ decode_json(script('GET', '/cgi-bin/list.cgi?format=json', token => $token->{access_token})->{content})->{items} }, 3, 'and the list';
is script('POST', '/cgi-bin/list.cgi?format=json', token => $token->{access_token}, form => { way => 'global', item => 'orders' })->{status}, 303, 'and a choice';

# ---- it may read, and no more ----

is decode_json($who->{content})->{scope}, 'dev', 'its scope says so';
my $carrying = $kit->browser;
$carrying->set_cookie(wx_session => $token->{access_token});
for my $case (
    ['forget the person', 'me.cgi', { action => 'forget' }], ['get a ticket', 'ticket.cgi?dev=' . encode("$dev/"), {}],
) {
    my ($what, $path, $fields) = @$case;
    my $refused = $carrying->post("/cgi-bin/$path", $fields, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is $refused->{status}, 403, "it cannot $what";
    like $kit->log_text, qr/kind=denied .*the session of a page under local development may read only/, 'and the log says why';
}
is $carrying->get('/cgi-bin/ticket.cgi?dev=' . encode("$dev/"))->{status}, 403, 'it is not even asked';
is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'the person is still there';
my @kept = map { Kit::read_file($_) } grep {m{/grants/}} $kit->state_files;
is scalar(grep {/scope=dev/} @kept), 1, 'the session has a grant';
unlike join("\n", grep {/scope=dev/} @kept), qr/_token=[^&]/, 'without WeChat’s tokens';

# ---- preflight ----

for my $program (qw(validate list ticket logout)) {
    my $options = script('OPTIONS', "/cgi-bin/$program.cgi");
    is join(' | ', $options->{status}, map { $options->{headers}{"access-control-$_"} } qw(allow-origin allow-methods allow-headers)),
        "204 | $dev | GET, POST | Authorization, X-WX-Session", "$program.cgi: preflight";
    my $foreign = script('OPTIONS', "/cgi-bin/$program.cgi", origin => 'http://evil.example');
    is $foreign->{status}, $program eq 'validate' ? 401 : 405, 'not for another origin';
    is $foreign->{headers}{'access-control-allow-origin'}, undef, 'which may read nothing';
    my $vary = $foreign->{headers}{vary};
    like ref $vary ? "@$vary" : $vary, qr/Origin/, 'and caches are told';
}
is script('OPTIONS', '/cgi-bin/me.cgi')->{status}, 405, 'the personal page is for no other origin';
for my $origin ('http://192.168.1.5', 'http://192.168.1.5:51730', 'https://192.168.1.5:5173', "$dev/", 'http://evil.example', 'null', "$dev.evil.example", uc $dev) {
    my $other = script('GET', '/cgi-bin/validate.cgi', origin => $origin, token => $token->{access_token});
    is $other->{headers}{'access-control-allow-origin'}, undef, "not for $origin";
}

# ---- misuse of a ticket ----

is redeem($ticket)->{status}, 410, 'used twice: refused';
is redeem($ticket)->{content}, '{"error":"expired"}', 'says so';
my $stolen = ticket_for($browser, "$dev/");
my $other = redeem($stolen, origin => 'http://localhost:5173');
is $other->{status}, 403, 'from another origin, though a listed one: refused';
is redeem($stolen, origin => 'http://evil.example')->{status}, 403, 'from an unlisted origin';
is $kit->browser->post('/cgi-bin/ticket.cgi', { ticket => $stolen })->{status}, 403, 'without an origin';
is redeem($stolen)->{status}, 200, 'and the page that it was made for can still use it';
is redeem($_)->{status}, 400, "malformed: $_" for '', 'x', '../../sessions', 'a' x 44, 'a' x 42 . '/';
is redeem('a' x 43)->{status}, 410, 'one that never was';
is script('POST', '/cgi-bin/ticket.cgi', form => {})->{status}, 400, 'none at all';
my $late = ticket_for($browser, "$dev/");
# A ticket that was made 61 s ago: the store goes by the record alone.
my ($late_file) = grep {m{/tickets/}} $kit->state_files;
State::age($late_file, 61);
is redeem($late)->{status}, 410, 'after 60 s: too late';
my $session_token = $browser->cookie('wx_session');
is redeem($session_token)->{status}, 410, 'a session token is no ticket';
is script('GET', '/cgi-bin/validate.cgi', token => ticket_for($browser, "$dev/"))->{status}, 401, 'and a ticket no session token';

# ---- a session made from another one ends with it ----

my $short = $kit->browser;
my %others = map { $_ => 1 } $kit->state_files;
$short->sign_in('ann', '/cgi-bin/login.cgi?next=/');
State::age($_, 604_800 - 600) for grep { !$others{$_} && m{/(?:sessions|grants)/} } $kit->state_files;
my $end = decode_json($short->get('/cgi-bin/validate.cgi')->{content})->{exp};
my $made = decode_json(redeem(ticket_for($short, "$dev/"))->{content});
cmp_ok $made->{expires_in}, '<=', 3600, 'and within an hour';
is decode_json(script('GET', '/cgi-bin/validate.cgi', token => $made->{access_token})->{content})->{exp}, $end, 'a page’s session ends with the session that it was made from';
cmp_ok $made->{expires_in}, '<=', $end - time + 2, 'and expires_in says so';

# ---- one person's tickets ----

my $greedy = $kit->browser;
$greedy->sign_in('john', '/cgi-bin/login.cgi?next=/');
my @asked = map { allow($greedy, "$dev/")->{status} } 1 .. 12;
is_deeply \@asked, [(303) x 8, (503) x 4], 'eight tickets of one person at a time, and no more';
my @at_once = map { open my $out, '-|', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-b', 'wx_session=' . $short->cookie('wx_session'), qw(-H Sec-Fetch-Site:same-origin -d x=1), "$kit->{site_url}/cgi-bin/ticket.cgi?dev=" . encode("$dev/") or die; $out } 1 .. 16;
is scalar(grep { my $out = $_; scalar(<$out>) eq '303' } @at_once), 8, 'nor when they are asked for at the same moment';
like ticket_for($browser, "$dev/"), qr/^[\w-]{43}$/, 'another person is not affected';

my $leaving = $kit->browser;
$leaving->sign_in('xiaoming', '/cgi-bin/login.cgi?next=/');
my $left = ticket_for($leaving, "$dev/");
$leaving->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
is redeem($left)->{status}, 410, 'a ticket ends with the session that it was made from';

my $race = ticket_for($browser, "$dev/");
my @answers = map { my $n = $_; open my $out, '-|', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', "Origin: $dev", '-d', "ticket=$race", "$kit->{site_url}/cgi-bin/ticket.cgi" or die; $out } 1 .. 8;
is_deeply [sort map { my $out = $_; scalar <$out> } @answers], ['200', ('410') x 7], 'eight at the same moment: one gets the session';

# ---- pages that are not listed ----

for my $page ('http://evil.example/', 'http://192.168.1.5:5173@evil.example/', 'http://192.168.1.5:51730/', 'http://192.168.1.5/', 'https://192.168.1.5:5173/',
    '//192.168.1.5:5173/', 'javascript:alert(1)', "$dev\\\@evil.example", 'http://localhost:5173.evil.example/', "$dev/#a", '/cgi-bin/me.cgi', '', "$dev/" . 'x' x 2000) {
    for my $program (qw(login ticket)) {
        my $answer = $browser->get("/cgi-bin/$program.cgi?dev=" . encode($page));
        is $answer->{status}, 403, "$program.cgi?dev=" . substr $page, 0, 60;
        is $answer->{location}, undef, 'no redirect';
        like $answer->{content}, qr/This page cannot sign in/, 'a page that says so';
    }
}
like $browser->get('/cgi-bin/login.cgi?dev=' . encode('http://10.0.0.7:3000/x'))->{content}, qr{dev_origins = http://10\.0\.0\.7:3000<}, 'and what the owner can do';
like $kit->log_text, qr{dev: http://10\.0\.0\.7:3000 is not one of dev_origins}, 'so does the log';
is $kit->browser->get('/cgi-bin/ticket.cgi?dev=' . encode("$dev/"))->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=" . encode('/cgi-bin/ticket.cgi?dev=' . encode("$dev/")), 'not signed in: first the sign-in';
is $browser->get('/cgi-bin/ticket.cgi')->{status}, 400, 'no page';

# ---- signing out, by the token ----

is script('POST', '/cgi-bin/logout.cgi', token => $token->{access_token}, form => { x => 1 })->{content}, '{"active":false}', 'the page signs out';
is script('GET', '/cgi-bin/validate.cgi', token => $token->{access_token})->{status}, 401, 'its session is over';
is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'the browser’s own is not';
is script('POST', '/cgi-bin/logout.cgi', token => $token->{access_token}, form => { x => 1 })->{content}, '{"active":false}', 'twice does no harm';

# ---- empty by default, any on this computer ----

$kit->write_conf(dev_origins => undef);
is $browser->get('/cgi-bin/login.cgi?dev=' . encode("$dev/"))->{status}, 403, 'by default no page is allowed';
is script('GET', '/cgi-bin/validate.cgi')->{headers}{vary}, undef, 'and no header names origins';
$kit->write_conf(dev_origins => '*');
like ticket_for($browser, 'http://10.1.2.3:4321/x'), qr/^[\w-]{43}$/, '*: any origin';
$kit->write_conf(dev_origins => '*', site_url => 'https://www.example.com');
is $browser->get('/cgi-bin/login.cgi')->{status}, $kit->is_fcgi ? 303 : 500, 'but not on a site that others can reach';    # wechat.fcgi keeps the settings before
like $kit->log_text, qr/dev_origins = \* is allowed only if site_url is this computer/, 'the log says why';
is_deeply [grep { Kit::read_file($_) =~ /\Q$ticket\E|\Q$token->{access_token}\E/ } $kit->state_files], [], 'neither ticket nor token is in a file';
unlike $kit->log_text, qr/\Q$ticket\E|\Q$token->{access_token}\E/, 'nor in the log';
done_testing;
