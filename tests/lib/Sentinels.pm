package Sentinels;

# A Redis primary with replicas and Sentinels, of a test's own, on loopback. The first two data nodes have the same port, on
# 127.0.0.1 and 127.0.0.2, as on machines of their own; the others have ports of their own. A lower number is chosen first.
#
#   my $group = Sentinels->new($folder, nodes => 3, arguments => [...]);   # as for Redis->new; see Redis::missing()
#   $group->address(prefix => 'shop', login => 'shop:…')    # for the setting state
#   $group->primary                                         # the Redis that the Sentinels name; `which` is its number
use strict;
use warnings;
use Kit;
use POSIX ();
use Redis;

our $PASSWORD = 'watch-over-it';

sub new {
    my ($class, $folder, %option) = @_;
    my $self = bless { folder => $folder, owner => $$, down_after => $option{down_after} || 1000, sentinels => [] }, $class;
    mkdir $folder or die "$folder: $!";
    chmod 0755, $folder;
    my $port = Kit::free_port();
    for my $number (1 .. $option{nodes} || 3) {
        my ($host, $own) = $number <= 2 ? ("127.0.0.$number", $port) : ('127.0.0.1', Kit::free_port());
        push @{ $self->{nodes} }, Redis->new("$folder/node-$number", host => $host, port => $own, arguments => [
            @{ $option{arguments} || [] }, '--replica-announce-ip', $host, '--replica-priority', 10 * $number, '--repl-diskless-sync-delay', 0,
            '--min-replicas-to-write', 1, '--min-replicas-max-lag', 1, ($number == 1 ? () : ('--replicaof', "127.0.0.1 $port"))]);
    }
    $self->_start_sentinel($_) for 1 .. 3;
    Kit::wait_for('the Sentinels', 60, sub { $self->is_whole });
    return $self;
}

sub _start_sentinel {
    my ($self, $number) = @_;
    my $port = Kit::free_port();
    my $file = "$self->{folder}/sentinel-$number.conf";
    my $first = $self->{nodes}[0];
    Kit::write_file($file, <<"EOF");
port $port
bind 127.0.0.1
dir $self->{folder}
requirepass $PASSWORD
sentinel monitor site $first->{host} $first->{port} 2
sentinel down-after-milliseconds site $self->{down_after}
sentinel failover-timeout site 5000
EOF
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>>', "$self->{folder}/sentinel-$number.log";
        open STDERR, '>&', \*STDOUT;
        exec 'redis-server', $file, '--sentinel' or POSIX::_exit(127);
    }
    push @{ $self->{sentinels} }, { port => $port, pid => $pid };
    return;
}

# Asks the Sentinel of that number, from 0.
sub ask {
    my ($self, $number, @words) = @_;
    return Redis::run_cli('-p', $self->{sentinels}[$number]{port}, '-a', $PASSWORD, '--no-auth-warning', @words);
}

# Do all Sentinels know each other and all replicas that run, and have these what the primary has?
sub is_whole {
    my ($self) = @_;
    my $running = grep { $_->{pid} } @{ $self->{nodes} };
    for my $number (0 .. $#{ $self->{sentinels} }) {
        my %known = split /\n/, $self->ask($number, 'SENTINEL', 'MASTER', 'site');
        return if ($known{flags} // '') ne 'master' || $known{'num-other-sentinels'} != 2 || $known{'num-slaves'} < $running - 1;
    }
    my ($primary) = $self->primary or return;
    return $running - 1 == (() = $primary->cli('INFO', 'replication') =~ /^slave\d+:.*state=online/mg);
}

sub primary {
    my ($self) = @_;
    my ($host, $port) = split /\n/, $self->ask(0, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'site');
    return (grep { $_->{host} eq $host && $_->{port} == $port } @{ $self->{nodes} })[0];
}

# Starts a data node again, as a replica of the primary.
sub join_again {
    my ($self, $node) = @_;
    my $primary = $self->primary;
    push @{ $node->{arguments} }, '--replicaof', "$primary->{host} $primary->{port}";
    $node->start;
    Kit::wait_for('the replica', 60, sub { $self->is_whole });
    return;
}

sub address {
    my ($self, %part) = @_;
    my $hosts = join ',', map {"127.0.0.1:$_->{port}"} @{ $self->{sentinels} };
    return 'redis-sentinel://' . ($part{login} ? "$part{login}\@" : '') . "$hosts/site/0?sentinel_password=$PASSWORD" . ($part{prefix} ? "&prefix=$part{prefix}" : '');
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local ($?, $!);
    for my $sentinel (@{ $self->{sentinels} }) { kill 'KILL', $sentinel->{pid}; waitpid $sentinel->{pid}, 0 }
    return;
}

1;
