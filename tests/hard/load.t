#!/usr/bin/env perl
# Sixty-four connections at once: wrk sends validations, pages, pushes and started sign-ins; eight browsers sign in and out.
# No 5xx, no answer meant for another person, and nothing left over.
# weight: 10
use strict;
use warnings;
use Hard qw(is_long);
use Kit;
use Load;
use Push;
use Test::More;

my ($BROWSERS, $WRK) = (8, 56);

# An Apache child with all threads busy closes idle keep-alive connections, so give it enough threads.
my $kit = Kit->new(apache => "ServerLimit 8\nStartServers 2\nThreadsPerChild 128\nThreadLimit 128\nMaxRequestWorkers 256\n", conf => { push_mode => 'plain', push_token => $Push::TOKEN, home => '/welcome' });
my $f = $kit->{folder};

my $load = Load->new($kit, connections => $WRK, browsers => $BROWSERS);

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

# ---- the load ----

my (%all, $resident);

# Warm up until Apache has started its threads and all kinds of files exist: until its memory stops growing.
for my $round (1 .. 10) {
    $load->run(\%all, is_long() ? 10 : 1);
    my ($before, $now) = ($resident || 0, held(1));
    $resident = $now > $before ? $now : $before;
    last if $round > 1 && $now <= $before * 1.02;
}
my ($open, $files) = (held(2), other_files());
my $sessions = count('sessions');
cmp_ok $resident, '>', 1000, 'Apache is among the processes';
$load->run(\%all, Load::seconds());
$load->check_answers(\%all);

# ---- afterwards ----

ok eval { Kit::wait_for('the end of all programs', 20, sub { !programs() }) }, 'no program is left over' or diag explain processes();
# A process that has just ended is one until its parent asks.
ok eval { Kit::wait_for('the end of zombie processes', 20, sub { !zombies() }) }, 'and no zombie process' or diag explain [zombies()];
is other_files(), $files, 'no file beside the state';
is_deeply [grep {m{/\.tmp-}} $kit->state_files], [], 'no temporary file in it';
is count('sessions'), $sessions, 'sessions: only the valid ones';
is count('grants'), $sessions, 'grants: one each';
is count('users'), @Load::PEOPLE + 1, 'users: one file each';
cmp_ok count('claims'), '<=', $all{rounds} + 10, 'claims: one a sign-in at most';
cmp_ok count('codes'), '<=', $all{rounds} + 10, 'codes: one a sign-in at most';
cmp_ok count('pushes'), '<=', $load->pushed, 'replies: one a push at most';
$load->check_journal(\%all);
cmp_ok held(1), '<=', $resident * 1.3 + 4000, 'Apache’s memory is flat';
cmp_ok held(2), '<=', $open + 20, 'so are its open files';
my ($status) = map { $_->{status} } $kit->browser->get('/cgi-bin/validate.cgi');
is $status, 401, 'and it answers';
unlike $kit->log_text, qr/ended at system call|MaxRequestWorkers|cgid.*(?:refused|temporarily)/, 'nothing of limits in the log';
done_testing;
