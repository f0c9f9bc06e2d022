# The state in Redis: the whole site without one file of state; Redis killed under writers; and all that an error of Redis may
# be: always 503 within the deadline, never “signed out”.
use strict;
use warnings;
use utf8;
use Command;
use Docs;
use Encode qw(decode_utf8);
use File::Temp qw(tempdir);
use JSON::PP;
use Kept;
use Kit;
use Push;
use Redis;
use Test::More;
use Time::HiRes qw(sleep time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);
if (my $why = Redis::missing()) { plan skip_all => $why }

my $folder = tempdir('wechat-redis-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $folder;
my ($line) = map { $_->{text} } grep { $_->{name} eq 'user' } Docs::snippets('docs/en/redis.md');
my $redis = Redis->new("$folder/redis", arguments => ['--user', (split ' ', $line)[1 .. split(' ', $line) - 1]]);
# The programs get the user of docs/en/redis.md, which may do no more than that line says.
like $redis->cli('ACL', 'LIST'), qr/^user shop on /m, 'the user of the documentation';
my $login = 'shop:choose-a-long-password';
my %push = (push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain');
my $kit = Kit->new(conf => { language => 'en', state => $redis->address(prefix => 'shop', login => $login), %push });
my $validate = sub { my ($token) = @_; return $kit->run('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" }) };
my $log = sub { return $kit->log_text };

# ---- the whole site ----

my $browser = $kit->browser;
my $page = $browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
is $page->{status}, 200, 'signed in';
my $token = $browser->cookie('wx_session');
my $who = $validate->($token);
is $who->{status}, 200, 'validate.cgi knows the session';
my $openid = decode_json($who->{body})->{sub};
my @keys = grep {length} split /\n/, $redis->cli('KEYS', '*');
cmp_ok scalar(@keys), '>', 3, scalar(@keys) . ' keys';
is_deeply [grep { !/^shop:/ } @keys], [], 'all of them begin with the prefix';
my ($session) = grep {/^shop:sessions:/} @keys;
cmp_ok $redis->cli('TTL', $session), '>', 86400, 'a session ends by itself';
unlike join(' ', map { /users|days|audit|noted/ ? () : $redis->cli('TTL', $_) } @keys), qr/(?:^|\s)-1/, 'and so does every other record';
ok !-e $kit->state_dir, 'there is no folder of state';
unlike $redis->cli('GET', $session), qr/\Q$token/, 'the token itself is not stored';

my $text = Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => '77');
my @answers = Kit::at_once(3, sub { $kit->{runs} += 1000 * ($_[0] + 1); my $a = Push::deliver($kit, $text); return "$a->{status} $a->{body}" });
is_deeply [map { /^(\d+)/ } @answers], [200, 200, 200], 'a push that is delivered three times at once is answered three times';
my ($day) = split /\n/, $redis->cli('ZRANGE', 'shop:{events}:days', 0, -1);
is $redis->cli('XLEN', "shop:{events}:$day"), "1\n", 'and is one line of the journal';

my %settings = (language => 'en', owners => $openid, %push);
my $to = sub { my ($state) = @_; return sub { $kit->write_conf(%settings, state => $state) } };
my $back = $to->($redis->address(prefix => 'shop', login => $login));
$back->();
my $owner = $browser->get('/cgi-bin/owner.cgi');
is $owner->{status}, 200, 'the owner’s desk';
is $browser->get('/cgi-bin/owner.cgi?view=people')->{status}, 200, 'people';
like decode_utf8($browser->get('/cgi-bin/owner.cgi?view=people')->{content}), qr/小明/, 'with who has signed in';
is $browser->get('/cgi-bin/me.cgi')->{status}, 200, 'the personal page again';

my $other = $kit->browser;
$other->sign_in('meimei', '/cgi-bin/me.cgi');
my $gone = $other->cookie('wx_session');
is $validate->($gone)->{status}, 200, 'another person is signed in';
my ($csrf) = $other->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
$other->post('/cgi-bin/logout.cgi', { csrf => $csrf });
is $validate->($gone)->{status}, 401, 'signed out: the very next question says so';

# ---- what `wechat check` says ----

my $wechat = Command->new($kit);
sub check_says {
    my ($words, $name) = @_;
    my @rows = grep { $_->{check} =~ /^state_/ } @{ $wechat->run('check', '--json')->{json}{checks} };
    is_deeply [map {"$_->{check} $_->{state}"} @rows], $words, $name;
    return;
}
check_says(['state_server good'], 'check: all is well');
$redis->cli(qw(CONFIG SET maxmemory-policy allkeys-lru));
check_says(['state_server failed'], 'check: a policy that throws data away');
$redis->cli(qw(CONFIG SET maxmemory-policy noeviction));
$redis->cli(qw(CONFIG SET appendonly no));
check_says(['state_server hint'], 'check: a Redis that does not write to its disk');
$redis->cli(qw(CONFIG SET appendonly yes));
$kit->write_conf(%settings, state => $redis->address(prefix => 'shop', login => $login), state_wait => 1);
check_says(['state_server hint'], 'check: a Redis that takes changes without a replica, although replicas have to confirm');
like $wechat->run('check')->{out}, qr/accepts changes without any replica/, 'check: which says so';
$redis->cli(qw(CONFIG SET min-replicas-to-write 1));
check_says(['state_server good'], 'check: one that does not');
$redis->cli(qw(CONFIG SET min-replicas-to-write 0));
$back->();
SKIP: {
    my $why = Kit::no_other_clock("$Kit::BUILD/bin/wechat");
    skip $why, 1 if $why;
    my $program = $wechat->{program};
    $wechat->{program} = "$folder/later";
    Kit::write_file($wechat->{program}, "#!/bin/sh\nexec /usr/bin/faketime -f +20s $program \"\$@\"\n", 0755);
    like $wechat->run('check')->{out}, qr/clocks of \S+ and this machine differ by (?:19|20|21) seconds/, 'check: a clock that is wrong';
    $wechat->{program} = $program;
}
$to->($redis->address(prefix => 'shop', login => 'shop:wrong'))->();
check_says(['state_server failed'], 'check: a wrong password');
like $wechat->run('check')->{out}, qr/Redis cannot be used: state: \S+ refuses \(WRONGPASS\): check user and password/, 'check: which says so';
$back->();

# ---- who is stopped by what goes wrong ----

# While it is wrong, nobody is signed out, and every answer comes in time; afterwards all is well.
sub wrong {
    my ($name, $begin, $end, $said) = @_;
    $begin->();
    my $start = time;
    my $answer = $validate->($token);
    my $took = time - $start;
    is $answer->{status}, 503, "$name: 503";
    cmp_ok $took, '<', 3 + Kit::slack(), sprintf "$name: in %.1f s", $took;
    ok !grep({ /wx_session=;/ } @{ $answer->{headers}{'set-cookie'} || [] }), "$name: the cookie stays";
    like $answer->{error}, $said, "$name: the log says what to do";
    unlike $answer->{error}, qr/hunter2/, "$name: and no password";
    is $browser->get('/cgi-bin/me.cgi')->{status}, 503, "$name: pages as well";
    ok defined $browser->cookie('wx_session'), "$name: and the cookie stays";
    $end->();
    is $validate->($token)->{status}, 200, "$name: afterwards the session is in force";
}

my $port = $redis->between;
my $through = "redis://127.0.0.1:$port/0?prefix=shop";
$to->($through)->();
is $validate->($token)->{status}, 200, 'by TCP';

wrong('a server that is not there', $to->('redis://127.0.0.1:' . Kit::free_port() . '/0?prefix=shop'), $back, qr/cannot be reached/);
$redis->cli(qw(CONFIG SET requirepass hunter2));
wrong('no password', $to->($redis->address(prefix => 'shop')), $to->($redis->address(prefix => 'shop', login => ':hunter2')), qr/NOAUTH.*wants a password/);
wrong('a wrong password', $to->($redis->address(prefix => 'shop', login => ':hunter2x')), $to->($redis->address(prefix => 'shop', login => ':hunter2')), qr/WRONGPASS.*check user and password/);
$redis->cli(qw(-a hunter2 --no-auth-warning CONFIG SET requirepass), '');
$back->();
$redis->cli(qw(ACL SETUSER poor on >hunter2 ~other:* +@all));
wrong('a user without rights', $to->($redis->address(prefix => 'shop', login => 'poor:hunter2')), $back, qr/NOPERM.*may not use/);
for my $row (['slow answers', 'slow', qr/did not answer in time/], ['no answer', 'silent', qr/did not answer in time/], ['half an answer', 'cut', qr/closed the connection/],
    ['loading', 'say -LOADING Redis is loading the dataset in memory', qr/LOADING.*still loads/], ['a cluster', 'say -MOVED 3999 127.0.0.1:6381', qr/MOVED.*cluster/],
    ['no replicas', 'say -NOREPLICAS Not enough good replicas to write.', qr/NOREPLICAS/], ['nonsense', 'say HTTP/1.1 400 Bad Request', qr/cannot be read/]) {
    my ($name, $mode, $said) = @$row;
    wrong($name, sub { $redis->mode($mode); $to->($through)->() }, sub { $redis->mode(''); $back->() }, $said);
}
$redis->mode('bytes');
$to->($through)->();
is $validate->($token)->{status}, 200, 'an answer that comes byte by byte is understood';
$redis->mode('');
$back->();
wrong('killed', sub { $redis->stop }, sub { $redis->start }, qr/cannot be reached/);
wrong('hung', sub { kill 'STOP', $redis->{pid} }, sub { kill 'CONT', $redis->{pid} }, qr/did not answer in time/);

# With a full memory people who are signed in stay so, and can sign out.
$redis->cli(qw(CONFIG SET maxmemory 1));
is $validate->($token)->{status}, 200, 'full: who is signed in is known';
is $kit->browser->get('/cgi-bin/login.cgi')->{status}, 303, 'full: a sign-in begins';
my $late = eval { $kit->browser->sign_in('meimei', '/cgi-bin/me.cgi') };
is $late->{status}, 503, 'full: nobody new is signed in';
like $log->(), qr/OOM.*its memory is full/, 'full: the log says so';
my $leaver = $kit->browser;
$redis->cli(qw(CONFIG SET maxmemory 0));
$leaver->sign_in('meimei', '/cgi-bin/me.cgi');
my $left = $leaver->cookie('wx_session');
is $validate->($left)->{status}, 200, 'full: there is room again';
($csrf) = $leaver->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
$redis->cli(qw(CONFIG SET maxmemory 1));
is $leaver->post('/cgi-bin/logout.cgi', { csrf => $csrf })->{status}, 303, 'full: a sign-out is answered';
$redis->cli(qw(CONFIG SET maxmemory 0));
is $validate->($left)->{status}, 401, 'full: signed out all the same';

# ---- one process for many requests keeps its connection, and makes another in its sandbox when that is gone ----

for my $row (['a socket', $redis->address(prefix => 'shop', login => $login)], ['TCP', $through]) {
    my ($name, $state) = @$row;
    $to->($state)->();
    my $kept = Kept->new($kit);
    my $connected = sub { my ($all) = $redis->cli('INFO', 'stats') =~ /total_connections_received:(\d+)/; return $all };
    is $kept->validate($token), 200, "$name: many requests in one process";
    my $before = $connected->();
    is_deeply [map { $kept->validate($token) } 1 .. 20], [(200) x 20], "$name: twenty more";
    is $connected->() - $before, 1, "$name: over the same connection";    # the one is redis-cli's
    $redis->cli(qw(CLIENT KILL TYPE normal));
    # Through the server in between, the end may arrive with the next question.
    my $replaced = $kept->validate($token);
    $replaced = $kept->validate($token) if $replaced eq '503' && $name eq 'TCP';
    is $replaced, 200, "$name: a connection that was closed meanwhile is replaced";
    $redis->stop;
    is $kept->validate($token), 503, "$name: Redis is killed: 503";
    is $kept->validate($token), 503, "$name: and again";
    $redis->start;
    is $kept->validate($token), 200, "$name: it is back: the next request is answered";
}
$back->();

# ---- an encrypted connection, by the stunnel of docs/en/redis.md ----

SKIP: {
    skip 'stunnel is not installed (package stunnel4)', 2 if !Kit::find_program('stunnel');
    my ($tls, $near) = (Kit::free_port(), Kit::free_port());
    for my $name (qw(server other)) {
        system "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=redis -addext subjectAltName=IP:127.0.0.1 -keyout $folder/$name.key -out $folder/$name.pem 2>/dev/null";
    }
    $redis->cli('CONFIG', 'SET', 'tls-cert-file', "$folder/server.pem", 'tls-key-file', "$folder/server.key", 'tls-ca-cert-file', "$folder/server.pem",
        'tls-auth-clients', 'no', 'tls-port', $tls);
    my ($lines) = map { $_->{text} } grep { $_->{name} eq 'stunnel.conf' } Docs::snippets('docs/en/redis.md');
    for my $row (['server', 200, 'a TLS connection through stunnel'], ['other', 503, 'to a server whose certificate is another']) {
        my ($authority, $status, $name) = @$row;
        my $changed = $lines =~ s/127\.0\.0\.1:6379/127.0.0.1:$near/r =~ s/10\.0\.0\.5:6380/127.0.0.1:$tls/r =~ s/checkIP = \S+/checkIP = 127.0.0.1/r;
        Kit::write_file("$folder/stunnel.conf", "foreground = yes\npid =\n" . $changed =~ s{/etc/stunnel/redis-ca\.pem}{$folder/$authority.pem}r);
        my $pid = fork // die "fork: $!";
        if ($pid == 0) {
            open STDOUT, '>>', "$folder/stunnel.log";
            open STDERR, '>&', \*STDOUT;
            exec 'stunnel', "$folder/stunnel.conf" or POSIX::_exit(127);
        }
        Kit::wait_for('stunnel', 20, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $near) });
        $to->("redis://$login\@127.0.0.1:$near/0?prefix=shop")->();
        is $validate->($token)->{status}, $status, "$name: $status";
        kill 'KILL', $pid;
        waitpid $pid, 0;
    }
    $redis->cli(qw(CONFIG SET tls-port 0));
    $back->();
}

# ---- a change that a replica has to confirm ----

my $port_of = Kit::free_port();
like $redis->cli('CONFIG', 'SET', 'port', $port_of), qr/^OK/, 'a port for a replica';
$kit->write_conf(%settings, state => $redis->address(prefix => 'shop', login => $login), state_wait => 1);
is $kit->browser->sign_in('john', '/cgi-bin/me.cgi')->{status}, 503, 'state_wait without a replica: nobody is signed in';
like $log->(), qr/only 0 of 1 replicas confirmed/, 'and the log says why';
my $replica = Redis->new("$folder/replica", arguments => ['--replicaof', "127.0.0.1 $port_of"]);
Kit::wait_for('the replica', 20, sub { $replica->cli('INFO', 'replication') =~ /master_link_status:up/ });
# A replica that has just begun may take longer than 0.2 s.
ok Kit::wait_for('a sign-in that the replica confirms', 20, sub { $kit->browser->sign_in('john', '/cgi-bin/me.cgi')->{status} == 200 }), 'with one: signed in';
like $replica->cli('KEYS', 'shop:sessions:*'), qr/shop:sessions:/, 'which the replica has';
$replica->stop;
$back->();

# ---- a site moves from files to Redis, and back ----

my $files = sub { $kit->write_conf(%settings) };
my $moved = sub { $kit->write_conf(%settings, state => $redis->address(prefix => 'moved')) };
sub copied {
    my ($from, $to) = @_;
    my $said = $wechat->run('state', 'copy', $from, $to);
    is $said->{exit}, 0, "wechat state copy $from $to" or diag $said->{err};
    return { map { /(\w+): ([\d,]+) copied, ([\d,]+) there already, ([\d,]+) left out/ ? ($1 => "$2 $3 $4") : () } split /\n/, $said->{err} };
}
$files->();
my $mover = $kit->browser;
$mover->sign_in('xiaoming', '/cgi-bin/me.cgi');
my $carried = $mover->cookie('wx_session');
$kit->browser->sign_in('john', '/cgi-bin/me.cgi');
for my $number (1 .. 3) {
    my $pushed = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query() . "&openid=$Push::USER",
        content => Push::push_xml(MsgType => 'text', Content => "number $number", MsgId => "88$number"), headers => { 'Content-Type' => 'text/xml' });
    is $pushed->{status}, 200, "push $number";
}
$moved->();
is $validate->($carried)->{status}, 401, 'not copied yet';
my ($move) = grep { $_->{language} eq 'sh' } Docs::snippets('docs/en/redis.md');
my (undef, undef, undef, @way) = split ' ', $move->{text};
my $first = copied(@way);
is $first->{users}, '3 0 0', 'two people and a follower are copied';
is $first->{events}, '3 0 0', 'and three lines of the journal';
is $validate->($carried)->{status}, 200, 'and sessions: the person is still signed in';
like decode_utf8($mover->get('/cgi-bin/me.cgi')->{content}), qr/小明/, 'with the same name';
my $again = copied('files', 'redis');
is_deeply [@$again{qw(users events sessions)}], ['0 3 0', '0 3 0', '0 2 0'], 'once more: all of it is there already';
my ($left_day) = split /\n/, $redis->cli('ZRANGE', 'moved:{events}:days', 0, -1);
my ($cut) = $redis->cli('XREVRANGE', "moved:{events}:$left_day", '+', '-', 'COUNT', 1) =~ /^([\d-]+)/;
$redis->cli('XDEL', "moved:{events}:$left_day", $cut);
$redis->cli('HDEL', $_, $openid) for split /\n/, $redis->cli('KEYS', 'moved:users:*');
my $on = copied('files', 'redis');
is_deeply [@$on{qw(users events)}], ['1 2 0', '1 2 0'], 'a copy that was interrupted goes on where it stopped';
system 'mv', $kit->state_dir, "$folder/before";
my $home = copied('redis', 'files');
is $home->{users}, '3 0 0', 'back to files';
$files->();
is $mover->get('/cgi-bin/validate.cgi')->{status}, 200, 'where the person is signed in as well';
is scalar($kit->user_files), 3, 'as files';
my $same = sub { my ($where) = @_; return join '', sort split /^/m, `cat $where/events/*.jsonl` };
is $same->($kit->state_dir), $same->("$folder/before"), 'the journal has the same lines';
is $wechat->run('state', 'copy', 'redis', 'files')->{exit}, 2, 'without an address of Redis in the settings: refused';
$back->();

# ---- several processes of wechat.fcgi: each has a connection of its own ----

{
    my $site = Kit->new(server => 'nginx-fcgi', workers => 4, conf => { %settings, state => $redis->address(prefix => 'fcgi') });
    my @token = map { my $b = $site->browser; $b->sign_in($_, '/cgi-bin/me.cgi'); $b->cookie('wx_session') } qw(xiaoming ann);
    my $sub = sub { my $a = $site->browser(headers => { Authorization => "Bearer $token[$_[0] % 2]" })->get('/cgi-bin/validate.cgi'); return $a->{status} == 200 ? decode_json($a->{content})->{sub} : $a->{status} };
    my @own = map { $sub->($_) } 0, 1;
    isnt $own[0], $own[1], 'two people';
    my @wrong = Kit::at_once(8, sub { my ($i) = @_; return join ' ', grep { $_ ne $own[$i % 2] } map { $sub->($i) } 1 .. 50 });
    is join(' ', grep {length} @wrong), '', 'four processes, 400 requests at the same time: each answer is about who asked';
}

# ---- killed under writers: nothing that was acknowledged is lost ----

my $rounds = $ENV{HARD} ? 20 : 2;
my (@signed, $broken);
for my $round (1 .. $rounds) {
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        eval { Kit::wait_for('a sign-in', 30, sub { -e "$folder/acknowledged-$round" }) };
        sleep rand 0.7;
        $redis->stop;
        POSIX::_exit(0);
    }
    my @told = Kit::at_once(4, sub {
        my @mine;
        for (1 .. 6) {
            my $b = $kit->browser;
            my $done = eval { $b->sign_in('xiaoming', '/cgi-bin/me.cgi') } or last;
            last if $done->{status} != 200;
            push @mine, $b->cookie('wx_session');
            Kit::write_file("$folder/acknowledged-$round", '');
        }
        return join ' ', @mine;
    });
    waitpid $pid, 0;
    waitpid $redis->{pid}, 0;
    $redis->start;
    push @signed, split ' ', join ' ', @told;
}
my @lost = grep { $validate->($_)->{status} != 200 } @signed;
cmp_ok scalar(@signed), '>', 0, scalar(@signed) . ' sign-ins were acknowledged before Redis was killed';
is_deeply \@lost, [], 'and each of them is in force afterwards';
unlike $log->(), qr/hunter2|system call/, 'no password in the log, and no program was ended by its sandbox';
done_testing;
