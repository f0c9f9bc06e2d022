# The order on disk, which no crash test shows: an ended process loses nothing that it has written, a power cut does. So it is
# read from the system calls of real runs: what is put in place is synced, then named, then its folder is synced, and
# only then the first byte of the answer goes out.
# weight: 1
use strict;
use warnings;
use Hard qw(row);
use Paths;
use Test::More;
use Trace;

my $site = Paths->new;
my ($tried, $fell) = (0, 0);
my %trace;

# What is wrong with a trace, also that too little was found in it.
sub wrong_with {
    my ($path, $trace) = @_;
    my ($seen, @wrong) = Trace::order(Trace::events($site->{state}, Trace::parse($trace)));
    push @wrong, map {"found $seen->{$_} $_, not $path->{disk}{$_}"} grep { $seen->{$_} < $path->{disk}{$_} } sort keys %{ $path->{disk} };
    return @wrong;
}

for my $path (grep { $_->{disk} } Paths::paths()) {
    my $case = $site->prepare($path);
    my ($answer, $trace) = Trace::run($site, $case->{request});
    ok $path->{done}->($answer), "$path->{name}: works" or diag explain $answer;
    my @wrong = wrong_with($path, $trace);
    is_deeply \@wrong, [], "$path->{name}: " . join ', ', map {"$_ $path->{disk}{$_}"} sort keys %{ $path->{disk} };
    $tried++;
    $fell += @wrong > 0;
    $trace{ $path->{name} } = $trace;
}
row('order on disk', $tried, $fell);

# ---- the check itself: it says so when a trace is otherwise ----

sub complains {
    my ($path, $trace, $name, $about) = @_;
    my @wrong = wrong_with($path, $trace);
    isnt "@wrong", '', "$path->{name}: seen: $name";
    like "@wrong", $about, 'for what it is' if @wrong;
    return;
}
sub without { my ($trace, $line) = @_; return join '', grep { !/$line/ } $trace =~ /([^\n]*\n)/g }

for my $path (grep { $trace{ $_->{name} } } Paths::paths()) {
    my $trace = $trace{ $path->{name} };
    # Each thing that is synced has to be.
    my %synced = map { $_->[1] => 1 } grep { $_->[0] eq 'synced' } Trace::events($site->{state}, Trace::parse($trace));
    cmp_ok scalar(keys %synced), '>=', 1, "$path->{name} syncs something";
    for my $what (sort keys %synced) {
        my $name = $what =~ s{.*wechat-state}{state}r =~ s{\.tmp-.*}{temporary file}r;
        complains($path, without($trace, qr/ f(?:data)?sync\(\d+<\Q$what\E>\)/), "$name is not synced", qr/not synced|not found/);
    }
    my ($pid) = $trace =~ /^(\d+) /;    # and not that of a handler
    my ($answer) = $trace =~ /^($pid +writev?\(1<.*)$/m;
    my $silent = without($trace, qr/^$pid +writev?\(1</);
    complains($path, $silent =~ s/\n/\n$answer\n/r, 'the answer comes first', qr/after the answer/);
    complains($path, $silent, 'no answer', qr/no answer/);
    complains($path, without($trace, qr/ (?:rename|link)at2?\(| unlinkat\(/), 'nothing is put in place or deleted', qr/found 0 (?:put|deleted)/);
    complains($path, without($trace, qr/ mkdirat\(/), 'no folder is made', qr/found 0 made/) if $path->{disk}{made};
    complains($path, without($trace, qr/ write\(\d+<[^>]*\/events\//), 'nothing is appended', qr/found 0 appended/) if $path->{disk}{appended};
    next unless $path->{disk}{put};
    # The first file is synced only after it has its name.
    my ($sync) = $trace =~ /^(\d+ +fsync\(\d+<[^>]*\.tmp-[^>]*>\).*\n)/m;
    complains($path, $trace =~ s/\Q$sync\E//r =~ s/^(\d+ +(?:rename|link)at2?\(.*\n)/$1$sync/mr, 'named before it is synced', qr/not synced before/);
    complains($path, $trace =~ s/^(\d+ +fsync\(.*)= 0$/$1= -1 EIO (Input\/output error)/mgr, 'a sync that failed is none', qr/not synced/);
}
complains({ name => 'an empty trace', disk => {} }, '', 'nothing', qr/no answer/);
done_testing;
