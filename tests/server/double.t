# Callbacks at the same moment (threat 2): one exchange, and every browser is signed in.
use strict;
use warnings;
use Kit;
use Test::More;

my $kit = Kit->new;
my $rounds = $ENV{HARD} ? 1000 : 12;

# Runs $code in $count processes at the same moment; gives what each returned, a line each.
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
done_testing;
