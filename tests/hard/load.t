#!/usr/bin/env perl
# Sixty-four connections at once: wrk sends validations, pages, pushes and started sign-ins; eight browsers sign in and out.
# No 5xx, no answer meant for another person, and nothing left over.
# weight: 10
use strict;
use warnings;
use Hard qw(is_long seconds row);
use JSON::PP;
use Kit;
use Push;
use Test::More;
use Time::HiRes qw(sleep time);

my @people = (['xiaoming', 'oSim0001xiaoMing-aBcDeFgHiJk'], ['meimei', 'oSim0002wangMeiMei_MnOpQrStU'], ['ann', 'oSim0003annEmojiMarkup-WxYzA'],
    ['nobody', 'oSim0004onlyAnOpenidNothing_'], ['john', 'oSim0005johnSmithEnglish-CdE']);
my ($BROWSERS, $WRK) = (8, 56);
# The documents promise at least ten minutes for the long form.
my $seconds = is_long() ? (seconds(0) > 600 ? seconds(0) : 600) : 5;
my $slice = is_long() ? 100 : $seconds;    # pushes are signed for five minutes

# An Apache child with all threads busy closes idle keep-alive connections, so give it enough threads.
my $kit = Kit->new(apache => "ServerLimit 8\nStartServers 2\nThreadsPerChild 128\nThreadLimit 128\nMaxRequestWorkers 256\n", conf => { push_mode => 'plain', push_token => $Push::TOKEN, home => '/welcome' });
my $f = $kit->{folder};

# ---- the sessions that are valid throughout ----

my @jobs;
for my $i (0 .. 9) {
    my ($person, $sub) = @{ $people[$i % @people] };
    my $browser = $kit->browser;
    $browser->sign_in($person);
    my $token = $browser->cookie('wx_session') or die "$person cannot sign in\n";
    push @jobs, (("validate $token $sub") x 2, "me $token $sub", 'push', 'login');
}
push @jobs, 'push' while @jobs < $WRK;
Kit::write_file("$f/jobs", join '', map {"$_\n"} @jobs);

# ---- what is left over, and what Apache uses ----

# The processes of this site: id => [name, memory in KiB, open files]. Pss, because VmRSS can be off by some megabytes.
sub processes {
    my %process;
    for my $folder (glob '/proc/[0-9]*') {
        my $command = Kit::read_file("$folder/cmdline");
        next unless $command =~ /\Q$f\E/ && $command !~ /^(?:wrk|perl)/;
        my ($name) = $command =~ m{([^/\0]+)\0};
        my ($resident) = Kit::read_file("$folder/smaps_rollup") =~ /^Pss:\s*(\d+)/m;
        my @open = glob "$folder/fd/*";
        $process{ $folder =~ s{.*/}{}r } = [$name || '', $resident || 0, scalar @open];
    }
    return \%process;
}
sub programs { return grep { $_->[0] =~ /\.cgi$/ } values %{ processes() } }
sub zombies { my %ours = map { $_ => 1 } @{ $kit->{pids} }, keys %{ processes() }; return grep { /^\d+ \(.*\) Z (\d+)/ && $ours{$1} } map { Kit::read_file($_) } glob '/proc/[0-9]*/stat' }
sub held { my ($column) = @_; my $sum = 0; $sum += $_->[$column] for grep { $_->[0] =~ /apache|httpd/ } values %{ processes() }; return $sum }
sub count { my ($kind) = @_; return scalar grep {m{/wechat-state/$kind/}} $kit->state_files }
sub other_files { return join "\n", grep { !m{/(?:wechat-state|sim-state|log)/|/pushes$} } sort split /\n/, `find $f -type f` }

# ---- the browsers: sign in, ask for the user, open the page, sign out ----

my $pushed = 0;
sub browse {
    my ($number, $end) = @_;
    my %sum = (rounds => 0, failed => 0, wrong => 0, first => '');
    my $note = sub { my ($what) = @_; $sum{$what}++; $sum{first} ||= $_[1]; return };
    while (time < $end) {
        my ($person, $sub) = @{ $people[($number + $sum{rounds}++) % @people] };
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
    Kit::write_file("$f/browser.$number", JSON::PP->new->encode(\%sum));
    return;
}

sub load {
    my ($for) = @_;
    my $end = time + $for;
    my $lines = '';
    for my $i (1 .. 1500 * ($for < 5 ? 5 : $for)) {
        last if $i > 80_000;
        my $id = ++$pushed;
        $lines .= Push::query(nonce => "n$id") . "&openid=$Push::USER\t" . (Push::push_xml(MsgType => 'text', Content => "load $id", MsgId => 10_000_000 + $id) =~ s/\n//gr) . "\n";
    }
    Kit::write_file("$f/pushes", $lines);
    my @pids = map {
        my $number = $_;
        my $pid = fork;
        die "fork: $!" unless defined $pid;
        if ($pid == 0) { browse($number, $end); require POSIX; POSIX::_exit(0) }
        $pid;
    } 1 .. $BROWSERS;
    my $text = `wrk -t$WRK -c$WRK -d${for}s --timeout 30s -s $Kit::TOP/tests/hard/load.lua $kit->{site_url}/ -- $f/jobs $f/pushes 2>&1`;
    waitpid $_, 0 for @pids;
    my %sum = $text =~ /^LOAD (.*?) *(?:;.*)?$/m ? map { split /=/ } split / /, $1 : die "wrk: $text\n";
    $sum{first} = $text =~ /^LOAD .*?; (.*)$/m ? $1 : '';
    for my $browser (map { decode_json(Kit::read_file("$f/browser.$_")) } 1 .. $BROWSERS) {
        $sum{$_} += $browser->{$_} for qw(rounds failed wrong);
        $sum{first} .= " $browser->{first}" if $browser->{first};
    }
    unlink glob "$f/browser.* $f/pushes";
    return \%sum;
}

# ---- the load ----

my (%all, $resident);
sub add {
    my ($sum) = @_;
    $all{$_} += $sum->{$_} for grep { $_ ne 'first' } keys %$sum;
    $all{first} .= $sum->{first};
    return;
}

# Warm up until Apache has started its threads and all kinds of files exist: until its memory stops growing.
for my $round (1 .. 10) {
    add(load(is_long() ? 10 : 1));
    my ($before, $now) = ($resident || 0, held(1));
    $resident = $now > $before ? $now : $before;
    last if $round > 1 && $now <= $before * 1.02;
}
my ($open, $files) = (held(2), other_files());
my ($sessions, $start) = (count('sessions'), time);
cmp_ok $resident, '>', 1000, 'Apache is among the processes';
while (time - $start < $seconds) {
    my $left = $seconds - (time - $start);
    last if $left < 1;
    add(load($left < $slice ? int $left : $slice));
}
note join ', ', map {"$_ $all{$_}"} grep { $_ ne 'first' } sort keys %all;
cmp_ok $all{answered}, '>', 100, 'many answers to wrk';
cmp_ok $all{rounds}, '>=', $BROWSERS, 'many sign-ins by browsers';
cmp_ok $all{pushed}, '>', 10, 'many pushes taken';
is $all{failed}, 0, 'no answer of 5xx' or diag substr $all{first}, 0, 1500;
is_deeply [@all{qw(connect read write timeout)}], [0, 0, 0, 0], 'no connection refused, lost or too late';
is $all{wrong}, 0, 'no answer for another person, and none that was unexpected' or diag substr $all{first}, 0, 1500;

# ---- afterwards ----

ok eval { Kit::wait_for('the end of all programs', 20, sub { !programs() }) }, 'no program is left over' or diag explain processes();
# A process that has just ended is one until its parent asks.
ok eval { Kit::wait_for('the end of zombie processes', 20, sub { !zombies() }) }, 'and no zombie process' or diag explain [zombies()];
is other_files(), $files, 'no file beside the state';
is_deeply [grep {m{/\.tmp-}} $kit->state_files], [], 'no temporary file in it';
is count('sessions'), $sessions, 'sessions: only the valid ones';
is count('grants'), $sessions, 'grants: one each';
is count('users'), @people + 1, 'users: one file each';
cmp_ok count('claims'), '<=', $all{rounds} + 10, 'claims: one a sign-in at most';
cmp_ok count('codes'), '<=', $all{rounds} + 10, 'codes: one a sign-in at most';
cmp_ok count('pushes'), '<=', $pushed, 'replies: one a push at most';
my @lines = map { /"MsgId":"?(\d+)/ ? $1 : () } split /\n/, join '', map { Kit::read_file($_) } glob $kit->state_dir . '/events/*.jsonl';
my %lines = map { $_ => 1 } @lines;
is scalar(keys %lines), scalar @lines, 'the journal has no push twice';
cmp_ok scalar @lines, '>=', $all{pushed}, 'and each that was acknowledged';
cmp_ok held(1), '<=', $resident * 1.3 + 4000, 'Apache’s memory is flat';
cmp_ok held(2), '<=', $open + 20, 'so are its open files';
my ($status) = map { $_->{status} } $kit->browser->get('/cgi-bin/validate.cgi');
is $status, 401, 'and it answers';
unlike $kit->log_text, qr/ended at system call|MaxRequestWorkers|cgid.*(?:refused|temporarily)/, 'nothing of limits in the log';
row('answers under 64 connections', $all{answered} + 5 * $all{rounds}, $all{failed} + $all{wrong} + $all{connect} + $all{read} + $all{write} + $all{timeout});
done_testing;
