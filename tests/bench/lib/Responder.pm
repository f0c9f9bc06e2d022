package Responder;
# wechat.fcgi: against a program that does nothing, libfcgi, CGI, node; what a worker keeps.
use strict;
use warnings;
use Exporter qw(import);
use Bench qw(row consent sign_in wrk measure callback_cpu process_of make_shards put_program);
use HTTP::Tiny;
use IPC::Open2;
use Kit;

our @EXPORT_OK = qw(bench_fastcgi bench_memory bench_before serve processor_time $PROCESSES $NOTHING);

our $PROCESSES = 2;
our $NOTHING = ['nothing', "$Bench::TOOLS/nothing.fcgi", '--listen', 'SOCKET'];

# Starts a server with its own socket and its own place at nginx, /NAME/.
sub serve {
    my ($kit, $name, $file, @arguments) = @_;
    my $socket = "$kit->{folder}/$name.sock";
    local %ENV = (%ENV, WECHAT_CONF => "$kit->{folder}/wechat.conf", WECHAT_WORKERS => $PROCESSES);
    put_program($kit, $file, "$name.fcgi");
    $kit->_spawn($name, "$kit->{folder}/cgi-bin/$name.fcgi", map { $_ eq 'SOCKET' ? $socket : $_ } @arguments);
    Kit::wait_for($name, 10, sub { -S $socket });
    return;
}

my @servers = ($NOTHING, ['nothing-static', "$Bench::TOOLS/nothing-static.fcgi", '--listen', 'SOCKET'],
    ['libfcgi', "$Bench::TOOLS/nothing-libfcgi", 'SOCKET', $PROCESSES], ['ordinary', "$Kit::BUILD/bin/wechat.fcgi", '--listen', 'SOCKET'],
    ['static', "$Bench::STATIC/../bin/wechat.fcgi", '--listen', 'SOCKET'],
    -e "$Bench::TOOLS/nothing-libfcgi-static" ? ['libfcgi-static', "$Bench::TOOLS/nothing-libfcgi-static", 'SOCKET', $PROCESSES] : ());

sub bench_nginx {
    my $kit = Kit->new(server => 'nginx-fcgi', site_conf => join '', map { Kit::nginx_fcgi("/$_->[0]/", "{folder}/$_->[0].sock") } @servers);
    serve($kit, @$_) for @servers;
    my $cookie = 'wx_session=' . sign_in($kit)->cookie('wx_session');
    my (%ratios, %rate);
    for my $round (1 .. $Bench::ROUNDS) {
        $rate{$_} = wrk($kit, "/$_/nothing.cgi") for grep {/nothing|libfcgi/} map { $_->[0] } @servers;
        $rate{$_} = wrk($kit, "/$_/validate.cgi", cookie => $cookie) for qw(ordinary static);
        push @{ $ratios{$_->[0]} }, $rate{ $_->[0] } / $rate{ $_->[1] } for ['nothing', 'libfcgi'], ['ordinary', 'nothing'], ['static', 'nothing-static'];
        push @{ $ratios{'nothing-static'} }, $rate{'nothing-static'} / $rate{'libfcgi-static'} if $rate{'libfcgi-static'};
    }
    row('do-nothing by FastCGI', 'libfcgi, same nginx', ['>=', 1.0], @{ $ratios{nothing} });
    row('do-nothing by FastCGI (static)', 'libfcgi with musl', ['>=', 1.8], @{ $ratios{'nothing-static'} }) if $ratios{'nothing-static'};
    row('validate by FastCGI', 'do-nothing by FastCGI', ['>=', 0.80], @{ $ratios{ordinary} });
    row('validate by FastCGI (static)', 'do-nothing by FastCGI', ['>=', 0.60], @{ $ratios{static} });
    return;
}

sub bench_apache {
    my $kit = Kit->new(server => 'apache-proxy-fcgi',
        site_conf => "ScriptAlias /by-cgi/ {folder}/cgi-bin/\n<Location /by-cgi/>\nSetEnv WECHAT_CONF {folder}/wechat.conf\n</Location>\n");
    my $cookie = 'wx_session=' . sign_in($kit)->cookie('wx_session');
    my @ratios = map { wrk($kit, '/cgi-bin/validate.cgi', cookie => $cookie) / wrk($kit, '/by-cgi/validate.cgi', cookie => $cookie) } 1 .. $Bench::ROUNDS;
    row('validate by FastCGI, Apache', 'validate by CGI, same Apache', ['>=', 8], @ratios);
    return;
}

# The processor time of processes so far, in ms.
sub processor_time { my $sum = 0; $sum += (split ' ', Kit::read_file($_))[0] / 1e6 for map { glob "/proc/$_/task/*/schedstat" } @_; return $sum }
sub worker { my ($kit) = @_; return (split ' ', Kit::read_file("/proc/$kit->{fcgi}/task/$kit->{fcgi}/children"))[0] }

# Sign-ins by one worker: the first one makes its TLS connection, the others keep it.
sub bench_sign_ins {
    my $kit = Kit->new(server => 'nginx-fcgi', workers => 1, tls => 1);
    put_program($kit, "$Bench::STATIC/callback.cgi", 'static-callback.cgi');
    my $signs_in = sub {
        my $browser = $kit->browser;
        my $url = consent($kit, $browser, '/cgi-bin/login.cgi?scope=snsapi_userinfo');
        my $before = processor_time(worker($kit));
        my $status = $browser->get($url)->{status};
        die "callback.cgi by FastCGI: $status\n" if $status != 303;
        return processor_time(worker($kit)) - $before;
    };
    my @ratios;
    $signs_in->();
    for my $round (1 .. ($Bench::SHORT ? 1 : 25)) {
        my $second = $signs_in->();
        my $browser = $kit->browser;
        my ($query) = consent($kit, $browser, '/cgi-bin/login.cgi?scope=snsapi_userinfo') =~ /\?([^#]*)/;
        push @ratios, $second / measure(process_of($kit, 'static-callback.cgi', $browser, query => $query), 1)->{cpu};
    }
    row('a worker\'s second callback, processor time', 'callback (static)', ['<=', 0.5], @ratios);
    return;
}

# The processor time of a text and its reply: ours with that of nginx, the journal and the check for repeats, co-wechat's with none of them.
sub bench_pushes {
    my $kit = Kit->new(server => 'nginx-fcgi', workers => 1, conf => { push_mode => 'plain' });
    my $pushes = "$kit->{folder}/pushes";
    my $count = $Bench::SHORT ? 20_000 : 200_000;
    system("$Bench::TOOLS/pushes $count $Kit::PUSH_TOKEN - $Kit::APPID > $pushes") == 0 or die "pushes\n";
    local @ENV{qw(WECHAT_BUILD SDK_TOKEN SDK_APPID SDK_AES_KEY)} = ($Kit::BUILD, $Kit::PUSH_TOKEN, $Kit::APPID, $Kit::AES_KEY);
    my $node = open2(my $out, my $in, 'node', "$Kit::TOP/tests/server/sdk-push.cjs");
    my ($port) = (<$out> || '') =~ /^(\d+)$/ or die "co-wechat does not run\n";
    my ($from, @ratios) = (0);
    my $cost = sub {
        my ($at, $path, @pids) = @_;
        my ($before, $count) = (processor_time(@pids), 0);
        die "a process has ended\n" if grep { !-d "/proc/$_" } @pids;
        wrk($at, $path, pushes => $pushes, from => $from, count => \$count);
        $from += $count;
        return (processor_time(@pids) - $before) / $count;
    };
    wrk($kit, '/cgi-bin/wechat.cgi', pushes => $pushes, from => $from, count => \$from);
    my ($nginx) = Kit::read_file("$kit->{folder}/nginx.pid") =~ /(\d+)/;
    my @ours = (worker($kit), split ' ', Kit::read_file("/proc/$nginx/task/$nginx/children"));    # now that there is a state
    for my $round (1 .. $Bench::ROUNDS) {
        my $theirs = $cost->({ site_url => "http://127.0.0.1:$port" }, '/', $node);
        my $own = $cost->($kit, '/cgi-bin/wechat.cgi', @ours);
        push @ratios, $own / $theirs;
    }
    close $in;
    waitpid $node, 0;
    row('a text push by FastCGI, processor time', 'co-wechat under node', ['<=', 1], @ratios);
    return;
}

# What one worker holds after many requests: BENCH_REQUESTS, or a million with HARD=1.
sub bench_memory {
    local $ENV{WECHAT_MAX_REQUESTS} = 1_000_000_000;    # the worker that is measured stays
    my $most = $ENV{BENCH_REQUESTS} || ($Bench::SHORT ? 3000 : $ENV{HARD} ? 1_000_000 : 100_000);
    my $kit = Kit->new(server => 'nginx-fcgi', workers => 1);
    my $cookie = 'wx_session=' . sign_in($kit)->cookie('wx_session');
    my $pid;
    my $held = sub { my @files = glob "/proc/$pid/fd/*"; return (Kit::read_file("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m, scalar @files) };
    my $served = 0;
    my $until = sub { my ($count) = @_; wrk($kit, '/cgi-bin/validate.cgi', cookie => $cookie, count => \$served) while $served < $count };
    $until->(1000);
    $pid = worker($kit);    # the one before it has seen that the state was made
    my @first = $held->();
    $until->($most);
    my @last = $held->();
    die "another worker serves\n" if worker($kit) != $pid;
    row("memory of a worker after $most requests", 'after 1,000', ['<=', 1.05], $last[0] / $first[0]);
    row("its descriptors", 'after 1,000', ['<=', 1], $last[1] / $first[1]);
    return;
}

# BENCH_BEFORE: the build of an earlier version. Its programs are run in turn with ours, so that neither is always the first.
sub bench_before {
    my $before = $ENV{BENCH_BEFORE} or return;
    my $kit = Kit->new(tls => 1);
    put_program($kit, "$before/cgi-bin/$_.cgi", "before-$_.cgi") for qw(validate callback);
    make_shards($kit);
    my $browser = sign_in($kit);
    my $cookie = 'wx_session=' . $browser->cookie('wx_session');
    my $validates = sub { my ($program) = @_; return measure(process_of($kit, $program, $browser), $Bench::SHORT ? 5 : 300)->{cpu} };
    my (@requests, @validate, @callback);
    for my $round (1 .. $Bench::ROUNDS) {
        push @requests, wrk($kit, '/cgi-bin/validate.cgi', cookie => $cookie) / wrk($kit, '/cgi-bin/before-validate.cgi', cookie => $cookie);
        push @validate, $validates->('before-validate.cgi') / $validates->('validate.cgi');
    }
    push @callback, callback_cpu($kit, 'before-callback.cgi') / callback_cpu($kit, 'callback.cgi') for 1 .. ($Bench::SHORT ? 1 : 25);
    row('validate', 'that of BENCH_BEFORE, requests/s', ['>=', 0.98], @requests);
    row('validate of BENCH_BEFORE, processor time', 'validate', ['>=', 0.98], @validate);
    row('callback of BENCH_BEFORE, processor time', 'callback', ['>=', 0.98], @callback);
    return;
}

sub bench_fastcgi {
    local $ENV{WECHAT_MAX_REQUESTS} = 1_000_000_000;    # a worker that is measured stays
    bench_nginx();
    bench_apache();
    bench_sign_ins();
    bench_pushes();
    return;
}

1;
