# A request is judged by what the program needs of it: headers that are for others.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', list => 'list.json', push_token => $Push::TOKEN, push_mode => 'plain', dev_origins => 'http://192.168.1.5:5173' });
Kit::write_file("$kit->{folder}/list.json", '[{"id": "orders", "text": "Orders"}]', 0644);

# A program, run as the web server runs it, with the cookie of a browser.
sub run_with {
    my ($browser, $program, %option) = @_;
    my %environment = (HTTP_COOKIE => 'wx_session=' . $browser->cookie('wx_session'), %{ delete $option{environment} || {} });
    return $kit->run($program, %option, before => [Kit::as_server()], environment => \%environment);
}

chown((getpwnam 'nobody')[2], -1, "$kit->{folder}/wechat.conf") if $> == 0;
my $browser = $kit->browser;
$browser->sign_in('xiaoming');
my $token = $browser->cookie('wx_session');
my $basic = 'Basic b3duZXI6cGFzc3dvcmQ=';

subtest 'headers that are for others' => sub {
    my @others = ($basic, "basic $token", 'Bearer', 'Bearer ', 'Bearer abc', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
        "Bearer ${token}x", 'Bearer ' . substr($token, 1), "Bearer $token, $basic", "Digest $token", "Token $token", $token, 'Negotiate YII=', 'x' x 3000);
    for my $header (@others) {
        my $name = substr $header =~ s/\Q$token\E/TOKEN/r, 0, 20;
        my %other = (headers => { Authorization => $header });
        is $browser->get('/cgi-bin/validate.cgi', %other)->{status}, 200, "$name: the cookie counts";
        my $ask = $browser->get('/cgi-bin/logout.cgi', %other);
        like $ask->{content}, qr/<form/, "$name: the sign-out page is a page";
        # It lends a form none of the trust that a token would.
        my $foreign = $browser->post('/cgi-bin/logout.cgi', {}, %other);
        is $foreign->{status}, 403, "$name: a foreign form signs nobody out";
        like $foreign->{headers}{'content-type'}, qr{^text/html}, "$name: and gets a page";
        is $browser->post('/cgi-bin/list.cgi', { way => 'id', item => 'orders' }, %other)->{status}, 403, "$name: nor does it choose an item";
        is $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, %other)->{status}, 403, "$name: nor is anybody forgotten";
        is $kit->browser->get('/cgi-bin/validate.cgi', %other)->{status}, 401, "$name: by itself it is nobody's";
    }
    is $browser->get('/cgi-bin/validate.cgi', headers => { 'X-WX-Session' => 'of another' })->{status}, 200, 'X-WX-Session that is no token: the cookie counts';
    is $kit->browser->get('/cgi-bin/validate.cgi', headers => { Authorization => $basic, 'X-WX-Session' => $token })->{status}, 200, 'beside a password X-WX-Session counts';
    is $browser->get('/cgi-bin/validate.cgi', headers => { Authorization => 'Bearer ' . 'A' x 43 })->{status}, 401, 'a token of our kind counts before the cookie';
    is run_with($browser, 'validate.cgi', environment => { HTTP_COOKIE => undef, REDIRECT_HTTP_AUTHORIZATION => "Bearer $token" })->{status}, 200,
        'REDIRECT_HTTP_AUTHORIZATION counts';
    is run_with($browser, 'validate.cgi', environment => { HTTP_COOKIE => undef, HTTP_REDIRECT_HTTP_AUTHORIZATION => "Bearer $token" })->{status}, 401,
        'a header of that name does not';

    my $other = $kit->browser;
    $other->sign_in('john');
    my ($csrf) = $other->get('/cgi-bin/logout.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
    my $out = $other->post('/cgi-bin/logout.cgi', { csrf => $csrf, next => '/bye' }, headers => { Authorization => $basic });
    is "$out->{status} $out->{location}", "303 $kit->{site_url}/bye", 'the sign-out form leads on, behind a password too';
    my $script = $kit->browser(headers => { Authorization => "Bearer $token" });
    is $script->post('/cgi-bin/logout.cgi', {})->{content}, '{"active":false}', 'a script with its token gets JSON';
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'and is signed out';
};

done_testing;
