package Machines;

# The machines of docs/en/machines.md, each in a network and a file system of its own, with the files of that page as they stand
# there: a balancer, two web machines, three of Redis and Sentinel; and WeChat, simulated, on a machine of its own.
#
#   Machines::alone();                          # first of all: begins the test anew, where it sees no other process or network
#   my $machines = Machines->new(conf => { language => 'en' });
#   my $browser = $machines->browser;           # through the balancer
#   $browser->at('web2');                       # from now on past it, to that machine
#   $machines->end('data1', 'redis', 'KILL');   # and start(), cut(), mend()
#
# Nothing has a name or a number that another run could have, too: networks, mounts and processes are in namespaces that the kernel
# removes with the test, however it ends. Only root can make them: missing() says why not.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use File::Path qw(make_path);
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use Kit;
use Machines::Browser;
use POSIX ();
use Redis;

our @ISA = ('Kit');
our $PLACE = '/mnt';    # everything lies in a file system in memory, which only this test sees

our %ADDRESS = (balancer => '10.0.0.10', web1 => '10.0.0.11', web2 => '10.0.0.12', data1 => '10.0.0.21', data2 => '10.0.0.22', data3 => '10.0.0.23', wechat => '10.0.0.4');
our @DATA = qw(data1 data2 data3);
our $SITE = 'https://www.example.com';
our $PAGE = 'docs/en/machines.md';

# Arguments of unshare(1): the namespaces of the test itself.
my @OWN = qw(unshare --net --pid --mount --fork --kill-child --mount-proc);

# Why there are no machines; nothing if there are.
sub missing {
    return 'only root can make networks' if $> != 0;
    for my $program (['ip', 'iproute2'], ['nginx', 'nginx-light'], ['unshare', 'util-linux']) {
        return "$program->[0] is not installed (package $program->[1])" if !Kit::find_program($program->[0]);
    }
    my $said = `@OWN sh -c 'mkdir -p $PLACE && mount -t tmpfs tmpfs $PLACE && mkdir $PLACE/up $PLACE/work $PLACE/root &&
        mount -t overlay overlay -o lowerdir=/,upperdir=$PLACE/up,workdir=$PLACE/work $PLACE/root && ip link add type bridge' 2>&1`;
    return 'namespaces cannot be made here: ' . $said =~ s/\n.*//sr if $? != 0;
    return Redis::missing();
}

# Begins the test anew in namespaces of its own.
sub alone {
    return if $ENV{WECHAT_ALONE};
    $ENV{WECHAT_ALONE} = 1;
    exec @OWN, $^X, (map {"-I$_"} @INC), $0, @ARGV or die "unshare: $!\n";
}

# ---- making them ----

sub new {
    my ($class, %option) = @_;
    my $self = bless { site_url => $SITE, sim_url => "https://$ADDRESS{wechat}", conf => $option{conf} || {}, owner => $$, keep => 1, host => {}, processes => {} }, $class;
    for my $name (qw(HUP INT PIPE TERM)) { $SIG{$name} = sub { exit 1 } if ($SIG{$name} || 'DEFAULT') eq 'DEFAULT' }
    run_all("mount -t tmpfs -o mode=755 tmpfs $PLACE", 'ip link set lo up', 'ip link add bridge type bridge', 'ip address add 10.0.0.1/24 dev bridge', 'ip link set bridge up');
    _certificate();
    $self->_make_host($_) for sort keys %ADDRESS;
    $self->_write_data;
    $self->_write_web;
    $self->_write_wechat;
    $self->start_all;
    return $self;
}

sub run_all { for my $line (@_) { system('sh', '-c', $line) == 0 or die "failed: $line\n" } return }

# Where the programs and pages of the build are on a machine; and the simulator.
my %INSTALLED = ("$Kit::BUILD/bin" => '/usr/local/bin', "$Kit::BUILD/cgi-bin" => '/usr/local/lib/cgi-bin', "$Kit::BUILD/html" => '/srv/wechat/wechat-html',
    "$Kit::BUILD/tests/sim" => '/usr/local/lib/sim');

# One certificate for the site and for WeChat, which all machines trust.
sub _certificate {
    my $names = "DNS:www.example.com,IP:$ADDRESS{wechat}";
    run_all("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=test' -addext subjectAltName=$names -keyout $PLACE/key -out $PLACE/certificate 2>/dev/null");
    return;
}

# A machine: a process that keeps its namespaces. Its file system is this one's, with what the machine writes above it.
sub _make_host {
    my ($self, $name) = @_;
    my $f = "$PLACE/$name";
    make_path("$f/up", "$f/work", "$f/root", map {"$f/up$_"} '/srv/www', '/srv/wechat', '/srv/sim', values %INSTALLED);
    my $binds = join '', map {"mount --bind $_ $f/root$INSTALLED{$_}\n"} sort keys %INSTALLED;
    pipe my $ready, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $ready;
        POSIX::dup2(fileno $write, 3);
        exec 'unshare', '--net', '--mount', 'sh', '-ec', <<"SH" or POSIX::_exit(127);
mount -t overlay overlay -o lowerdir=/,upperdir=$f/up,workdir=$f/work $f/root
${binds}mount --rbind /dev $f/root/dev
mount --rbind /proc $f/root/proc
mount -t tmpfs -o mode=755 tmpfs $f/root/run
ip link set lo up
echo >&3
exec 3>&-
exec chroot $f/root sleep 86400
SH
    }
    close $write;
    sysread($ready, my $byte, 1) or die "$name cannot be made\n";
    run_all("ip link add $name type veth peer name eth0 netns $pid", "ip link set $name master bridge up");
    $self->{host}{$name} = $pid;
    $self->in($name, 'ip', 'address', 'add', "$ADDRESS{$name}/24", 'dev', 'eth0');
    $self->in($name, 'ip', 'link', 'set', 'eth0', 'up');
    Kit::wait_for("the file system of $name", 10, sub { readlink("/proc/$pid/exe") =~ /sleep|coreutils/ });
    return;
}

# Writes a file of a machine, through its own file system.
sub put {
    my ($self, $name, $path, $text, $owner, $mode) = @_;
    my $real = "/proc/$self->{host}{$name}/root$path";
    make_path($real =~ s{/[^/]+$}{}r);
    Kit::write_file($real, encode_utf8($text), $mode || 0644);
    if ($owner) { my @who = getpwnam $owner; chown $who[2], $who[3], $real or die "$path: $!" }
    return;
}

# A file of the documentation; what is not as it stands there is in %change, and each of it must occur.
sub file {
    my ($page, $path, %change) = @_;
    my ($snippet) = grep { $_->{name} eq $path } Docs::snippets($page);
    my $text = ($snippet || die "$page: no file $path\n")->{text};
    for my $from (sort keys %change) { $text =~ s/\Q$from\E/$change{$from}/g or die "$page, $path: no $from\n" }
    return $text;
}

sub _write_data {
    my ($self) = @_;
    for my $name (@DATA) {
        my $first = $name eq 'data1';
        my @own = $first ? () : ("bind $ADDRESS{data1}" => "bind $ADDRESS{$name}");
        my $redis = file($PAGE, '/etc/redis/redis.conf', @own) . ($first ? '' : "replicaof $ADDRESS{data1} 6379\n");
        $self->put($name, '/etc/redis/redis.conf', $redis, 'redis', 0640);
        $self->put($name, '/etc/redis/users.acl', file($PAGE, '/etc/redis/users.acl'), 'redis', 0640);
        $self->put($name, '/etc/redis/sentinel.conf', file($PAGE, '/etc/redis/sentinel.conf', @own), 'redis', 0640);
        $self->in($name, 'install', '-d', '-o', 'redis', '-g', 'redis', '/etc/redis', '/var/lib/redis', '/var/log/redis');
    }
    return;
}

# The settings of both web machines: those of the page, and what the test needs.
sub settings {
    my ($self, %change) = @_;
    my %conf = map {/^(\w+) = (.*)$/} split /\n/, file($PAGE, '/srv/wechat/wechat.conf');
    %conf = (%conf, appid => $Kit::APPID, secret => $Kit::SECRET, open_url => $self->{sim_url}, api_url => $self->{sim_url}, ca_file => '/srv/wechat/certificate',
        push_token => $Kit::PUSH_TOKEN, encoding_aes_key => $Kit::AES_KEY, push_mode => 'plain', replies => 'replies.json', outside_wechat => 'both', sandbox => 'strict', %{ $self->{conf} }, %change);
    return Kit::conf_text(map { defined $conf{$_} ? ($_ => $conf{$_}) : () } keys %conf);
}

sub write_settings {
    my ($self, $name, %change) = @_;
    $self->put($name, '/srv/wechat/wechat.conf', $self->settings(%change), 'www-data', 0600);
    return;
}

sub _write_web {
    my ($self) = @_;
    for my $name (qw(web1 web2)) {
        $self->put($name, '/srv/wechat/certificate', Kit::read_file("$PLACE/certificate"));
        $self->put($name, '/srv/wechat/replies.json', Kit::read_file("$Kit::TOP/tests/demo/replies.json"));
        $self->in($name, qw(install -d -o www-data -g www-data -m 700 /var/lib/wechat-cgi));
        $self->write_settings($name);
    }
    $self->in($_, 'rm', '-f', '/etc/nginx/sites-enabled/default') for qw(web1 balancer);
    $self->put('web1', '/etc/nginx/conf.d/site.conf', file($PAGE, '/etc/nginx/conf.d/site.conf'));
    $self->put('web2', '/etc/apache2/apache2.conf', _apache(qw(cgid), '/etc/apache2/sites-available/site.conf') . "Listen 80\n");
    $self->put('web2', '/etc/apache2/sites-available/site.conf', file($PAGE, '/etc/apache2/sites-available/site.conf'));
    $self->put('balancer', '/etc/nginx/conf.d/balancer.conf', file($PAGE, '/etc/nginx/conf.d/balancer.conf'));
    $self->put('balancer', "/etc/ssl/www.example.com.$_->[0]", Kit::read_file("$PLACE/$_->[1]")) for ['pem', 'certificate'], ['key', 'key'];
    return;
}

# What Debian's package apache2 has around a site, as far as it is needed: here only apache2-bin is installed.
sub _apache {
    my (@words) = @_;
    my $site = pop @words;
    my $modules = Kit::find_modules();
    my @load = grep { -e "$modules/mod_$_.so" } qw(mpm_event authz_core mime dir alias env), @words;
    return join('', map {"LoadModule ${_}_module $modules/mod_$_.so\n"} @load)
        . "ServerRoot /etc/apache2\nServerName localhost\nUser www-data\nGroup www-data\nPidFile /run/apache2.pid\nErrorLog /var/log/apache2.error.log\nScriptSock /run/cgisock\n"
        . "TypesConfig /dev/null\nIncludeOptional $site\n";
}

# WeChat, simulated, behind TLS; and what visitors have in place of TLS: Perl's HTTP::Tiny may be without it.
sub _write_wechat {
    my ($self) = @_;
    my %push = (%Kit::push, push_mode => 'plain');
    $self->put('wechat', '/srv/sim/sim.conf', Kit::conf_text(appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $SITE, state_dir => '/srv/sim/state', html_dir => '/usr/local/lib/sim/html',
        open_url => $self->{sim_url}, api_url => $self->{sim_url}, %push, %Kit::website, %Kit::mini, sandbox => 'off'), 'www-data', 0600);
    $self->in('wechat', 'chown', 'www-data:www-data', '/srv/sim');
    $self->put('wechat', "/etc/ssl/$_", Kit::read_file("$PLACE/$_")) for qw(certificate key);
    $self->put('wechat', '/etc/apache2/apache2.conf', _apache(qw(cgid socache_shmcb ssl), '/none') . <<'CONF');
Listen 443
SSLEngine on
SSLCertificateFile /etc/ssl/certificate
SSLCertificateKeyFile /etc/ssl/key
AddDefaultCharset Off
ScriptAlias / /usr/local/lib/sim/sim.cgi/
SetEnv WECHAT_CONF /srv/sim/sim.conf
<Directory /usr/local/lib/sim>
Require all granted
</Directory>
CONF
    my $temporary = join ' ', map {"${_}_temp_path $PLACE/visitors-$_;"} qw(client_body proxy fastcgi uwsgi scgi);
    my @speaks = map { "server { listen 127.0.0.1:$_->[0]; location / { proxy_pass https://$_->[1]; proxy_set_header Host $_->[2]; proxy_redirect off;"
        . " proxy_ssl_trusted_certificate $PLACE/certificate; proxy_ssl_verify on; proxy_ssl_name www.example.com; proxy_read_timeout 40s; } }\n" }
        [$Machines::Browser::SITE_PORT, $ADDRESS{balancer}, 'www.example.com'], [$Machines::Browser::WECHAT_PORT, $ADDRESS{wechat}, $ADDRESS{wechat}];
    Kit::write_file("$PLACE/visitors.conf", "daemon off; user root; pid $PLACE/visitors.pid; error_log $PLACE/visitors.log;\nevents {}\nhttp { access_log off; $temporary\n@speaks}\n");
    return;
}

# ---- what runs on them ----

# How to start each: the user, and the command.
my %service = (
    redis    => ['redis', 'redis-server', '/etc/redis/redis.conf', '--repl-diskless-sync-delay', '0'],
    sentinel => ['redis', 'redis-server', '/etc/redis/sentinel.conf', '--sentinel'],
    nginx    => ['root', 'nginx', '-g', 'daemon off;'],
    apache   => ['root', 'apache2', '-f', '/etc/apache2/apache2.conf', '-DFOREGROUND'],
);
our %RUNS = (balancer => ['nginx'], web1 => ['fcgi', 'nginx'], web2 => ['apache'], wechat => ['apache'], map { $_ => [qw(redis sentinel)] } @DATA);

# The command that runs words on a machine.
sub _on { my ($self, $name) = @_; my $pid = $self->{host}{$name}; return ('nsenter', '-t', $pid, '-n', '-m', '-r', '-w') }

# Runs a command on a machine; returns what it says on both outputs.
sub in {
    my ($self, $name, @words) = @_;
    my $pid = open my $said, '-|' // die "fork: $!";
    if ($pid == 0) { open STDERR, '>&', \*STDOUT; exec $self->_on($name), @words or POSIX::_exit(127) }
    local $/;
    my $text = <$said> // '';
    close $said;
    return $text;
}

# Starts a service on a machine, in a process group of its own. $before: words in front of the command.
sub start {
    my ($self, $name, $service, @before) = @_;
    my ($user, @command) = $service eq 'fcgi' ? _unit(@before) : (shift @{ [@{ $service{$service} }] }, @before, @{ $service{$service} }[1 .. $#{ $service{$service} }]);
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$PLACE/$name.$service.out";
        open STDERR, '>&', \*STDOUT;
        $self->_listen($name) if $service eq 'fcgi';
        exec $self->_on($name), 'setpriv', "--reuid=$user", "--regid=$user", '--clear-groups', @command or POSIX::_exit(127);
    }
    $self->{processes}{"$name $service"} = $pid;
    return;
}

# wechat.service, as systemd would start it: its user and its command.
sub _unit {
    my (@before) = @_;
    my $unit = file('docs/en/scale.md', '/etc/systemd/system/wechat.service');
    my @environment = $unit =~ /^Environment=(.*)$/mg;
    my ($user, $command) = map { $unit =~ /^$_=(.*)$/m } qw(User ExecStart);
    return ($user, 'env', '-i', 'PATH=/usr/bin', @environment, @before, split ' ', $command);
}

# And its socket, which is the standard input.
sub _listen {
    my ($self, $name) = @_;
    my ($address) = file('docs/en/scale.md', '/etc/systemd/system/wechat.socket') =~ /^ListenStream=(.*)$/m;
    my $path = "/proc/$self->{host}{$name}/root$address";
    unlink $path;
    my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 64) or POSIX::_exit(126);
    chmod 0666, $path;
    POSIX::dup2(fileno $listener, 0);
    return;
}

# Ends a service, or all of a machine's, by a signal to all its processes; STOP and CONT only do that.
sub end {
    my ($self, $name, $service, $signal) = @_;
    my $pid = $self->{processes}{"$name $service"} or return;
    kill $signal, -$pid;
    return if $signal =~ /^(?:STOP|CONT)$/;
    waitpid $pid, 0;
    delete $self->{processes}{"$name $service"};
    return;
}

# Takes a machine off the network, and puts it back.
sub cut  { my ($self, $name) = @_; run_all("ip link set $name down"); return }
sub mend { my ($self, $name) = @_; run_all("ip link set $name up"); return }

sub start_all {
    my ($self) = @_;
    for my $name (sort keys %RUNS) { $self->start($name, $_) for @{ $RUNS{$name} } }
    $self->{processes}{visitors} = fork // die "fork: $!";
    if ($self->{processes}{visitors} == 0) { POSIX::setpgid(0, 0); exec 'nginx', '-c', "$PLACE/visitors.conf" or POSIX::_exit(127) }
    my %port = (balancer => 443, wechat => 443, web1 => 80, web2 => 80, map { $_ => 6379 } @DATA);
    $self->wait_for_port($_, $port{$_}) for sort keys %port;
    $self->wait_until_well;
    return;
}

# Waits until the primary has so many replicas, two if not said, and both web machines answer.
sub wait_until_well {
    my ($self, $replicas) = @_;
    $replicas //= 2;
    my $asks = sub { my ($at) = @_; return $self->browser(at => $at, headers => { Authorization => 'Bearer ' . 'x' x 43 })->get('/cgi-bin/validate.cgi')->{status} == 401 };
    Kit::wait_for('the replicas', 90, sub { my $name = $self->primary or return; my $all = () = $self->redis($name, qw(INFO replication)) =~ /state=online,offset=\d+,lag=[01]\b/g; return $all >= $replicas });
    Kit::wait_for('the web machines', 60, sub { $asks->('web1') && $asks->('web2') });
    return;
}

sub wait_for_port {
    my ($self, $name, $port) = @_;
    Kit::wait_for("$name, port $port", 30, sub { IO::Socket::INET->new(PeerAddr => $ADDRESS{$name}, PeerPort => $port, Timeout => 1) });
    return;
}

# What the owner asks the Redis of a machine.
sub redis {
    my ($self, $name, @words) = @_;
    my ($password) = file($PAGE, '/etc/redis/users.acl') =~ /^user admin on >(\S+)/m;
    my $pid = open my $said, '-|' // die "fork: $!";
    if ($pid == 0) { open STDERR, '>&', \*STDOUT; exec 'timeout', '5', 'redis-cli', '-h', $ADDRESS{$name}, '--user', 'admin', '--pass', $password, '--no-auth-warning', @words or POSIX::_exit(127) }
    local $/;
    my $text = <$said> // '';
    close $said;
    return $text;
}

# The machine that most Sentinels call the primary.
sub primary {
    my ($self) = @_;
    my %votes;
    for my $name (@DATA) {
        my ($address) = split /\n/, `timeout 2 redis-cli -h $ADDRESS{$name} -p 26379 SENTINEL get-master-addr-by-name site 2>&1`;
        $votes{$address // ''}++;
    }
    my ($chosen) = grep { ($votes{ $ADDRESS{$_} } || 0) > @DATA / 2 } @DATA;
    return $chosen;
}

# What the Sentinels decided, and what they and the Redis servers say of connections, since that moment.
sub failovers {
    my ($self, $since) = @_;
    my $text = sprintf "the fault began at %.1f\n", $since;
    for my $name (@DATA) {
        for my $service (qw(sentinel redis)) {
            my $log = Kit::read_file(-e "$PLACE/$name/up/var/log/redis/$service.log" ? "$PLACE/$name/up/var/log/redis/$service.log" : "$PLACE/$name.$service.out");
            my @lines = grep {/switch-master|down|elected|failover|tilt|role|reconf|sync|MASTER|replica/i} split /\n/, $log;
            $text .= "$name $service: $_\n" for @lines > 60 ? @lines[-60 .. -1] : @lines;
        }
    }
    return $text;
}

# ---- what a test asks ----

sub browser { my ($self, %option) = @_; return Machines::Browser->new($self, %option) }

sub asked {
    my ($self, $path) = @_;
    my @asked = map { JSON::PP::decode_json($_) } split /\n/, Kit::read_file($self->_requests);
    return grep { !defined $path || $_->{path} eq $path } @asked;
}

sub forget_asked { my ($self) = @_; unlink $self->_requests; return }
sub _requests { my ($self) = @_; return "/proc/$self->{host}{wechat}/root/srv/sim/state/requests.jsonl" }

sub log_text {
    my ($self) = @_;
    return join '', map { Kit::read_file($_) } (map {"/proc/$self->{host}{$_}/root/var/log/nginx/error.log"} qw(balancer web1)), "/proc/$self->{host}{web2}/root/var/log/apache2.error.log", glob("$PLACE/*.out"), "$PLACE/visitors.log";
}

sub stop {
    my ($self) = @_;
    for my $pid (values %{ delete $self->{processes} || {} }) { kill 'KILL', -$pid; waitpid $pid, 0 }
    for my $pid (values %{ delete $self->{host} || {} }) { kill 'KILL', $pid; waitpid $pid, 0 }
    return;
}

1;
