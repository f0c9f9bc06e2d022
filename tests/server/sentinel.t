# The state in Redis behind Sentinels: the primary killed under writers, and one that hangs, is replaced and comes back. What was
# acknowledged is there, what cannot be told is a 503, and nobody who signed out is signed in again.
use strict;
use warnings;
use Command;
use Docs;
use File::Temp qw(tempdir);
use Kept;
use Kit;
use POSIX ();
use Redis;
use Sentinels;
use Test::More;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep time);

if (my $why = Redis::missing()) { plan skip_all => $why }

my $folder = tempdir('wechat-sentinel-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $folder;
my ($user) = map { $_->{text} } grep { $_->{name} eq 'user' } Docs::snippets('docs/en/redis.md');
my (undef, @user) = split ' ', $user;
my $group = Sentinels->new("$folder/group", down_after => 2000, arguments => ['--user', @user]);
my %settings = (language => 'en', state => $group->address(prefix => 'shop', login => 'shop:choose-a-long-password'), state_wait => 1);
my $kit = Kit->new(conf => \%settings);

sub validate { my ($token) = @_; return $kit->run('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" })->{status} }

# Signs in until a replica has confirmed in time.
sub sign_in {
    my ($who) = @_;
    my $browser;
    Kit::wait_for("$who signed in", 30, sub { $browser = $kit->browser; $browser->sign_in($who, '/cgi-bin/me.cgi')->{status} == 200 });
    return $browser;
}

# ---- the address that is kept ----

my $browser = sign_in('xiaoming');
my $token = $browser->cookie('wx_session');
is validate($token), 200, 'signed in, and known';
my $kept = $kit->state_dir . '/primary';
is sprintf('%o', (stat $kept)[2] & 07777), '600', 'the address of the primary is kept in a file, for the programs alone';
unlike Kit::read_file($kept), qr/choose|$Sentinels::PASSWORD/, 'without a password';
my $asked = sub { my ($count) = $group->ask(0, 'INFO', 'stats') =~ /total_connections_received:(\d+)/; return $count };
Kit::write_file($kept, 'nonsense');
is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'a file with nonsense does no harm';
my $before = $asked->();
for (1 .. 5) {
    # However slow this machine is, the address was confirmed just now.
    Kit::write_file($kept, Kit::read_file($kept) =~ s/^\d+/int 1000 * clock_gettime(CLOCK_MONOTONIC)/er);
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, "request $_ with a fresh address";
}
is $asked->() - $before, 1, 'asks no Sentinel';    # the one is redis-cli's
$kit->write_conf(%settings, state => $settings{state} =~ s{/site/}{/other/}r);
is validate($token), 503, 'another name: 503';
like $kit->run('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" })->{error}, qr/a Sentinel that knows no primary of that name/, 'and the log says why';
$kit->write_conf(%settings, state => $settings{state} =~ s/$Sentinels::PASSWORD/hunter2/r);
my $refused = $kit->run('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" });
is $refused->{status}, 503, 'a wrong password for the Sentinels: 503';
like $refused->{error}, qr/refuses \(WRONGPASS\)/, 'and the log says so';
unlike $refused->{error}, qr/hunter2/, 'without it';
$kit->write_conf(%settings);

# ---- what `wechat check` says ----

my $wechat = Command->new($kit);
my $check = sub { my ($row) = grep { $_->{check} eq 'state_server' } @{ $wechat->run('check', '--json')->{json}{checks} }; return $row->{state} };
is $check->(), 'good', 'check: all is well';
$kit->write_conf(%settings, state => $settings{state} =~ s/,[\d.:]+(?=\/site)//r);
is $check->(), 'hint', 'check: a Sentinel that the address does not name';
$kit->write_conf(%settings);
$group->ask(0, qw(SENTINEL SET site quorum 1));
is $check->(), 'hint', 'check: one Sentinel is enough to miss the primary';
like $wechat->run('check')->{out}, qr/names 3 Sentinels, 3 know of each other, and 1 have to miss/, 'check: which says so';
$group->ask(0, qw(SENTINEL SET site quorum 2));

# ---- replicas that do not confirm ----

my $guest = sign_in('john');
my ($form) = $guest->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
my @replicas = grep { $_ != $group->primary } @{ $group->{nodes} };
kill 'STOP', $_->{pid} for @replicas;
is $kit->browser->sign_in('john', '/cgi-bin/me.cgi')->{status}, 503, 'no replica confirms: nobody is signed in';
is $guest->post('/cgi-bin/logout.cgi', { csrf => $form })->{status}, 503, 'nor told to be signed out';
like $kit->log_text, qr/only 0 of 1 replicas confirmed|NOREPLICAS/, 'the log says why';
is validate($token), 200, 'who is signed in stays so';
kill 'CONT', $_->{pid} for @replicas;
Kit::wait_for('the replicas', 60, sub { $group->is_whole });
is sign_in('john')->get('/cgi-bin/me.cgi')->{status}, 200, 'the replicas are back: signed in';

# ---- killed under writers ----

# Asks until the answer is 200. Returns how long that took; every other answer must be a 503.
sub first_good {
    my ($name, $from, $ask) = @_;
    my %seen;
    eval { Kit::wait_for('an answer', 60, sub { my $said = $ask->(); $seen{$said}++; return $said eq '200' }) };
    my $took = time - $from;
    is_deeply [grep { !/^(?:200|503)$/ } keys %seen], [], "$name: never anything but 200 or 503";
    ok $seen{200}, "$name: and in the end 200";
    return $took;
}

my $worker = Kept->new($kit);
is $worker->validate($token), 200, 'a process for many requests';
my $allowed = 3 * $group->{down_after} / 1000 + 2 * Kit::slack();
my $killed = $group->primary;
# Nine sign-ins of each person at most: with the tenth session but one, the oldest would end.
my @writers = map {
    my $who = $_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        my @mine;
        for (1 .. 9) {
            my $b = $kit->browser;
            my $done = eval { $b->sign_in($who, '/cgi-bin/me.cgi') };
            push @mine, $b->cookie('wx_session') if $done && $done->{status} == 200;
            Kit::write_file("$folder/signed-$who", join ' ', @mine);
            sleep 0.7;
        }
        POSIX::_exit(0);
    }
    $pid;
} qw(xiaoming meimei john);
Kit::wait_for('sign-ins', 30, sub { (grep { -s "$folder/signed-$_" } qw(xiaoming meimei john)) == 3 });
$killed->stop;
my $start = time;
my $took = first_good('killed, for each request a process', $start, sub { validate($token) });
cmp_ok $took, '<', $allowed, sprintf 'killed: the first good answer after %.1f s, with down-after %.1f s', $took, $group->{down_after} / 1000;
first_good('killed, one process for many', $start, sub { $worker->validate($token) });
isnt $group->primary, $killed, 'another server is the primary';
waitpid $_, 0 for @writers;
my @signed = map { split ' ', Kit::read_file("$folder/signed-$_") } qw(xiaoming meimei john);
cmp_ok scalar(@signed), '>=', 3, scalar(@signed) . ' sign-ins were acknowledged';
is_deeply [grep { validate($_) != 200 } @signed], [], 'and each of them is in force on the other server';

# ---- hangs, is replaced, and comes back ----

$group->join_again($killed);
my $leaver = sign_in('john');
my $left = $leaver->cookie('wx_session');
my ($csrf) = $leaver->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
my $idle = Kept->new($kit);
is $idle->validate($left), 200, 'a process that has a connection to it';
my $hung = $group->primary;
kill 'STOP', $hung->{pid};
$start = time;
$took = first_good('hung', $start, sub { validate($token) });
Kit::wait_for('signed out on the other server', 30, sub { $leaver->post('/cgi-bin/logout.cgi', { csrf => $csrf })->{status} < 500 });
is validate($left), 401, 'hung: signed out on the other server';
kill 'CONT', $hung->{pid};
my %said;
for (1 .. 30) { $said{ validate($left) }++; $said{ $idle->validate($left) }++; sleep 0.05 }
ok !$said{200}, 'it is back: who signed out meanwhile is not signed in again' or diag explain \%said;
ok $said{401}, 'but signed out';

# ---- Sentinels ----

kill 'KILL', $group->{sentinels}[2]{pid};
sleep 1.1;
is validate($token), 200, 'one Sentinel of three is gone: all is well';
kill 'STOP', $group->{sentinels}[1]{pid};
sleep 1.1;
is validate($token), 503, 'one more hangs: 503, since one of three may be wrong';
kill 'CONT', $group->{sentinels}[1]{pid};
ok Kit::wait_for('two Sentinels', 20, sub { validate($token) == 200 }), 'two are back: all is well';
unlike $kit->log_text . Kit::read_file("$kit->{folder}/kept.log"), qr/choose-a|$Sentinels::PASSWORD|system call/, 'no password in the log, and no program was ended by its sandbox';
done_testing;
