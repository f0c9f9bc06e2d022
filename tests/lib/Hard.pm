package Hard;
# What the tests under tests/hard share. Each of them has two forms: the quick one, a part of `make check`, and
# the long one of `make check-hard`, which spends Hard::seconds() and adds its rows to one table.
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;

our @EXPORT_OK = qw(is_long seconds row);

# Is it the long form?
sub is_long { return defined $ENV{HARD_SHARE} }

# Seconds that the test may spend on trying; $quick in the quick form.
sub seconds { my ($quick) = @_; return is_long() ? $ENV{HARD_SHARE} : $quick }

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
