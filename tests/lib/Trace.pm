package Trace;
# Runs programs under strace: lists the system calls of a run, changes one of them, and checks the order of disk writes
# in a trace.
use strict;
use warnings;
use Kit;

# The system calls in a trace that the program itself made, in order, without those of its child processes. Each has name,
# count (1 for the first call of that name), arguments, result, line. Descriptors have their paths (strace -y).
sub parse {
    my ($text) = @_;
    my (@calls, %count);
    my ($first) = $text =~ /^(\d+) /;
    for my $line (split /\n/, $text) {
        my ($pid, $name, $rest) = $line =~ /^(\d+) +([a-z][a-z0-9_]*)\((.*)$/ or next;
        next if $pid ne $first;
        my ($arguments, $result) = $rest =~ /^(.*)\)\s+= (.*)$/ ? ($1, $2) : ($rest, '?');
        push @calls, { name => $name, count => ++$count{$name}, arguments => $arguments, result => $result, line => $line };
    }
    return @calls;
}

# Joins calls that strace split into two lines because another process made a call meanwhile.
sub whole {
    my ($text) = @_;
    my ($first) = $text =~ /^(\d+) / or return $text;
    1 while $text =~ s/^($first +)([a-z0-9_]+)\((.*) <unfinished \.\.\.>\n((?:(?!$first ).*\n)*)$first +<\.\.\. \2 resumed>(.*)\n/$4$1$2($3$5\n/m;
    return $text;
}

# Runs a request of Paths under strace; returns the answer and the trace.
sub run {
    my ($site, $request, @options) = @_;
    my $file = "$site->{kit}{folder}/trace." . ++$site->{traces};
    my $answer = $site->run({ %$request, before => ['strace', '-f', '-y', '-s', '200', '-o', $file, @options] });
    my $text = Kit::read_file($file);
    unlink $file;
    return ($answer, whole($text));
}

# Runs a request with one call changed. how: "signal=KILL", "error=EIO".
sub inject {
    my ($site, $request, $call, $how) = @_;
    # This filter is faster, but does not work with signals, nor with one process alone.
    my @filter = $request->{runs} ? () : $how =~ /signal/ ? '-f' : qw(-f --seccomp-bpf);
    return $site->run({ %$request, before =>
        ['strace', @filter, '-qqq', '-o', '/dev/null', '-e', "trace=$call->{name}", '-e', "inject=$call->{name}:$how:when=$call->{count}"] });
}

# The calls after umask(), which is a program's first: without those of the loader and the libraries' initialisation.
sub own {
    my (@calls) = @_;
    while (@calls) { return @calls if shift(@calls)->{name} eq 'umask' }
    return;
}

# ---- the order on disk ----

# The events of a trace that concern the files under $dir, in order: [what, path, to]. What: made (a folder), created,
# written, synced, renamed, linked, deleted, cut, answered, amended (a user's file, overwritten in place: the bytes stand
# in place of to).
sub events {
    my ($dir, @calls) = @_;
    my @events;
    my $inside = sub { return $_[0] eq $dir || index($_[0], "$dir/") == 0 };
    for my $call (@calls) {
        next if $call->{result} =~ /^-1|^\?/;
        my ($name, $arguments) = @$call{qw(name arguments)};
        my ($fd, $path) = $arguments =~ /^(\d+|AT_FDCWD)<([^>]*)>/;
        $path =~ s/ \(deleted\)$// if defined $path;
        next unless defined $path;
        my ($at) = $arguments =~ /^[^"]*"((?:[^"\\]|\\.)*)"/;
        my $full = $name !~ /at2?$/ || !defined $at ? $path : $at =~ m{^/} ? $at : "$path/$at";
        if ($name =~ /^writev?$/ && $fd eq '1') { push @events, ['answered', ''] }
        elsif ($name eq 'write' && $full =~ m{/users/[0-9a-f]+/[^/.][^/]*\.json$}) { push @events, ['amended', $full, $arguments =~ /, "([^"]*)", \d+$/] }
        elsif ($name =~ /^(?:write|pwrite64)$/) { push @events, ['written', $full] }
        elsif ($name eq 'ftruncate') { push @events, ['cut', $full] }
        elsif ($name =~ /^f(?:data)?sync$/) { push @events, ['synced', $full] }
        elsif ($name eq 'mkdirat') { push @events, ['made', $full] }
        elsif ($name eq 'unlinkat') { push @events, ['deleted', $full] }
        elsif ($name eq 'openat' && $arguments =~ /O_EXCL/) { push @events, ['created', $full] }
        elsif ($name =~ /^(?:rename|link)at2?$/) {
            my ($folder, $to) = $arguments =~ /^[^"]*"(?:[^"\\]|\\.)*", (?:\d+|AT_FDCWD)<([^>]*)>, "((?:[^"\\]|\\.)*)"/;
            push @events, [$name =~ /^link/ ? 'linked' : 'renamed', $full, defined $folder ? $to =~ m{^/} ? $to : "$folder/$to" : '?'];
        }
    }
    # The folder above $dir may be synced as well.
    my ($above) = $dir =~ m{^(.*)/};
    return grep { $_->[0] eq 'answered' || $inside->($_->[1]) || $_->[1] eq $above } @events;
}

sub _folder_of { my ($path) = @_; return $path =~ m{^(.*)/} ? $1 : '.' }

# Whether @events has this event for this path.
sub _has { my ($what, $path, @events) = @_; return scalar grep { $_->[0] eq $what && $_->[1] eq $path } @events }

# Whether a power cut may lose files of this kind.
sub _passes { my ($path) = @_; return $path =~ m{/(?:claims|codes|used|pushes|values|tickets|answered|passcodes|requests|desktops|scenes|scans|account|counts|totals|checks|tallies|errors|authorizations|oidc-codes|oidc-access)(?:/|$)} }

# Checks the order of events. Returns what was counted, then what is wrong, a line each. Counted: put (files renamed or
# linked into place, and synced), passed (the same without a sync, of kinds that a power cut may lose; their paths are in
# "lost"), made, deleted, dropped (deleted, but a power cut may bring it back), appended, amended.
sub order {
    my (@events) = @_;
    my %seen = ((map { $_ => 0 } qw(put passed made deleted dropped appended amended)), lost => []);
    my ($answer) = grep { $events[$_][0] eq 'answered' } 0 .. $#events;
    return (\%seen, 'there is no answer') unless defined $answer;
    my @before = @events[0 .. $answer - 1];
    my @wrong = map {"after the answer: $_->[0] $_->[1]"} grep { $_->[0] ne 'answered' } @events[$answer .. $#events];

    for my $i (0 .. $#before) {
        my ($what, $path, $to) = @{ $before[$i] };
        my @earlier = @before[0 .. $i - 1];
        my @later = @before[$i + 1 .. $#before];
        my $synced = sub { push @wrong, "$_[0]: $_[1] is not synced before the answer" unless _has('synced', $_[1], @later) };
        if ($what eq 'renamed' || $what eq 'linked') {
            my ($last) = grep { $earlier[$_][0] eq 'written' && $earlier[$_][1] eq $path } reverse 0 .. $#earlier;
            if (!defined $last) { push @wrong, "$path: nothing was written before it was $what" }
            elsif (_passes($to) && !_has('synced', $path, @earlier)) {
                $seen{passed}++;
                push @{ $seen{lost} }, $to;
                next;
            }
            elsif (!_has('synced', $path, @earlier[$last + 1 .. $#earlier])) { push @wrong, "$path: not synced before it was $what" }
            $seen{put}++;
            $synced->("$what to $to", _folder_of($to));
        }
        elsif ($what eq 'made') {
            next if _passes($path) && !_has('synced', _folder_of($path), @later);
            $seen{made}++;
            $synced->("made $path", _folder_of($path));
        }
        elsif ($what eq 'deleted') {
            # After a link, the temporary name need not be deleted durably.
            next if _has('linked', $path, @earlier);
            $seen{ _has('synced', _folder_of($path), @later) ? 'deleted' : 'dropped' }++;
        }
        elsif ($what eq 'amended') {
            $seen{amended}++;
            push @wrong, "$path: '$to' is written into it" if $to !~ /^[0-9]{1,10}$/;
        }
        elsif ($path =~ m{/\.tmp-[^/]+$}) {
            next if $what ne 'created' || grep { $_->[0] =~ /^(?:renamed|deleted)$/ && $_->[1] eq $path } @later;
            push @wrong, "$path: left behind";
        }
        elsif ($what eq 'written' && _passes($path)) { push @{ $seen{lost} }, $path }
        elsif ($what eq 'written') {
            $seen{appended}++ unless _has('written', $path, @earlier);
            $synced->("written $path", $path);
            my ($created) = grep { $earlier[$_][0] eq 'created' && $earlier[$_][1] eq $path } 0 .. $#earlier;
            push @wrong, "created $path: its folder is not synced before the answer"
                if defined $created && !_has('synced', _folder_of($path), @before[$created + 1 .. $#before]);
        }
        elsif ($what eq 'cut') { $synced->("cut $path", $path) }
    }
    return (\%seen, @wrong);
}

1;
