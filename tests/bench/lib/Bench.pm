package Bench;
# Shared by the parts of the bench: rows, sign-ins, load, and measuring one process.
use strict;
use warnings;
use Exporter qw(import);
use Kit;
use List::Util qw(max min);

our @EXPORT_OK = qw(row rows median as_server consent sign_in wrk measure callback_cpu process_of make_shards put_program);

our $TOOLS  = "$Kit::BUILD/tests/bench";
our $STATIC = "$Kit::BUILD/static/cgi-bin";
our $SHORT  = grep { $_ eq '--short' } @ARGV;
our $ROUNDS = $SHORT ? 1 : 7;
my @rows;

sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[@sorted / 2] }

sub rows { return \@rows }

# Prints a row: the median of the ratios, minimum and maximum. reach: the goal, ['>=', 0.9]; undef: report only.
sub row {
    my ($name, $against, $reach, @ratios) = @_;
    my $ratio = median(@ratios);
    my $holds = !defined $reach ? undef : $reach->[0] eq '>=' ? $ratio >= $reach->[1] : $ratio <= $reach->[1];
    push @rows, { row => $name, against => $against, ratio => 0 + sprintf('%.3f', $ratio), least => 0 + sprintf('%.3f', min(@ratios)),
        most => 0 + sprintf('%.3f', max(@ratios)), reach => $reach ? "$reach->[0] $reach->[1]" : undef, holds => $holds ? \1 : defined $holds ? \0 : undef };
    printf "| %-46s | %-24s | %6.2f | %5.2f – %5.2f | %-8s | %s |\n", $name, $against, $ratio, min(@ratios), max(@ratios),
        $reach ? "$reach->[0] $reach->[1]" : 'report', !defined $holds ? '' : $holds ? 'holds' : 'falls short';
    return;
}

# Drops root, which a web server does not have.
sub as_server { return $> == 0 ? ('setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups') : () }

sub put_program {
    my ($kit, $from, $name) = @_;
    my $to = "$kit->{folder}/cgi-bin/$name";
    system('cp', $from, $to) == 0 or die "cp $from\n";
    chmod 0755, $to;
    return;
}

# ---- signing in ----

# Goes from a login page to WeChat and consents. Returns the address that WeChat sends the browser to.
sub consent {
    my ($kit, $browser, $login) = @_;
    my $page = $browser->follow($browser->get($login));
    my ($link) = $page->{content} =~ m{href="([^"]*person=xiaoming[^"]*)"} or die "$login: no consent page: $page->{status}\n";
    $link =~ s/&amp;/&/g;
    $link = $kit->{sim_url} . $link if $link =~ m{^/};
    return $browser->get($link)->{location};
}

# Returns a browser that is signed in.
sub sign_in {
    my ($kit) = @_;
    my $browser = $kit->browser;
    my $answer = $browser->get(consent($kit, $browser, '/cgi-bin/login.cgi?next=/&scope=snsapi_userinfo'));
    die "cannot sign in: $answer->{status}\n" if $answer->{status} != 303 || !defined $browser->cookie('wx_session');
    return $browser;
}

# ---- under Apache: requests per second ----

# Returns requests per second. All answers must be as expected: 401 with `refused`. `pushes`: a file of pushes, sent
# from number `from` on; their number is added to `count`.
sub wrk {
    my ($kit, $path, %option) = @_;
    my @command = ('wrk', '-t1', '-c' . ($ENV{BENCH_CONNECTIONS} || 8), '-d1s');
    push @command, '-H', "Cookie: $option{cookie}" if $option{cookie};
    push @command, '-H', $option{header} if $option{header};
    push @command, '-s', "$Kit::TOP/tests/bench/push.lua" if $option{pushes};
    push @command, "$kit->{site_url}$path";
    push @command, '--', $option{pushes}, $option{from} if $option{pushes};
    open my $out, '-|', @command or die "wrk: $!\n";
    my $text = do { local $/; <$out> };
    close $out;
    my ($rate) = $text =~ m{Requests/sec:\s+([\d.]+)};
    my ($count) = $text =~ m{(\d+) requests in};
    my ($wrong) = $text =~ m{Non-2xx or 3xx responses: (\d+)};
    my $whole = $SHORT || $text !~ /Socket errors/;
    die "$path: wrong answers:\n$text" if !$rate || !$whole || ($wrong || 0) != ($option{refused} ? $count : 0);
    ${ $option{count} } += $count + 8 if $option{count};
    return $rate;
}

# ---- one process ----

# Returns the process that a web server would start for this browser's request: command, environment and stdin.
sub process_of {
    my ($kit, $program, $browser, %option) = @_;
    my $cookies = $browser ? $browser->{cookies}{ $kit->{site_url} =~ s{^https?://}{}r } : {};
    my $input = "$kit->{folder}/request";
    Kit::write_file($input, defined $option{body} ? $option{body} : '', 0644);
    my %environment = (PATH => $ENV{PATH}, GATEWAY_INTERFACE => 'CGI/1.1', SERVER_PROTOCOL => 'HTTP/1.1', SERVER_NAME => '127.0.0.1',
        SERVER_PORT => $kit->{site_port}, REMOTE_ADDR => '127.0.0.1', REQUEST_METHOD => defined $option{body} ? 'POST' : 'GET',
        QUERY_STRING => $option{query} || '', SCRIPT_NAME => "/cgi-bin/$program", SCRIPT_FILENAME => "$kit->{folder}/cgi-bin/$program",
        PATH_INFO => $option{path} || '', HTTP_COOKIE => join('; ', map {"$_=$cookies->{$_}"} sort keys %$cookies),
        WECHAT_CONF => "$kit->{folder}/wechat.conf", REDIRECT_STATUS => 200,
        defined $option{body} ? (CONTENT_LENGTH => length $option{body}, CONTENT_TYPE => $option{type} || 'application/x-www-form-urlencoded') : ());
    return { kit => $kit, command => ["$kit->{folder}/cgi-bin/$program"], environment => \%environment, input => $input };
}

# Runs a process some times. Returns median processor time and wall time (ms), peak memory (KiB), and the last answer.
# before: a command to run it with, such as strace.
sub measure {
    my ($process, $times, @before) = @_;
    my $folder = $process->{kit}{folder};
    my $answer = "$folder/answer";
    my @command = (as_server(), @before, "$TOOLS/measure", $times, $process->{input} || '/dev/null', $answer, @{ $process->{command} });
    Kit::write_file($answer, '', 0666);
    chmod 0666, $answer;
    my $pid = open my $out, '-|';
    die "fork: $!\n" unless defined $pid;
    if (!$pid) { %ENV = (PATH => $ENV{PATH}, %{ $process->{environment} || {} }); exec @command or POSIX::_exit(127) }
    my ($cpu, $wall, $memory) = split ' ', <$out> // '';
    close $out or die "measure failed: @command\n";
    return { cpu => $cpu, wall => $wall, memory => $memory, answer => Kit::read_file($answer) };
}

# The processor time of the process that ends a sign-in, without a web server.
sub callback_cpu {
    my ($kit, $program) = @_;
    my $browser = $kit->browser;
    my ($query) = consent($kit, $browser, '/cgi-bin/login.cgi?scope=snsapi_userinfo') =~ /\?([^#]*)/;
    $kit->forget_asked;
    my $measured = measure(process_of($kit, $program, $browser, query => $query), 1);
    die "$program: did not sign in:\n$measured->{answer}\n" if $measured->{answer} !~ /^Status: 303.*wx_session=/s;
    return $measured->{cpu};
}

# Creates the folders of all shards, as a state folder has them after some time, so that a sign-in creates none. A
# first sign-in shows how many digits their names have.
sub make_shards {
    my ($kit) = @_;
    sign_in($kit);
    my %digits = map { m{([^/]+)/([0-9a-f]+)$} ? ($1 => length $2) : () } glob $kit->state_dir . '/*/*';
    die "no shards\n" if keys %digits < 5;
    for my $kind (keys %digits) {
        mkdir sprintf('%s/%s/%0*x', $kit->state_dir, $kind, $digits{$kind}, $_), 0700 for 0 .. ($SHORT ? 15 : 16**$digits{$kind} - 1);
    }
    system('chown', '-R', 'nobody:nogroup', $kit->state_dir) == 0 or die 'chown' if $> == 0;
    return;
}

1;
