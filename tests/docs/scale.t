# The web servers of docs/en/scale.md, as it configures them: a sign-in, a path behind the program, Authorization, a push.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use Kit;
use Push;
use Test::More;

my %lines = map { ("$_->{language} $_->{name}" => encode_utf8($_->{text})) } Docs::snippets('docs/en/scale.md');
my %servers = ('nginx-fcgi' => 'nginx ', 'apache-proxy-fcgi' => 'apache proxy', 'apache-fcgid' => 'apache fcgid', 'lighttpd-fcgi' => 'lighttpd ');

for my $server (sort keys %servers) {
    subtest $server => sub {
        my $text = $lines{ $servers{$server} } or die "docs/en/scale.md: no lines for $server\n";
        # The page's paths, each of which must occur somewhere.
        my $change = sub {
            my ($f) = @_;
            $text =~ s{/run/wechat\.sock}{$f/wechat.sock}g;
            $text =~ s{/usr/local/bin}{$f/bin}g;
            $text =~ s{/srv/wechat/wechat\.conf}{$f/wechat.conf}g;
            $text =~ s{include fastcgi_params}{include /etc/nginx/fastcgi_params};
            return $text;
        };
        my $kit = Kit->new(server => $server, fcgi_lines => $change, conf => { push_token => $Push::TOKEN, push_mode => 'plain', language => 'en' });
        my $browser = $kit->browser;
        like $browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{content}, qr/oSim0001xiaoMing/, 'a sign-in';
        my $bearer = $kit->browser(headers => { Authorization => 'Bearer ' . $browser->cookie('wx_session') });
        is $bearer->get('/cgi-bin/validate.cgi')->{status}, 200, 'Authorization reaches the program';
        is $browser->get('/cgi-bin/gate.cgi/a%20b/none')->{status}, 404, 'a path behind a program';
        is $browser->get('/cgi-bin/list.cgi?format=json')->{status}, 200, 'a query';
        my $push = $browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => 1), headers => { 'Content-Type' => 'text/xml' });
        is $push->{status}, 200, 'a push';
        my $me = $browser->get('/cgi-bin/me.cgi')->{content};
        my ($csrf) = $me =~ /name="csrf" value="([^"]+)"/;
        is $browser->post('/cgi-bin/logout.cgi', { csrf => $csrf, next => '/bye' })->{status}, 303, 'a form';
        is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
    };
}

# The lines for a shell and for systemd: the words that the program knows.
my $help = `$Kit::BUILD/bin/wechat.fcgi --help`;
my $page = Docs::text('docs/en/scale.md');
for my $word ($page =~ /\b(WECHAT_[A-Z_]+|FCGI_[A-Z_]+|--\w+|SIG[A-Z]+)\b/g) { like $help, qr/\Q$word\E/, "--help knows $word" }
like $lines{'ini /etc/systemd/system/wechat.service'}, qr/^StandardInput=socket$/m, 'systemd passes the socket as standard input';
done_testing;
