# wechat.fcgi, all programs in one process that stays: what a request leaves behind, what a crash takes with it, when
# settings change, when it ends. Through each web server: pushes and the handler (signin.t and desktop.t have the rest).
# HARD=1: 100,000 requests.
use strict;
use warnings;
use FastCGI;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Kit;
use POSIX ();
use Push;
use Test::More;
use Time::HiRes qw(sleep time);

my $COUNT = $ENV{HARD} ? 100_000 : 3000;
my %conf = (language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', handler => 'handler');

sub make_kit {
    my (%option) = @_;
    my $kit = Kit->new(server => 'nginx-fcgi', workers => 1, %option, conf => { %conf, %{ $option{conf} || {} } });
    Kit::write_file("$kit->{folder}/handler", $option{handler} || "#!/bin/sh\necho '{\"text\": \"heard\"}'\n", 0755);
    return $kit;
}

my $id = 0;
sub pushes {
    my ($kit, $text) = @_;
    my $xml = Push::push_xml(MsgType => 'text', Content => $text, MsgId => ++$id + 10_000);
    return $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' });
}

sub signed_in { my ($kit) = @_; my $browser = $kit->browser; $browser->sign_in('xiaoming'); return $browser }
sub status { my ($browser, $path) = @_; return $browser->get($path || '/cgi-bin/validate.cgi')->{status} }
sub logged { my ($kit) = @_; return Kit::read_file("$kit->{folder}/log/site.error.log") . Kit::read_file("$kit->{folder}/log/apache.error.log") . Kit::read_file("$kit->{folder}/log/fcgi.out") }

# A push whose handler kills the process that serves: its parent is the runner, whose parent that is.
my $KILLS = <<'SH';
#!/bin/sh
read -r push
case $push in
*deadly*)
    echo run >>runs
    kill -SEGV "$(awk '{print $4}' "/proc/$PPID/stat")"
    sleep 1 ;;
*) echo "the handler says this" >&2; echo '{"text": "heard {{content}}", "template": true}' ;;
esac
SH

# ---- through each web server ----

for my $server (qw(nginx-fcgi lighttpd-fcgi apache-proxy-fcgi apache-fcgid)) {
    subtest $server => sub {
        my $kit = make_kit(server => $server, workers => 2, handler => $KILLS);
        my $browser = signed_in($kit);
        is status($browser), 200, 'signed in';
        is status($kit->browser), 401, 'somebody else is not';
        is status($browser, '/cgi-bin/validate.cgi?live=1'), 200, 'live=1: asks WeChat';
        is status($browser, '/cgi-bin/check.cgi'), 403, 'check.cgi: closed to strangers';
        Kit::write_file("$kit->{folder}/wechat-check", '');
        like $browser->get('/cgi-bin/check.cgi')->{content}, qr/<h2/, 'and open with the proof';
        unlink "$kit->{folder}/wechat-check";
        my $reply = pushes($kit, 'hello');
        like $reply->{content}, qr/heard hello/, 'a push: the handler\'s reply';
        ok eval { Kit::wait_for('the log', 10, sub { status($browser); logged($kit) =~ /the handler says this/ }) }, 'and its stderr is in the log';
        my $dead = pushes($kit, 'deadly');
        like $dead->{status}, qr/^5/, "a request that dies: $dead->{status}";
        is Kit::read_file("$kit->{folder}/runs"), "run\n", 'was run once';
        is status($browser), 200, 'the next one is served, and the session is there' for 1 .. 3;
        like pushes($kit, 'again')->{content}, qr/heard again/, 'as are pushes';
        Kit::wait_for('the log', 10, sub { status($browser); logged($kit) =~ /a process ended by signal 11/ });
        pass 'the log says what happened';
    };
}

# ---- a crash while WeChat is asked ----

{
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my $other = $kit->browser;
    $kit->control(delay_grant => 3000);
    my $url = $other->callback_url;
    $kit->forget_asked;
    my ($answer) = Kit::at_once(2, sub {
        my ($i) = @_;
        return $other->get($url)->{status} if $i == 0;
        Kit::wait_for('the call', 20, sub { FastCGI::calls_to_wechat($kit) });
        kill 'KILL', FastCGI::workers($kit);
        return 0;
    });
    is $answer, 502, 'the process is killed while it waits for WeChat: 502';
    my $asked = sub { return scalar grep { $_->{path} eq '/sns/oauth2/access_token' } $kit->asked };
    Kit::wait_for('the simulator', 20, $asked);    # it notes a call when it has answered
    is $asked->(), 1, 'and the code is sent once';
    is status($browser), 200, 'others are served';
}

# ---- behind the answer ----

{
    my $kit = make_kit(conf => { hook => 'hook' });
    my $told = "$kit->{folder}/told";
    Kit::write_file("$kit->{folder}/hook", "#!/bin/sh\ncat >'$told'\nmv '$told' '$told.now'\nsleep 3\n", 0755);
    my $browser = signed_in($kit);
    my $began = time;
    is status($browser), 200, 'while the hook runs behind an answer, the next request is served';
    Kit::wait_for('the hook', 10, sub { -e "$told.now" });
    cmp_ok time - $began, '<', 0.9, 'at once, and the hook is run at once';
}

# ---- settings ----

subtest 'settings' => sub {
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my $page = sub { return $kit->browser->get('/cgi-bin/check.cgi')->{status} . ' ' . ($browser->get('/cgi-bin/me.cgi', headers => { 'Accept-Language' => 'xx' })->{content} =~ /<html lang="([\w-]+)"/ ? $1 : '') };
    is $page->(), '403 en', 'English';
    $kit->write_conf(%conf, language => 'zh_CN');
    is $page->(), '403 zh-CN', 'changed: the next request has them';
    my $good = Kit::read_file("$kit->{folder}/wechat.conf");
    Kit::write_file("$kit->{folder}/wechat.conf", "$good\nnonsense = 1\n", 0600);
    is $page->(), '403 zh-CN', 'invalid: those before stay in force';
    like logged($kit), qr/the settings as they were stay in force: .*wechat\.conf, line \d+: unknown key nonsense/, 'and the log says so';
    my @logged = logged($kit) =~ /stay in force/g;
    $page->() for 1 .. 3;
    is scalar(my @again = logged($kit) =~ /stay in force/g), scalar @logged, 'once';
    my ($worker) = FastCGI::workers($kit);
    kill 'SEGV', $worker;
    Kit::wait_for('another process', 10, sub { my ($now) = FastCGI::workers($kit); $now && $now != $worker });
    is $page->(), '403 zh-CN', 'also after a crash';
    unlink "$kit->{folder}/wechat.conf";
    is $page->(), '403 zh-CN', 'also without the file';
    system("cd $kit->{folder} && cp -a wechat-state backup && rm -r wechat-state && mv backup wechat-state") == 0 or die 'backup';
    is status($browser), 200, 'the state is put back from a backup: it is used';
    $kit->write_conf(%conf);
    is $page->(), '403 en', 'valid again: they are used';
    Kit::write_file("$kit->{folder}/words.en.txt", "me.title = Something else\n", 0644);
    like $browser->get('/cgi-bin/me.cgi')->{content}, qr/<title>Something else/, 'words of the owner as well';
};

subtest 'the state' => sub {
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my $state = $kit->state_dir;
    is status($browser), 200, 'signed in';
    rename $state, "$state.before" or die "rename: $!";
    is status($browser), 401, 'the folder is gone: the next request knows nobody';
    system('cp', '-a', "$state.before", $state) == 0 or die 'cp';
    is status($browser), 200, 'another folder is in its place: the next request reads it';
    unlink glob "$state/sessions/*/*";
    is status($browser), 401, 'and what is deleted there is gone for the next one';
    unlike logged($kit), qr/kind=system/, 'nothing went wrong';
};

subtest 'without settings at first' => sub {
    my $kit = make_kit();
    my $good = Kit::read_file("$kit->{folder}/wechat.conf");
    unlink "$kit->{folder}/wechat.conf";
    kill 'TERM', $kit->{fcgi};
    waitpid $kit->{fcgi}, 0;
    $kit->_start_fcgi;
    is status($kit->browser), 503, 'the site is not set up yet' for 1 .. 3;
    Kit::write_file("$kit->{folder}/wechat.conf", $good, 0600);
    system('chown', 'nobody', "$kit->{folder}/wechat.conf") if $> == 0;
    is status($kit->browser), 401, 'and then it is, without a restart';
};

# ---- under load ----

# Requests of several clients at the same time, while $disturb is called again and again. Returns how often each status came.
sub under_load {
    my ($kit, $browser, $disturb) = @_;
    my $cookie = 'wx_session=' . $browser->cookie('wx_session');
    my @counts = Kit::at_once(4, sub {
        my ($i) = @_;
        if ($i == 3) { for (1 .. 15) { $disturb->(); sleep 0.05 } return '' }
        my ($http, %status) = HTTP::Tiny->new(timeout => 30);
        $status{ $http->get("$kit->{site_url}/cgi-bin/validate.cgi", { headers => { Cookie => $cookie } })->{status} }++ for 1 .. 200;
        return join ' ', map {"$_:$status{$_}"} sort keys %status;
    });
    return join ', ', @counts[0 .. 2];
}

{
    my $kit = make_kit(workers => 2);
    my $browser = signed_in($kit);
    my @languages = ('en', 'zh_CN');
    is under_load($kit, $browser, sub { @languages = reverse @languages; $kit->write_conf(%conf, language => $languages[0]) }), join(', ', ('200:200') x 3), 'settings are changed under load: every request is answered';
    is under_load($kit, $browser, sub { kill 'TERM', FastCGI::workers($kit) }), join(', ', ('200:200') x 3), 'the processes are ended under load, and replaced: the same';
    is under_load($kit, $browser, sub { kill 'HUP', $kit->{fcgi} }), join(', ', ('200:200') x 3), 'SIGHUP: the same';
}

{
    my $kit = make_kit();
    my $browser = signed_in($kit);
    $kit->control(delay_grant => 1500);
    my $begun = $kit->browser;
    my $url = $begun->callback_url;
    $kit->forget_asked;
    my ($answer) = Kit::at_once(2, sub {
        my ($i) = @_;
        return $begun->get($url)->{status} if $i == 0;
        Kit::wait_for('the call', 20, sub { FastCGI::calls_to_wechat($kit) });
        kill 'TERM', $kit->{fcgi};
        return '';
    });
    is $answer, 303, 'SIGTERM while WeChat is asked: the request is finished';
    Kit::wait_for('its end', 20, sub { waitpid($kit->{fcgi}, POSIX::WNOHANG()) > 0 });
    is $?, 0, 'and then the process ends';
}

{
    local $ENV{WECHAT_MAX_REQUESTS} = 1;
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my %pids;
    for (1 .. 50) { is status($browser), 200, 'one request a process' if $_ == 1 || status($browser) != 200; $pids{ (FastCGI::workers($kit))[0] // 0 } = 1 }
    cmp_ok scalar(keys %pids), '>', 40, 'each has a process of its own';
}

{
    local $ENV{WECHAT_MEMORY} = 1;
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my ($first) = FastCGI::workers($kit);
    is status($browser), 200, 'a process that is larger than WECHAT_MEMORY says';
    Kit::wait_for('another process', 20, sub { status($browser); my ($now) = FastCGI::workers($kit); $now && $now != $first });
    pass 'is replaced';
    is status($browser), 200, 'and no request is lost';
}

# ---- what stays ----

subtest "$COUNT requests" => sub {
    my $kit = make_kit();
    my $browser = signed_in($kit);
    my $paths = ['/cgi-bin/validate.cgi', '/cgi-bin/me.cgi', '/cgi-bin/login.cgi', '/cgi-bin/list.cgi?format=json', '/cgi-bin/gate.cgi/none', '/cgi-bin/nothing.cgi'];
    # A process is replaced after 10,000: each is compared with itself.
    my (%seen, %memory, %open);
    for my $i (1 .. $COUNT) {
        my $path = $paths->[ $i % @$paths ];
        $seen{ ($path =~ s/.*\///r) . ' ' . $browser->get($path)->{status} }++;
        next if $i % 500;
        my ($worker) = FastCGI::workers($kit) or next;
        my @files = glob "/proc/$worker/fd/*" or next;
        push @{ $open{$worker} }, scalar @files;
        push @{ $memory{$worker} }, Kit::read_file("/proc/$worker/status") =~ /^VmRSS:\s+(\d+)/m;
    }
    is join(' ', sort keys %seen), 'list.cgi?format=json 200 login.cgi 303 me.cgi 200 none 404 nothing.cgi 404 validate.cgi 200', 'each path has one answer';
    for my $worker (grep { @{ $memory{$_} } > 4 } sort keys %memory) {
        my @kb = @{ $memory{$worker} };
        cmp_ok $kb[-1], '<=', $kb[2] * 1.05, "as much memory as after 1,000 ($kb[2] kB)";
        is $open{$worker}[-1], $open{$worker}[2], 'and as many descriptors';
    }
};

# ---- peers that are no web server, or an odd one ----

subtest 'connections' => sub {
    my $kit = make_kit();
    my $open = sub { return IO::Socket::UNIX->new(Peer => "$kit->{folder}/wechat.sock") || die "connect: $!" };
    my %validate = (REQUEST_METHOD => 'GET', SCRIPT_NAME => '/cgi-bin/validate.cgi', REMOTE_ADDR => '192.0.2.1');

    my $kept = $open->();
    for my $round (1 .. 3) {
        syswrite $kept, FastCGI::request($round, 1, \%validate);
        like FastCGI::records($kept, 1)->{6}, qr/^Status: 401 /, "a kept connection: request $round";
    }
    $kit->write_conf(%conf, secret => 'changed');
    syswrite $kept, FastCGI::request(4, 1, \%validate);
    like FastCGI::records($kept, 1)->{6}, qr/^Status: 401 /, 'settings are changed: the request that comes by it is served';
    ok FastCGI::records($kept, 1)->{closed}, 'and the process, which has the old ones, ends';
    $kept = $open->();
    my @silent = map { $open->() } 1 .. 5;
    my $began = time;
    is status($kit->browser), 401, 'beside it, and silent ones, others are served';
    cmp_ok time - $began, '<', 2, 'at once';
    syswrite $kept, FastCGI::request(4, 1, \%validate) . FastCGI::request(5, 1, \%validate);
    is scalar(my @answers = FastCGI::records($kept, 2)->{6} =~ /Status: 401/g), 2, 'two requests in one packet';

    my $socket = $open->();
    syswrite $socket, FastCGI::request(1, 0, { %validate, WECHAT_CONF => '/etc/passwd' });
    like FastCGI::records($socket, 1)->{6}, qr/^Status: 500 /, 'a request that names other settings is refused';
    syswrite $kept, FastCGI::record(1, 6, pack 'nCx5', 1, 1) . FastCGI::abort(6);
    is_deeply [sort grep { $_ ne 'closed' } keys %{ FastCGI::records($kept, 1) }], [3], 'one that is aborted before it was complete is not run';
    for my $garbage ("GET / HTTP/1.0\r\n\r\n", FastCGI::record(1, 0, 'x' x 8), "\0" x 100) {
        my $other = $open->();
        syswrite $other, $garbage;
        ok FastCGI::records($other, 1)->{closed}, 'what is no FastCGI is closed';
    }
    my $long = $open->();
    syswrite $long, FastCGI::request(1, 0, { %validate, HTTP_COOKIE => 'x' x 60_000, QUERY_STRING => 'y' x 5000 });
    like FastCGI::records($long, 1)->{6}, qr/^Status: 401 /, 'long headers';
    is status($kit->browser), 401, 'and all is well';
};

subtest 'a port' => sub {
    my $kit = make_kit();
    for my $row ([undef, 'Status'], ['192.0.2.1', undef], ['192.0.2.1, 127.0.0.1', 'Status']) {
        my ($peers, $answer) = @$row;
        my $port = Kit::free_port();
        local %ENV = (%ENV, WECHAT_CONF => "$kit->{folder}/wechat.conf", defined $peers ? (FCGI_WEB_SERVER_ADDRS => $peers) : ());
        my $pid = $kit->_spawn('fcgi', "$kit->{folder}/bin/wechat.fcgi", '--listen', $port);
        my $socket = Kit::wait_for('the port', 10, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) });
        syswrite $socket, FastCGI::request(1, 0, { REQUEST_METHOD => 'GET', SCRIPT_NAME => '/validate.cgi' });
        is substr(FastCGI::records($socket, 1)->{6} // '', 0, 6) || undef, $answer, 'FCGI_WEB_SERVER_ADDRS ' . ($peers // 'not set');
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
};

is `$Kit::BUILD/bin/wechat.fcgi --version` =~ s/ [\d.]+$//mr, "wechat.fcgi (wechat-cgi)\n", '--version';
like `$Kit::BUILD/bin/wechat.fcgi --help`, qr/--listen/, '--help';
done_testing;
