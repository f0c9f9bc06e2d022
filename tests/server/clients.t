# wechat.php, wechat.py and wechat.mjs, in pages that ask the programs who is signed in. A second site records its
# requests; it can be down, slow or broken.
use strict;
use warnings;
use File::Copy qw(copy);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes qw(sleep time);

my %port = map { $_ => Kit::free_port() } qw(php stream python node tls fake down);
my $pages = join '', map {"ProxyPass /$_ http://127.0.0.1:$port{$_}/$_ nocanon\n"} qw(php stream python node);
my $kit = Kit->new(tls => 1, modules => [qw(proxy proxy_http)], conf => { language => 'en' }, site_conf => <<"CONF");
$pages</VirtualHost>
Listen 127.0.0.1:$port{tls}
<VirtualHost 127.0.0.1:$port{tls}>
SSLEngine on
SSLCertificateFile {folder}/server.pem
SSLCertificateKeyFile {folder}/server.key
ScriptAlias /cgi-bin/ {folder}/cgi-bin/
SetEnv WECHAT_CONF {folder}/wechat.conf
CONF
my $f = $kit->{folder};
mkdir "$f/pages" or die "pages: $!";
for my $path (glob("$Kit::TOP/clients/wechat.*"), glob("$Kit::TOP/tests/server/clients/page.*")) {
    copy($path, "$f/pages/") or die "$path: $!";
}
Kit::write_file("$f/asked", '', 0666);

# ---- a site that does not help ----

my %says = (
    '/out' => "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n{\"active\":false}",
    '/busy' => "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n\r\n{\"error\":\"system\"}",
    '/basic' => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n<h1>Password, please</h1>",
    '/other' => "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n{\"error\":\"unauthorized\"}",
    '/page' => "HTTP/1.1 200 OK\r\n\r\n<h1>Welcome</h1>",
    '/true' => "HTTP/1.1 200 OK\r\n\r\ntrue",
    '/half' => "HTTP/1.1 200 OK\r\n\r\n{\"active\":true",
    '/nobody' => "HTTP/1.1 200 OK\r\n\r\n{\"active\":true}",
    '/refused' => "HTTP/1.1 403 Forbidden\r\n\r\n{\"active\":false}",
    '/moved' => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:$port{fake}/out/validate.cgi\r\n\r\n",
    '/closed' => '', '/noise' => "\0\1\2\r\n\r\n", '/silent' => undef,
);

# Records each request, then sends the answer above; never, if that is undef.
sub serve_fake {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port{fake}, Listen => 20, ReuseAddr => 1) or die "fake: $!";
    my $all = IO::Select->new($listen);
    while (my @ready = $all->can_read) {
        for my $socket (@ready) {
            if ($socket == $listen) { $all->add($listen->accept); next }
            my $request = '';
            sysread $socket, $request, 65536;
            open my $asked, '>>', "$f/asked";
            syswrite $asked, $request;
            my ($site) = $request =~ m{^GET (/\w+)/};
            next if defined $site && exists $says{$site} && !defined $says{$site} && length $request;
            syswrite $socket, defined $site ? $says{$site} : '';
            $all->remove($socket);
            close $socket;
        }
    }
    return;
}
my $fake = fork;
die "fork: $!" unless defined $fake;
if (!$fake) {
    $SIG{TERM} = sub { POSIX::_exit(0) };
    $SIG{PIPE} = 'IGNORE';
    serve_fake();
    POSIX::_exit(0);
}
END { local $?; kill 'TERM', $fake if $fake }

sub asked {
    my $text = Kit::read_file("$f/asked");
    Kit::write_file("$f/asked", '');
    return $text;
}

# ---- the pages ----

my %cgi = (site => "$kit->{site_url}/cgi-bin", tls => "https://localhost:$port{tls}/cgi-bin", down => "http://127.0.0.1:$port{down}",
    untrusted => "https://127.0.0.1:$port{tls}/cgi-bin", bare => "127.0.0.1:$kit->{site_port}/cgi-bin", map { (substr($_, 1) => "http://127.0.0.1:$port{fake}$_") } keys %says);
# Prefers /usr/bin: the pages' servers run as nobody, who may not reach programs in the tester's own folders.
sub program { my ($name) = @_; return -x "/usr/bin/$name" ? "/usr/bin/$name" : Kit::find_program($name) }
my @environment = ('env', "CLIENTS=$f/pages", 'SITES=' . encode_json(\%cgi), 'PHP_CLI_SERVER_WORKERS=4', "SSL_CERT_FILE=$f/ca.pem", "NODE_EXTRA_CA_CERTS=$f/ca.pem",
    'http_proxy=http://127.0.0.1:1', 'https_proxy=http://127.0.0.1:1', 'HTTP_PROXY=http://127.0.0.1:1');
my @php = ('php', '-d', "curl.cainfo=$f/ca.pem", '-d', "openssl.cafile=$f/ca.pem", '-d', 'display_errors=1', '-d', 'html_errors=0');
$kit->_spawn('php', @environment, @php, '-S', "127.0.0.1:$port{php}", "$f/pages/page.php");
$kit->_spawn('stream', @environment, @php, '-d', 'disable_functions=curl_init', '-S', "127.0.0.1:$port{stream}", "$f/pages/page.php");
$kit->_spawn('python', @environment, program('python3'), "$f/pages/page.py", $port{python});
$kit->_spawn('node', @environment, program('node'), "$f/pages/page.mjs", $port{node});
for my $name (qw(php stream python node fake)) {
    Kit::wait_for("$name on port $port{$name}", 30, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port{$name}) });
}
asked();

sub open_page { my ($browser, $language, $site, %cookie) = @_; my $answer = $browser->get("/$language/$site/open", headers => \%cookie); return eval { decode_json($answer->{content}) } || { who => "$answer->{status} $answer->{content}" } }

my $whole = 'members?a=1&b=%E5%B0%8F%E6%98%8E&c=/x?y=z&d=100%25&next=/z&e';
my $token;
for my $language (qw(php stream python node)) {
    # Not signed in: to the sign-in and back to the whole address.
    my $browser = $kit->browser;
    is open_page($browser, $language, 'site')->{who}, 'nobody', "$language: not signed in";
    my $answer = $browser->get("/$language/site/$whole");
    is $answer->{status}, 303, "$language: sent to sign in";
    like $answer->{location}, qr{^\Q$cgi{site}\E/login\.cgi\?next=[\w.~%-]+$}, 'with the whole address in next';
    is $answer->{headers}{'cache-control'}, 'no-store', 'and no cache keeps that';
    is $browser->get("/$language/site/$whole", headers => { Cookie => 'other=1' })->{location}, $answer->{location}, 'with other cookies too';
    $answer = $browser->sign_in('xiaoming', "/$language/site/$whole");
    my $user = eval { decode_json($answer->{content}) } || {};
    is $answer->{status}, 200, "$language: back after the sign-in" or diag $answer->{content};
    is $user->{page}, "/$language/site/$whole", 'at the whole address';
    is $user->{name}, JSON::PP->new->decode("\"\\u5c0f\\u660e\""), 'and signed in: the nickname';
    my $openid = decode_json($browser->get('/cgi-bin/validate.cgi')->{content})->{sub};
    is $user->{who}, $openid, 'and the openid';
    is open_page($browser, $language, 'site')->{who}, $openid, "$language: signed in, where nothing is required";
    $token = $browser->cookie('wx_session');

    # On https the cookie has another name.
    is open_page($kit->browser, $language, 'tls', Cookie => "a=1; __Host-wx_session=$token; b=2")->{who}, $openid, "$language: https: the cookie with the __Host- prefix is used";
    is open_page($kit->browser, $language, 'tls', Cookie => "wx_session=$token")->{who}, 'nobody', 'and no other';
    is open_page($kit->browser, $language, 'untrusted', Cookie => "__Host-wx_session=$token")->{who}, 'unknown', "$language: a certificate of another name is refused";
    for my $wrong ('down', 'bare') {
        my $configured = open_page($kit->browser, $language, $wrong, Cookie => "__Host-wx_session=$token");
        is $configured->{who}, 'unknown', "$language: $wrong: a wrong address does not lead to an endless sign-in";
        like $configured->{why}, qr/should begin with https/, 'and the log says what is wrong';
    }
}
is $kit->log_text =~ /(PHP (?:Warning|Deprecated|Notice|Fatal).*)/ ? $1 : '', '', 'PHP has no complaint';

# Express removes the mount path from the URL.
my $members = $kit->browser;
my $back = $members->sign_in('xiaoming', '/node/site/express?a=1&b=2');
is eval { decode_json($back->{content})->{page} }, '/node/site/express?a=1&b=2', 'node, called by Express: back at the whole address';

# The address to return to, when another server would pass on more than these do.
my %link = (
    php => ['php', '-r', 'require "$argv[1]/wechat.php"; $_SERVER["REQUEST_URI"] = $argv[2]; echo wechat_login_url("/c");', '--'],
    python => [program('python3'), '-B', '-c', 'import os, sys; sys.path.insert(0, sys.argv[1]); from wechat import *; '
        . 'print(wechat_login_url({"REQUEST_URI": os.fsencode(sys.argv[2]).decode("latin-1")}, "/c"), end="")'],
    node => [program('node'), '--input-type=module', '-e', 'const { wechatLoginUrl } = await import(`${process.argv[1]}/wechat.mjs`); '
        . 'process.stdout.write(wechatLoginUrl({ url: Buffer.from(process.argv[2]).toString("latin1") }, "/c"))', '--'],
);
sub link_to { my ($language, $page) = @_; open my $out, '-|', @{ $link{$language} }, "$f/pages", $page or die "$language: $!"; return join '', <$out> }
for my $language (sort keys %link) {
    is link_to($language, "/q?a=\xe5\xb0\x8f&b=%41"), '/c/login.cgi?next=%2Fq%3Fa%3D%25E5%25B0%258F%26b%3D%2541', "$language: raw UTF-8 in the address is encoded";
    is link_to($language, 'http://evil.example/a'), '/c/login.cgi', "$language: another site's address is left out";
}

# ---- whether somebody is signed in is unknown ----

sub in_page { my ($content) = @_; return $content =~ /暂时无法确认/ && $content =~ /cannot tell/ }
for my $language (qw(php stream python node)) {
    for my $site (qw(down busy basic other page true half nobody refused moved closed noise silent)) {
        my $start = time;
        my $answer = $kit->browser->get("/$language/$site/members", headers => { Cookie => "wx_session=$token" });
        is $answer->{status}, 503, "$language, the site is $site: 503" or diag $answer->{content};
        ok in_page($answer->{content}), 'with a page of its own';
        is $answer->{location}, undef, 'and no redirect';
        cmp_ok time - $start, '<', 9 + Kit::slack(), 'within seconds' if $site eq 'silent';
        is open_page($kit->browser, $language, $site, Cookie => "wx_session=$token")->{who}, 'unknown', 'neither signed in nor signed out' if $site ne 'silent';
    }
    my $answer = $kit->browser->get("/$language/out/members", headers => { Cookie => "wx_session=$token" });
    is $answer->{status}, 303, "$language: validate.cgi says no: sign in";
    is $kit->browser->request('HEAD', "/$language/busy/members", headers => { Cookie => "wx_session=$token" })->{status}, 503, 'HEAD';
}
unlike $kit->log_text, qr/\Q$token\E/, 'no log has the token';
like $kit->log_text, qr/wechat\.php: .*\bwechat\.py: |wechat\.py: .*\bwechat\.php: /s, 'the logs say why';

# ---- what is sent ----

# Sends a request byte for byte to the page's own server.
sub raw {
    my ($language, $cookies) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port{$language}) or die "$language: $!";
    print {$socket} "GET /$language/out/members HTTP/1.0\r\nHost: evil.example\r\n", (map {"Cookie: $_\r\n"} @$cookies), "\r\n";
    my $answer = join '', <$socket>;
    my ($status, $location) = ($answer =~ m{^HTTP/1\.\d (\d+)}, $answer =~ /^Location: (.*)\r$/mi);
    return wantarray ? ($status, $location) : $status || 'none';
}
my $good = 'A' x 43;
my %forged = (
    'an encoded line end' => ["wx_session=$good%0d%0aX-Evil:%201"], 'a line end' => ["wx_session=$good\nX-Evil: 1"],
    'an encoded line feed at the end' => ["wx_session=$good%0a"], 'a carriage return' => ["wx_session=$good\rX-Evil: 1"],
    'an encoded NUL' => ["wx_session=$good%00"], 'a NUL' => ["wx_session=$good\0"], 'an array' => ["wx_session[]=$good"], 'arrays' => ["wx_session[a][b]=$good; wx_session[]=x"],
    '10 kB' => ['wx_session=' . 'A' x 10240], 'none' => ['wx_session='], '42 characters' => ['wx_session=' . 'A' x 42], '44 characters' => ["wx_session=A$good"],
    'another alphabet' => ['wx_session=' . 'A' x 42 . '+'], 'encoded letters' => ['wx_session=%41' . 'A' x 42], 'UTF-8' => ['wx_session=' . "\xc3\xa9" x 21 . 'A'],
    'quotes' => ["wx_session=\"$good\""], 'a space' => ["wx_session=$good x"], 'two cookies' => ["wx_session=$good; wx_session=" . 'B' x 43],
    'names like it' => ["xwx_session=$good; WX_SESSION=$good; wx.session=$good; wx session=$good; wx_session2=$good"],
);
for my $language (qw(php stream python node)) {
    asked();
    my ($status, $location) = raw($language, ["a=b; wx_session=$good;c=d"]);
    is $status, 303, "$language: an unknown token";
    is $location, "$cgi{out}/login.cgi?next=%2F$language%2Fout%2Fmembers", 'leads to the address that the owner gave, whatever Host says';
    my $text = asked();
    is scalar(() = $text =~ /^GET /gm), 1, 'asked about once';
    like $text, qr/^x-wx-session: \Q$good\E\r$/im, 'unchanged';
    unlike $text, qr/evil/i, 'and nothing else of the visitor goes there';
    for my $name (sort keys %forged) {
        my $status = raw($language, $forged{$name});
        # A server may refuse a malformed header itself.
        like $status, qr/^(303|400|none)$/, "$language, $name: not signed in";
        $text = asked();
        # A server that cuts the header there may leave a valid token, but no more, and no header of its own.
        $text = '' if $name =~ /^a (line end|carriage return|NUL)$/ && $text =~ /^X-WX-Session: \Q$good\E\r$/im && $text !~ /evil/i && $text =~ tr/\r// == $text =~ tr/\n//;
        is $text, '', "$language, $name: nothing is sent";
    }
}
done_testing;
