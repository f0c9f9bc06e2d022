# The order of disk writes. No crash test shows it: a killed process loses nothing that it has written, but a power cut may. So
# this test reads the system calls of real runs. Durable files are synced, then named, then their folder is synced, all before
# the first byte of the answer. Other files are not synced; this test damages them as a power cut may.
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

# What is wrong with a trace; also if it has fewer events than expected.
sub wrong_with {
    my ($path, $trace) = @_;
    my ($seen, @wrong) = Trace::order(Trace::events($site->{state}, Trace::parse($trace)));
    my %disk = %{ $path->{disk} };
    my ($files, $folders) = synced($trace);
    push @wrong, "synced files of @$files, not of @{ $disk{files} }" if $disk{files} && "@$files" ne "@{ $disk{files} }";
    push @wrong, "synced folders: @$folders" if defined $disk{folders} && @$folders != $disk{folders};
    push @wrong, "dropped $seen->{dropped}, not " . ($disk{dropped} || 0) if $seen->{dropped} != ($disk{dropped} || 0);
    delete @disk{qw(files folders dropped)};
    push @wrong, map {"found $seen->{$_} $_, not $disk{$_}"} grep { $seen->{$_} < $disk{$_} } sort keys %disk;
    return @wrong;
}

# What a trace syncs: the kinds of the files, sorted, and the folders.
sub synced {
    my ($trace) = @_;
    my @paths = map { $_->[1] } grep { $_->[0] eq 'synced' } Trace::events($site->{state}, Trace::parse($trace));
    my @files = grep {m{/(?:\.tmp-[^/]*|[^/]*\.jsonl)$}} @paths;
    my %file = map { $_ => 1 } @files;
    return ([sort map { m{wechat-state/([a-z-]+)[/.]} ? $1 : $_ } @files], [grep { !$file{$_} } @paths]);
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

# ---- after a power cut ----

my %damage = (
    'is gone' => sub { my ($file) = @_; unlink $file or die "$file: $!" },
    'is empty' => sub { my ($file) = @_; Kit::write_file($file, '', 0600) },
    'is cut off' => sub { my ($file) = @_; my $text = Kit::read_file($file); Kit::write_file($file, substr($text, 0, length($text) / 2), 0600) },
    'is all zeros' => sub { my ($file) = @_; Kit::write_file($file, "\0" x -s $file, 0600) },
);

# Runs the path, then damages each unsynced file as a power cut may; returns what is wrong then.
sub cut {
    my ($path, $case, $what) = @_;
    my ($answer, $trace) = Trace::run($site, $case->{request});
    my ($seen) = Trace::order(Trace::events($site->{state}, Trace::parse($trace)));
    my %once;
    my @lost = grep { -e $_ && !$once{$_}++ } @{ $seen->{lost} };
    return 'nothing is lost' unless @lost && $path->{done}->($answer);
    $damage{$what}->($_) for @lost;
    my $survives = exists $path->{survives} ? $path->{survives} : $path->{holds};
    return (($survives ? map {"acknowledged, but $_"} $survives->($site, $case, $answer) : ()), map {"again: $_"} $path->{again}->($site, $case));
}

($tried, $fell) = (0, 0);
for my $path (grep { $_->{disk}{passed} } Paths::paths()) {
    my $case = $site->prepare($path);
    for my $what (sort keys %damage) {
        $site->bring_back('case');
        my @wrong = cut($path, $case, $what);
        is_deeply \@wrong, [], "$path->{name}: a power cut: what was not synced $what";
        $tried++;
        $fell += @wrong > 0;
    }
}
row('power cuts', $tried, $fell);

# ---- the check itself: it reports traces that were changed ----

sub complains {
    my ($path, $trace, $name, $about) = @_;
    my @wrong = wrong_with($path, $trace);
    isnt "@wrong", '', "$path->{name}: reported: $name";
    like "@wrong", $about, 'as the right problem' if @wrong;
    return;
}
sub without { my ($trace, $line) = @_; return join '', grep { !/$line/ } $trace =~ /([^\n]*\n)/g }

for my $path (grep { $trace{ $_->{name} } } Paths::paths()) {
    my $trace = $trace{ $path->{name} };
    # Every sync is needed: the check fails without it.
    my %synced = map { $_->[1] => 1 } grep { $_->[0] eq 'synced' } Trace::events($site->{state}, Trace::parse($trace));
    my $syncs = @{ $path->{disk}{files} } + ($path->{disk}{deleted} || 0);
    cmp_ok scalar(keys %synced), $syncs ? '>=' : '==', $syncs ? 1 : 0, "$path->{name} syncs " . ($syncs ? 'something' : 'nothing');
    for my $what (sort keys %synced) {
        my $name = $what =~ s{.*wechat-state}{state}r =~ s{\.tmp-.*}{temporary file}r;
        complains($path, without($trace, qr/ f(?:data)?sync\(\d+<\Q$what\E>\)/), "$name is not synced", qr/not synced|synced files|found \d+ deleted|dropped/);
    }
    my ($pid) = $trace =~ /^(\d+) /;    # the program's, not its handler's
    my ($answer) = $trace =~ /^($pid +writev?\(1<.*)$/m;
    my $silent = without($trace, qr/^$pid +writev?\(1</);
    complains($path, $silent =~ s/\n/\n$answer\n/r, 'the answer comes first', qr/after the answer/);
    complains($path, $silent, 'no answer', qr/no answer/);
    complains($path, without($trace, qr/ (?:rename|link)at2?\(| unlinkat\(/), 'nothing is put in place or deleted', qr/found 0 (?:put|passed|deleted)|dropped 0/);
    complains($path, without($trace, qr/ mkdirat\(/), 'no folder is made', qr/found 0 made/) if $path->{disk}{made};
    complains($path, without($trace, qr/ write\(\d+<[^>]*\/(?:events\/|audit\.jsonl)/), 'nothing is appended', qr/found 0 appended/) if $path->{disk}{appended};
    next unless $path->{disk}{put};
    # Move the first file's sync after its rename.
    my ($sync) = $trace =~ /^(\d+ +fsync\(\d+<[^>]*\.tmp-[^>]*>\).*\n)/m;
    complains($path, $trace =~ s/\Q$sync\E//r =~ s/^(\d+ +(?:rename|link)at2?\(.*\n)/$1$sync/mr, 'named before it is synced', qr/not synced before/);
    complains($path, $trace =~ s/^(\d+ +fsync\(.*)= 0$/$1= -1 EIO (Input\/output error)/mgr, 'a failed sync does not count', qr/not synced/);
}
complains({ name => 'an empty trace', disk => {} }, '', 'nothing', qr/no answer/);
done_testing;
