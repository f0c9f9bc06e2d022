package Hard;
# What the tests under tests/hard share. Each of them has two forms: the quick one, a part of `make check`, and
# the long one of `make check-hard`, which spends Hard::seconds() and adds its rows to one table.
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;
use Kit;
use Time::HiRes qw(time);

our @EXPORT_OK = qw(is_long seconds row spread try_until run_make);

# Is it the long form?
sub is_long { return defined $ENV{HARD_SHARE} }

# Seconds that the test may spend on trying; $quick in the quick form.
sub seconds { my ($quick) = @_; return is_long() ? $ENV{HARD_SHARE} : $quick }

# The list in an order of which each beginning is spread over it.
sub spread {
    my (@list) = @_;
    my @place = map { $_ * 0.618034 - int $_ * 0.618034 } 0 .. $#list;
    return map { $list[$_] } sort { $place[$a] <=> $place[$b] } 0 .. $#list;
}

# Tries one after the other, in the long form until so many seconds are over. Gives how many were tried, and what $try
# gave: what was wrong.
sub try_until {
    my ($seconds, $try, @list) = @_;
    my $until = time + $seconds;
    my ($tried, @wrong) = 0;
    for my $one (@list) {
        last if is_long() && time > $until;
        $tried++;
        push @wrong, $try->($one);
    }
    return ($tried, @wrong);
}

# Runs make, on this checkout's own build whatever build the suite is for: its exit status and what it printed.
sub run_make {
    my (@arguments) = @_;
    local %ENV = %ENV;
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL HARD_SHARE HARD_TABLE WECHAT_BUILD)};
    my $command = join ' ', map {"'$_'"} 'make', '-s', '-C', $Kit::TOP, @arguments;
    my $log = `$command 2>&1`;
    return ($?, $log);
}

# A row of the table: what was tried, how often, and how many of these fell. The test asserts the
# same; this only tells.
sub row {
    my ($what, $tried, $fell) = @_;
    return unless $ENV{HARD_TABLE};
    open my $table, '>>', $ENV{HARD_TABLE} or die "$ENV{HARD_TABLE}: $!";
    print {$table} JSON::PP->new->canonical->encode({ what => $what, tried => 0 + $tried, fell => 0 + $fell }), "\n";
    close $table or die "$ENV{HARD_TABLE}: $!";
    return;
}

1;
