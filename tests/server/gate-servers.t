# gate.cgi behind each web server: files, ranges and folders as the server passes them on, the addresses of docs/en/gate.md, and files
# that the server sends itself (X-Sendfile, X-Accel-Redirect), with the recipes exactly as written.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use File::Path qw(make_path);
use Gate qw(recipe give_roles);
use HTTP::Tiny;
use IO::Socket::INET;
use Kit;
use Test::More;

my $odd = encode_utf8('小 明&#%?;+.txt');
my $odd_address = '%E5%B0%8F%20%E6%98%8E&%23%25%3F;+.txt';
my $bytes = join '', map { chr($_ * 7 % 256) } 1 .. 300_000;
my %files = ('reports/a.pdf' => $bytes, 'reports/empty.txt' => '', 'pages/index.html' => '<script>1</script>', $odd => "named\n", 'data.unknown' => 'bytes', 'board/plan.txt' => "plan\n");

# Without showing bytes that no terminal can show.
sub is_file { my ($got, $wanted, $name) = @_; return ok defined $got && $got eq $wanted, $name }

# The site's configuration, in the language of the server, and the setting sendfile for its own way of sending files.
my %server = (
    'apache-cgid' => sub { return (modules => [qw(rewrite xsendfile)], site_conf => htaccess() . files_by_apache()) },
    'apache-cgi' => sub { return (modules => ['rewrite'], site_conf => htaccess()) },
    lighttpd => sub {
        return (modules => ['mod_rewrite'], site_conf => recipe('/members/', 'lighttpd') . recipe('Let the server send', 'lighttpd', '/srv/wechat/private' => '{folder}/private'));
    },
    nginx => sub {
        my @programs = ('/run/fcgiwrap.socket' => '{folder}/fcgiwrap.sock', '/usr/lib/cgi-bin' => '{folder}/cgi-bin', '/srv/wechat/wechat.conf' => '{folder}/wechat.conf');
        return (site_conf => recipe('/members/', 'nginx', @programs) . recipe('Let the server send', 'nginx', '/srv/wechat/private' => '{folder}/private'));
    },
);
my %sends = ('apache-cgid' => 'X-Sendfile', lighttpd => 'X-Sendfile', nginx => 'X-Accel-Redirect /private-files');
sub htaccess { return "<Directory {folder}/www>\nAllowOverride All\n</Directory>\n" . recipe('How files are sent', 'apache') }
sub files_by_apache {
    return "<IfModule mod_xsendfile.c>\n" . recipe('Let the server send', 'apache', '/srv/wechat/private' => '{folder}/private') . "</IfModule>\n";
}

for my $server (qw(apache-cgid apache-cgi lighttpd nginx)) {
    my $kit = Kit->new(server => $server, conf => { private_dir => 'private', language => 'en', access => 'access.json' }, $server{$server}->());
    my $f = $kit->{folder};
    make_path("$f/private/$_") for qw(reports pages board empty);
    Kit::write_file("$f/private/$_", $files{$_}, 0644) for keys %files;
    Kit::write_file("$f/secret.txt", "SECRET\n", 0644);
    Kit::write_file("$f/www/.htaccess", recipe('/members/', 'apache'), 0644);
    Kit::write_file("$f/access.json", '[{"folder": "/"}, {"folder": "/board", "roles": ["board"]}, {"folder": "/pages"}]', 0644);
    symlink '../secret.txt', "$f/private/out.txt";

    # ---- the same with each server ----

    my ($browser, $nobody) = ($kit->browser, $kit->browser);
    for my $path ('/cgi-bin/gate.cgi/reports/a.pdf', '/members/reports/a.pdf?page=2') {
        is $nobody->get($path)->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=" . HTTP::Tiny->new->_uri_escape($path), "$server: $path: to the sign-in";
        $browser = $kit->browser;
        my $back = $browser->sign_in('xiaoming', $path);
        is $back->{url}, "$kit->{site_url}$path", "$server: and back to it";
        is_file($back->{content}, $bytes, "$server: every byte");
    }
    my $get = sub { my ($path, %headers) = @_; return $browser->get($path, headers => \%headers) };
    check_files($server, $browser, $_, 0) for '/cgi-bin/gate.cgi', '/members';
    is $get->('/members')->{location} // '', "$kit->{site_url}/members/", "$server: /members: with a slash" if $server ne 'nginx';
    is $get->('/members/pages')->{location}, "$kit->{site_url}/members/pages/", "$server: a folder: with a slash";
    is $get->('/members/pages/')->{content}, $files{'pages/index.html'}, "$server: index.html";
    is $get->('/members/board/plan.txt')->{status}, 403, "$server: without the role: 403";
    give_roles($kit, 'xiaoming', 'board');
    is $get->('/members/board/plan.txt')->{content}, "plan\n", "$server: with it: the file";
    give_roles($kit, 'xiaoming');
    for my $path (qw(/../secret.txt /%2e%2e/secret.txt /..%2fsecret.txt /%2e%2e%2fsecret.txt /reports/%2e%2e/%2e%2e/secret.txt /.%00./secret.txt /..%5csecret.txt /%252e%252e/secret.txt /out.txt
        /reports/..%2f..%2fsecret.txt //secret.txt)) {
        for my $prefix ('/cgi-bin/gate.cgi', '/members') {
            my ($status, $answer) = raw($kit, $browser, "$prefix$path");
            ok $status =~ /^(?:303|4\d\d)$/ && $answer !~ /SECRET/, "$server: $prefix$path: nothing ($status)";
        }
    }

    # ---- the server sends ----

    SKIP: {
        skip "$server: it sends no files for programs", 1 if !$sends{$server};
        my ($header) = split / /, $sends{$server};
        skip 'libapache2-mod-xsendfile is not installed', 1 if $server =~ /apache/ && !-e Kit::find_modules() . '/mod_xsendfile.so';
        # Without it the server has nothing to send: what comes is the program's.
        $kit->write_conf(private_dir => 'private', language => 'en', access => 'access.json', sendfile => $sends{$server});
        check_files("$server, $header", $browser, $_, 1) for '/cgi-bin/gate.cgi', '/members';
        is $get->('/members/pages/')->{content}, $files{'pages/index.html'}, "$server, $header: a page";
        like $get->('/members/pages/')->{headers}{'content-security-policy'}, qr/script-src 'none'/, 'keeps its policy';
        is $get->('/members/board/plan.txt')->{status}, 403, "$server, $header: without the role: 403";
        is $get->('/members/nothing')->{status}, 404, 'nothing there: 404';
        is $get->('/members/out.txt')->{status}, 404, 'a link: 404';
        is $nobody->get('/members/reports/a.pdf')->{status}, 303, 'not signed in: to the sign-in';
        is $nobody->get('/private-files/reports/a.pdf')->{status}, 404, 'the internal path is not for visitors' if $server eq 'nginx';
    }
}

# A file's answers, at both addresses, by whom it is sent.
sub check_files {
    my ($name, $browser, $prefix, $by_server) = @_;
    my $ask = sub { my ($path, %headers) = @_; return $browser->get("$prefix$path", headers => \%headers) };
    my $whole = $ask->('/reports/a.pdf');
    is $whole->{status}, 200, "$name, $prefix: 200";
    is_file($whole->{content}, $bytes, 'every byte');
    is_deeply [grep {/sendfile|accel/} keys %{ $whole->{headers} }], [], 'no word of how it is sent';
    is $whole->{headers}{'content-type'}, 'application/pdf', 'its type';
    is $whole->{headers}{'content-length'}, 300_000, 'its length';
    is $whole->{headers}{'cache-control'}, 'private, no-cache', 'not for other caches';
    is $whole->{headers}{'x-content-type-options'}, 'nosniff', 'not to be guessed';
    ok $whole->{headers}{etag} && $whole->{headers}{'last-modified'}, 'a tag and a date';
    my $part = $ask->('/reports/a.pdf', Range => 'bytes=1000-1999');
    is "$part->{status} $part->{headers}{'content-range'}", '206 bytes 1000-1999/300000', 'a range';
    is_file($part->{content}, substr($bytes, 1000, 1000), 'its bytes');
    is $ask->('/reports/a.pdf', Range => 'bytes=-1')->{content}, substr($bytes, -1), 'the last byte';
    is $ask->('/reports/a.pdf', Range => 'bytes=300000-')->{status}, 416, 'none behind the end';
    is_file($ask->('/reports/a.pdf', Range => 'bytes=0-1,5-6')->{content}, $bytes, 'several ranges: the file') if !$by_server && $name !~ /lighttpd/;
    my $unchanged = $ask->('/reports/a.pdf', 'If-None-Match' => $whole->{headers}{etag});
    is "$unchanged->{status} " . ($unchanged->{content} // ''), '304 ', 'not changed';
    is $ask->('/reports/a.pdf', 'If-Modified-Since' => $whole->{headers}{'last-modified'})->{status}, 304, 'since that date';
    my $head = $browser->request('HEAD', "$prefix/reports/a.pdf");
    is "$head->{status} $head->{headers}{'content-length'} " . ($head->{content} // ''), '200 300000 ', 'HEAD';
    is $ask->('/reports/empty.txt')->{content}, '', 'an empty file';
    is $ask->("/$odd_address")->{content}, "named\n", 'a name with blanks, %, #, ? and Chinese';
    is $ask->('/data.unknown')->{headers}{'content-disposition'}, 'attachment', 'an unknown type: to be downloaded';
    is $ask->('/data.unknown')->{headers}{'content-type'}, 'application/octet-stream', 'as bytes';
    return;
}

# A request as it is, without a client that tidies it up. Returns status and answer.
sub raw {
    my ($kit, $browser, $path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $kit->{site_port}) or die "connect: $!";
    print {$socket} join "\r\n", "GET $path HTTP/1.0", 'Host: 127.0.0.1', 'Cookie: wx_session=' . $browser->cookie('wx_session'), '', '';
    local $/;
    my $answer = <$socket> // '';
    return ($answer =~ m{^HTTP/\S+ (\d+)} ? $1 : 400, $answer);
}

# ---- the header itself ----

{
    my $kit = Kit->new(conf => { private_dir => 'private', language => 'en' });
    make_path("$kit->{folder}/private/pages");
    Kit::write_file("$kit->{folder}/private/$odd", "named\n", 0644);
    Kit::write_file("$kit->{folder}/private/pages/index.html", 'page', 0644);
    my $browser = $kit->browser;
    $browser->sign_in('xiaoming');
    my $run = sub {
        my ($path, %environment) = @_;
        return $kit->run('gate.cgi', before => [Kit::as_server()],
            environment => { PATH_INFO => $path, HTTP_COOKIE => 'wx_session=' . $browser->cookie('wx_session'), REQUEST_URI => "/x$path", %environment });
    };
    Kit::write_file("$kit->{folder}/private/pages/a-b_c~1.2.pdf", 'plain', 0644);
    my $encoded = '%E5%B0%8F%20%E6%98%8E%26%23%25%3F%3B%2B.txt';
    my $off = $run->("/$odd");
    is_deeply [grep {/sendfile|accel/} keys %{ $off->{headers} }], [], 'off: no such header';
    is $off->{body}, "named\n", 'and the file';
    for my $row (['X-Sendfile', 'x-sendfile', "$kit->{folder}/private"], ['X-Accel-Redirect /private-files', 'x-accel-redirect', '/private-files']) {
        my ($setting, $header, $folder) = @$row;
        $kit->write_conf(private_dir => 'private', language => 'en', sendfile => $setting);
        my $answer = $run->('/pages/a-b_c~1.2.pdf', HTTP_RANGE => 'bytes=0-1');
        is "$answer->{status} $answer->{body}", '200 ', "$setting: an empty body, whatever is asked for";
        is_deeply $answer->{headers}{$header}, ["$folder/pages/a-b_c~1.2.pdf"], 'and the path';
        is_deeply [grep { $answer->{headers}{$_} } qw(etag last-modified content-range accept-ranges)], [], 'tag, date and range are the server\'s';
        is_deeply [grep { $_ eq $header } keys %{ $run->('/pages/')->{headers} }], [], 'what holds scripts is sent by the program';
        is_deeply [grep { $_ eq $header } keys %{ $run->($_)->{headers} }], [], "$_: not sent" for '/nothing', '/pages', '/..';
        my $named = $run->("/$odd");
        if ($header eq 'x-sendfile') { is "$named->{body} " . ($named->{headers}{$header} ? 1 : 0), "named\n 0", 'a name that servers read differently is sent by the program' }
        else { is_deeply $named->{headers}{$header}, ["/private-files/$encoded"], 'other names encoded' }
    }
}
done_testing;
