# Several machines, as docs/en/machines.md configures them: a visitor whose requests go now to one web machine and now to the other,
# and what each fault of a machine, of the network or of Redis does. What was acknowledged is there; what cannot be told is a 503, and
# nobody is taken for signed out. HARD=1: more faults, and longer.
use strict;
use utf8;
use warnings;
use JSON::PP;
use Kit;
use Machines;
use Machines::Crowd;
use POSIX ();
use Push;
use Test::More;
use Time::HiRes qw(sleep time);

BEGIN {
    plan skip_all => 'only in make check-hard: HARD=1, or MACHINES=1 for the short form' if !$ENV{HARD} && !$ENV{MACHINES};
    if (my $why = $ENV{WECHAT_ALONE} ? undef : Machines::missing()) { plan skip_all => $why }
    Machines::alone();
}
binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my ($owner, $key) = ('oSim0001xiaoMing-aBcDeFgHiJk', 'k' x 40);
my $machines = Machines->new(conf => { language => 'en', owners => $owner, service_keys => "shop:$key", account_clients => 'shop', dev_origins => 'http://localhost:5173', dev_origins_until => POSIX::strftime('%Y-%m-%d', gmtime time + 3 * 86400) });
END { diag substr $machines->log_text, -6000 if $machines && !Test::More->builder->is_passing }

my ($user) = map { $_->{text} } grep { $_->{name} eq 'user' } Docs::snippets('docs/en/redis.md');
like Machines::file($Machines::PAGE, '/etc/redis/users.acl'), qr/^\Q$user/m, 'both pages give the site the same user of Redis';

my @WEB = qw(web1 web2);
my %SCRIPT = ('Sec-Fetch-Site' => 'same-origin');    # a form of our own page

# Who asks with a session's token, and the answer's status.
sub asks { my ($at, $token) = @_; return $machines->browser(at => $at, headers => { Authorization => "Bearer $token" })->get('/cgi-bin/validate.cgi') }
sub everywhere { my ($token) = @_; return join ' ', map { asks($_, $token)->{status} } @WEB }
sub signed_in { my ($person, $at) = @_; my $browser = $machines->browser(at => $at); $browser->sign_in($person, '/cgi-bin/me.cgi'); return $browser }
sub calls { my ($path) = @_; return scalar(() = $machines->asked($path)) }

# ---- one visitor, two machines ----

for my $way (['web1', 'web2'], ['web2', 'web1']) {
    my ($from, $to) = @$way;
    my $browser = $machines->browser(at => $from);
    my $callback = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    like $callback, qr/callback\.cgi\?code=/, "a sign-in begins on $from";
    my $answer = $browser->at($to)->get($callback);
    is $answer->{location}, "$Machines::SITE/here", "and ends on $to" or diag "$answer->{status} $answer->{content}";
    my $token = $browser->session;
    is everywhere($token), '200 200', 'signed in on both';
    is $browser->post('/cgi-bin/logout.cgi', {}, headers => {%SCRIPT})->{status}, 303, "signed out on $to";
    is asks($from, $token)->{status}, 401, "the very next request to $from says so";
}
my $through = signed_in('xiaoming');
is join(' ', map { $through->get('/cgi-bin/me.cgi')->{status} } 1 .. 6), '200 200 200 200 200 200', 'through the balancer';
my $seen = join ' ', map { Kit::read_file("/proc/$machines->{host}{$_->[0]}/root/var/log/$_->[1]") } ['web1', 'nginx/access.log'];
like $seen, qr/me\.cgi/, 'which asks both';

{
    my ($bad, $exchanges) = (0, 0);
    for (1 .. ($ENV{HARD} ? 50 : 3)) {
        my $browser = $machines->browser;
        my $callback = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
        $machines->forget_asked;
        my @tokens = Kit::at_once(4, sub { my $own = $browser->at($WEB[$_[0] % 2]); return ($own->get($callback)->{location} // '') eq "$Machines::SITE/here" ? $own->session : 'none' });
        $bad++ if grep { $_ eq 'none' || everywhere($_) ne '200 200' } @tokens;
        $exchanges++ if calls('/sns/oauth2/access_token') == 1;
        $bad++ if calls('/sns/oauth2/access_token') != 1;
    }
    is $bad, 0, 'callbacks at the same moment on both: each browser is signed in, and WeChat was asked once';
}

# ---- a push that WeChat delivers three times, to different machines ----

sub deliver {
    my ($at, $xml) = @_;
    my $answer = $machines->browser(at => $at)->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(token => $Kit::PUSH_TOKEN), content => $xml, headers => { 'Content-Type' => 'text/xml' });
    return "$answer->{status} " . ($answer->{content} =~ s{<CreateTime>\d+</CreateTime>}{}r);
}
sub journal { my ($day) = split /\n/, $machines->redis($machines->primary, 'ZRANGE', 'shop:{events}:days', 0, -1); return defined $day ? $machines->redis($machines->primary, 'XLEN', "shop:{events}:$day") + 0 : 0 }
for my $round (1 .. ($ENV{HARD} ? 30 : 3)) {
    my $before = journal();
    my $xml = Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => 7000 + $round);
    my @answers = $round == 1 ? (map { deliver($_, $xml) } qw(web1 web2 web1)) : Kit::at_once(3, sub { deliver($WEB[$_[0] % 2], $xml) });
    my %different = map { $_ => 1 } @answers;
    is join(' ', map { substr $_, 0, 3 } @answers), '200 200 200', 'three deliveries' . ($round == 1 ? ', one after the other' : ' at the same moment');
    is scalar(keys %different), 1, 'the same reply';
    like $answers[0], qr/<Content>/, 'which says something';
    is journal() - $before, 1, 'one effect';
}

# ---- a computer and a phone; a page under development ----

{
    my %agent = (computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0', phone => 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50(0x18003237)');
    my ($computer, $phone) = map { $machines->browser(headers => { 'User-Agent' => $agent{$_} }) } qw(computer phone);
    $machines->write_settings($_, outside_wechat => 'qr') for @WEB;
    my ($link) = $computer->at('web1')->follow($computer->get('/cgi-bin/login.cgi?next=/welcome'))->{content} =~ m{id="link">([^<]+)<};
    $phone->at('web2')->sign_in('ann', $link);
    my ($csrf) = $phone->at('web1')->get($link)->{content} =~ /name="csrf" value="([^"]+)"/;
    $phone->at('web2')->post($link, { csrf => $csrf, answer => 'yes' });
    is $computer->get('/cgi-bin/desktop.cgi?wait=1&format=json')->{content}, '{"state":"answered"}', 'a computer that waits on web1 hears what a phone answered on web2';
    is $computer->at('web2')->get('/cgi-bin/desktop.cgi?wait=1')->{location}, "$Machines::SITE/welcome", 'and takes it on web2';
    is everywhere($computer->session), '200 200', 'signed in on both';
    $machines->write_settings($_) for @WEB;
}
{
    my $answer = $through->at('web1')->post('/cgi-bin/ticket.cgi?dev=http%3A%2F%2Flocalhost%3A5173', {}, headers => {%SCRIPT});
    my ($ticket) = ($answer->{location} // '') =~ /#wx_ticket=([\w-]{43})$/;
    my @answers = Kit::at_once(4, sub { $machines->browser(at => $WEB[$_[0] % 2])->post('/cgi-bin/ticket.cgi', { ticket => $ticket }, headers => { Origin => 'http://localhost:5173' })->{status} });
    is scalar(grep { $_ eq '200' } @answers), 1, 'a ticket of web1 is exchanged once, on whichever machine' or diag "@answers";
    $through->at;
}

# ---- what an owner does ----

{
    my $ann = signed_in('ann', 'web2');
    my $openid = decode_json(asks('web2', $ann->session)->{content})->{sub};
    my ($csrf) = $through->at('web1')->get("/cgi-bin/owner.cgi?view=person&openid=$openid")->{content} =~ /name="csrf" value="([\w-]+)"/;
    is $through->post('/cgi-bin/owner.cgi?view=person', { csrf => $csrf, action => 'block', openid => $openid })->{status}, 303, 'an owner blocks a person on web1';
    is everywhere($ann->session), '401 401', 'the very next request, anywhere, says so';
    $through->at;
}

# ---- the account's access_token ----

{
    my $many = $ENV{HARD} ? 100 : 30;
    $machines->forget_asked;
    my @tokens = Kit::at_once($many, sub { my $got = $machines->browser(at => $WEB[$_[0] % 2], headers => { Authorization => $key })->get('/cgi-bin/server.cgi/token'); return eval { decode_json($got->{content})->{access_token} } // $got->{status} });
    my %different = map { $_ => 1 } @tokens;
    is scalar(keys %different), 1, "$many processes on both machines have one access_token" or diag join ' ', map { substr $_, 0, 20 } sort keys %different;
    is calls('/cgi-bin/stable_token'), 1, 'and WeChat was asked once';
}
# ---- what goes wrong ----

my $down_after = 2;    # seconds: docs/en/machines.md
my $crowd = Machines::Crowd->new($machines);
my @table;

# Something goes wrong while visitors come and go, and is over in the end; afterwards everything that they were told holds. By itself:
# the visitors sign in again before it is over.
sub fault {
    my ($name, $begin, $end, %option) = @_;
    my ($from, $to);
    my $back = sub { return $crowd->back($option{by_itself} ? $from : $to, $option{by_itself}) };
    $crowd->during(sub { sleep 1; $begin->(); $from = time; sleep($option{seconds} // 2); $to = time; $end->() }, sub { defined $back->() });
    $back = $back->();
    $machines->wait_until_well($option{replicas});
    is join(' ', $crowd->wrong), '', "$name: nobody was taken for signed out";
    is join(', ', $crowd->lost), '', "$name: each of " . $crowd->count('in') . ' sign-ins that visitors were told of is in force' or diag $machines->failovers($from);
    is join(', ', $crowd->revived), '', "$name: each of " . $crowd->count('out') . ' sign-outs as well' or diag $machines->failovers($from);
    ok defined $back, "$name: it is over";
    cmp_ok $back // 99, '<', $option{within}, sprintf "$name: after %.1f s", $back // 99 if $option{within};
    push @table, sprintf '| %s | %d, %d | %d of %d | %.1f s |', $name, $crowd->count('in'), $crowd->count('out'), $crowd->untold, $crowd->count('asked'), $back // 99;
    return;
}

# Of the machine that is the primary when it goes wrong.
my $primary;
sub primary { my ($do) = @_; return sub { $primary = $machines->primary; $do->($primary) } }
sub same { my ($do) = @_; return sub { $do->($primary) } }
sub kill_web1 { $machines->end('web1', $_, 'KILL') for qw(nginx fcgi) }
sub start_web1 { $machines->start('web1', $_) for qw(fcgi nginx) }
my %failover = (by_itself => 1, seconds => $ENV{HARD} ? 10 : 8, within => ($ENV{HARD} ? 3 : 10) * $down_after);

fault('nothing', sub { }, sub { }, seconds => 1, by_itself => 1);
is $crowd->untold, 0, 'without a fault every question is answered';
fault('web1 dies', \&kill_web1, \&start_web1, seconds => 3, by_itself => 1);
fault('memory of the primary is full', primary(sub { $machines->redis($_[0], qw(CONFIG SET maxmemory 1)) }), same(sub { $machines->redis($_[0], qw(CONFIG SET maxmemory 1gb)) }));
fault('another password at the primary', primary(sub { $machines->redis($_[0], qw(ACL SETUSER shop resetpass >another)) }), same(sub { $machines->redis($_[0], qw(ACL SETUSER shop resetpass >choose-a-long-password)) }));
my $end = sub { my ($signal) = @_; return sub { $machines->end($_[0], 'redis', $signal) } };
if ($ENV{HARD}) {
    for my $round (1 .. 3) {
        fault('the primary stands still, and goes on', primary($end->('STOP')), same($end->('CONT')), %failover);
        fault('the primary’s machine is cut off, and comes back', primary(sub { $machines->cut($_[0]) }), same(sub { $machines->mend($_[0]) }), %failover);
        fault('the primary is killed, and starts again', primary($end->('KILL')), same(sub { $machines->start($_[0], 'redis') }), %failover);
        fault('the primary is slow: 0.7 s', primary(sub { for (1 .. 5) { $machines->redis($_[0], qw(CLIENT PAUSE 700 ALL)); sleep 0.9 } }), sub { }, by_itself => 1);
    }
} else {
    fault('the primary is killed', primary($end->('KILL')), sub { }, %failover, replicas => 1);
}

# ---- another clock, another version ----

SKIP: {
    my $why = $ENV{HARD} ? Kit::no_other_clock("$Kit::BUILD/bin/wechat.fcgi") : 'the clock: HARD=1';
    skip $why, 3 if $why;
    $machines->end('web1', 'fcgi', 'TERM');
    $machines->start('web1', 'fcgi', qw(faketime -f +120s));
    $machines->wait_until_well;
    my ($fast, $right) = map { signed_in('xiaoming', $_)->session } @WEB;
    is asks('web1', $fast)->{status}, 200, 'a clock that is two minutes fast: a session of its own';
    isnt asks('web2', $fast)->{status}, 401, 'the other machine does not say that this visitor is signed out';
    is everywhere($right), '200 200', 'sessions of the other machine are in force on both';
    $machines->end('web1', 'fcgi', 'TERM');
    $machines->start('web1', 'fcgi');
    $machines->wait_until_well;
}
{
    # As a later version may write it.
    my $token = signed_in('xiaoming')->session;
    my $at = $machines->primary;
    my %text = map { $_ => $machines->redis($at, 'GET', $_) =~ s/\n\z//r } grep {length} split /\n/, $machines->redis($at, 'KEYS', 'shop:sessions:*');
    $machines->redis($at, 'SET', $_, $text{$_} =~ s/^wxstore1/wxstore2/r, 'KEEPTTL') for keys %text;
    is everywhere($token), '503 503', 'a session that another version wrote: it cannot be told';
    $machines->redis($at, 'SET', $_, $text{$_}, 'KEEPTTL') for keys %text;
    is everywhere($token), '200 200', 'and it is left alone';
}

my @garbage = grep { !/errcode=0 rid=- / } grep {/kind=system/} split /\n/, $machines->log_text;
is join("\n", @garbage), '', 'the log says of Redis what it is, and nothing of WeChat';

note join "\n", '| what | sign-ins, sign-outs | not told | back after |', '|---|---|---|---|', @table;
done_testing;
