# Callbacks at the same moment (threat 2): one exchange with WeChat, and every browser is signed in.
use strict;
use warnings;
use Kit;
use State;
use Test::More;
use Time::HiRes ();

my $kit = Kit->new;
my $rounds = $ENV{HARD} ? 1000 : 12;

# Runs $code in $count processes at the same moment; returns what each printed, a line each.
sub together {
    my ($count, $code) = @_;
    pipe my $gate_read, my $gate or die "pipe: $!";
    my (@readers, @pids);
    for (1 .. $count) {
        pipe my $read, my $write or die "pipe: $!";
        my $pid = fork;
        die "fork: $!" unless defined $pid;
        if ($pid == 0) {
            close $gate;
            sysread $gate_read, my $byte, 1;
            print {$write} $code->(), "\n";
            close $write;
            POSIX::_exit(0);
        }
        close $write;
        push @readers, $read;
        push @pids, $pid;
    }
    close $gate;
    my @lines = map { my $line = readline $_; chomp $line if defined $line; $line } @readers;
    waitpid $_, 0 for @pids;
    return @lines;
}

# How many sessions the people's files list.
sub listed { return scalar(() = map { Kit::read_file($_) =~ /"[0-9a-f]{64} \d+"/g } grep {m{/users/}} $kit->state_files) }

for my $count (2, 4, 16) {
    my ($bad, $exchanges) = (0, 0);
    for (1 .. $rounds) {
        $kit->forget_asked;
        my $browser = $kit->browser;
        my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
        my @tokens = together($count, sub {
            my $answer = $browser->get($url);
            return ($answer->{location} || '') eq "$kit->{site_url}/here" ? $browser->cookie('wx_session') || '' : $answer->{status};
        });
        my %different = map { $_ => 1 } @tokens;
        $bad++ if grep { !/^[\w-]{43}$/ } @tokens;
        $bad++ if keys %different != $count;
        for my $token (@tokens) {
            my $answer = $kit->browser(headers => { 'X-WX-Session' => $token })->get('/cgi-bin/validate.cgi');
            $bad++ if $answer->{status} != 200;
        }
        $exchanges++ if (() = $kit->asked('/sns/oauth2/access_token')) == 1;
    }
    is $bad, 0, "$count callbacks x $rounds: each browser has a session of its own";
    is $exchanges, $rounds, 'and WeChat saw one exchange each time';
}

# The first callback leaves its session's name for the others. The name alone signs nobody in, and is useless once the
# session has ended.
my $browser = $kit->browser;
my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
my $signin = $browser->cookie('wx_signin');
$browser->get($url);
my $claims = join '', map { Kit::read_file($_) } grep {m{/claims/}} $kit->state_files;
like $claims, qr/^session=[0-9a-f]{64}$/m, 'a claim names a session';
unlike $claims, qr/openid|_token/, 'and nothing of the user or of WeChat';
my $second = $kit->browser;
$second->set_cookie(wx_signin => $signin);
is $second->get($url)->{location}, "$kit->{site_url}/here", 'while the session is valid, the same sign-in opens another one';
my $before = listed();
$browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
is listed(), $before - 1, 'and no more among the sessions of that person, of which a hundred are kept';
is $second->get('/cgi-bin/validate.cgi')->{status}, 200, 'the other one is a session of its own';
my $third = $kit->browser;
$third->set_cookie(wx_signin => $signin);
like $third->get($url)->{location}, qr{^\Q$kit->{sim_url}\E/connect/}, 'after signing out it opens none: the sign-in starts again';
is $third->cookie('wx_session'), undef, 'nobody is signed in by it';
my $again = $kit->browser;
$again->sign_in('meimei');
$before = listed();
my $first = $again->cookie('wx_session');
$again->sign_in('meimei');
isnt $again->cookie('wx_session'), $first, 'a browser signs in again';
is listed(), $before, 'its earlier session makes room for the new one';

# In the sixtieth second it still opens one. The request is tried again if the clock's second ends meanwhile.
for my $try (1 .. 10) {
    $browser = $kit->browser;
    $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    my $same = $kit->browser;
    $same->set_cookie(wx_signin => $browser->cookie('wx_signin'));
    my %old = map { $_ => 1 } $kit->state_files;
    Kit::wait_for('the next second', 3, sub { Time::HiRes::time() - int(Time::HiRes::time()) < 0.1 });
    my $began = time;
    $browser->get($url);
    State::age($_, 60) for grep { !$old{$_} && m{/sessions/} } $kit->state_files;
    my $landed = $same->get($url)->{location};
    next if time != $began && $try < 10;
    is $landed, "$kit->{site_url}/here", 'sixty seconds later the same sign-in opens another one';
    last;
}

# A minute later it opens no session either, even if the first session has a new grant since.
$browser = $kit->browser;
$url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
$signin = $browser->cookie('wx_signin');
my %before = map { $_ => 1 } $kit->state_files;
$browser->get($url);
State::age($_, 61) for grep { !$before{$_} && m{/(?:grants|sessions)/} } $kit->state_files;
$kit->control(expire => 'access');
is $browser->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'a minute later, with a new grant: valid';
is scalar(() = $kit->asked('/sns/oauth2/refresh_token')), 1, 'the new grant came from WeChat';
my $late = $kit->browser;
$late->set_cookie(wx_signin => $signin);
like $late->get($url)->{location}, qr{^\Q$kit->{sim_url}\E/connect/}, 'the same sign-in again: starts again';
is $late->cookie('wx_session'), undef, 'and signs nobody in by itself';
done_testing;
