package Hard;
# Functions shared by the tests in tests/hard. Each test has two forms: the quick one is part of `make check`; the long one
# is part of `make check-hard`, runs for Hard::seconds() and adds its rows to one table.
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;
use Kit;
use Time::HiRes qw(time);

our @EXPORT_OK = qw(is_long seconds row spread try_until run_make);

# Whether this is the long form.
sub is_long { return defined $ENV{HARD_SHARE} }

# How many seconds the test may spend on its cases: $quick in the quick form.
sub seconds { my ($quick) = @_; return is_long() ? $ENV{HARD_SHARE} : $quick }

# Reorders a list so that any first part of it is spread evenly over the whole.
sub spread {
    my (@list) = @_;
    my @place = map { $_ * 0.618034 - int $_ * 0.618034 } 0 .. $#list;
    return map { $list[$_] } sort { $place[$a] <=> $place[$b] } 0 .. $#list;
}

# Calls $try for each item; in the long form, stops after $seconds. Returns the number of items tried, and the problems
# that $try returned.
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

# Runs make for the checkout's own build, even if the suite tests another build. Returns the exit status and the output.
sub run_make {
    my (@arguments) = @_;
    local %ENV = %ENV;
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL HARD_SHARE HARD_TABLE WECHAT_BUILD)};
    my $command = join ' ', map {"'$_'"} 'make', '-s', '-C', $Kit::TOP, @arguments;
    my $log = `$command 2>&1`;
    return ($?, $log);
}

# Adds a row to the table: what was tried, how often, and how many of these failed. The row is only a report; the test itself
# asserts the result.
sub row {
    my ($what, $tried, $fell) = @_;
    return unless $ENV{HARD_TABLE};
    open my $table, '>>', $ENV{HARD_TABLE} or die "$ENV{HARD_TABLE}: $!";
    print {$table} JSON::PP->new->canonical->encode({ what => $what, tried => 0 + $tried, fell => 0 + $fell }), "\n";
    close $table or die "$ENV{HARD_TABLE}: $!";
    return;
}

1;
