package FastCGI;

# A client of FastCGI, which asks wechat.fcgi without a web server; and what its processes do.
use strict;
use warnings;
use IO::Socket::UNIX;
use Kit;
use POSIX ();

my ($BEGIN, $ABORT, $END, $PARAMS, $STDIN, $STDOUT, $STDERR) = 1 .. 7;

# A record: its type, the number of its request, and its content.
sub record { my ($type, $id, $content) = @_; return pack('CCnnCC', 1, $type, $id, length $content, 0, 0) . $content }

# The records of a stream, which an empty one ends.
sub stream { my ($type, $id, $bytes) = @_; return join '', (map { record($type, $id, $_) } $bytes =~ /(.{1,65000})/gs), record($type, $id, '') }

sub pair { my ($name, $value) = @_; return pack('NN', 0x80000000 | length $name, 0x80000000 | length $value) . $name . $value }

# A whole request. $keep: the connection is kept for another one.
sub request {
    my ($id, $keep, $variables, $body) = @_;
    return record($BEGIN, $id, pack 'nCx5', 1, $keep) . stream($PARAMS, $id, join '', map { pair($_, $variables->{$_}) } sort keys %$variables)
        . stream($STDIN, $id, $body // '');
}

sub abort { my ($id) = @_; return record($ABORT, $id, '') }

# Reads until $ends requests have ended or the connection is closed. Returns the content by type, and {closed}.
sub records {
    my ($socket, $ends) = @_;
    my ($bytes, %got) = ('');
    while (sysread $socket, $bytes, 65536, length $bytes) {
        while (length $bytes >= 8 && length $bytes >= 8 + unpack 'x4n', $bytes) {
            my (undef, $type, $id, $size) = unpack 'CCnn', $bytes;
            $got{$type} .= substr $bytes, 8, $size;
            substr $bytes, 0, 8 + $size, '';
            return \%got if $type == $END && --$ends == 0;
        }
    }
    $got{closed} = 1;
    return \%got;
}

# Makes a request at a Unix socket. Returns status, headers and body as Kit::parse_answer(), bytes (of the answer), error (the
# lines for the log), and ended: false if the connection ended without the end of the request.
sub ask {
    my ($path, $variables, $body) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!\n";
    my %length = defined $body ? (CONTENT_LENGTH => length $body) : ();
    my $request = request(1, 0, { REQUEST_METHOD => defined $body ? 'POST' : 'GET', %length, %$variables }, $body);
    local $SIG{PIPE} = 'IGNORE';    # it may answer before it has read everything
    while (length $request) {
        my $written = syswrite $socket, $request or last;
        substr $request, 0, $written, '';
    }
    my $got = records($socket, 1);
    my $bytes = $got->{$STDOUT} // '';
    return { bytes => $bytes, error => $got->{$STDERR} // '', ended => !$got->{closed}, Kit::parse_answer($bytes) };
}

# ---- programs of a kit, run without a web server ----

# Starts wechat.fcgi for the kit, once, and anew when its settings were changed: as a program that is run for each request has them.
# It ends with the kit.
sub start {
    my ($kit) = @_;
    my ($socket, $conf) = ("$kit->{folder}/run.sock", "$kit->{folder}/wechat.conf");
    my $settings = join ' ', Kit::read_file($conf), (stat $conf)[0, 1, 2, 4, 5];
    return $socket if $kit->{run} && $kit->{run}{settings} eq $settings;
    stop($kit);
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>', "$kit->{folder}/run.log";
        %ENV = (WECHAT_CONF => $conf, WECHAT_WORKERS => 1, PATH => $ENV{PATH});
        exec "$kit->{folder}/bin/wechat.fcgi", '--listen', $socket or POSIX::_exit(127);
    }
    $kit->{run} = { pid => $pid, settings => $settings };
    Kit::wait_for('wechat.fcgi', 20, sub { IO::Socket::UNIX->new(Peer => $socket) });
    return $socket;
}

sub stop {
    my ($kit) = @_;
    my $run = delete $kit->{run} or return;
    kill 'TERM', $run->{pid};
    waitpid $run->{pid}, 0;
    return;
}

# As Kit->run().
sub run {
    my ($kit, $program, $environment, $body) = @_;
    my %variables = (SCRIPT_NAME => "/cgi-bin/$program", %$environment);
    delete @variables{qw(WECHAT_CONF GATEWAY_INTERFACE)};
    my $answer = ask(start($kit), \%variables, $body);
    return { %$answer, exit => $answer->{ended} ? 0 : 1, signal => 0 };
}

# ---- the processes of a kit ----

# The processes that serve; runners are children of theirs.
sub children { my ($pid) = @_; return split ' ', Kit::read_file("/proc/$pid/task/$pid/children") }
sub workers { my ($kit) = @_; return children($kit->{fcgi}) }

# How many connections to WeChat they have.
sub calls_to_wechat {
    my ($kit) = @_;
    my %mine = map { (readlink $_ // '') =~ /^socket:\[(\d+)\]/ ? ($1 => 1) : () } map { glob "/proc/$_/fd/*" } workers($kit);
    my $port = sprintf '%04X', $kit->{sim_port};
    return scalar grep { my @column = split; $column[2] =~ /:$port$/ && $column[3] eq '01' && $mine{ $column[9] } } grep {/:/} split /\n/, Kit::read_file('/proc/net/tcp');
}

# The lines for nginx before two pools, with the sockets of a kit in the folder $f: what the quick one does not serve goes to the other.
sub pools {
    my ($f) = @_;
    my $pass = sub { "include /etc/nginx/fastcgi_params;\nfastcgi_pass unix:$f/wechat-$_[0].sock;\n" };
    return "location ^~ /cgi-bin/ {\n" . $pass->('quick') . "fastcgi_param WECHAT_TRIES_OTHERS 1;\nfastcgi_intercept_errors on;\nerror_page 421 = \@slow;\n}\n"
        . "location \@slow {\n" . $pass->('slow') . "}\n";
}

1;
