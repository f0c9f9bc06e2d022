#!/usr/bin/env perl
# Two hundred and fifty-six connections at once to wechat.fcgi behind nginx: wrk sends validations, pages, pushes and started
# sign-ins; sixteen browsers sign in and out. No 5xx, no answer meant for another person, and nothing left over.
# weight: 10
use strict;
use warnings;
use Kit;
use Load;
use Push;
use Test::More;

plan skip_all => 'nginx is not installed' unless Kit::find_program('nginx');
my ($BROWSERS, $WRK) = (16, 240);
my $kit = Kit->new(server => 'nginx-fcgi', workers => 4, connections => 1024, conf => { push_mode => 'plain', push_token => $Push::TOKEN, home => '/welcome' });
my $load = Load->new($kit, connections => $WRK, browsers => $BROWSERS, sessions => $WRK / 5);
my %all;

sub count { my ($kind) = @_; return scalar grep {m{/wechat-state/$kind/}} $kit->state_files }

# ---- the load ----

my $sessions = count('sessions');
$load->run(\%all, Load::seconds());
$load->check_answers(\%all);

# ---- afterwards ----

is count('sessions'), $sessions, 'sessions: only the valid ones';
is count('users'), @Load::PEOPLE + 1, 'users: one file each';
# Requests under way when wrk ended are finished first.
ok eval { Kit::wait_for('the end of temporary files', 20, sub { !grep {m{/\.tmp-}} $kit->state_files }) }, 'no temporary file';
$load->check_journal(\%all);
is $kit->browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'and it answers';
done_testing;
