# HTTPS to WeChat: an authority of our own through ca_file; a certificate of another one is refused.
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
$kit->write_conf(language => 'en', ca_file => "$kit->{folder}/missing.pem");
$browser = $kit->browser;
is $browser->get($browser->callback_url)->{status}, 500, 'a ca_file that is not there: not set up';
like $kit->log_text, qr/kind=config .*ca_file/, 'and the log names the setting';
done_testing;
