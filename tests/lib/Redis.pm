package Redis;

# A Redis server of a test's own, in a folder of its own, with every write synced; and a server between it and the programs that
# does what goes wrong on networks.
#
#   my $redis = Redis->new($folder);          # dies if there is no redis-server: see missing()
#   $redis->address(prefix => 'shop')         # for the setting state
#   $redis->cli(qw(CONFIG SET maxmemory 1))   # what the owner of the server does
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Kit;
use POSIX ();
use Time::HiRes qw(sleep);

# Why there is none; nothing if there is.
sub missing {
    return 'redis-server is not installed (package redis-server)' if !Kit::find_program('redis-server') || !Kit::find_program('redis-cli');
    return 'the programs were built without hiredis (package libhiredis-dev)' if Kit::read_file("$Kit::BUILD/cgi-bin/validate.cgi") =~ /were built without Redis/;
    return;
}

sub new {
    my ($class, $folder, %option) = @_;
    my $self = bless { folder => $folder, host => $option{host} || '127.0.0.1', port => $option{port} || 0, owner => $$, arguments => $option{arguments} || [] }, $class;
    mkdir $folder or die "$folder: $!";
    chmod 0755, $folder;
    $self->start;
    return $self;
}

sub start {
    my ($self) = @_;
    my $f = $self->{folder};
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0) {
        open STDOUT, '>>', "$f/log";
        open STDERR, '>&', \*STDOUT;
        exec 'redis-server', '--port', $self->{port}, '--bind', $self->{host}, '--unixsocket', "$f/socket", '--unixsocketperm', '777', '--dir', $f,
            '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', @{ $self->{arguments} } or POSIX::_exit(127);
    }
    Kit::wait_for('Redis', 20, sub { $self->cli('PING') eq "PONG\n" });
    return;
}

# Ends it as a power cut would, or by another signal.
sub stop {
    my ($self, $signal) = @_;
    return if !$self->{pid};
    kill $signal || 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
    delete $self->{pid};
    return;
}

sub cli { my ($self, @words) = @_; return run_cli('-s', "$self->{folder}/socket", @words) }

sub run_cli {
    my (@words) = @_;
    my $pid = open my $said, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', 'redis-cli', @words or die "redis-cli: $!";
    local $/;
    my $text = <$said>;
    close $said;
    return $text // '';
}

sub address {
    my ($self, %part) = @_;
    return 'redis+unix://' . ($part{login} ? "$part{login}\@" : '') . "$self->{folder}/socket" . ($part{prefix} ? "?prefix=$part{prefix}" : '');
}

# Starts a server that passes everything on to the Redis at its socket, until its file `mode` says otherwise: slow (answers come
# two seconds late), bytes (a hundred one at a time), cut (half an answer, then the end), silent (no answer), say TEXT (that answer), drop N
# and lose N (the connection ends before its question number N reaches Redis, or before the answer comes back).
sub between {
    my ($self) = @_;
    my $port = Kit::free_port();
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "listen: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{CHLD} = 'IGNORE';
        while (1) {
            my $client = $listener->accept or next;
            next if fork;
            eval { $self->_pass($client) };
            POSIX::_exit(0);
        }
    }
    push @{ $self->{between} }, $pid;
    return $port;
}

sub mode { my ($self, $mode) = @_; return Kit::write_file("$self->{folder}/mode", $mode) }

sub _pass {
    my ($self, $client) = @_;
    my $server = IO::Socket::UNIX->new(Peer => "$self->{folder}/socket") or return;
    my $both = IO::Select->new($client, $server);
    my $questions = 0;
    while (1) {
        for my $from ($both->can_read) {
            sysread $from, my $bytes, 65536 or return;
            my $mode = Kit::read_file("$self->{folder}/mode");
            $questions++ if $from == $client;
            return if $mode eq ($from == $client ? "drop $questions" : "lose $questions");
            if ($from == $client) {
                if ($mode =~ /^say (.*)/) { syswrite $client, "$1\r\n" x (() = $bytes =~ /^\*\d/mg) }
                elsif ($mode ne 'silent') { syswrite $server, $bytes }
                next;
            }
            sleep 2 if $mode eq 'slow';
            if ($mode eq 'cut') { syswrite $client, substr $bytes, 0, length($bytes) / 2; return }
            # Not all of them: on a busy machine that would take longer than an answer may.
            if ($mode eq 'bytes') { for my $byte (split //, substr $bytes, 0, 100, '') { syswrite $client, $byte; sleep 0.001 } }
            syswrite $client, $bytes;
        }
    }
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local ($?, $!);
    $self->stop;
    for my $pid (@{ $self->{between} }) { kill 'KILL', $pid; waitpid $pid, 0 }
    return;
}

1;
