# WeChat slow, broken or with wrong answers: each call, each fault (threat 19).
use strict;
use warnings;
use Kit;
use Test::More;
use Time::HiRes qw(time);

my $kit = Kit->new(conf => { language => 'en' });

sub callback {
    my ($browser) = @_;
    my $consent = $browser->follow($browser->get('/cgi-bin/login.cgi?next=/here'));
    my ($ticket) = $consent->{content} =~ /ticket=(\w+)/;
    my $back = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=xiaoming");
    return $browser->get($back->{location});
}

for my $call (qw(grant userinfo)) {
    for my $fault (qw(http500 redirect garbage truncated huge empty html wrong_types wrong_openid)) {
        subtest "$call: $fault" => sub {
            $kit->control("fault_$call" => $fault);
            my $browser = $kit->browser;
            my $start = time;
            my $answer = callback($browser);
            cmp_ok time - $start, '<=', 10, 'in time';
            is $answer->{status}, 502, 'status 502';
            like $answer->{content}, qr/WeChat gave an unexpected answer/, 'a clear page';
            like $answer->{content}, qr{href="/cgi-bin/login\.cgi\?next=%2Fhere&amp;again=1"}, 'that leads back to the page asked for';
            ok !defined $browser->cookie('wx_session'), 'no session';
            unlike $answer->{content} . $kit->log_text, qr/\Q$Kit::SECRET\E|access_token=|\bcode=/, 'no secret in page or log';
        };
    }
}

subtest 'slow' => sub {
    $kit->control(delay_grant => 9500);
    my $browser = $kit->browser;
    my $start = time;
    my $answer = callback($browser);
    my $took = time - $start;
    is $answer->{status}, 504, 'status 504';
    cmp_ok $took, '<=', 10, 'within 10 s';
    cmp_ok $took, '>=', 7, 'after the 8 s that a call may take';
    like $answer->{content}, qr/WeChat did not answer in time/, 'a clear page';
};

subtest 'nobody there' => sub {
    my $port = Kit::free_port();
    $kit->write_conf(language => 'en', api_url => "http://127.0.0.1:$port");
    $kit->control;
    my $browser = $kit->browser;
    is $browser->get($browser->callback_url)->{status}, 502, 'status 502';
    $kit->write_conf(language => 'en');
};

is_deeply [grep {m{/(users|sessions|grants)/}} $kit->state_files], [], 'no user, session or grant was stored';
# The owner is shown what went wrong: each line of such a request, without the visitor's address, and no other.
my @noted = map { split /\n/, Kit::read_file($_) } glob $kit->state_dir . '/errors/*';
my @logged = $kit->log_text =~ /^.*?(wechat-cgi: .*)$/mg;
$kit->run('callback.cgi', query => 'code=x&state=y');
is_deeply [map { split /\n/, Kit::read_file($_) } glob $kit->state_dir . '/errors/*'], \@noted, 'what a visitor does wrong is not noted';
cmp_ok scalar(@noted), '>', 10, 'errors of WeChat are';
is scalar(grep { !/^\d{10} wechat-cgi: callback\.cgi client=- kind=(?:upstream|timeout|busy|system) errcode=/ } @noted), 0, 'as log lines with their time';
cmp_ok scalar(@noted), '<=', scalar(@logged), 'no more than the log has';
done_testing;
