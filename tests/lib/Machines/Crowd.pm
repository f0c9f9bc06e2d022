package Machines::Crowd;

# Visitors who sign in, ask and sign out through the balancer while something goes wrong, and what they were told.
#
#   my $crowd = Machines::Crowd->new($machines);
#   $crowd->during(sub { $machines->cut('data1') });
#   $crowd->lost        # sessions that a visitor was given and that are not in force, …
use strict;
use warnings;
use Kit;
use Time::HiRes qw(sleep time);

our @PEOPLE = qw(xiaoming meimei john lin);

sub new { my ($class, $machines) = @_; return bless { machines => $machines }, $class }

# Each visitor signs in before anything goes wrong: anew each time, because a person's oldest session ends with the hundredth after it.
sub _come {
    my ($self) = @_;
    $self->{visitors} = [map { my $browser = $self->{machines}->browser; $browser->sign_in($_, '/cgi-bin/me.cgi'); $browser } @PEOPLE];
    return;
}

# Lets them visit while $run runs, and then until $over is true, twenty seconds at most. What they were told is kept as [what, token or
# status, when they began to ask, when they had the answer].
sub during {
    my ($self, $run, $over) = @_;
    my $stop = "$Machines::PLACE/stop";
    unlink $stop;
    $self->_come;
    my @pids = map { $self->_visit($_, $stop) } 0 .. $#PEOPLE;
    $run->();
    eval { Kit::wait_for('the end of a fault', 20, sub { $self->_listen; $over->() }) };
    Kit::write_file($stop, '');
    waitpid $_, 0 for @pids;
    $self->_listen;
    return $self;
}

sub _listen {
    my ($self) = @_;
    $self->{told} = [map { map { [split / /] } grep {/\n\z/} split /^/, Kit::read_file("$Machines::PLACE/visitor.$_") } 0 .. $#PEOPLE];
    return;
}

sub _visit {
    my ($self, $i, $stop) = @_;
    my $file = "$Machines::PLACE/visitor.$i";
    unlink $file;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    open my $out, '>', $file or POSIX::_exit(1);
    $out->autoflush;
    my $began;
    my $say = sub { print {$out} join(' ', @_, $began, time), "\n" };
    while (!-e $stop) {
        $began = time;
        $say->('asked', $self->{visitors}[$i]->get('/cgi-bin/validate.cgi')->{status});
        my $browser = $self->{machines}->browser;
        $began = time;
        eval { $browser->sign_in($PEOPLE[$i], '/cgi-bin/login.cgi?again=1&next=/cgi-bin/validate.cgi') };
        my $token = $browser->session;
        if ($token eq 'none') { $say->('failed', '-'); next }
        $say->('in', $token);
        next if rand() < 0.5;
        $say->('leaves', $token);
        my $answer = $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
        $say->('out', $token) if $answer->{status} == 303;
    }
    POSIX::_exit(0);
}

sub _all { my ($self, $what) = @_; return grep { $_->[0] eq $what } @{ $self->{told} } }
sub count { my ($self, $what) = @_; return scalar(() = $self->_all($what)) }

# Answers to a visitor who is signed in, other than "yes" and "cannot be told".
sub wrong { my ($self) = @_; return grep { !/^(?:200|50[0234])$/ } map { $_->[1] } $self->_all('asked') }

# How often it could not be told.
sub untold { my ($self) = @_; return scalar(grep { $_->[1] != 200 } $self->_all('asked')) }

# Sessions that a visitor was given, has not tried to end, and that are not in force on some web machine: when the visitor was told, and
# what the machines say.
sub lost {
    my ($self) = @_;
    my %left = map { $_->[1] => 1 } $self->_all('leaves');
    return $self->_other_than('200 200', grep { !$left{ $_->[1] } } $self->_all('in'));
}

# Sessions whose end a visitor was told, and that are in force on some web machine.
sub revived { my ($self) = @_; return $self->_other_than('401 401', $self->_all('out')) }

sub _other_than {
    my ($self, $wanted, @told) = @_;
    my @other;
    for my $one (@told) {
        my $said = $self->_everywhere($one->[1]);
        push @other, sprintf '%.1f: %s', $one->[3], $said if $said ne $wanted;
    }
    return @other;
}

# What both web machines say of a token. A machine that cannot tell is asked again once all is well.
sub _everywhere {
    my ($self, $token) = @_;
    my $ask = sub { $self->{machines}->browser(at => $_[0], headers => { Authorization => "Bearer $token" })->get('/cgi-bin/validate.cgi')->{status} };
    my @said = map { $ask->($_) } qw(web1 web2);
    return "@said" if !grep { $_ >= 500 } @said;
    $self->{machines}->wait_until_well;
    return join ' ', map { $ask->($_) } qw(web1 web2);
}

# Seconds from $since to the first sign-in after it; from a fault that begins then and ends by itself, to the first good answer after one
# that was not; 0 if there was none of those.
sub back {
    my ($self, $since, $by_itself) = @_;
    my @later = sort { $a->[2] <=> $b->[2] } grep { $_->[2] > $since } @{ $self->{told} };
    if ($by_itself) {
        my ($bad) = grep { $_->[0] eq 'failed' || $_->[0] eq 'asked' && $_->[1] != 200 } @later or return 0;
        @later = grep { $_->[2] > $bad->[2] } @later;
    }
    my ($good) = grep { $_->[0] eq 'in' || $by_itself && $_->[0] eq 'asked' && $_->[1] == 200 } @later or return;
    return $good->[3] - $since;
}

1;
