package Kit;
# A site with the kit, and the WeChat simulator, behind a real web server on loopback, in a folder of its own. Used by
# the tests and by `make demo`.
#
#   my $kit = Kit->new(server => 'apache-cgid', conf => { language => 'en' });
#   my $page = $kit->browser->get('/cgi-bin/me.cgi');
#
# `modules` names more modules of Apache or lighttpd; `site_conf` has more lines for the site, in the server's language, in which
# {site_port} and {folder} are replaced. `listen` is the address that Apache listens on, if not loopback.
#
# Everything is removed when $kit goes out of scope.
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

our $TOP   = abs_path(dirname(__FILE__) . '/../..');
our $BUILD = $ENV{WECHAT_BUILD} || "$TOP/build";
our $APPID  = 'wx0123456789abcdef';
our $SECRET = 'invented-secret-0123456789abcdef';
our $PUSH_TOKEN = 'inventedPushToken';
our $AES_KEY = 'inventedEncodingAESKey0123456789abcdefghijk';

# Settings of the message push, the same for the site and the simulator.
our %push = (push_token => $PUSH_TOKEN, encoding_aes_key => $AES_KEY, push_mode => 'compatible');

# The other accounts: the simulator always has them, a site only if its settings do.
our %website = (website_appid => 'wxfedcba9876543210', website_secret => 'invented-website-0123456789abcdef');
our %mini = (mini_appid => 'wx00112233445566ff', mini_secret => 'invented-mini-0123456789abcdef');

# ---- small things ----

sub write_file {
    my ($path, $text, $mode) = @_;
    open my $file, '>', $path or die "$path: $!";
    binmode $file;
    print {$file} $text;
    close $file or die "$path: $!";
    chmod $mode, $path if defined $mode;
    return;
}

sub read_file {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    binmode $file;
    local $/;
    my $text = <$file>;
    return defined $text ? $text : '';
}

# The programs that were built, or those named in @only, each with its own description (--describe). Tests call this instead
# of listing programs themselves.
sub programs {
    my (@only) = @_;
    my @paths = @only ? map {"$BUILD/cgi-bin/$_"} @only : glob "$BUILD/cgi-bin/*.cgi";
    my %described = map { s{.*/}{}r => eval { decode_json(`$_ --describe`) } || die "$_ --describe: no JSON\n" } @paths;
    die "no program is built in $BUILD/cgi-bin\n" if !%described;
    return \%described;
}

# Extra seconds that a program may take: only under valgrind (make check-valgrind).
sub slack { return $ENV{WECHAT_SLACK} || 0 }

# A port for this process alone. It lies below those that the kernel gives to connections and to listeners without a number, and
# an abstract socket, which ends with the process, keeps other tests away from it.
my @held_ports;

sub free_port {
    my ($low) = read_file('/proc/sys/net/ipv4/ip_local_port_range') =~ /(\d+)/;
    $low = 32768 if !defined $low || $low < 16384;
    for (1 .. 1000) {
        my $port = $low - 1 - int rand 12000;
        my $held = IO::Socket::UNIX->new(Local => "\0wechat-cgi-port-$port", Listen => 1) or next;
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, ReuseAddr => 1) or next;
        push @held_ports, $held;
        return $port;
    }
    die "no free port: $!";
}

sub find_program {
    my (@names) = @_;
    for my $name (@names) {
        for my $folder (split(/:/, $ENV{PATH} || ''), '/usr/sbin', '/usr/local/sbin') {
            return "$folder/$name" if -x "$folder/$name";
        }
    }
    return;
}

# Why the program cannot be run with another clock; nothing if it can. A missing package is reported on stderr as well,
# because prove does not show skipped rows.
sub no_other_clock {
    my ($program) = @_;
    if (!find_program('faketime')) {
        my $why = 'the rows about the clock are skipped: faketime is not installed (package faketime)';
        print {*STDERR} "# $why\n";
        return $why;
    }
    return 'faketime reaches no static program' if `objdump -p $program` !~ /NEEDED/;
    return;
}

# Waits until $code returns a true value; dies after $seconds.
sub wait_for {
    my ($what, $seconds, $code) = @_;
    my $end = time + $seconds;
    while (time < $end) {
        my $value = $code->();
        return $value if $value;
        sleep 0.02;
    }
    die "waited $seconds s in vain for $what\n";
}

# Runs $run with 0, 1, … in so many processes at the same moment; returns what each gave, as text.
sub at_once {
    my ($count, $run) = @_;
    my @pipes;
    for my $i (0 .. $count - 1) {
        pipe my $read, my $write or die "pipe: $!";
        my $pid = fork // die "fork: $!";
        if ($pid == 0) { syswrite $write, eval { $run->($i) } // "died: $@"; POSIX::_exit(0) }
        close $write;
        push @pipes, [$read, $pid];
    }
    return map { my ($read, $pid) = @$_; local $/; my $said = <$read>; waitpid $pid, 0; $said } @pipes;
}

# ---- a kit ----

sub new {
    my ($class, %option) = @_;
    my $self = bless {
        server => $option{server} || $ENV{WECHAT_SERVER} || 'apache-cgid',
        workers => $option{workers} || 2,
        connections => $option{connections} || 64,    # nginx's: two for each request under way
        fcgi_lines => $option{fcgi_lines},    # a function that gets the folder, in place of the lines of _apache_fcgi() and the like
        pools  => $option{pools},     # wechat.fcgi runs twice, for quick programs and for slow ones; needs fcgi_lines
        conf   => $option{conf} || {},
        tls    => $option{tls},
        apache => $option{apache} || '',    # more lines of its configuration
        owner  => $$,
        keep   => $option{folder},
        stopped => $option{stopped},
        modules => $option{modules} || [],
        site_conf => $option{site_conf} || '',
        listen => $option{listen} || '127.0.0.1',
    }, $class;

    # Lines for the site are Apache's, if the test names no server: then FastCGI goes through Apache.
    $self->{server} = 'apache-proxy-fcgi' if $self->{server} eq 'nginx-fcgi' && !$option{server} && ($self->{site_conf} ne '' || @{ $self->{modules} });

    # On these signals the test exits normally, so that DESTROY stops the servers.
    for my $name (qw(HUP INT PIPE TERM)) {
        $SIG{$name} = sub { exit 1 } if ($SIG{$name} || 'DEFAULT') eq 'DEFAULT';
    }
    $self->{folder} = $option{folder} || tempdir('wechat-kit-XXXXXX', TMPDIR => 1);
    $self->{site_port} = $option{site_port} || free_port();
    $self->{sim_port}  = $option{sim_port} || free_port();
    $self->{site_url} = "http://127.0.0.1:$self->{site_port}";
    $self->{sim_url}  = "http://127.0.0.1:$self->{sim_port}";
    $self->{api_url}  = $self->{sim_url};
    if ($self->{tls}) {
        $self->{tls_port} = free_port();
        $self->{api_url}  = "https://localhost:$self->{tls_port}";
    }
    $self->_lay_out;
    $self->start unless $option{stopped};
    return $self;
}

sub _lay_out {
    my ($self) = @_;
    my $folder = $self->{folder};

    make_path("$folder/cgi-bin", "$folder/bin", "$folder/sim", "$folder/www", "$folder/log");
    for my $program (glob "$BUILD/cgi-bin/*.cgi") {
        copy($program, "$folder/cgi-bin/") or die "$program: $!";
    }
    copy("$BUILD/bin/$_", "$folder/bin/$_") or die "$_: $!" for qw(wechat wechat.fcgi);
    chmod 0755, "$folder/bin/wechat", "$folder/bin/wechat.fcgi", glob("$folder/cgi-bin/*.cgi");
    copy("$BUILD/tests/sim/sim.cgi", "$folder/sim/sim.cgi") or die "sim.cgi: $!";
    chmod 0755, "$folder/sim/sim.cgi";
    system('cp', '-rH', "$BUILD/html", "$folder/wechat-html") == 0 or die "cp html";
    system('cp', '-rH', "$BUILD/tests/sim/html", "$folder/sim-html") == 0 or die "cp sim html";
    system('cp', '-r', "$TOP/tests/demo/www/.", "$folder/www") == 0 or die "cp www";
    copy("$TOP/tests/demo/$_.json", "$folder/") or die "$_.json: $!" for qw(replies list);
    my $start = read_file("$folder/www/index.html");
    $start =~ s{http://127\.0\.0\.1:8008}{$self->{sim_url}}g;
    write_file("$folder/www/index.html", $start);
    $self->_make_certificates if $self->{tls};
    $self->write_conf(%{ $self->{conf} });
    write_file("$folder/sim.conf", conf_text(
        appid => $APPID, secret => $SECRET, site_url => $self->{site_url},
        state_dir => "$folder/sim-state", html_dir => "$folder/sim-html",
        open_url => $self->{sim_url}, api_url => $self->{sim_url}, %push, %website, %mini, sandbox => 'off',
    ), 0600);
    # The web server must not run as root: give its files to nobody.
    if ($> == 0 && !$self->{stopped}) {
        my @nobody = getpwnam('nobody');
        system('chown', '-R', "$nobody[2]:$nobody[3]", $folder) == 0 or die 'chown';
    }
    chmod 0755, $folder;
    return;
}

sub conf_text {
    my (%conf) = @_;
    return join '', map {"$_ = $conf{$_}\n"} sort keys %conf;
}

# Writes the site's wechat.conf: the tests' defaults, changed by %change.
sub write_conf {
    my ($self, %change) = @_;
    my %conf = (
        appid => $APPID, secret => $SECRET, site_url => $self->{site_url},
        open_url => $self->{sim_url}, api_url => $self->{api_url}, %push, replies => 'replies.json',
        list => 'list.json', outside_wechat => 'both', sandbox => $ENV{WECHAT_SANDBOX} || 'strict', %change,
    );
    $conf{ca_file} = "$self->{folder}/ca.pem" if $self->{tls} && !exists $conf{ca_file};
    delete $conf{$_} for grep { !defined $conf{$_} } keys %conf;
    $self->write_conf_text(conf_text(%conf));
    return;
}

sub write_conf_text {
    my ($self, $text) = @_;
    my $path = "$self->{folder}/wechat.conf";
    write_file($path, $text, 0600);
    if ($> == 0 && !$self->{stopped}) { my @n = getpwnam('nobody'); chown $n[2], $n[3], $path; }
    return;
}

sub _make_certificates {
    my ($self) = @_;
    my $f = $self->{folder};
    my $quiet = '>/dev/null 2>&1';
    write_file("$f/server.ext", "subjectAltName=DNS:localhost\n");
    for my $command (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=kit test authority' -keyout $f/ca.key -out $f/ca.pem",
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=another authority' -keyout $f/other.key -out $f/other-ca.pem",
        "openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout $f/server.key -out $f/server.csr",
        "openssl x509 -req -in $f/server.csr -CA $f/ca.pem -CAkey $f/ca.key -CAcreateserial -days 2 -extfile $f/server.ext -out $f/server.pem",
    ) {
        system("$command $quiet") == 0 or die "openssl failed: $command\n";
    }
    return;
}

# ---- web servers ----

sub _site_conf {
    my ($self) = @_;
    return $self->{site_conf} =~ s/\{(\w+)\}/exists $self->{$1} ? $self->{$1} : "{$1}"/ger;
}

sub _apache_conf {
    my ($self, %part) = @_;
    my $f = $self->{folder};
    my $modules = find_modules();
    my $cgi = $part{cgi};
    my $mpm = $cgi eq 'cgid' ? 'mpm_event' : 'mpm_prefork';
    my @modules = ($mpm, qw(authz_core mime dir alias env), $cgi);
    my $fcgi = $self->{server} =~ /^apache-(?:proxy-fcgi|fcgid)$/;
    push @modules, $self->{server} eq 'apache-fcgid' ? 'fcgid' : qw(proxy proxy_fcgi) if $fcgi;
    my $programs = $fcgi ? $self->_apache_fcgi : <<"CGI";
ScriptAlias /cgi-bin/ $f/cgi-bin/
SetEnv WECHAT_CONF $f/wechat.conf
<Directory $f/cgi-bin>
CGIPassAuth On
Require all granted
</Directory>
CGI
    push @modules, qw(socache_shmcb ssl) if $self->{tls};
    push @modules, @{ $self->{modules} };
    my $site_conf = $self->_site_conf;
    my $load = join '', map {"LoadModule ${_}_module $modules/mod_$_.so\n"}
        grep { -e "$modules/mod_$_.so" } @modules;
    my $socket = $cgi eq 'cgid' ? "ScriptSock $f/cgid.sock\n" : '';
    $socket .= "FcgidIPCDir $f/log\nFcgidProcessTableFile $f/fcgid.shm\n" if $self->{server} eq 'apache-fcgid';
    my $tls = $self->{tls} ? <<"TLS" : '';
Listen 127.0.0.1:$self->{tls_port}
<VirtualHost 127.0.0.1:$self->{tls_port}>
SSLEngine on
SSLCertificateFile $f/server.pem
SSLCertificateKeyFile $f/server.key
AddDefaultCharset Off
ScriptAlias / $f/sim/sim.cgi/
SetEnv WECHAT_CONF $f/sim.conf
</VirtualHost>
TLS
    my $site = $part{site} ? <<"SITE" : '';
Listen $self->{listen}:$self->{site_port}
<VirtualHost *:$self->{site_port}>
DocumentRoot $f/www
DirectoryIndex index.html
$programs$site_conf</VirtualHost>
SITE
    return <<"CONF";
ServerRoot $f
ServerName 127.0.0.1
PidFile $f/$part{name}.pid
ErrorLog $f/log/$part{name}.error.log
LogLevel warn
${load}TypesConfig /dev/null
AddType text/html .html
AddType text/css .css
AddType text/javascript .js
AddType image/svg+xml .svg
AddDefaultCharset utf-8
TimeOut 30
KeepAlive On
$self->{apache}<Directory />
Require all granted
AllowOverride None
</Directory>
$socket$site
Listen $self->{listen}:$self->{sim_port}
<VirtualHost *:$self->{sim_port}>
DocumentRoot $f/www
AddDefaultCharset Off
ScriptAlias / $f/sim/sim.cgi/
SetEnv WECHAT_CONF $f/sim.conf
</VirtualHost>
$tls
CONF
}

# The site's lines for wechat.fcgi: Apache, which passes requests on to a socket (mod_proxy_fcgi) or starts it (mod_fcgid).
sub _apache_fcgi {
    my ($self) = @_;
    my $f = $self->{folder};
    return $self->{fcgi_lines}->($f) if $self->{fcgi_lines};
    return <<"PROXY" if $self->{server} eq 'apache-proxy-fcgi';
<Location /cgi-bin/>
SetHandler "proxy:unix:$f/wechat.sock|fcgi://localhost"
ProxyFCGIBackendType GENERIC
CGIPassAuth On
</Location>
PROXY
    return <<"FCGID";
ScriptAliasMatch "^/cgi-bin/[a-z-]+\.cgi" $f/bin/wechat.fcgi
FcgidInitialEnv WECHAT_CONF $f/wechat.conf
FcgidInitialEnv WECHAT_WORKERS $self->{workers}
FcgidMaxProcessesPerClass 8
<Directory $f/bin>
SetHandler fcgid-script
Options +ExecCGI
CGIPassAuth On
</Directory>
FCGID
}

# Those of nginx and of lighttpd, which also starts it.
sub _nginx_fcgi {
    my ($self) = @_;
    my $f = $self->{folder};
    return $self->{fcgi_lines}->($f) if $self->{fcgi_lines};
    return nginx_fcgi('/cgi-bin/', "$f/wechat.sock");
}

# The lines with which nginx passes what is below a path on to a socket.
sub nginx_fcgi {
    my ($path, $socket) = @_;
    my @params = map {"fastcgi_param $_;\n"} 'SCRIPT_NAME $fastcgi_script_name', 'REQUEST_METHOD $request_method', 'QUERY_STRING $query_string',
        'CONTENT_TYPE $content_type', 'CONTENT_LENGTH $content_length', 'REQUEST_URI $request_uri', 'DOCUMENT_ROOT $document_root', 'REMOTE_ADDR $remote_addr', 'REMOTE_PORT $remote_port';
    return "location ^~ $path {\n" . join('', @params) . "fastcgi_pass unix:$socket;\n}\n";
}

sub _lighttpd_fcgi {
    my ($self) = @_;
    my $f = $self->{folder};
    return $self->{fcgi_lines}->($f) if $self->{fcgi_lines};
    return <<"CONF";
fastcgi.server = ("/cgi-bin/" => (("socket" => "$f/wechat.sock", "bin-path" => "$f/bin/wechat.fcgi", "max-procs" => 1, "check-local" => "disable",
    "bin-environment" => ("WECHAT_CONF" => "$f/wechat.conf", "WECHAT_WORKERS" => "$self->{workers}"))))
CONF
}

sub find_modules {
    for my $folder ('/usr/lib/apache2/modules', '/usr/libexec/apache2', '/usr/lib64/httpd/modules') {
        return $folder if -d $folder;
    }
    die "Apache's modules are not installed (package apache2-bin)\n";
}

sub _lighttpd_conf {
    my ($self) = @_;
    my $f = $self->{folder};
    my $fcgi = $self->{server} eq 'lighttpd-fcgi';
    my $modules = join ', ', map {"\"$_\""} qw(mod_cgi mod_alias mod_setenv), ($fcgi ? 'mod_fastcgi' : ()), @{ $self->{modules} };
    my $programs = $fcgi ? $self->_lighttpd_fcgi : <<"CGI";
alias.url = ("/cgi-bin/" => "$f/cgi-bin/")
setenv.set-environment = ("WECHAT_CONF" => "$f/wechat.conf")
\$HTTP["url"] =~ "^/cgi-bin/" { cgi.assign = ("" => "") }
CGI
    return <<"CONF" . $self->_site_conf;
server.document-root = "$f/www"
server.bind = "127.0.0.1"
server.port = $self->{site_port}
server.errorlog = "$f/log/site.error.log"
server.breakagelog = "$f/log/site.error.log"
server.modules = ($modules)
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html; charset=utf-8", ".css" => "text/css", ".js" => "text/javascript")
$programs
CONF
}

sub _nginx_conf {
    my ($self) = @_;
    my $f = $self->{folder};
    my $programs = $self->{server} eq 'nginx-fcgi' ? $self->_nginx_fcgi : <<"CGI";
    location ~ ^/cgi-bin/[a-z-]+\\.cgi(/|\$) {
      root $f;
      fastcgi_split_path_info ^(/cgi-bin/[a-z-]+\\.cgi)(.*)\$;
      fastcgi_param PATH_INFO \$fastcgi_path_info;
      fastcgi_param REQUEST_URI \$request_uri;
      fastcgi_pass unix:$f/fcgiwrap.sock;
      fastcgi_param GATEWAY_INTERFACE CGI/1.1;
      fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
      fastcgi_param REQUEST_METHOD \$request_method;
      fastcgi_param QUERY_STRING \$query_string;
      fastcgi_param CONTENT_TYPE \$content_type;
      fastcgi_param CONTENT_LENGTH \$content_length;
      fastcgi_param REMOTE_ADDR \$remote_addr;
      fastcgi_param REMOTE_PORT \$remote_port;
      fastcgi_param WECHAT_CONF $f/wechat.conf;
    }
CGI
    my $site_conf = $self->_site_conf;
    return <<"CONF";
daemon off;
pid $f/nginx.pid;
error_log $f/log/site.error.log warn;
events { worker_connections $self->{connections}; }
http {
  access_log off;
  client_max_body_size 16m;
  client_body_temp_path $f/nginx-body; proxy_temp_path $f/nginx-proxy;
  fastcgi_temp_path $f/nginx-fastcgi; uwsgi_temp_path $f/nginx-uwsgi; scgi_temp_path $f/nginx-scgi;
  server {
    listen 127.0.0.1:$self->{site_port};
    root $f/www;
$site_conf
$programs  }
}
CONF
}

# The start of a command line that runs a command as the web server's user.
sub as_server { return $> == 0 ? ('setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups') : () }

# Runs a program in the background, as nobody if the test runs as root; its output goes to a log.
sub _spawn {
    my ($self, $name, @command) = @_;
    unshift @command, as_server();
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{folder}/log/$name.out";
        open STDERR, '>&', \*STDOUT;
        chdir '/';
        exec @command or POSIX::_exit(127);
    }
    push @{ $self->{pids} }, $pid;
    return $pid;
}

sub start {
    my ($self) = @_;
    my $f = $self->{folder};
    my ($server) = $self->{server};
    my $apache = find_program('apache2', 'httpd') or die "Apache is not installed (package apache2-bin)\n";
    my ($cgi) = $server =~ /^apache-(cgid?)$/;
    my $fcgi = $server =~ /^apache-(?:proxy-fcgi|fcgid)$/;

    write_file("$f/apache.conf", $self->_apache_conf(name => 'apache', cgi => $cgi || 'cgid', site => $cgi || $fcgi ? 1 : 0));
    $self->_start_fcgi if $server eq 'nginx-fcgi' || $server eq 'apache-proxy-fcgi';
    $self->_spawn('apache', $apache, '-f', "$f/apache.conf", '-DFOREGROUND');
    if ($server =~ /^lighttpd/) {
        write_file("$f/lighttpd.conf", $self->_lighttpd_conf);
        $self->_spawn('lighttpd', find_program('lighttpd'), '-D', '-f', "$f/lighttpd.conf");
    }
    elsif ($server eq 'nginx') {
        write_file("$f/nginx.conf", $self->_nginx_conf);
        $self->_spawn('fcgiwrap', find_program('fcgiwrap'), '-f', '-c', '4', '-s', "unix:$f/fcgiwrap.sock");
        $self->_spawn('nginx', find_program('nginx'), '-c', "$f/nginx.conf");
        wait_for('fcgiwrap', 10, sub { -S "$f/fcgiwrap.sock" });
    }
    elsif ($server eq 'nginx-fcgi') {
        write_file("$f/nginx.conf", $self->_nginx_conf);
        $self->_spawn('nginx', find_program('nginx'), '-c', "$f/nginx.conf");
    }
    for my $port ($self->{site_port}, $self->{sim_port}) {
        wait_for("port $port", 20, sub {
            IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1);
        });
    }
    return;
}

# Starts wechat.fcgi with a socket of its own, for servers that do not start it; $self->{fcgi} is its process.
sub _start_fcgi {
    my ($self) = @_;
    for my $pool ($self->{pools} ? qw(quick slow) : 'all') {
        my $socket = $self->fcgi_socket($pool);
        local %ENV = (%ENV, WECHAT_CONF => "$self->{folder}/wechat.conf", WECHAT_WORKERS => $self->{workers}, WECHAT_SERVE => $pool);
        $self->{fcgi} = $self->_spawn('fcgi', "$self->{folder}/bin/wechat.fcgi", '--listen', $socket);
        wait_for('wechat.fcgi', 20, sub { -S $socket && IO::Socket::UNIX->new(Peer => $socket) });
    }
    return;
}

# Does wechat.fcgi answer?
sub is_fcgi { my ($self) = @_; return $self->{server} =~ /-fc(?:gi|gid)$/ }

sub fcgi_socket { my ($self, $pool) = @_; return "$self->{folder}/wechat" . ($pool eq 'all' ? '' : "-$pool") . '.sock' }

sub stop {
    my ($self) = @_;
    for my $pid (reverse @{ delete $self->{pids} || [] }) {
        kill 'TERM', -$pid;
        my $end = time + 5;
        sleep 0.02 while waitpid($pid, WNOHANG) == 0 && time < $end;
        kill 'KILL', -$pid;
        waitpid $pid, 0;
    }
    return;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!, $@);
    FastCGI::stop($self) if $self->{run};
    $self->stop;
    $self->_keep if $ENV{WECHAT_KEEP};
    remove_tree($self->{folder}) unless $self->{keep};
    return;
}

# Copies logs and state to a folder in WECHAT_KEEP, for hard/secrets.t.
sub _keep {
    my ($self) = @_;
    my $to = tempdir('kit-XXXXXX', DIR => $ENV{WECHAT_KEEP});
    system('cp', '-r', grep { -e } "$self->{folder}/log", $self->state_dir, $to);
    return;
}

# ---- one program, as a web server runs it ----

# Runs a program. `stdin` is the request body; `trickle` is the beginning of a body, after which the sender goes silent
# without closing. `environment` is a hash. `files`: it is about the files beside the program. Returns status, headers (names in lower case, each a list), body, error (stderr),
# bytes (stdout), exit, signal.
sub run {
    my ($self, $program, %option) = @_;
    my $f = $self->{folder};
    my $body = $option{stdin};
    my %environment = (
        GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => defined $body ? 'POST' : 'GET',
        WECHAT_CONF => "$f/wechat.conf", REMOTE_ADDR => '192.0.2.7', QUERY_STRING => $option{query} || '',
        (defined $body ? (CONTENT_LENGTH => length $body,
            CONTENT_TYPE => 'application/x-www-form-urlencoded') : ()),
        %{ $option{environment} || {} },
    );
    delete $environment{$_} for grep { !defined $environment{$_} } keys %environment;
    my @before = @{ $option{before} || [] };
    if ($self->_goes_by_fastcgi($program, \%environment, \%option)) {
        my $answer = FastCGI::run($self, $program, \%environment, $body);
        check_form($program, $environment{PATH_INFO} || '', $environment{QUERY_STRING} || '', $answer->{status},
            ($answer->{headers}{'content-type'} || [])->[0], $answer->{body});
        return $answer;
    }
    my $id = ++$self->{runs};
    write_file("$f/stdin.$id", defined $body ? $body : '');
    pipe my $trickle_read, my $trickle or die "pipe: $!";
    syswrite $trickle, $option{trickle} if defined $option{trickle};
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        if (defined $option{trickle}) { open STDIN, '<&', $trickle_read } else { open STDIN, '<', "$f/stdin.$id" }
        open STDOUT, '>', "$f/stdout.$id";
        open STDERR, '>', "$f/stderr.$id";
        %ENV = %environment;
        exec @before, "$f/cgi-bin/$program", @{ $option{arguments} || [] } or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    my $exit = $?;
    my %answer = (exit => $exit >> 8, signal => $exit & 127,
        bytes => read_file("$f/stdout.$id"), error => read_file("$f/stderr.$id"));
    unlink map {"$f/$_.$id"} qw(stdin stdout stderr);
    my %parsed = parse_answer($answer{bytes});
    check_form($program, $environment{PATH_INFO} || '', $environment{QUERY_STRING} || '', $parsed{status},
        ($parsed{headers}{'content-type'} || [])->[0], $parsed{body});
    return { %answer, %parsed };
}

# With WECHAT_RUN=fastcgi, requests go to wechat.fcgi, one after the other to one process; but not what is about a process for
# one request: arguments, a sender that stops, where the settings are, other programs beside it (the option files). Requests of
# child processes, at the same moment, stay CGI.
sub _goes_by_fastcgi {
    my ($self, $program, $environment, $option) = @_;
    return 0 if ($ENV{WECHAT_RUN} || '') ne 'fastcgi' || $self->{owner} != $$ || grep { defined $option->{$_} } qw(arguments before trickle files);
    return 0 if ($environment->{WECHAT_CONF} || '') ne "$self->{folder}/wechat.conf" || !$environment->{GATEWAY_INTERFACE} || $environment->{DOCUMENT_ROOT} || $program !~ /^[\w-]+\.cgi$/;
    require FastCGI;
    return ($environment->{SCRIPT_NAME} || $program) =~ /\Q$program\E$/;
}

# In tests, each answer in JSON has the form that its schema describes (docs/reference/schemas).
sub check_form {
    my (@answer) = @_;
    return if !$INC{'Test/More.pm'} || !defined $answer[3] || ($answer[4] || '') !~ /json/ || !-d "$TOP/docs/reference/schemas";
    require Schema;
    my $wrong = Schema::check_answer(@answer);
    die "An answer has another form than its schema says: $wrong\n" if $wrong ne '';
    return;
}

# Parses a CGI answer by its strict grammar (RFC 3875, section 6): header lines, an empty line, the body.
sub parse_answer {
    my ($bytes) = @_;
    my %headers;
    my $rest = $bytes;
    while ($rest =~ s/\A([A-Za-z][A-Za-z0-9-]*): ([\x20-\x7e]*)\r\n//) {
        push @{ $headers{ lc $1 } }, $2;
    }
    return (broken => 1) unless $rest =~ s/\A\r\n// && ($headers{status}[0] || '') =~ /^(\d{3}) [A-Z]/;
    my $status = $1;
    return (broken => 1) if $headers{location} && $headers{location}[0] !~ m{^https?://};
    return (status => $status, headers => \%headers, body => $rest);
}

# ---- what the programs and the simulator left ----

# The error logs, as our programs wrote their lines: without the request that nginx adds to each, which may have a code
# (docs/en/scale.md says so), and with the characters that Apache writes in numbers.
sub log_text {
    my ($self) = @_;
    my $text = join '', map { read_file($_) } glob "$self->{folder}/log/*";
    if ($self->{server} =~ /^nginx/) {
        $text =~ s/"? while [a-z ]+, client: [^\n]*//g;
        $text =~ s/^[^\n"]* FastCGI sent in stderr: "(?=wechat-cgi: )//mg;
    }
    $text =~ s/\\x([0-9a-f]{2})/chr hex $1/ge if $self->{server} =~ /^apache-(?:proxy-fcgi|fcgid)$/;
    return $text;
}

sub state_dir { return "$_[0]{folder}/wechat-state" }

sub state_files {
    my ($self) = @_;
    my $dir = $self->state_dir;
    return -d $dir ? sort split(/\n/, `find $dir -type f ! -name .lock`) : ();
}

sub user_files {
    my ($self) = @_;
    return grep {m{/users/}} $self->state_files;
}

# The requests that the simulator received, in order, each as a hash.
sub asked {
    my ($self, $path) = @_;
    my @asked = map { decode_json($_) } split /\n/, read_file("$self->{folder}/sim-state/requests.jsonl");
    return grep { !defined $path || $_->{path} eq $path } @asked;
}

sub forget_asked {
    my ($self) = @_;
    unlink "$self->{folder}/sim-state/requests.jsonl";
    return;
}

# Resets the simulator's control page, then sets the given switches.
sub control {
    my ($self, %switch) = @_;
    my $answer = $self->browser->post("$self->{sim_url}/control?format=json", { reset => 'all', %switch });
    die "control: $answer->{status} $answer->{content}\n" unless $answer->{status} == 200;
    return;
}

sub browser { my ($self, %option) = @_; return Kit::Browser->new($self, %option) }

# ---- a browser without a window: cookies, no redirects unless asked ----

package Kit::Browser;
use strict;
use warnings;

sub new {
    my ($class, $kit, %option) = @_;
    return bless { kit => $kit, cookies => {}, headers => $option{headers} || {},
        http => HTTP::Tiny->new(max_redirect => 0, timeout => 40, verify_SSL => 0) }, $class;
}

sub _host { my ($url) = @_; return $url =~ m{^https?://([^/?#]+)} ? $1 : '' }

sub request {
    my ($self, $method, $url, %option) = @_;
    $url = $self->{kit}{site_url} . $url if $url =~ m{^/};
    $url =~ s/#.*//;
    my $host = _host($url);
    my $cookies = $self->{cookies}{$host} ||= {};
    my %headers = (%{ $self->{headers} }, %{ $option{headers} || {} });
    $headers{Cookie} = join '; ', map {"$_=$cookies->{$_}"} sort keys %$cookies if %$cookies && !$headers{Cookie};
    my $answer = $self->{http}->request($method, $url,
        { headers => \%headers, defined $option{content} ? (content => $option{content}) : () });
    my $set = $answer->{headers}{'set-cookie'};
    for my $line (ref $set ? @$set : defined $set ? $set : ()) {
        my ($name, $value) = $line =~ /^([^=]+)=([^;]*)/;
        if ($line =~ /Max-Age=0\b/) { delete $cookies->{$name} } else { $cookies->{$name} = $value }
    }
    $answer->{location} = $answer->{headers}{location};
    Kit::check_form($2, $3 || '', $4 || '', $answer->{status}, $answer->{headers}{'content-type'}, $answer->{content})
        if $url =~ m{^(\Q$self->{kit}{site_url}\E)/cgi-bin/([\w-]+\.cgi)(/[^?]*)?(?:\?(.*))?$};
    return $answer;
}

sub get { my ($self, $url, %option) = @_; return $self->request('GET', $url, %option) }

sub post {
    my ($self, $url, $form, %option) = @_;
    my $content = $self->{http}->www_form_urlencode($form || {});
    my %headers = ('Content-Type' => 'application/x-www-form-urlencoded', %{ $option{headers} || {} });
    return $self->request('POST', $url, %option, headers => \%headers, content => $content);
}

# Follows redirects. Stops before a URL that matches the option stop, and returns that URL as {stopped}.
sub follow {
    my ($self, $answer, %option) = @_;
    for (1 .. 10) {
        return $answer unless $answer->{status} =~ /^30[123]$/ && defined $answer->{location};
        if ($option{stop} && $answer->{location} =~ $option{stop}) {
            $answer->{stopped} = $answer->{location};
            return $answer;
        }
        $answer = $self->get($answer->{location});
    }
    return $answer;
}

# Signs a person in on the consent page. $path: the page to start at, which must lead to a sign-in.
sub sign_in {
    my ($self, $person, $path) = @_;
    my $consent = $self->follow($self->get($path || '/cgi-bin/login.cgi?again=1'));
    my ($ticket) = $consent->{content} =~ /ticket=(\w+)/ or die "no consent page: $consent->{status} $consent->{content}\n";
    return $self->follow($self->get("$self->{kit}{sim_url}/connect/confirm?ticket=$ticket&person=$person"));
}

sub cookie { my ($self, $name) = @_; return $self->{cookies}{ _host($self->{kit}{site_url}) }{$name} }

sub set_cookie {
    my ($self, $name, $value) = @_;
    my $jar = $self->{cookies}{ _host($self->{kit}{site_url}) } ||= {};
    if (defined $value) { $jar->{$name} = $value } else { delete $jar->{$name} }
    return;
}

# Goes from login.cgi to the address of callback.cgi with code and state. The simulator answers without asking, as the person
# set on the control page. $path: login.cgi with its query.
sub callback_url {
    my ($self, $path) = @_;
    my $answer = $self->get($path || '/cgi-bin/login.cgi?scope=snsapi_base');
    return $self->follow($answer, stop => qr{/callback\.cgi\?})->{stopped};
}

1;
