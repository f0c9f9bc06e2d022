# gate.cgi: private files for visitors who are signed in: sign-in and back, roles, ranges, conditions, types, folders, attacks on
# paths, huge files. The recipes of docs/en/gate.md, exactly as written. gate-servers.t has the other web servers.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Fcntl qw(SEEK_SET);
use File::Path qw(make_path);
use Gate qw(recipe give_roles);
use IO::Socket::INET;
use JSON::PP;
use Kit;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(modules => ['rewrite'], conf => { private_dir => 'private', language => 'en' },
    site_conf => "<Directory {folder}/www>\nAllowOverride All\n</Directory>\n" . recipe('How files are sent', 'apache'));
my $f = $kit->{folder};
my $private = "$f/private";
my $gate = '/cgi-bin/gate.cgi';
make_path("$private/$_") for qw(reports/2026 board empty pages .git);
my $pdf = join '', map { chr($_ % 251) } 0 .. 9999;
my %files = (
    'reports/a.pdf' => $pdf, 'reports/2026/b.txt' => encode_utf8("第一行\n"), 'board/plan.txt' => "the plan\n", 'none' => '', 'data.unknown' => 'bytes',
    'pages/index.html' => '<!doctype html><title>x</title><script>document.title = "ran"</script>', 'pages/p.svg' => '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'pages/d.xml' => '<a/>', '.hidden' => "SECRET\n", '.git/config' => "SECRET\n", encode_utf8('小 明&#%?;+.txt') => "named\n",
);
Kit::write_file("$private/$_", $files{$_}, 0644) for keys %files;
Kit::write_file("$f/secret.txt", "SECRET\n", 0644);
Kit::write_file("$f/www/.htaccess", recipe('/members/', 'apache'), 0644);

my $someone = $kit->browser;
my $nobody = $kit->browser;

# ---- sign in, and come back to that file ----

for my $path ("$gate/reports/a.pdf", "$gate/reports/a.pdf?page=2&x=%20", '/members/reports/a.pdf', '/members/reports/a.pdf?page=2') {
    my $to = $nobody->get($path);
    is $to->{status}, 303, "$path: not signed in: 303";
    is $to->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=" . HTTP::Tiny->new->_uri_escape($path), 'to the sign-in';
    is $to->{content}, '', 'with nothing of the file';
    my $fresh = $kit->browser;
    my $file = $fresh->sign_in('xiaoming', $path);
    is $file->{url}, "$kit->{site_url}$path", 'and back to that very address';
    is "$file->{status} " . ($file->{content} eq $pdf), '200 1', 'where the file is';
    $someone = $fresh;
}
is $nobody->request('HEAD', "$gate/reports/a.pdf")->{status}, 303, 'HEAD: the same';
is $nobody->get("$gate/does/not/exist")->{status}, 303, 'a file that is not there is no different';
is $nobody->get("$gate/reports/a.pdf", headers => { Range => 'bytes=0-5', 'If-None-Match' => '*' })->{status}, 303, 'nor are headers';
my $forged = $kit->browser;
$forged->set_cookie(wx_session => 'A' x 43);
is $forged->get("$gate/reports/a.pdf")->{status}, 303, 'an invented session is none';
is $nobody->get("$gate/a", headers => { 'X-Original-URI' => '/shown/a?b=c' })->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fshown%2Fa%3Fb%3Dc",
    'behind a proxy that names the address: back to that';
is $nobody->get("$gate/a", headers => { 'X-Original-URI' => '//evil.example/' })->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fcgi-bin%2Fgate.cgi%2Fa",
    'if it is a page of this site';
is $someone->post("$gate/reports/a.pdf")->{status}, 405, 'POST: 405';

# ---- a file ----

# Without showing bytes that no terminal can show.
sub is_file { my ($got, $wanted, $name) = @_; return ok defined $got && $got eq $wanted, $name }
sub get { my ($path, %headers) = @_; return $someone->get("$gate$path", headers => \%headers) }

# The tag of a file that has just changed is weak, for two seconds.
my $tag = Kit::wait_for('a strong tag', 20, sub { my $tag = get('/reports/a.pdf')->{headers}{etag}; $tag !~ /^W/ && $tag });
my $file = get('/reports/a.pdf');
my $date = $file->{headers}{'last-modified'};
is_deeply { map { $_ => $file->{headers}{$_} } qw(content-type content-length accept-ranges cache-control x-content-type-options content-disposition content-security-policy) },
    { 'content-type' => 'application/pdf', 'content-length' => 10000, 'accept-ranges' => 'bytes', 'cache-control' => 'private, no-cache',
        'x-content-type-options' => 'nosniff', 'content-disposition' => undef, 'content-security-policy' => undef }, 'the headers of a file';
like $tag, qr/^"[!#-~]+"$/, 'a strong tag';
like $date, qr/^\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT$/, 'a date';
my $head = $someone->request('HEAD', "$gate/reports/a.pdf");
is "$head->{status} " . length($head->{content} // ''), '200 0', 'HEAD: no body';
is_deeply { map { $_ => $head->{headers}{$_} } qw(content-type content-length etag last-modified accept-ranges) },
    { map { $_ => $file->{headers}{$_} } qw(content-type content-length etag last-modified accept-ranges) }, 'and the same headers';

for my $row (
    ['/reports/2026/b.txt', 'text/plain; charset=utf-8', undef, 0], ['/none', 'application/octet-stream', 'attachment', 0],
    ['/data.unknown', 'application/octet-stream', 'attachment', 0], ['/pages/index.html', 'text/html; charset=utf-8', undef, 1],
    ['/pages/p.svg', 'image/svg+xml', undef, 1], ['/pages/d.xml', 'application/xml', undef, 1],
) {
    my ($path, $type, $disposition, $sandboxed) = @$row;
    my $answer = get($path);
    is $answer->{content}, $files{ $path =~ s{^/}{}r }, "$path: its bytes";
    is $answer->{headers}{'content-type'}, $type, 'its type';
    is $answer->{headers}{'content-disposition'}, $disposition, $disposition ? 'to be downloaded' : 'to be shown';
    is $answer->{headers}{'x-content-type-options'}, 'nosniff', 'not to be guessed';
    my $policy = $answer->{headers}{'content-security-policy'} // '';
    is $policy =~ /script-src 'none'.*\bsandbox\b(?!.*allow-(?:scripts|forms))/ ? 1 : 0, $sandboxed, $sandboxed ? 'its scripts do not run' : 'without a policy';
}

# ---- ranges and conditions ----

for my $row (
    ['bytes=0-0', 206, 0, 1], ['bytes=0-9', 206, 0, 10], ['bytes=9990-', 206, 9990, 10], ['bytes=-10', 206, 9990, 10], ['bytes=0-', 206, 0, 10000],
    ['bytes=5000-99999999999999999999999', 206, 5000, 5000], ['bytes=-99999999999999999999999', 206, 0, 10000],
    ['bytes=10000-', 416], ['bytes=-0', 416], ['bytes=99999999999999999999-', 416],
    ['bytes=9-0', 200], ['bytes=a-b', 200], ['bytes=--1', 200], ['lines=0-1', 200], ['bytes=', 200], ['bytes=0x0-1', 200],
) {
    my ($range, $status, $offset, $size) = @$row;
    my $answer = get('/reports/a.pdf', Range => $range);
    is $answer->{status}, $status, "$range: $status";
    is $answer->{headers}{'content-range'}, { 206 => $size && sprintf('bytes %d-%d/10000', $offset, $offset + $size - 1), 416 => 'bytes */10000' }->{$status}, 'Content-Range';
    is_file($answer->{content}, { 200 => $pdf, 206 => $size && substr($pdf, $offset, $size), 416 => '' }->{$status}, 'and the bytes');
}
is $someone->request('HEAD', "$gate/reports/a.pdf", headers => { Range => 'bytes=0-9' })->{headers}{'content-length'}, 10000, 'HEAD knows no range';
is get('/none', Range => 'bytes=0-')->{status}, 200, 'an empty file has no part';

for my $row (
    ['the tag', 304, 'If-None-Match' => $tag], ['the tag, weakly', 304, 'If-None-Match' => "W/$tag"], ['any tag', 304, 'If-None-Match' => '*'],
    ['a list with it', 304, 'If-None-Match' => qq("x", "y,z" , $tag)], ['another', 200, 'If-None-Match' => '"x"'], ['the date', 304, 'If-Modified-Since' => $date],
    ['an old date', 200, 'If-Modified-Since' => 'Sun, 06 Nov 1994 08:49:37 GMT'], ['no date', 200, 'If-Modified-Since' => 'yesterday'],
    ['another tag and the date', 200, 'If-None-Match' => '"x"', 'If-Modified-Since' => $date], ['only if it is another', 412, 'If-Match' => '"x"'],
    ['only if it is that one', 200, 'If-Match' => $tag], ['only if it is older', 412, 'If-Unmodified-Since' => 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['304 before 206', 304, 'If-None-Match' => $tag, Range => 'bytes=0-1'], ['If-Range: the tag', 206, 'If-Range' => $tag, Range => 'bytes=0-1'],
    ['If-Range: the date', 206, 'If-Range' => $date, Range => 'bytes=0-1'], ['If-Range: another tag', 200, 'If-Range' => '"x"', Range => 'bytes=0-1'],
    ['If-Range: weakly', 200, 'If-Range' => "W/$tag", Range => 'bytes=0-1'], ['If-Range: an old date', 200, 'If-Range' => 'Sun, 06 Nov 1994 08:49:37 GMT', Range => 'bytes=0-1'],
) {
    my ($name, $status, %headers) = @$row;
    my $answer = get('/reports/a.pdf', %headers);
    is $answer->{status}, $status, "$name: $status";
    is length($answer->{content} // ''), { 200 => 10000, 206 => 2, 304 => 0, 412 => 0 }->{$status}, 'and its bytes';
    is $answer->{headers}{etag}, $tag, 'with the tag' if $status == 304;
    is $answer->{headers}{'cache-control'}, 'private, no-cache', 'and to be asked about again';
}
{
    open my $changed, '+<', "$private/reports/a.pdf" or die $!;
    my @times = (stat $changed)[8, 9];
    print {$changed} 'X';
    close $changed;
    utime @times, "$private/reports/a.pdf";
    my $answer = get('/reports/a.pdf', 'If-None-Match' => $tag);
    is $answer->{status}, 200, 'a change that leaves size and date as they were is seen';
    like $answer->{headers}{etag}, qr/^W\//, 'and its tag is weak while it is new';
    Kit::write_file("$private/reports/a.pdf", $pdf);
}
{
    my $ahead = time + 86400 * 30;
    utime $ahead, $ahead, "$private/data.unknown";
    my $answer = get('/data.unknown');
    is $answer->{headers}{'last-modified'}, $answer->{headers}{date}, 'a date in the future is now';
}

# A request as it is, without a client that tidies it up. Returns status and body.
sub raw {
    my ($path, @headers) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $kit->{site_port}) or die "connect: $!";
    print {$socket} join "\r\n", "GET $path HTTP/1.0", 'Host: 127.0.0.1', 'Cookie: wx_session=' . $someone->cookie('wx_session'), @headers, '', '';
    local $/;
    my $answer = <$socket> // '';
    my ($status) = $answer =~ m{^HTTP/\S+ (\d+)};
    return ($status || 0, $answer =~ s/^.*?\r\n\r\n//sr);
}
{
    # In one line as long as Apache takes, and in one of a thousand for the program alone.
    my ($status, $body) = raw("$gate/reports/a.pdf", 'Range: bytes=' . join ',', map {"$_-$_"} 0 .. 999);
    is "$status " . ($body eq $pdf), '200 1', 'a thousand ranges: the file, once';
    my $answer = run_program('/reports/a.pdf', environment => { HTTP_RANGE => 'bytes=' . join ',', map { '0-' } 1 .. 1000 });
    is "$answer->{status} " . length $answer->{body}, '200 10000', 'a thousand overlapping ones: too';
}

# ---- the program alone, as the web server's user ----

sub run_program {
    my ($path, %option) = @_;
    my @server = Kit::as_server();
    $server[0] = Kit::find_program($server[0]) if @server;    # strace does not look for it
    my @before = (@{ delete $option{before} || [] }, @server);
    my %environment = (PATH_INFO => $path, HTTP_COOKIE => 'wx_session=' . $someone->cookie('wx_session'), %{ delete $option{environment} || {} });
    return $kit->run('gate.cgi', before => \@before, environment => \%environment, %option);
}
is_file(run_program('/reports/a.pdf')->{body}, $pdf, 'run by itself: the file');

# ---- paths ----

symlink '../secret.txt', "$private/out";
symlink '..', "$private/up";
symlink 'reports/a.pdf', "$private/in";
symlink 'reports', "$private/folder";
symlink '/', "$private/root";
symlink '/proc/self', "$private/self";
symlink '.hidden', "$private/seen";
symlink '../../secret.txt', "$private/reports/index.html";
POSIX::mkfifo("$private/fifo", 0644);
my $socket = IO::Socket::UNIX->new(Local => "$private/socket", Listen => 1) or die "socket: $!";
system('mknod', "$private/null", 'c', 1, 3) == 0 or die 'mknod' if $> == 0;
my @refused = qw(/out /up /up/secret.txt /up/private/none /in /folder /folder/a.pdf /root/etc/passwd /self/environ /seen /fifo /fifo/ /socket /null /reports/index.html
    /.hidden /.git /.git/config /.git/ /reports/../none /reports/.. /../secret.txt /./none /reports/./a.pdf //none /reports//a.pdf /reports/a.pdf/ /reports/a.pdf/x
    /none/.. /nothing /reports/nothing /Reports/a.pdf);
push @refused, "/..\\secret.txt", "/reports\\a.pdf", "\\none", '/' . 'a/' x 2100, '/' . 'x' x 300, "/a\nb", "/\x01", '/reports/' . '../' x 30 . 'etc/passwd', "/%2e%2e/secret.txt",
    "/..%2fsecret.txt", "/....//secret.txt", "/..;/secret.txt", "/\xc0\xae\xc0\xae/secret.txt", "/\xef\xbc\x8e\xef\xbc\x8e/secret.txt", 'secret.txt', '../secret.txt';
for my $path (@refused) {
    my $name = substr $path =~ s/([^\x21-\x7e])/sprintf '<%02x>', ord $1/ger, 0, 60;
    my $answer = run_program($path);
    is $answer->{status}, 404, "$name: 404" or diag $answer->{bytes};
    unlike $answer->{bytes}, qr/SECRET|root:/, 'and nothing of what is there';
    like $answer->{error}, qr/^wechat-cgi: gate\.cgi client=192\.0\.2\.7 kind=not_found [^\n]*\n\z/, 'one line in the log';
}
# What confuses the parsers of addresses (unit/tools/next.mjs) confuses nobody here: each answer is a file of the folder, a page, or a redirect.
{
    my @pieces = ('/', '/', '/', '\\', '//', '/\\', "\t", "\n", "\r", ' ', '.', '..', '../', '/..', '@', ':', '%2f', '%5c', '%09', '%00', '%2e', '?', '#', ';', 'a', 'secret.txt', 'reports',
        'a.pdf', 'none', 'up', 'out', 'folder', '.git', '.hidden', 'http:', '[::1]', "\xe3\x80\x82", "\xef\xbc\x8f", "\xc2\xa0", "\x01", "\x7f", '*', '%', '&', '~', 'private', "$f");
    srand 12345;
    my (%statuses, @leaks);
    for my $round (1 .. 400) {
        my $path = (rand(4) < 3 ? '/' : '') . join '', map { $pieces[rand @pieces] } 0 .. rand 7;
        my $answer = run_program($path);
        $statuses{ $answer->{status} || 0 }++;
        push @leaks, $path if $answer->{bytes} =~ /SECRET|root:|AppSecret|\Q$Kit::SECRET\E/ || ($answer->{status} // 0) !~ /^(?:200|303|404)$/;
        (my $address = "$gate$path") =~ s/([^\x21-\x7e])/sprintf '%%%02X', ord $1/ge;
        my ($status, $body) = raw($address);
        $statuses{"Apache $status"}++;
        push @leaks, $address if $body =~ /SECRET|root:|AppSecret|\Q$Kit::SECRET\E/ || $status =~ /^5/;
    }
    is_deeply \@leaks, [], '800 paths made of what confuses parsers: nothing from outside';
    cmp_ok $statuses{404}, '>', 100, 'most are no paths: ' . join ', ', map {"$_: $statuses{$_}"} sort keys %statuses;
}
# The same on a kernel without openat2(), and in a sandbox of the host that forbids it.
SKIP: {
    skip 'strace is not installed', 1 if !Kit::find_program('strace');
    for my $error (qw(ENOSYS EPERM)) {
        my @before = ('strace', '-f', '-o', "$f/trace", '-e', "inject=openat2:error=$error");
        is_file(run_program('/reports/a.pdf', before => \@before)->{body}, $pdf, "openat2(): $error: the file");
        like Kit::read_file("$f/trace"), qr/openat2\(.*$error/, 'and it was tried';
        is run_program($_, before => \@before)->{status}, 404, "$_: 404" for qw(/out /up/secret.txt /folder/a.pdf /in /fifo /self/environ /.hidden);
    }
    skip 'only root sees the arguments of a program that is closed to debuggers', 1 if $> != 0;
    run_program('/reports/a.pdf', before => ['strace', '-f', '-o', "$f/trace"]);
    like Kit::read_file("$f/trace"), qr/openat2\(\d+, "reports\/a\.pdf", \{flags=[^}]*, resolve=RESOLVE_NO_MAGICLINKS\|RESOLVE_NO_SYMLINKS\|RESOLVE_BENEATH\}/, 'where there is one, the kernel keeps it beneath';
}
unlink map {"$private/$_"} qw(out up in folder root self seen reports/index.html fifo socket null);

# A name may have any other character, by either address.
my $odd = '%E5%B0%8F%20%E6%98%8E&%23%25%3F;+.txt';
is get("/$odd")->{content}, "named\n", 'a name with blanks, %, #, ? and Chinese';
is $someone->get("/members/$odd")->{content}, "named\n", 'by the other address, too';
is $nobody->get("/members/$odd?x")->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=" . HTTP::Tiny->new->_uri_escape("/members/$odd?x"), 'and back to it';
is $someone->get($_)->{status}, 404, "$_: nothing" for '/members/../secret.txt', '/members/%2e%2e/secret.txt', '/membersx/none', '/members.txt';

# ---- folders ----

is get('')->{location}, "$kit->{site_url}$gate/", 'the folder itself: with a slash';
is get('/pages?a=b')->{location}, "$kit->{site_url}$gate/pages/?a=b", 'a folder: with a slash, and its query';
is $someone->get('/members')->{location}, "$kit->{site_url}/members/", 'by the other address: that one';
is $someone->get('/members/pages')->{location}, "$kit->{site_url}/members/pages/", 'and so a folder in it';
is $someone->get($_)->{content}, $files{'pages/index.html'}, "$_: index.html" for "$gate/pages/", '/members/pages/';
like get('/pages/')->{headers}{'content-security-policy'}, qr/script-src 'none'/, 'whose scripts do not run';
is get('/reports/')->{status}, 404, 'without one: 404';
like $kit->log_text, qr/kind=not_found .*: \/reports\/: it has no index\.html, and no listing \(private_listing\)/, 'and the log says why';
$kit->write_conf(private_dir => 'private', language => 'en', private_listing => 'on');
my $list = get('/reports/');
is $list->{status}, 200, 'private_listing: a list';
is_deeply [$list->{content} =~ /<a [^>]*class="[^"]*entry[^"]*" href="([^"]*)"/g], ['2026/', 'a.pdf'], 'of folders and files, by relative links';
like decode_utf8($list->{content}), qr{<h1[^>]*>reports</h1>.*>2026/</span>.*>a\.pdf</span><span class="entry__facts">10 kB · <time>20\d\d-\d\d-\d\d \d\d:\d\d</time>}s, 'with name, size and date';
is $list->{headers}{'cache-control'}, 'no-store', 'not to be stored';
like $list->{content}, qr/<a href="\.\.\/">/, 'and a link to the folder above';
my $top = get('/');
is_deeply [map { s/&amp;/&/gr } $top->{content} =~ /<a [^>]*class="[^"]*entry[^"]*" href="([^"]*)"/g],
    ['board/', 'empty/', 'pages/', 'reports/', 'data.unknown', 'none', '%E5%B0%8F%20%E6%98%8E%26%23%25%3F%3B%2B.txt'], 'the topmost: no dot files';
is get('/' . ($top->{content} =~ /href="(%E5[^"]*)"/)[0])->{content}, "named\n", 'whose links lead to the files';
unlike $top->{content}, qr/href="\.\.\//, 'nothing above it';
like get('/empty/')->{content}, qr/This folder is empty/, 'an empty folder says so';
is get('/pages/')->{content}, $files{'pages/index.html'}, 'index.html comes first';
make_path("$private/many/index.html");
Kit::write_file("$private/many/" . sprintf('%04d.txt', $_), '', 0644) for 1 .. 1005;
symlink '../none', "$private/many/0000-link";
POSIX::mkfifo("$private/many/0000-fifo", 0644);
my $many = get('/many/');
my @shown = $many->{content} =~ /<a [^>]*class="[^"]*entry[^"]*" href="([^"]*)"/g;
is "@shown[0, 1] $shown[-1] " . @shown, 'index.html/ 0001.txt 0999.txt 1000', 'the first thousand, without links and pipes; an index.html that is a folder is none';
like $many->{content}, qr/Only the first 1000 names are shown/, 'and the page says so';
like decode_utf8($someone->get("$gate/empty/", headers => { 'Accept-Language' => $_->[0] })->{content}), $_->[1], "in $_->[0]" for ['zh-CN', qr/这个文件夹是空的/], ['zh-TW', qr/這個資料夾是空的/];

# ---- roles ----

my %roled = (private_dir => 'private', language => 'en', access => 'access.json');
sub access {
    my ($text, %change) = @_;
    Kit::write_file("$f/access.json", $text, 0644);
    $kit->write_conf(%roled, %change);
    return;
}
access(recipe('A role for a folder', 'json'));
my %may = map { $_ => { map { my $who = $_; $who => 1 } split ' ', { '/none' => 'no staff board', '/reports/a.pdf' => 'staff board', '/board/plan.txt' => 'board' }->{$_} } }
    '/none', '/reports/a.pdf', '/board/plan.txt';
for my $who (qw(no staff board other)) {
    give_roles($kit, 'xiaoming', $who eq 'no' ? () : ('guest', $who));
    for my $path (sort keys %may) {
        my $answer = get($path);
        my $status = $may{$path}{$who} || $path eq '/none' ? 200 : 403;
        is $answer->{status}, $status, "$who: $path: $status";
        is $answer->{content} eq $files{ $path =~ s{^/}{}r }, $status == 200, 'and the file, or not';
    }
}
give_roles($kit, 'xiaoming');
my $refusal = get('/board/plan.txt');
like decode_utf8($refusal->{content}), qr{<h1[^>]*>You do not have access</h1>.*You are signed in as 小明, but this is only for people with a certain role}s, 'the page says so';
like $refusal->{content}, qr{href="/cgi-bin/login\.cgi\?next=%2Fcgi-bin%2Fgate\.cgi%2Fboard%2Fplan\.txt&amp;again=1"}, 'and leads to a sign-in as somebody else, and back';
is $refusal->{headers}{'cache-control'}, 'no-store', 'and is not stored';
for my $row (['zh-CN', '您没有查看权限'], ['zh-TW', '您沒有檢視權限']) {
    like decode_utf8($someone->get("$gate/board/plan.txt", headers => { 'Accept-Language' => $row->[0] })->{content}), qr/<h1[^>]*>$row->[1]</, "in $row->[0]";
}
is get('/board/nothing')->{status}, 403, 'without the role, a file that is not there is no different';
is get('/board')->{status}, 403, 'nor is the folder';
is get('/boards')->{status}, 404, 'another name that begins in the same way is another folder';
is get('/reports/a.pdf', 'If-None-Match' => '*')->{status}, 403, 'conditions come after the role';
give_roles($kit, 'xiaoming', 'staff');
is get('/reports/')->{status}, 200, 'listing: true';
is get('/')->{status}, 404, 'for that folder only';
unlike get('/reports/')->{content}, qr/href="\.\.\//, 'so it does not lead to the one above';
access('[{"folder": "/", "listing": true}, {"folder": "/board", "roles": ["board"]}, {"folder": "/reports", "listing": false}]', private_listing => 'on');
is_deeply [grep {m{/$}} get('/')->{content} =~ /<a [^>]*class="[^"]*entry[^"]*" href="([^"]*)"/g], [qw(empty/ many/ pages/ reports/)], 'a list has no folder that this visitor may not open';
is get('/reports/')->{status}, 404, 'listing: false';
access('[{"folder": "/pages", "scripts": true}, {"folder": "/reports"}]');
is get('/pages/')->{headers}{'content-security-policy'}, undef, 'scripts: true';
access('[{"folder": "/"}, {"folder": "/pages/index.html", "roles": ["editor"]}]');
is get('/pages/index.html')->{status}, 403, 'a file with a role of its own';
is get('/pages/')->{status}, 403, 'nor is it the page of its folder';
access('[{"folder": "/pages", "scripts": true}, {"folder": "/reports"}]');
my $closed = get('/none');
is $closed->{status}, 403, 'what no entry covers is closed';
like $kit->log_text, qr/kind=config .*access\.json: no entry covers \/none, so nobody may read it: an entry with the "folder" \/ covers what the others do not/, 'and the log says what to do';
for my $row (
    ['[{"folder": "/"},' . "\n" . '{"folder": "board"}]', qr/access\.json, entry 2 \(line 2\): "folder" must be a path below private_dir, such as \/ or \/reports/],
    ['[{"folder": "/", "role": ["x"]}]', qr/access\.json, entry 1 \(line 1\): there is no "role": did you mean roles\?/],
    ['[{"folder": "/", "roles": "staff"}]', qr/access\.json, entry 1 \(line 1\): "roles" must be an array of texts, such as \["staff"\]/],
    ["[\n{\"folder\": \"/\"},\n]", qr/access\.json, line 2: remove the comma before \] in line 3/],
    ["[{\"folder\": \"/\xc4\xe3\"}]", qr/access\.json, line 1: it is not UTF-8, perhaps GBK/],
) {
    access($row->[0]);
    is get('/none')->{status}, 500, 'a mistake in access.json lets nobody in';
    like $kit->log_text, $row->[1], 'and is in the log, with its line';
}
unlink "$f/access.json";
is get('/none')->{status}, 500, 'no access.json: nobody';
like $kit->log_text, qr/kind=config .*access\.json: No such file/, 'and the log says so';

# ---- scripts and mini programs, by a header ----

access(recipe('A role for a folder', 'json'));
give_roles($kit, 'xiaoming');
my $token = $someone->cookie('wx_session');
for my $header (['Authorization', "Bearer "], ['X-WX-Session', '']) {
    my ($name, $scheme) = @$header;
    my $ask = sub { my ($path, $value) = @_; return $kit->browser->get("$gate$path", headers => { $name => $scheme . $value }) };
    is $ask->('/none', $token)->{status}, 200, "$name: the file";
    my $denied = $ask->('/board/plan.txt', $token);
    is "$denied->{status} $denied->{content}", '403 {"error":"denied"}', "$name: without the role";
    my $stranger = $ask->('/none', 'A' x 43);
    is "$stranger->{status} $stranger->{content}", '401 {"active":false}', "$name: not signed in: 401";
    is $ask->('/nothing', $token)->{content}, '{"error":"not_found"}', "$name: nothing there";
}

# ---- signing out ----

{
    my $leaving = $kit->browser;
    is $leaving->sign_in('meimei', "$gate/none")->{status}, 200, 'signed in: the file';
    $leaving->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is $leaving->get("$gate/none", headers => { 'If-None-Match' => '*' })->{status}, 303, 'signed out: not even that it has not changed';
}

# ---- where the folder may be ----

# In a process that has served before, changed settings that are not valid leave the old ones in force (fcgi.t).
for my $row ($kit->{server} =~ /fcgi/ ? () : (
    ['www/private', qr/private_dir: \S+ is in \Q$f\E\/www, which the web server serves: move it to \Q$f\E\/wechat\/private and set private_dir to that/],
    ['.', qr/private_dir: everybody who is signed in could read the settings in \S+: give the files a folder of their own, such as \Q$f\E\/wechat\/private/],
    ['..', qr/private_dir: everybody who is signed in could read the settings/], ['/', qr/private_dir: everybody who is signed in could read the settings/],
    ['wechat-state', qr/private_dir: everybody who is signed in could read the state/], ['wechat-state/users', qr/private_dir: everybody who is signed in could read the state/],
)) {
    my ($folder, $log) = @$row;
    make_path("$f/www/private");
    $kit->write_conf(private_dir => $folder, language => 'en');
    my $answer = get('/none');
    is $answer->{status}, 500, "private_dir = $folder: refused";
    like $answer->{content}, qr/This site is not set up yet/, 'the page shows no reason';
    like $kit->log_text, qr/kind=config [^\n]*$log/, 'the log does, and says what to do';
}
symlink 'www', "$f/looks-private";
$kit->write_conf(private_dir => 'looks-private', language => 'en');
is get('/index.html')->{status}, 500, 'a link into the document root: refused' if $kit->{server} !~ /fcgi/;
rename $private, "$f/elsewhere";
symlink 'elsewhere', $private;
$kit->write_conf(private_dir => 'private', language => 'en');
is_file(get('/reports/a.pdf')->{content}, $pdf, 'a link to another place: served');
unlink $private;
is get('/reports/a.pdf')->{status}, 500, 'no folder';
like $kit->log_text, qr/kind=config .*\Q$private\E: No such file or directory/, 'is in the log';
rename "$f/elsewhere", $private;
is_file(get('/reports/a.pdf')->{content}, $pdf, 'and it is served as soon as it is there');
$kit->write_conf(language => 'en');
is get('/reports/a.pdf')->{status}, 404, 'private_dir is not set: there is no gate';
$kit->write_conf(private_dir => 'private', language => 'en');
SKIP: {
    skip 'root may read everything', 2 if $> == 0 && !Kit::as_server();
    chmod 0, "$private/none";
    is get('/none')->{status}, 503, 'a file that the programs may not read';
    like $kit->log_text, qr/kind=system .*: none: Permission denied: the user that the programs run as has to be allowed to/, 'is in the log, with what to do';
    chmod 0644, "$private/none";
}

# ---- huge files, in constant memory ----

my $huge = 2 * 1024**3 + 17;
open my $sparse, '>', "$private/huge.zip" or die $!;
truncate $sparse, $huge or die $!;
seek $sparse, $huge - 4, SEEK_SET;
print {$sparse} 'END!';
close $sparse;
chmod 0644, "$private/huge.zip";
is get('/huge.zip', Range => 'bytes=-4')->{content}, 'END!', '2 GB: its end';
my $end = get('/huge.zip', Range => 'bytes=2147483661-');
is "$end->{content} $end->{headers}{'content-range'}", "END! bytes 2147483661-2147483664/$huge", 'by its position, beyond 32 bits';
is $someone->request('HEAD', "$gate/huge.zip")->{headers}{'content-length'}, $huge, 'HEAD: its length';
is get('/huge.zip', Range => "bytes=$huge-")->{status}, 416, 'behind its end: nothing';

# Starts the program with its answer in a pipe. Returns its process and the pipe.
sub start_program {
    my ($path, %environment) = @_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>&', $write;
        open STDERR, '>', "$f/started.log";
        close $read;
        %ENV = (GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'GET', WECHAT_CONF => "$f/wechat.conf", REMOTE_ADDR => '192.0.2.7', PATH_INFO => $path,
            HTTP_COOKIE => "wx_session=$token", %environment);
        exec Kit::as_server(), "$f/cgi-bin/gate.cgi" or POSIX::_exit(127);
    }
    close $write;
    return ($pid, $read);
}

# Reads to the end; returns how many bytes, and the last of them.
sub drain {
    my ($from, $most) = @_;
    my ($size, $last) = (0, '');
    while (!defined $most || $size < $most) {
        my $got = sysread $from, my $bytes, 1024 * 1024;
        last if !$got;
        $size += $got;
        $last = substr $bytes, -4;
    }
    return ($size, $last);
}
{
    my ($pid, $from) = start_program('/huge.zip');
    my ($size) = drain($from, $huge - 10_000_000);
    my ($memory) = Kit::read_file("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
    my ($rest, $last) = drain($from);
    waitpid $pid, 0;
    is $? >> 8, 0, '2 GB as a whole: exit status 0';
    my $headers = $size + $rest - $huge;
    ok $headers > 100 && $headers < 1000, 'headers and every byte' or diag "$size + $rest";
    is $last, 'END!', 'to the last';
    note "peak memory: $memory kB";
    # A sanitizer and valgrind have shadow memory.
    cmp_ok $memory, '<', 8000, 'in less than 8 MB of memory, with all libraries' if $Kit::BUILD !~ m{/(?:sanitize|valgrind|coverage)};
}
{
    my $size = 0;
    my $answer = $someone->{http}->request('GET', "$kit->{site_url}$gate/huge.zip", { headers => { Cookie => "wx_session=$token" }, data_callback => sub { $size += length $_[0] } });
    is "$answer->{status} $size", "200 $huge", 'and through the web server';
}

# ---- files that change while they are sent ----

sub write_size { my ($size) = @_; open my $out, '>', "$private/changing.zip" or die $!; truncate $out, $size or die $!; close $out; chmod 0644, "$private/changing.zip"; return }
for my $row (['becomes shorter', 5_000_000, 1, qr/gate\.cgi client=192\.0\.2\.7 kind=system .*: the file became shorter while it was sent\n\z/], ['becomes longer', 30_000_000, 0, qr/\A\z/],
    ['is replaced', undef, 0, qr/\A\z/]) {
    my ($what, $to, $exit, $log) = @$row;
    write_size(20_000_000);
    my ($pid, $from) = start_program('/changing.zip');
    my ($size) = drain($from, 1_000_000);
    if (defined $to) { truncate "$private/changing.zip", $to or die $! } else { write_size(1) if unlink "$private/changing.zip" }
    my ($rest) = drain($from);
    waitpid $pid, 0;
    my $body = $size + $rest;
    ok $exit ? $body < 20_000_000 : $body > 20_000_000 && $body < 20_001_000, "a file that $what: " . ($exit ? 'the answer ends' : 'as long as it was') or diag $body;
    is $? >> 8, $exit, "exit status $exit";
    like Kit::read_file("$f/started.log"), $log, $exit ? 'and the log says so' : 'and nothing to log';
}

# ---- clients that go away ----

{
    my ($pid, $from) = start_program('/huge.zip');
    drain($from, 1_000_000);
    close $from;
    waitpid $pid, 0;
    is $? & 127, 13, 'the pipe is closed: the program ends (SIGPIPE)';
    is Kit::read_file("$f/started.log"), '', 'without a line in the log';
}
sub running { return grep { (readlink("$_/exe") // '') eq "$f/cgi-bin/gate.cgi" } glob '/proc/[0-9]*' }
SKIP: {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $kit->{site_port}) or die "connect: $!";
    print {$socket} "GET $gate/huge.zip HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: wx_session=$token\r\n\r\n";
    drain($socket, 1_000_000);
    skip 'other processes cannot be seen', 1 if !running();
    close $socket;
    ok Kit::wait_for('the end of the program', 20, sub { !running() }), 'a client goes away in the middle: the program ends';
}
done_testing;
