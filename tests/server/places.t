# A site as on cPanel: cgi-bin is in public_html, and the web server runs as the account's user. It is set up with the exact
# lines of docs/en/start.md, upgraded and removed with those of docs/en/upgrade.md and docs/en/uninstall.md. Settings and state cannot be fetched, and sign-ins work.
use strict;
use warnings;
use utf8;
use Docs;
use Encode qw(decode_utf8);
use File::Path qw(make_path);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

# Two sites with the same files: one ignores .htaccess, the other obeys it. Both list folders.
my ($port, $strict, $shared) = map { Kit::free_port() } 1 .. 3;
my $vhost = sub {
    my ($at, $override) = @_;
    return <<"SITE";
</VirtualHost>
Listen 127.0.0.1:$at
<VirtualHost 127.0.0.1:$at>
DocumentRoot {folder}/you/public_html
ScriptAlias /cgi-bin/ {folder}/you/public_html/cgi-bin/
<Directory {folder}/you>
Options +Indexes
AllowOverride $override
</Directory>
SITE
};
# One host name for many accounts, as /~you/.
my $tilde = <<"SITE";
</VirtualHost>
Listen 127.0.0.1:$shared
<VirtualHost 127.0.0.1:$shared>
DocumentRoot {folder}/www
UserDir {folder}/*/public_html
<Directory {folder}/you/public_html/cgi-bin>
Options +ExecCGI
SetHandler cgi-script
</Directory>
SITE
my $kit = Kit->new(modules => [qw(autoindex userdir)], site_conf => $vhost->($port, 'None') . $vhost->($strict, 'All') . $tilde);
my $home = "$kit->{folder}/you";
my $root = "$home/public_html";
my $site = "http://127.0.0.1:$port";

sub fetch { my ($url) = @_; return HTTP::Tiny->new(max_redirect => 0)->get($url) }

# Runs shell lines as the account's user, in its home folder.
sub as_you {
    my ($lines) = @_;
    local %ENV = (PATH => $ENV{PATH}, HOME => $home);
    return system(Kit::as_server(), 'sh', '-ec', "cd\n$lines") >> 8;
}

make_path("$root/cgi-bin");
Kit::write_file("$root/index.html", "a page\n", 0644);
system("sh $Kit::TOP/static/dist.sh $Kit::BUILD/cgi-bin $Kit::BUILD/html $home/dist 1.2.3 >/dev/null && mv $home/dist/*.tar.gz $home/ && rm -r $home/dist") == 0 or die 'dist.sh';
system('chown', '-R', 'nobody:nogroup', $home) == 0 or die 'chown' if $> == 0;

# ---- the lines of docs/en/start.md ----

sub lines_of { my ($page) = @_; return join '', map { $_->{text} } grep { $_->{language} eq 'sh' } Docs::snippets("docs/en/$page.md") }
like lines_of('start'), qr{public_html/cgi-bin/}, 'the page has the lines';
is as_you(lines_of('start')), 0, 'they work';
my $conf = "$home/wechat/wechat.conf";
my $text = Kit::read_file($conf);
my %fill = (appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $site);
$text =~ s/^$_ =$/$_ = $fill{$_}/m or die $_ for keys %fill;
my $more = Kit::conf_text(open_url => $kit->{sim_url}, api_url => $kit->{sim_url}, outside_wechat => 'direct', language => 'en');
is as_you("cat >wechat/wechat.conf <<'END'\n$text${more}END\n"), 0, 'filled in';
is sprintf('%o', (stat $conf)[2] & 07777), '600', 'and only its owner can read it';

# Tells the simulator the site's address.
sub wechat_knows {
    my ($url) = @_;
    my $sim = "$kit->{folder}/sim.conf";
    my ($uid, $gid) = (stat $sim)[4, 5];
    Kit::write_file($sim, Kit::read_file($sim) =~ s{^site_url = .*$}{site_url = $url}mr, 0600);
    chown $uid, $gid, $sim;
    $kit->{site_url} = $url;
    return;
}
wechat_knows($site);
my $browser = $kit->browser;
my $me = $browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
is $me->{status}, 200, 'signed in' or diag $kit->log_text;
like decode_utf8($me->{content}), qr/小明’s page/, 'on the personal page';
ok -d "$home/wechat/wechat-state/users", 'the state is beside the document root';
is $browser->get('/cgi-bin/probe.cgi')->{content} =~ s/^.*: .*good *\n//gmr =~ s/^(?:runs as|folder): .*\n//gmr, '', 'probe.cgi: every line is good';

like fetch("http://127.0.0.1:$shared/~you/cgi-bin/login.cgi")->{headers}{location}, qr{^\Q$kit->{sim_url}\E/connect/}, 'at /~you/ the same settings are found';

# ---- nothing can be fetched ----

# Every path by which a visitor could ask for a file: from the home folder and from the document root.
sub addresses {
    my ($file) = @_;
    my $way = $file =~ s{^\Q$home\E/}{}r;
    my $in_root = $way =~ s{^public_html/}{}r;
    my ($name) = $way =~ m{([^/]+)/?$};
    return map { s/ /%20/gr } "/$way", "/$in_root", "/../$way", "/%2e%2e/$way", "/..%2f$way", "/cgi-bin/../../$way", "/cgi-bin/%2e%2e/%2e%2e/$way",
        "/cgi-bin/$way", "/cgi-bin/$name", "/$name", "/~you/$way", "/~you/$in_root", "/~you/../$way", "/~you/%2e%2e/$way";
}

# Requests these files and their folders; returns the addresses that reveal secrets.
sub leaks {
    my ($url, @files) = @_;
    my ($session) = map {m{([^/]+)$}} grep {m{/sessions/}} @files;
    my %seen;
    my @leaks;
    my @folders = map { s{/[^/]*$}{/}r } @files;
    for my $address (grep { !$seen{$_}++ } map { addresses($_) } @files, @folders) {
        my $answer = fetch("$url$address");
        push @leaks, "$address: $answer->{status}" if $answer->{content} =~ /\Q$Kit::SECRET\E|\Q$Kit::APPID\E|"openid"|openid=|\Q$session\E|Index of .*wechat/;
    }
    return @leaks;
}
sub files { return grep { !m{/cgi-bin/[^/]*\.cgi$} } split /\n/, `find $home -type f ! -name '*.html' ! -name '*.txt' ! -name '*.tar.gz' -not -path '$home/wechat-cgi-*'` }
my @files = files();
ok scalar(grep {m{/wechat-state/(?:sessions|users)/}} @files) >= 2, 'there is state that could be fetched';
is fetch("$site/index.html")->{content}, "a page\n", 'the server serves files';
is_deeply [leaks($site, @files)], [], 'where .htaccess is ignored: settings and state cannot be fetched';
is_deeply [leaks("http://127.0.0.1:$strict", @files)], [], 'nor where it is obeyed';
is_deeply [leaks("http://127.0.0.1:$shared", @files)], [], 'nor at /~you/';

# ---- the second line of defence: .htaccess for files copied into the document root ----

sub status { my ($at, $path) = @_; return fetch("http://127.0.0.1:$at$path")->{status} }
is as_you("cp -r wechat public_html/; cp wechat/wechat.conf public_html/wechat/; cp wechat/wechat.conf public_html/cgi-bin/\n"), 0, 'all of it copied into the document root';
is status($port, '/wechat/wechat.conf'), 200, 'served as a file where .htaccess is ignored';
cmp_ok leaks($site, grep {m{/public_html/}} files()), '>', 3, 'which this test notices';
is status($strict, $_), 403, "where it is obeyed: $_ is denied" for '/wechat/wechat.conf', '/wechat/', '/wechat/wechat-state/', '/wechat/wechat-html/me.html', '/cgi-bin/wechat.conf', '/cgi-bin/SHA256SUMS';
is status($strict, '/cgi-bin/login.cgi'), 303, 'programs run beside it';
as_you('rm -r public_html/wechat public_html/cgi-bin/wechat.conf');

# ---- the layout of earlier versions: in the document root ----

is as_you("mv wechat/wechat.conf wechat/wechat-state wechat/wechat-html public_html/\n"), 0, 'moved above cgi-bin, which is the document root';
like fetch("$site/wechat.conf")->{content}, qr/\Q$Kit::SECRET\E/, 'this server would give the secret to anybody';
my $errors = sub { Kit::read_file("$kit->{folder}/log/apache.error.log") };
my $before = length $errors->();
my $refused = $kit->browser->get('/cgi-bin/me.cgi');
is $refused->{status}, 500, 'so the programs do not start with it';
like decode_utf8($refused->{content}), qr/<h1[^>]*>[^<]*(?:还没有设置好|not set up yet)/, 'not set up yet';
like substr($errors->(), $before), qr{\Q$root\E/wechat\.conf is in \Q$root\E, which the web server serves: move it, with wechat-state and wechat-html, to \Q$home\E/wechat, and reset the AppSecret},
    'the log says where to move it';
is as_you("mv public_html/wechat.conf public_html/wechat-state public_html/wechat-html wechat/\n"), 0, 'moved as the log says';
is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'and whoever was signed in still is';

# ---- .htwechat.conf ----

is as_you("mv wechat public_html/wechat; mv public_html/wechat/wechat.conf public_html/wechat/.htwechat.conf\n"), 0, 'the folder in the document root, on purpose';
is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'works';
is_deeply [leaks("http://127.0.0.1:$strict", files())], [], 'where .htaccess is obeyed, nothing can be fetched';
is status($strict, $_), 403, "$_ is refused, as docs/en/hosts.md says to check" for '/wechat/.htwechat.conf', '/wechat/wechat-html/me.html';
isnt status($port, '/wechat/wechat-html/me.html'), 403, 'and the check shows where .htaccess is ignored';
is as_you("mv public_html/wechat wechat; mv wechat/.htwechat.conf wechat/wechat.conf\n"), 0, 'moved back';

# ---- an upgrade, and the end ----

is as_you("rm -r wechat-cgi-*/; echo old >public_html/cgi-bin/login.cgi; echo old >wechat/wechat-html/me.html\n"), 0, 'the site has older files';
is as_you(lines_of('upgrade')), 0, 'the lines of docs/en/upgrade.md work';
is $browser->get('/cgi-bin/me.cgi')->{status}, 200, 'new programs and pages are there, and whoever was signed in still is';
is status($port, '/cgi-bin/login.cgi'), 303, 'with the mode that they need';
is status($port, '/cgi-bin/probe.cgi'), 404, 'and without probe.cgi';
is Kit::read_file("$home/wechat/wechat-html.before/me.html"), "old\n", 'the pages before are kept';
is as_you("echo mine >public_html/cgi-bin/mine.txt\n"), 0, 'a file of the owner';
is as_you(lines_of('uninstall')), 0, 'the lines of docs/en/uninstall.md work';
is join(' ', glob "$root/cgi-bin/* $root/cgi-bin/.ht*"), "$root/cgi-bin/mine.txt", 'and leave what is not of the kit';
ok !-e "$home/wechat", 'no settings and no data';
done_testing;
