# Programs are told that somebody has signed out: oidcc-backchannel-rp-initiated-logout-certification-test-plan and
# oidcc-frontchannel-rp-initiated-logout-certification-test-plan, by the names of their modules; each way to end a session; programs
# that hang, fail or are not there. By CGI and wechat.fcgi, with files and Redis.
use strict;
use warnings;
use FastCGI;
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use Oidc;
use Receiver;
use Redis;
use Test::More;
use Time::HiRes qw(time);

my $event = 'http://schemas.openid.net/event/backchannel-logout';
my $ming = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $receiver = Receiver->new;
my $nobody = Kit::free_port();

# The programs, each with the path at the receiver that is told of the end; skip_consent saves the question.
my %path = (shop => '/ok/shop', nothing => '/nothing', fails => '/fails', elsewhere => '/elsewhere', hangs => '/hangs/1', 'hangs-too' => '/hangs/2');
my %more = (shop => { client_name => 'Shop', backchannel_logout_session_required => JSON::PP::true }, es256 => { id_token_signed_response_alg => 'ES256', backchannel_logout_uri => $receiver->url('/ok/es256?key=invented-key') },
    pairwise => { subject_type => 'pairwise', backchannel_logout_uri => $receiver->url('/ok/pairwise') }, away => { backchannel_logout_uri => "http://127.0.0.1:$nobody/bye" },
    silent => {}, front => { frontchannel_logout_uri => 'https://app.example.com/out?a=b', frontchannel_logout_session_required => JSON::PP::true }, plain => { frontchannel_logout_uri => 'https://app.example.com/plain' });
my %clients = map { ($_ => { @Oidc::base, skip_consent => JSON::PP::true, $path{$_} ? (backchannel_logout_uri => $receiver->url($path{$_})) : (), %{ $more{$_} // {} } }) } keys %path, keys %more;

sub token_of { my ($request) = @_; return ($request->{body} =~ /^logout_token=([\w.-]+)$/)[0] }
sub claims_of { my ($request) = @_; return Oidc::claims(token_of($request)) }

# Waits until so many programs were told of the end of the session that an ID token is of; returns the requests.
sub told {
    my ($count, $id_token) = @_;
    my $sid = Oidc::claims($id_token)->{sid};
    my @told;
    Kit::wait_for("$count programs", 30, sub { @told = grep { claims_of($_)->{sid} eq $sid } $receiver->requests; @told >= $count });
    return @told;
}

# Signs a person in to the programs, in one session; returns the browser, and the claims of each ID token.
sub signed_in {
    my ($oidc, @ids) = @_;
    my $browser = $oidc->kit->browser;
    my %token = map { ($_ => $oidc->redeem($oidc->code($browser, client_id => $_, scope => 'openid'), as => $_)->{json}{id_token}) } @ids;
    return ($browser, \%token);
}

# Signs out at the provider, for a program.
sub leave { my ($browser, $token, %more) = @_; return $browser->get(Oidc::base() . '/logout?' . Oidc::form(id_token_hint => $token, %more)) }

sub test_back_channel {
    my ($oidc) = @_;
    my ($kit, $bye) = ($oidc->kit, 'https://app.example.com/bye');
    my $said = decode_json($kit->browser->get(Oidc::base() . '/.well-known/openid-configuration')->{content});
    is_deeply [@$said{qw(backchannel_logout_supported backchannel_logout_session_supported)}], [JSON::PP::true, JSON::PP::true], 'backchannel-discovery-endpoint-verification: both are supported';

    my ($browser, $token) = signed_in($oidc, qw(shop es256 pairwise silent));
    is leave($browser, $token->{shop}, post_logout_redirect_uri => $bye)->{location}, $bye, 'signed out through one program';
    my %told = map { ($_->{path} =~ m{^/ok/(\w+)} ? ($1 => $_) : ()) } told(3, $token->{shop});
    is join(' ', sort keys %told), 'es256 pairwise shop', 'all of the session that can be told are';
    for my $id (sort keys %told) {
        my ($request, $claims, $id_claims) = ($told{$id}, claims_of($told{$id}), Oidc::claims($token->{$id}));
        is "$request->{method} $request->{type}", 'POST application/x-www-form-urlencoded', "$id: a form";
        my $header = Oidc::header(token_of($request));
        is "$header->{typ} $header->{alg}", 'logout+jwt ' . ($id eq 'es256' ? 'ES256' : 'RS256'), "$id: a logout token";
        ok $oidc->is_signed(token_of($request)), "$id: which we have signed";
        is_deeply [sort keys %$claims], [qw(aud events exp iat iss jti sid sub)], "$id: it has these claims, and no nonce";
        is_deeply [@$claims{qw(iss aud sub sid)}], [@$id_claims{qw(iss aud sub sid)}], "$id: of the ID token's issuer, program, person and session";
        is_deeply $claims->{events}, { $event => {} }, "$id: the event";
        cmp_ok $claims->{exp} - $claims->{iat}, '<=', 120, "$id: good for two minutes";
        cmp_ok abs($claims->{iat} - time), '<', 60, "$id: made now";
    }
    isnt claims_of($told{shop})->{jti}, claims_of($told{es256})->{jti}, 'each has a number of its own';
    is Oidc::parameters($browser->get($oidc->authorize_path(prompt => 'none')))->{error}, 'login_required', 'backchannel-rp-initiated-logout: then prompt=none fails';
    my $again = $kit->browser;
    $again->sign_in('xiaoming');
    is leave($again, token_of($told{shop}))->{status}, 400, 'a logout token is no id_token_hint';
    ok !exists Oidc::claims($token->{shop})->{events} && Oidc::header($token->{shop})->{typ} eq 'JWT', 'and an ID token is no logout token';
    return;
}

sub unescape { my ($text) = @_; return $text =~ s/&amp;/&/gr }

# In the browser: frames on a page, which then goes on.
sub test_front_channel {
    my ($oidc) = @_;
    my ($kit, $bye) = ($oidc->kit, 'https://app.example.com/bye');
    my $said = decode_json($kit->browser->get(Oidc::base() . '/.well-known/openid-configuration')->{content});
    is_deeply [@$said{qw(frontchannel_logout_supported frontchannel_logout_session_supported)}], [JSON::PP::true, JSON::PP::true], 'frontchannel-discovery-endpoint-verification: both are supported';

    my %page;
    my ($browser, $token) = signed_in($oidc, qw(front plain shop));
    my $wanted = 'https://app.example.com/out?a=b&' . Oidc::form(iss => $oidc->issuer, sid => Oidc::claims($token->{front})->{sid});
    $page{program} = leave($browser, $token->{shop}, post_logout_redirect_uri => $bye, state => 's&1');
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'frontchannel-rp-initiated-logout: signed out';
    ($browser, $token) = signed_in($oidc, qw(front plain shop));
    $page{'logout.cgi'} = $browser->post('/cgi-bin/logout.cgi', { next => '/here' }, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    my $sid = Oidc::claims($token->{front})->{sid};
    for my $by (sort keys %page) {
        my @frames = map { unescape($_) } $page{$by}{content} =~ /<iframe [^>]*src="([^"]*)"/g;
        is_deeply [sort @frames], [sort 'https://app.example.com/plain', $by eq 'program' ? $wanted : $wanted =~ s/sid=.*/sid=$sid/r], "by $by: a frame for each program that has an address, with iss and sid where it needs them";
        is scalar(() = $page{$by}{content} =~ /<iframe [^>]*sandbox="allow-scripts allow-same-origin"/g), 2, "by $by: which cannot lead the browser elsewhere";
        like $page{$by}{headers}{'content-security-policy'}, qr/; frame-src https:\/\/app\.example\.com; /, "by $by: the policy lets in those origins";
        my ($link) = map { unescape($_) } $page{$by}{content} =~ /<a [^>]*href="([^"]*)" id="go_on"/;
        is $link, $by eq 'program' ? "$bye?state=s%261" : '/here', "by $by: a link goes on";
        my ($refresh) = map { unescape($_) } $page{$by}{content} =~ /<noscript><meta http-equiv="refresh" content="([^"]*)"/;
        is $refresh, "5;url=$link", "by $by: and so does the page, by itself";
    }
    ($browser) = signed_in($oidc, 'shop');
    is $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status}, 303, 'none of the session takes part: no such page';
    return;
}

# Each way to end a session.
sub test_ends {
    my ($oidc, $everything) = @_;
    my $kit = $oidc->kit;
    my $post = sub { my ($browser, $program, %form) = @_; return $browser->post("/cgi-bin/$program", \%form, headers => { 'Sec-Fetch-Site' => 'same-origin' }) };
    my $other;    # another browser of the same person
    my %way = (
        'logout.cgi' => sub { $post->($_[0], 'logout.cgi') },
        'all others, from me.cgi' => sub { $post->($other, 'me.cgi', action => 'end_others') },
        'delete my data' => sub { $post->($_[0], 'me.cgi', action => 'forget') },
        'another sign-in' => sub { $_[0]->sign_in('meimei', '/cgi-bin/login.cgi?again=1') },
        'an owner who blocks' => sub {
            my ($csrf) = $other->get("/cgi-bin/owner.cgi?view=person&openid=$ming")->{content} =~ /name="csrf" value="([^"]+)"/;
            return $post->($other, 'owner.cgi?view=person', action => 'block', openid => $ming, csrf => $csrf);
        },
    );
    for my $way ($everything ? ((grep { !/owner/ } sort keys %way), 'an owner who blocks') : 'logout.cgi') {
            my ($browser, $token) = signed_in($oidc, 'shop');
        $other = $kit->browser;
        $other->sign_in($way =~ /owner/ ? 'john' : 'xiaoming');
        my $answer = $way{$way}->($browser);
        like $answer->{status}, qr/^(?:200|303)$/, "$way: done" or diag $answer->{content} =~ s/<style.*?<\/style>//sr;
        is told(1, $token->{shop}), 1, "$way: the program is told";
        is $browser->get('/cgi-bin/validate.cgi')->{status}, $way eq 'another sign-in' ? 200 : 401, "$way: and the session is over";
    }
    return;
}

# Programs that are slow or broken hold up neither the visitor nor each other.
sub test_trouble {
    my ($oidc) = @_;
    my $kit = $oidc->kit;
    my ($browser, $token) = signed_in($oidc, qw(hangs hangs-too fails elsewhere away nothing shop));
    my $begun = time;
    is leave($browser, $token->{shop})->{status}, 200, 'signed out, with programs that hang and fail';
    my $answered = time;
    my %told = map { ($_->{path} => $_->{when}) } told(6, $token->{shop});
    is_deeply [sort keys %told], [sort values %path], 'each was called once, and no redirect followed';
    my $given_up;
    Kit::wait_for('the end of a call', 30, sub { $given_up = $receiver->given_up($begun) });
    cmp_ok $answered, '<', $given_up, 'the visitor waits for none';
    is_deeply [grep { $told{$_} >= $given_up } sort keys %told], [], 'and no program for those that hang';
    my $log = '';
    Kit::wait_for('the log', 20, sub { $kit->browser->get('/cgi-bin/logout.cgi'); $log = $kit->log_text; $log =~ /program hangs was not told/ });
    like $log, qr/wechat-notify\.cgi .*the program $_->[0] was not told that somebody has signed out: $_->[1].*; see its backchannel_logout_uri in \S+clients\.json, and its own log/, "$_->[0]: a line"
        for ['hangs', qr/\S+hangs\/1: no answer in time/], ['fails', qr/\S+fails: HTTP status 500/], ['elsewhere', qr/\S+elsewhere: HTTP status 302/], ['away', qr/\S+bye: /];
    unlike $log, qr/the program (?:shop|nothing) was not told/, 'and none for those that were told';
    return;
}

my @rows = (['apache-cgid'], ['nginx-fcgi', 1]);
my $folder = tempdir('wechat-told-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $folder;
for my $row (@rows) {
    my ($server, $stored) = @$row;
    my $missing = $stored ? Redis::missing() : undef;
    subtest "$server, " . ($stored && !$missing ? 'Redis' : 'files') => sub {
        my $redis = $stored && !$missing ? Redis->new("$folder/redis") : undef;
        my $oidc = Oidc->new(server => $server, $stored ? (pools => 1, fcgi_lines => \&FastCGI::pools) : (), clients => \%clients, conf => { owners => 'oSim0005johnSmithEnglish-CdE', sandbox => 'strict', $redis ? (state => $redis->address(prefix => 'told')) : () });
        test_back_channel($oidc);
        test_front_channel($oidc);
        test_trouble($oidc);
        test_ends($oidc, !$stored);
        my $log = $oidc->kit->log_text;
        my @tokens = grep {defined} map { token_of($_) } $receiver->requests;
        is_deeply [grep { index($log, $_) >= 0 } @tokens, $ming, 'invented-key'], [], 'no token, openid or query is in the log';
    };
}
done_testing;
