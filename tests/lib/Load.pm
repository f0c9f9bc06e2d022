package Load;

# Many visitors at once. wrk has a connection each for validations, pages, pushes and started sign-ins; browsers sign in, look at
# their page, sign out, and begin again.
#
#   my $load = Load->new($kit, connections => 56, browsers => 8);    # signs people in, whose sessions stay valid
#   $load->run(\%sums, 5);                                           # for five seconds
#   $load->run(\%sums, Load::seconds());                             # for as long as the documents promise
#   $load->check_answers(\%sums);
use strict;
use warnings;
use Hard qw(is_long row);
use JSON::PP;
use Kit;
use List::Util qw(max sum);
use POSIX ();
use Push;
use Test::More;
use Time::HiRes qw(time);

# WeChat's people, as simulated: name and openid.
our @PEOPLE = (['xiaoming', 'oSim0001xiaoMing-aBcDeFgHiJk'], ['meimei', 'oSim0002wangMeiMei_MnOpQrStU'], ['ann', 'oSim0003annEmojiMarkup-WxYzA'],
    ['nobody', 'oSim0004onlyAnOpenidNothing_'], ['john', 'oSim0005johnSmithEnglish-CdE']);

my $SLICE = 100;    # seconds: pushes are signed for five minutes

# The first three have the sessions that stay; the others sign in and out, which ends the oldest of a person's sessions once there
# are a hundred.
my ($STAY, @COME_AND_GO) = (3, @PEOPLE[3, 4]);

# connections: those of wrk. sessions (10): each is used by two connections that validate it and one that opens its page; a push
# and the start of a sign-in go with them. Connections beyond that push.
sub new {
    my ($class, $kit, %option) = @_;
    my $self = bless { kit => $kit, pushed => 0, sessions => 10, %option }, $class;
    my @jobs;
    for my $i (0 .. $self->{sessions} - 1) {
        my ($person, $sub) = @{ $PEOPLE[$i % $STAY] };
        my $browser = $kit->browser;
        $browser->sign_in($person);
        my $token = $browser->cookie('wx_session') or die "$person cannot sign in\n";
        push @jobs, ("validate $token $sub") x 2, "me $token $sub", 'push', 'login';
    }
    push @jobs, 'push' while @jobs < $self->{connections};
    Kit::write_file("$kit->{folder}/jobs", join '', map {"$_\n"} @jobs);
    return $self;
}

# Asserts that everybody was answered, with what was meant for them; adds the row to the table of the long form.
sub check_answers {
    my ($self, $sums) = @_;
    my @errors = @$sums{qw(connect read write timeout)};
    note join ', ', map {"$_ $sums->{$_}"} grep { $_ ne 'first' } sort keys %$sums;
    cmp_ok $sums->{answered}, '>', 100, 'many answers to wrk';
    cmp_ok $sums->{rounds}, '>=', $self->{browsers}, 'many sign-ins by browsers';
    cmp_ok $sums->{pushed}, '>', 10, 'many pushes taken';
    is $sums->{failed}, 0, 'no answer of 5xx' or diag substr $sums->{first}, 0, 1500;
    is_deeply \@errors, [0, 0, 0, 0], 'no connection refused, lost or too late';
    is $sums->{wrong}, 0, 'no answer for another person, and none that was unexpected' or diag substr $sums->{first}, 0, 1500;
    row('answers under ' . ($self->{connections} + $self->{browsers}) . ' connections', $sums->{answered} + 5 * $sums->{rounds}, sum(@$sums{qw(failed wrong)}, @errors));
    return;
}

# Asserts that each push that was acknowledged is in the journal once.
sub check_journal {
    my ($self, $sums) = @_;
    my %lines;
    $lines{$_}++ for map { /"MsgId":"?(\d+)/g } map { Kit::read_file($_) } glob $self->{kit}->state_dir . '/events/*.jsonl';
    is_deeply [grep { $lines{$_} > 1 } keys %lines], [], 'the journal has no push twice';
    cmp_ok scalar keys %lines, '>=', $sums->{pushed}, 'and each that was acknowledged';
    return;
}

# How many pushes wrk may have sent.
sub pushed { my ($self) = @_; return $self->{pushed} }

# The long form lasts ten minutes at least, as the documents promise.
sub seconds { return !is_long() ? 5 : max(600, Hard::seconds(0)) }

# Adds to the sums: answered (to wrk), pushed (acknowledged), rounds (of the browsers), failed (5xx), wrong (for another person,
# or unexpected), connect, read, write, timeout (wrk's errors); and first: the first wrong answers, as text.
sub run {
    my ($self, $sums, $seconds) = @_;
    my $end = time + $seconds;
    while ((my $left = int($end - time + 0.5)) >= 1) {
        my $sum = $self->_run($left < $SLICE ? $left : $SLICE);
        $sums->{$_} += $sum->{$_} for grep { $_ ne 'first' } keys %$sum;
        $sums->{first} .= $sum->{first};
    }
    return;
}

sub _run {
    my ($self, $seconds) = @_;
    my $f = $self->{kit}{folder};
    $self->_sign_pushes($seconds);
    my $end = time + $seconds;
    my @pids = map {
        my $number = $_;
        my $pid = fork // die "fork: $!";
        if ($pid == 0) { $self->_browse($number, $end); POSIX::_exit(0) }
        $pid;
    } 1 .. $self->{browsers};
    my $text = `wrk -t$self->{connections} -c$self->{connections} -d${seconds}s --timeout 30s -s $Kit::TOP/tests/hard/load.lua $self->{kit}{site_url}/ -- $f/jobs $f/pushes 2>&1`;
    waitpid $_, 0 for @pids;
    my %sum = $text =~ /^LOAD (.*?) *(?:;.*)?$/m ? map { split /=/ } split / /, $1 : die "wrk: $text\n";
    $sum{first} = $text =~ /^LOAD .*?; (.*)$/m ? $1 : '';
    for my $browser (map { decode_json(Kit::read_file("$f/browser.$_")) } 1 .. $self->{browsers}) {
        $sum{$_} += $browser->{$_} for qw(rounds failed wrong);
        $sum{first} = "$browser->{first}; $sum{first}" if $browser->{first};
    }
    unlink glob "$f/browser.* $f/pushes";
    return \%sum;
}

sub _sign_pushes {
    my ($self, $seconds) = @_;
    my $lines = '';
    for my $i (1 .. 1500 * ($seconds < 5 ? 5 : $seconds)) {
        last if $i > 80_000;
        my $id = ++$self->{pushed};
        $lines .= Push::query(nonce => "n$id") . "&openid=$Push::USER\t" . (Push::push_xml(MsgType => 'text', Content => "load $id", MsgId => 10_000_000 + $id) =~ s/\n//gr) . "\n";
    }
    return Kit::write_file("$self->{kit}{folder}/pushes", $lines);
}

sub _browse {
    my ($self, $number, $end) = @_;
    my $kit = $self->{kit};
    my %sum = (rounds => 0, failed => 0, wrong => 0, first => '');
    my $note = sub { my ($what) = @_; $sum{$what}++; $sum{first} ||= $_[1]; return };
    while (time < $end) {
        my ($person, $sub) = @{ $COME_AND_GO[($number + $sum{rounds}++) % @COME_AND_GO] };
        my $browser = $kit->browser;
        my $landed = eval { $browser->sign_in($person, '/cgi-bin/login.cgi?next=/cgi-bin/validate.cgi') } || { status => 599, content => $@ };
        my $who = $landed->{status} == 200 ? eval { decode_json($landed->{content})->{sub} } || '' : '';
        $note->($landed->{status} >= 500 ? 'failed' : 'wrong', "sign-in $landed->{status} $landed->{content}") if $who ne $sub;
        next if $who ne $sub;
        my $me = $browser->get('/cgi-bin/me.cgi');
        $note->($me->{status} >= 500 ? 'failed' : 'wrong', "me $me->{status}") if $me->{status} != 200 || index($me->{content}, $sub) < 0;
        my $out = $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
        $note->($out->{status} >= 500 ? 'failed' : 'wrong', "logout $out->{status}") if $out->{status} != 303;
        my $after = $browser->get('/cgi-bin/validate.cgi');
        $note->($after->{status} >= 500 ? 'failed' : 'wrong', "after $after->{status}") if $after->{status} != 401;
    }
    return Kit::write_file("$kit->{folder}/browser.$number", JSON::PP->new->encode(\%sum));
}

1;
