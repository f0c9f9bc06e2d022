# The web servers of docs/en/hosts.md, as it configures them: programs run, find the settings where the page puts them, get what
# visitors send, and write to the log that the page names.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use File::Copy qw(copy);
use File::Path qw(make_path);
use IO::Socket::INET;
use Kit;
use Test::More;

my $kit = Kit->new;
my $f = $kit->{folder};
my %lines = map { ($_->{name} || $_->{language}) => encode_utf8($_->{text}) } Docs::snippets('docs/en/hosts.md');

# The programs, and for each server a document root with its settings where the page says.
make_path("$f/usr/cgi-bin");
for my $program (glob "$f/cgi-bin/*.cgi") {
    copy($program, "$f/usr/cgi-bin/") or die "$program: $!";
}
chmod 0755, glob "$f/usr/cgi-bin/*";

# The lines for a server, with the page's paths replaced; each must occur in them.
sub lines_for {
    my ($name, %path) = @_;
    my $text = $lines{$name} or die "docs/en/hosts.md: no lines for $name\n";
    for my $from (sort { length $b <=> length $a } keys %path) {
        $text =~ s/\Q$from\E/$path{$from}/g or die "docs/en/hosts.md, $name: no $from\n";
    }
    return $text;
}
my @fcgiwrap = ('/run/fcgiwrap.socket' => "$f/fcgiwrap.sock", 'include fastcgi_params' => 'include /etc/nginx/fastcgi_params');
sub start_nginx {
    my ($name, $site) = @_;
    if (!-S "$f/fcgiwrap.sock") {
        $kit->_spawn('fcgiwrap', Kit::find_program('fcgiwrap'), '-f', '-c', '4', '-s', "unix:$f/fcgiwrap.sock");
        Kit::wait_for('fcgiwrap', 10, sub { -S "$f/fcgiwrap.sock" });
    }
    my $temporary = join ' ', map {"${_}_temp_path $f/$name-$_;"} qw(client_body proxy fastcgi uwsgi scgi);
    Kit::write_file("$f/$name.conf", "daemon off; pid $f/$name.pid; error_log $f/log/$name.error.log warn;\nevents {}\nhttp { access_log off; $temporary\n$site}\n");
    $kit->_spawn($name, Kit::find_program('nginx'), '-c', "$f/$name.conf");
    return "$f/log/$name.error.log";
}

# Each server: document root, settings, and how it is started at a port; that returns the log.
my %server = (
    apache => ["$f/srv/www", "$f/srv/wechat", sub {
        my ($port) = @_;
        my $site = lines_for('apache', '*:443' => "127.0.0.1:$port", 'www.example.com' => '127.0.0.1', '/usr/local/lib/cgi-bin' => "$f/usr/cgi-bin", '/srv/www' => "$f/srv/www");
        my $folder = Kit::find_modules();
        my $load = join '', map {"LoadModule ${_}_module $folder/mod_$_.so\n"} grep { -e "$folder/mod_$_.so" } qw(mpm_event authz_core mime dir alias env cgid);
        Kit::write_file("$f/own.conf", "ServerRoot $f\nServerName 127.0.0.1\nPidFile $f/own.pid\nErrorLog $f/log/own.error.log\n${load}TypesConfig /dev/null\nScriptSock $f/own.sock\nListen 127.0.0.1:$port\n$site");
        $kit->_spawn('own', Kit::find_program('apache2', 'httpd'), '-f', "$f/own.conf", '-DFOREGROUND');
        return "$f/log/own.error.log";
    }],
    nginx => ["$f/var/html", "$f/var/wechat", sub {
        my ($port) = @_;
        return start_nginx('nginx', lines_for('nginx', '443 ssl' => "127.0.0.1:$port", 'www.example.com' => '127.0.0.1', '/var/www/html' => "$f/var/html", '/usr/lib$' => "$f/usr\$", @fcgiwrap));
    }],
    'bt-panel' => ["$f/panel/wwwroot/example.com", "$f/panel/wechat", sub {
        my ($port) = @_;
        my $location = lines_for('bt-panel', '/www$' => "$f/usr\$", @fcgiwrap);
        return start_nginx('panel', "server {\nlisten 127.0.0.1:$port;\nserver_name example.com;\nroot $f/panel/wwwroot/example.com;\n$location}\n");
    }],
    lighttpd => ["$f/light/html", "$f/light/wechat", sub {
        my ($port) = @_;
        my $site = lines_for('lighttpd', '/usr/lib/cgi-bin' => "$f/usr/cgi-bin", '/srv/wechat' => "$f/light/wechat", '/var/log/lighttpd' => "$f/log");
        Kit::write_file("$f/light.conf", "server.document-root = \"$f/light/html\"\nserver.bind = \"127.0.0.1\"\nserver.port = $port\nserver.errorlog = \"$f/log/light.error.log\"\n$site");
        $kit->_spawn('light', Kit::find_program('lighttpd'), '-D', '-f', "$f/light.conf");
        return "$f/log/programs.log";
    }],
);

my $key = 'k' x 32;
for my $name (sort keys %server) {
    my ($root, $settings, $start) = @{ $server{$name} };
    my $port = Kit::free_port();
    $kit->{site_url} = "http://127.0.0.1:$port";
    Kit::write_file("$f/sim.conf", Kit::read_file("$f/sim.conf") =~ s{^site_url = .*$}{site_url = $kit->{site_url}}mr, 0600);
    $kit->write_conf(language => 'en', sign_in => 'authorize message', html_dir => "$f/wechat-html", replies => undef, list => undef, service_keys => "shop:$key");
    make_path($root, $settings);
    copy("$f/wechat.conf", "$settings/wechat.conf") or die "wechat.conf: $!";
    chmod 0600, "$settings/wechat.conf";
    system('chown', '-R', 'nobody:nogroup', $settings) == 0 or die 'chown' if $> == 0;
    my $log = $start->($port);
    Kit::wait_for("$name", 20, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) });

    my $browser = $kit->browser;
    my $me = $browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
    is $me->{status}, 200, "$name: signed in, with a personal page" or diag $kit->log_text;
    ok -d "$settings/wechat-state/users", "$name: the state is where the page says";
    is $kit->browser(headers => { Authorization => 'Bearer ' . $browser->cookie('wx_session') })->get('/cgi-bin/validate.cgi')->{status}, 200, "$name: Authorization arrives";
    like $kit->browser(headers => { Authorization => $key })->get('/cgi-bin/server.cgi/api/wechat/user?code=000000')->{content}, qr/^\{"success":true/, "$name: and so does the path after a program's name";
    $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, "$name: signed out by a form";
    $browser->get('/cgi-bin/login.cgi?next=https://elsewhere.example/');
    ok eval { Kit::wait_for('a line', 10, sub { Kit::read_file($log) =~ /wechat-cgi: login\.cgi / }) }, "$name: the programs' lines are in the log that the page names" or diag "$log: " . Kit::read_file($log);
}
is_deeply [sort grep { $_ ne 'text' } keys %lines], [sort keys %server], 'each server of the page is tried';
done_testing;
