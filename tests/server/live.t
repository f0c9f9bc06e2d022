# validate.cgi?live=1: asks WeChat, refreshes expired tokens, ends revoked sessions.
use strict;
use warnings;
use JSON::PP;
use Kit;
use Test::More;

my $kit = Kit->new;

sub signed_in {
    $kit->control;
    my $browser = $kit->browser;
    $browser->get($browser->callback_url);
    $kit->forget_asked;
    return $browser;
}
sub live { return $_[0]->get('/cgi-bin/validate.cgi?live=1') }
sub paths { return join ' ', map { $_->{path} =~ m{/sns/(.*)} ? "$1=$_->{answer}" : () } $kit->asked }

$kit->write_conf(home => '/welcome', session_seconds => 3600);
$kit->control;
my $browser = $kit->browser;
is $browser->get($browser->callback_url)->{location}, "$kit->{site_url}/welcome", 'home is where a sign-in lands';
my $user = decode_json($browser->get('/cgi-bin/validate.cgi')->{content});
is $user->{exp} - $user->{iat}, 3600, 'session_seconds is how long it lasts';
$kit->write_conf;

$browser = signed_in();
is $browser->get('/cgi-bin/validate.cgi?live=0')->{status}, 200, 'without live=1';
is paths(), '', 'WeChat is not asked';
is live($browser)->{status}, 200, 'live: valid';
is paths(), 'auth=0', 'WeChat was asked';

$kit->forget_asked;
$kit->control(expire => 'access');
is live($browser)->{status}, 200, 'expired at WeChat: still valid';
is paths(), 'auth=42001 oauth2/refresh_token=ok auth=0', 'refreshed once, asked again';
$kit->forget_asked;
is live($browser)->{status}, 200, 'and the new token was kept';
is paths(), 'auth=0', 'no second refresh';

$browser = signed_in();
my ($grant) = grep {m{/grants/}} $kit->state_files;
for my $errcode (40003, 50001) {
    $browser = signed_in();
    my $token = $browser->cookie('wx_session');
    $kit->control(fault_auth => $errcode);
    my $answer = live($browser);
    is $answer->{status}, 401, "WeChat says no ($errcode)";
    is_deeply decode_json($answer->{content}), { active => JSON::PP::false, reason => 'revoked' }, 'revoked';
    my $thief = $kit->browser(headers => { 'X-WX-Session' => $token });
    is $thief->get('/cgi-bin/validate.cgi')->{status}, 401, 'the session is gone';
}

$browser = signed_in();
$kit->control(expire => 'all');
is live($browser)->{status}, 401, 'the refresh_token has expired as well: revoked';

for my $fault (qw(http500 garbage 45009)) {
    $browser = signed_in();
    $kit->control(fault_auth => $fault);
    my $answer = live($browser);
    like $answer->{status}, qr/^50[23]$/, "$fault: cannot tell";
    is decode_json($answer->{content})->{active}, undef, 'says neither yes nor no';
    $kit->control;
    is live($browser)->{status}, 200, 'and the session stays';
}
is live($kit->browser)->{status}, 401, 'nobody: 401, without asking';
is $kit->browser(headers => { 'X-WX-Session' => 'A' x 43 })->get('/cgi-bin/validate.cgi')->{content}, '{"active":false}', 'equal body for an unknown token';
unlike $kit->log_text, qr/access_token|refresh_token=/, 'no token in the log';
done_testing;
