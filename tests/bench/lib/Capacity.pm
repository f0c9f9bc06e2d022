package Capacity;
# What a site of a given size needs: processor time of a request with web server and store, bytes of a record, and from them the
# requests per second of one core and the memory of Redis for many people.
use strict;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use Redis;
use Bench qw(median);

our @EXPORT_OK = qw(report_capacity);

my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());
my %push = (push_mode => 'plain', push_token => $Push::TOKEN, encoding_aes_key => undef);

# ---- requests ----

# Seconds of processor time of these processes and of their groups, and of those that have ended and were waited for.
sub processor {
    my (@processes) = @_;
    my %wanted = map { $_ => 1 } @processes;
    my $ticks = 0;
    for my $file (glob '/proc/[0-9]*/stat') {
        my ($pid) = $file =~ /(\d+)/;
        my (undef, undef, $group, @rest) = split ' ', Kit::read_file($file) =~ s/^.*\) //sr;
        next if !defined $group || !($wanted{$group} || $wanted{$pid});
        $ticks += $_ for @rest[8 .. 11];
    }
    return $ticks / $TICKS;
}

# A site's own processes: without Apache, which here is WeChat.
sub processes_of { my ($kit, @more) = @_; return (@more, grep { Kit::read_file("/proc/$_/comm") !~ /apache2|httpd/ } @{ $kit->{pids} }) }

# Requests per second that one core can do: $count requests, one after the other, divided by their processor time.
sub per_second {
    my ($processes, $count, $request) = @_;
    $request->() for 1 .. 5;
    my @rates = map {
        my $before = processor(@$processes);
        $request->() for 1 .. $count;
        my $took = processor(@$processes) - $before;
        $count / ($took || 1 / $TICKS);
    } 1 .. ($Bench::SHORT ? 1 : 3);
    return median(@rates);
}

sub validates {
    my ($kit) = @_;
    my $browser = Bench::sign_in($kit);
    return sub { my $answer = $browser->get('/cgi-bin/validate.cgi'); die "validate.cgi: $answer->{status}\n" if $answer->{status} != 200 };
}

sub signs_in {
    my ($kit) = @_;
    return sub { Bench::sign_in($kit) };
}

sub requests {
    my ($redis) = @_;
    my @sites = (['CGI, files', 'nginx', undef], ['FastCGI, files', 'nginx-fcgi', undef], ['FastCGI, Redis', 'nginx-fcgi', $redis->address(prefix => 'shop')]);
    my (@rates, @names);
    for my $site (@sites) {
        my ($name, $server, $state) = @$site;
        my $kit = Kit->new(server => $server, conf => { %push, $state ? (state => $state) : () });
        my @processes = processes_of($kit, $state ? $redis->{pid} : ());
        push @names, $name;
        # fcgiwrap does not count what a CGI program does behind its answer.
        push @rates, [per_second(\@processes, $Bench::SHORT ? 50 : 1000, validates($kit)), $server eq 'nginx' ? undef : per_second(\@processes, $Bench::SHORT ? 5 : 50, signs_in($kit))];
    }
    my @table;
    for my $row (['validate.cgi, signed in', 0], ['a sign-in', 1]) {
        push @table, { request => $row->[0], map { $names[$_] => defined $rates[$_][ $row->[1] ] ? int $rates[$_][ $row->[1] ] : undef } 0 .. $#names };
    }
    print "\n| requests per second of one core | ", join(' | ', @names), " |\n|---|", '---|' x @names, "\n";
    for my $line (@table) { print "| $line->{request} | ", join(' | ', map { $line->{$_} // '–' } @names), " |\n" }
    return \@table;
}

# ---- bytes ----

sub memory { my ($redis) = @_; my ($bytes) = $redis->cli(qw(INFO memory)) =~ /^used_memory:(\d+)/m; return $bytes }

# Copies of a record of the kit's own under other names, as many as a site of some size has.
my %COPY = (
    string => q{for i=tonumber(ARGV[1]),tonumber(ARGV[2]) do local n=redis.sha1hex(i) redis.call('SET',ARGV[3]..n..string.sub(redis.sha1hex(n),1,24),ARGV[4],'EX',ARGV[5]) end},
    hash => q{for i=tonumber(ARGV[1]),tonumber(ARGV[2]) do local n=redis.sha1hex(i) redis.call('HSET',ARGV[3]..string.sub(n,1,2),string.sub(n,3,30),ARGV[4]) end},
);

# Bytes of memory that each of many such records takes.
sub bytes_of_many {
    my ($redis, $type, $key, $text) = @_;
    my ($count, $step) = $Bench::SHORT ? (1000, 1000) : (100_000, 10_000);
    my $before = memory($redis);
    for (my $from = 1; $from <= $count; $from += $step) {
        my $said = $redis->cli('EVAL', $COPY{$type}, 0, $from, $from + $step - 1, $key, $text, 604800);
        die "copies: $said" if $said =~ /ERR/;
    }
    return (memory($redis) - $before) / $count;
}

# The records that a sign-in leaves: type, beginning of the key, text.
sub records {
    my ($redis, $folder) = @_;
    my $kit = Kit->new(conf => { %push, state => $redis->address(prefix => 'real') });
    Bench::sign_in($kit);
    my %found;
    for my $key (split /\n/, $redis->cli('KEYS', 'real:*')) {
        my ($kind) = $key =~ /^real:(sessions|grants|users):/ or next;
        my $text = $kind eq 'users' ? (split /\n/, $redis->cli('HVALS', $key))[0] : $redis->cli('GET', $key) =~ s/\n\z//r;
        $found{$kind} = { type => $kind eq 'users' ? 'hash' : 'string', key => "many:$kind:", text => $text };
    }
    die "no session, grant or user\n" if keys %found != 3;
    return %found;
}

# Bytes on disk of the same records as files.
sub files {
    my $kit = Kit->new(conf => {%push});
    Bench::sign_in($kit);
    return map { my ($kind) = m{/(sessions|grants|users)/}; $kind ? ($kind => (stat)[12] * 512) : () } $kit->state_files;
}

# Redis keeps each line of the journal in its stream, and an answered push for fifteen minutes.
sub bytes_of_message {
    my ($redis) = @_;
    my $kit = Kit->new(conf => { %push, state => $redis->address(prefix => 'message') });
    my $count = $Bench::SHORT ? 5 : 300;
    my $size = sub { my $all = 0; for my $key (split /\n/, $redis->cli('KEYS', 'message:{events}:20*')) { $all += $redis->cli('MEMORY', 'USAGE', $key, 'SAMPLES', 0) } return $all };
    my $push = sub { my $answer = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => 1000 + $_[0])); die "push: $answer->{status}\n" if $answer->{status} != 200 };
    $push->(0);
    my $before = $size->();
    $push->($_) for 1 .. $count;
    return ($size->() - $before) / $count;
}

sub megabytes { my ($bytes) = @_; return $bytes < 1e9 ? sprintf('%.0f MB', $bytes / 1e6) : sprintf('%.1f GB', $bytes / 1e9) }

sub memories {
    my ($redis, $folder) = @_;
    my $empty = memory($redis);
    my %records = records($redis);
    my %files = files();
    my (@table, $person);
    print "\n| bytes | in Redis | on disk, as a file | its text |\n|---|---|---|---|\n";
    for my $row (['a person', 'users'], ['a session', 'sessions'], ['WeChat’s tokens of a session', 'grants']) {
        my ($name, $kind) = @$row;
        my $record = $records{$kind};
        my $bytes = bytes_of_many($redis, @$record{qw(type key text)});
        $person += $bytes;
        push @table, { record => $kind, redis => int $bytes, file => $files{$kind}, text => length $record->{text} };
        printf "| %s | %d | %d | %d |\n", $name, $bytes, $files{$kind}, length $record->{text};
    }
    my $message = bytes_of_message($redis);
    printf "| a line of the journal | %d | – | – |\n", $message;
    print "\n| people, each signed in once | memory of Redis |\n|---|---|\n";
    printf "| %s | %s |\n", $_->[0], megabytes($empty + $_->[1] * $person) for ['1,000', 1e3], ['100,000', 1e5], ['10,000,000', 1e7];
    return { records => \@table, message => int $message, person => int $person, empty => $empty };
}

sub report_capacity {
    my $folder = tempdir('wechat-capacity-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $folder;
    my $redis = Redis->new("$folder/redis");
    return { bytes => memories($redis, $folder), requests => requests($redis) };
}

1;
