# The web servers of docs/en/scale.md, as it configures them, with one pool of processes and with two: a sign-in, a path behind
# the program, Authorization, a push.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use Kit;
use Push;
use Test::More;

my %lines = map { ("$_->{language} $_->{name}" => encode_utf8($_->{text})) } Docs::snippets('docs/en/scale.md');
my @servers = (['nginx-fcgi', 'nginx '], ['apache-proxy-fcgi', 'apache proxy'], ['apache-fcgid', 'apache fcgid'], ['lighttpd-fcgi', 'lighttpd '],
    ['nginx-fcgi', 'nginx pools'], ['apache-proxy-fcgi', 'apache pools'], ['lighttpd-fcgi', 'lighttpd pools']);

for my $row (@servers) {
    my ($server, $name) = @$row;
    subtest $name => sub {
        my $text = $lines{$name} or die "docs/en/scale.md: no lines $name\n";
        # The page's paths, each of which must occur somewhere.
        my $change = sub {
            my ($f) = @_;
            $text =~ s{/run/(wechat[\w-]*\.sock)}{$f/$1}g;
            $text =~ s{/usr/local/bin}{$f/bin}g;
            $text =~ s{/srv/wechat/wechat\.conf}{$f/wechat.conf}g;
            $text =~ s{include fastcgi_params}{include /etc/nginx/fastcgi_params}g;
            return $text;
        };
        my $pools = $name =~ /pools/;
        my $kit = Kit->new(server => $server, fcgi_lines => $change, pools => $pools, conf => { push_token => $Push::TOKEN, push_mode => 'plain', language => 'en' });
        my $browser = $kit->browser;
        like $browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{content}, qr/oSim0001xiaoMing/, 'a sign-in';
        my $bearer = $kit->browser(headers => { Authorization => 'Bearer ' . $browser->cookie('wx_session') });
        is $bearer->get('/cgi-bin/validate.cgi')->{status}, 200, 'Authorization reaches the program';
        is $browser->get('/cgi-bin/gate.cgi/a%20b/none')->{status}, 404, 'a path behind a program';
        is $browser->get('/cgi-bin/list.cgi?format=json')->{status}, 200, 'a query';
        my $push = $browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => 1), headers => { 'Content-Type' => 'text/xml' });
        is $push->{status}, 200, 'a push';
        every_program($kit, $browser) if $pools;
        my $me = $browser->get('/cgi-bin/me.cgi')->{content};
        my ($csrf) = $me =~ /name="csrf" value="([^"]+)"/;
        is $browser->post('/cgi-bin/logout.cgi', { csrf => $csrf, next => '/bye' })->{status}, 303, 'a form';
        is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
    };
}

# With two pools each request reaches the one that serves it, also the requests that only say in the query what they need.
sub every_program {
    my ($kit, $browser) = @_;
    is $browser->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'validate.cgi, which asks WeChat';
    # Those with '-' are run by other programs only.
    my @misdirected = grep { $kit->browser->get("/cgi-bin/$_")->{status} == 421 } grep {!/-/} sort keys %{ Kit::programs() };
    is "@misdirected", '', 'every program is reached';
    unlike $kit->log_text, qr/WECHAT_SERVE/, 'and the log is silent';
    return;
}

# The lines for a shell and for systemd: the words that the program knows.
my $help = `$Kit::BUILD/bin/wechat.fcgi --help`;
my $page = Docs::text('docs/en/scale.md');
for my $word ($page =~ /\b(WECHAT_[A-Z_]+|FCGI_[A-Z_]+|--\w+|SIG[A-Z]+)\b/g) { like $help, qr/\Q$word\E/, "--help knows $word" }
like $lines{"ini /etc/systemd/system/$_.service"}, qr/^StandardInput=socket$/m, "$_.service: systemd passes the socket as standard input" for 'wechat', 'wechat@';
done_testing;
