# The connection to WeChat that a process of wechat.fcgi keeps between requests, over TLS: what uses it, that a sign-in uses a new
# one and resumes the TLS session, and that no code is sent twice when a kept connection dies, however it does. What a sign-in
# then takes of the processor's time, against callback.cgi.
use strict;
use warnings;
use FastCGI;
use IO::Select;
use IO::Socket::INET;
use Kit;
use POSIX ();
use Test::More;

# Apache, before the simulator, notes of each call: whether its TLS session was resumed, its number on its connection, its path.
my $port = Kit::free_port();
my $kit = Kit->new(server => 'nginx-fcgi', workers => 1, tls => 1, apache => "CustomLog log/calls \"%{SSL_SESSION_RESUMED}x %k %U\"\nKeepAliveTimeout 25\n",
    conf => { language => 'en', api_url => "https://localhost:$port" });

sub calls { return map { [split] } grep {m{ /sns/}} split /\n/, Kit::read_file("$kit->{folder}/log/calls") }

# What $code makes WeChat see.
sub seen {
    my ($code) = @_;
    my $before = () = calls();
    $code->();
    my @seen;
    Kit::wait_for('the call', 10, sub { @seen = calls(); @seen > $before });
    splice @seen, 0, $before;
    return map { my ($resumed, $number, $path) = @$_; "$path " . ($number == 0 ? "new, \L$resumed" : 'kept') } @seen;
}

# ---- between the site and WeChat: it can let kept connections die ----

# While this file is there, a connection that is older than it takes one more request to WeChat, and ends without the answer.
my $die = "$kit->{folder}/die";

sub relay {
    my ($client) = @_;
    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $kit->{tls_port}) or return;
    my $is_old = !-e $die;
    my $select = IO::Select->new($client, $server);
    while (1) {
        for my $from ($select->can_read) {
            my $doomed = $is_old && -e $die;
            sysread($from, my $bytes, 65536) or return;
            return if $from == $server && $doomed;
            syswrite $from == $client ? $server : $client, $bytes;
        }
    }
}

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "listen: $!";
my $proxy = fork // die "fork: $!";
if ($proxy == 0) {
    $SIG{CHLD} = 'IGNORE';
    POSIX::setpgid(0, 0);
    while (my $client = $listener->accept) {
        next if fork;
        relay($client);
        POSIX::_exit(0);
    }
    POSIX::_exit(0);
}
close $listener;
push @{ $kit->{pids} }, $proxy;

# ---- what is kept ----

my $browser = $kit->browser;
my $sign_in = sub { $browser = $kit->browser; $browser->sign_in('xiaoming', '/cgi-bin/me.cgi') };
my $live = sub { is $browser->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'WeChat says that it is valid' };

is_deeply [seen($sign_in)], ['/sns/oauth2/access_token new, initial', '/sns/userinfo kept'], 'the first sign-in of a process: one connection';
$live->();    # the state was created just now: by another process
is_deeply [seen($live)], ['/sns/auth kept'], 'another request uses it';
is_deeply [seen($sign_in)], ['/sns/oauth2/access_token new, resumed', '/sns/userinfo kept'], 'the second sign-in: a new connection, whose TLS session is resumed';

# ---- kept connections die ----

Kit::write_file($die, '');
is_deeply [seen($live)], ['/sns/auth kept', '/sns/auth new, resumed'], 'a connection dies with a question: it is asked again';
unlink $die;
$live->();
Kit::write_file($die, '');
is_deeply [seen($sign_in)], ['/sns/oauth2/access_token new, resumed', '/sns/userinfo kept'], 'or before a sign-in: its code is sent once';
ok defined $browser->cookie('wx_session'), 'which succeeds';
unlink $die;
$live->();
my ($worker) = FastCGI::workers($kit);
my $connections = sub { return scalar grep { (readlink) =~ /^socket:/ } glob "/proc/$worker/fd/*" };
my $before = $connections->();
$sign_in->() for 1 .. 3;
is $connections->(), $before, 'one connection is kept, not one for each sign-in';

# ---- what it costs ----

# Nanoseconds of the processor's time that a process has used.
sub cpu { my ($pid) = @_; return (split ' ', Kit::read_file("/proc/$pid/schedstat"))[0] }

my $ROUNDS = 10;
my @urls = map { my $one = $kit->browser; [$one, $one->callback_url] } 1 .. 2 * $ROUNDS;
my $began = cpu($worker);
for (1 .. $ROUNDS) { my ($one, $url) = @{ shift @urls }; is $one->get($url)->{status}, 303, 'signed in' if $_ == 1 || $one->get($url)->{status} != 303 }
my $ours = (cpu($worker) - $began) / $ROUNDS / 1e6;
is +(FastCGI::workers($kit))[0], $worker, 'all by one process';
my $children = sub { my @times = times; return $times[2] + $times[3] };
$began = $children->();
for (1 .. $ROUNDS) {
    my ($one, $url) = @{ shift @urls };
    my $answer = $kit->run('callback.cgi', query => $url =~ s/.*\?//r, environment => { HTTP_COOKIE => 'wx_signin=' . $one->cookie('wx_signin') }, before => [Kit::as_server()]);
    is $answer->{status}, 303, 'signed in by callback.cgi' if $_ == 1 || $answer->{status} != 303;
}
my $cgi = ($children->() - $began) / $ROUNDS * 1000;
diag sprintf 'a sign-in: %.1f ms of the processor by wechat.fcgi, %.1f ms by callback.cgi: %.2f', $ours, $cgi, $ours / $cgi if $ENV{HARD};
cmp_ok $ours, '<', $cgi / 2, 'a sign-in takes less than half of what callback.cgi takes';

done_testing;
