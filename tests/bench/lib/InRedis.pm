package InRedis;
# The state in Redis, each write synced (appendfsync always): sessions validated by wechat.fcgi, against a program that does
# nothing and against mod_auth_openidc with its cache in the same Redis; and the writes of a sign-in, against files.
use strict;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use Kit;
use Redis;
use Bench qw(row as_server sign_in wrk make_shards);
use Others qw(openidc_kit openidc_cookie);
use Responder qw(serve processor_time $PROCESSES $NOTHING);

our @EXPORT_OK = qw(bench_redis);

sub bench_nginx {
    my ($redis) = @_;
    my $kit = Kit->new(server => 'nginx-fcgi', workers => $PROCESSES, conf => { state => $redis->address(prefix => 'nginx') },
        site_conf => Kit::nginx_fcgi('/nothing/', '{folder}/nothing.sock'));
    serve($kit, @$NOTHING);
    my $cookie = 'wx_session=' . sign_in($kit)->cookie('wx_session');
    my @ratios = map { my $nothing = wrk($kit, '/nothing/nothing.cgi'); wrk($kit, '/cgi-bin/validate.cgi', cookie => $cookie) / $nothing } 1 .. $Bench::ROUNDS;
    row('validate by FastCGI, Redis', 'do-nothing by FastCGI', ['>=', 0.50], @ratios);
    return;
}

# mod_auth_openidc knows Redis by TCP only; ours is at its Unix socket.
sub bench_apache {
    my ($redis) = @_;
    my $kit = openidc_kit("OIDCCacheType redis\nOIDCRedisCacheServer 127.0.0.1:$redis->{port}\n", server => 'apache-proxy-fcgi', workers => $PROCESSES,
        conf => { state => $redis->address(prefix => 'apache') });
    my $theirs = openidc_cookie($kit);
    my $own = 'wx_session=' . sign_in($kit)->cookie('wx_session');
    my @ratios = map { my $cached = wrk($kit, '/protected/file.txt', cookie => $theirs); wrk($kit, '/cgi-bin/validate.cgi', cookie => $own) / $cached } 1 .. $Bench::ROUNDS;
    row('validate by FastCGI, Redis, Apache', 'mod_auth_openidc, redis cache', undef, @ratios);
    return;
}

# The wall time and the processor time of the writes of a sign-in; of Redis both processes'.
sub writes {
    my ($where, @more) = @_;
    my $times = $Bench::SHORT ? 5 : 200;
    my $before = processor_time(@more);
    open my $out, '-|', as_server(), "$Bench::TOOLS/writes", $where, $times or die "writes: $!\n";
    my ($wall, $processor) = split ' ', <$out> // '';
    close $out or die "writes failed\n";
    return ($wall, $processor + (processor_time(@more) - $before) / $times);
}

sub bench_writes {
    my ($redis) = @_;
    my $kit = Kit->new;
    make_shards($kit);
    my @places = ([$kit->state_dir], [$redis->address(prefix => 'writes'), $redis->{pid}]);
    writes(@$_) for @places;    # people who are there already
    my (@wall, @processor);
    for my $round (1 .. $Bench::ROUNDS) {
        my ($files, $stored) = map { [writes(@$_)] } @places;
        push @wall, $stored->[0] / $files->[0];
        push @processor, $stored->[1] / $files->[1];
    }
    row('a sign-in\'s writes, Redis, wall time', 'files', ['<=', 0.5], @wall);
    row('a sign-in\'s writes, Redis, processor time', 'files', ['<=', 0.5], @processor);
    return;
}

sub bench_redis {
    local $ENV{WECHAT_MAX_REQUESTS} = 1_000_000_000;    # a worker that is measured stays
    my $folder = tempdir('wechat-bench-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $folder;
    my $redis = Redis->new("$folder/redis", port => Kit::free_port());
    bench_writes($redis);
    bench_nginx($redis);
    bench_apache($redis);
    return;
}

1;
