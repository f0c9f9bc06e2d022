# HTTPS to WeChat: ca_file names a certificate authority of the test; a certificate from another one is refused.
use strict;
use warnings;
use Kit;
use Test::More;

my $kit = Kit->new(tls => 1, conf => { language => 'en' });
my $browser = $kit->browser;
my $url = $browser->callback_url;
is $browser->get($url)->{status}, 303, 'signed in over TLS';
ok defined $browser->cookie('wx_session'), 'with a session';
is scalar(() = $kit->asked('/sns/oauth2/access_token')), 1, 'WeChat was asked';

for my $case (['another authority', "$kit->{folder}/other-ca.pem"], ['the host’s own', '']) {
    my ($name, $ca_file) = @$case;
    $kit->write_conf(language => 'en', ca_file => $ca_file);
    $kit->forget_asked;
    $browser = $kit->browser;
    my $answer = $browser->get($browser->callback_url);
    is $answer->{status}, 502, "$name: refused";
    is scalar(() = $kit->asked('/sns/oauth2/access_token')), 0, 'nothing was sent';
    like $kit->log_text, qr/kind=upstream .*SSL/, 'the log says why';
}

# ---- the host's own certificates ----

# Runs a callback.cgi with the files of %file as /etc/ssl/certs; {opened} lists what it opened there.
sub on_host {
    my ($program, $ca_file, %file) = @_;
    my $f = $kit->{folder};
    system("rm -rf $f/certs; mkdir -m 755 $f/certs") == 0 or die 'mkdir';
    Kit::write_file("$f/certs/$_", $file{$_}, 0644) for keys %file;
    $kit->write_conf(language => 'en', ca_file => $ca_file);
    my $login = $kit->browser;
    my ($query) = $login->callback_url =~ /\?([^#]*)/;
    my $answer = $kit->run($program, query => $query, environment => { HTTP_COOKIE => 'wx_signin=' . $login->cookie('wx_signin') },
        before => ['/usr/bin/unshare', '-m', '/bin/sh', '-c', "PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount --bind $f/certs /etc/ssl/certs && "
            . "exec strace -u nobody -f -o $f/trace -e trace=open,openat \"\$@\"", 'sh']);
    $answer->{opened} = join ' ', Kit::read_file("$f/trace") =~ m{"/etc/ssl/certs/([^"]+)"}g;
    return $answer;
}

my @programs = ('callback.cgi');
if (-e "$Kit::BUILD/static/cgi-bin/callback.cgi") {
    push @programs, 'static-callback.cgi';
    system('cp', "$Kit::BUILD/static/cgi-bin/callback.cgi", "$kit->{folder}/cgi-bin/static-callback.cgi") == 0 or die 'cp';
}
for my $program (@programs) {
    SKIP: {
        skip 'only root can change what a folder of the host is', 6 if $> != 0;
        my $f = $kit->{folder};
        my %pem = map { $_ => Kit::read_file("$f/$_.pem") } qw(ca other-ca);
        chomp(my $hash = `openssl x509 -noout -hash -in $f/ca.pem`);
        my $answer = on_host($program, '', "$hash.0" => $pem{ca}, 'ca-certificates.crt' => "$pem{'other-ca'}$pem{ca}");
        is $answer->{status}, 303, "$program: the host trusts the authority: signed in" or diag $answer->{error};
        my $knows = `ldd $f/cgi-bin/$program 2>&1` =~ /libcurl/;
        is $answer->{opened}, $knows ? "$hash.0" : 'ca-certificates.crt', 'the host’s libcurl reads one certificate by its name; the static build reads the whole file once';
        $answer = on_host($program, '', 'ca-certificates.crt' => "$pem{'other-ca'}$pem{ca}");
        is $answer->{status}, 303, 'a host that has the file only';
        $answer = on_host($program, '', 'ca-certificates.crt' => $pem{'other-ca'});
        is $answer->{status}, 502, 'a host that does not trust it';
        $answer = on_host($program, "$f/other-ca.pem", "$hash.0" => $pem{ca}, 'ca-certificates.crt' => $pem{ca});
        is $answer->{status}, 502, 'with ca_file, the host’s certificates are not trusted';
        is $answer->{opened}, '', 'and not read';
    }
}
$kit->write_conf(language => 'en', ca_file => "$kit->{folder}/missing.pem");
$browser = $kit->browser;
is $browser->get($browser->callback_url)->{status}, 500, 'a ca_file that is not there: not set up';
like $kit->log_text, qr/kind=config .*ca_file/, 'and the log names the setting';
done_testing;
