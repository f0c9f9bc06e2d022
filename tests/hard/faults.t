# What must hold when a call fails: a valid and true answer, a line in the log, the old data intact; and the same request
# then works. Covers a full disk, too many open files, a broken disk, signals, no memory, short reads and writes.
# weight: 30
use strict;
use warnings;
use Hard qw(is_long row seconds spread try_until);
use Paths;
use Test::More;
use Trace;

my $site = Paths->new;
# The first sign-in fails like any other, so only the long form tries it.
my @paths = grep { is_long() || $_->{name} ne 'the first sign-in' } Paths::paths();

# The errors that each call may return. Calls not listed cannot fail (geteuid, exit_group), report failure in another
# way (brk: see the allocations below), or belong to the C library (futex).
my %errors = (
    openat => [qw(EMFILE EIO ENFILE ENOMEM ENOSPC EDQUOT EINTR)], mkdirat => [qw(ENOSPC EDQUOT EIO ENOMEM)],
    write => [qw(ENOSPC EIO EDQUOT EINTR)], writev => [qw(EIO ENOSPC)], read => [qw(EIO EINTR ENOMEM)], pread64 => [qw(EIO EINTR)],
    fsync => [qw(EIO ENOSPC EDQUOT EINTR)], ftruncate => [qw(EIO ENOSPC EINTR)], lseek => [qw(EINVAL)], utimensat => [qw(EIO ENOSPC)],
    renameat => [qw(ENOSPC EIO EDQUOT ENOMEM)], renameat2 => [qw(EIO EDQUOT ENOSPC ENOMEM EINVAL)], linkat => [qw(EIO ENOSPC)],
    unlinkat => [qw(EIO ENOMEM)], newfstatat => [qw(EIO ENOMEM)], fstat => [qw(EIO ENOMEM)], getdents64 => [qw(EIO ENOMEM)],
    flock => [qw(EINTR ENOLCK ENOMEM)], fcntl => [qw(ENOLCK EINTR)], close => [qw(EIO ENOSPC EINTR)],
    mmap => [qw(ENOMEM)], getrandom => [qw(EINTR)], poll => [qw(EINTR ENOMEM)],
    socket => [qw(EMFILE ENOMEM)], socketpair => [qw(EMFILE)], connect => [qw(ECONNREFUSED ENOMEM)], sendto => [qw(ECONNRESET ENOMEM EINTR)],
    prctl => [qw(EINVAL EPERM)], seccomp => [qw(EINVAL ENOSYS)], landlock_create_ruleset => [qw(ENOSYS EOPNOTSUPP)],
    landlock_add_rule => [qw(EINVAL)], landlock_restrict_self => [qw(EPERM E2BIG)], pipe2 => [qw(EMFILE ENFILE)], clone => [qw(EAGAIN ENOMEM)], clone3 => [qw(EAGAIN ENOMEM)], wait4 => [qw(EINTR)], kill => [qw(EPERM)],
    recvfrom => [qw(ECONNRESET ENOMEM EINTR)], getsockopt => [qw(ENOBUFS)], setsockopt => [qw(ENOBUFS)],
);

# What is wrong after a request in which a call failed.
sub wrong_after {
    my ($path, $case, $answer, %may) = @_;
    my $status = $answer->{status} || '';
    my $done = $path->{done}->($answer);
    my $fails = $status =~ /^5/ || ($path->{fails} && $path->{fails}->($answer));
    my @wrong;
    if ($case->{request}{program} =~ /\.cgi$/) {
        push @wrong, "no valid answer (signal $answer->{signal}, exit $answer->{exit}): " . substr $answer->{bytes}, 0, 60 if !$status && !$may{silent};
        push @wrong, "the answer is a $status" if $status && !$done && !$fails;
        push @wrong, 'nothing in the log' if $fails && $answer->{error} !~ /^wechat-cgi: [^\n]+\n/;
    }
    push @wrong, "exit status 0 without its work" if !$done && !$status && !$answer->{exit} && !$answer->{signal};
    return (@wrong, Paths::wrong_after($site, $path, $case, $answer));
}

# A part of a list, spread evenly over it. The long form takes the whole list, in an order whose first part is spread too.
sub some {
    my ($count, @list) = @_;
    return spread(@list) if is_long();
    return @list if @list <= $count;
    return map { $list[int $_ * @list / $count] } 0 .. $count - 1;
}

# Tries each item on the prepared state, for a share of the time.
sub try_each {
    my ($share, $try, @list) = @_;
    return try_until(seconds(0) * $share / @paths, sub { $site->bring_back('case'); return $try->(@_) }, @list);
}

# A signal during one of these calls must have no effect. Other calls return EINTR only to programs that catch signals,
# which these do not; for them it is an error like any other.
my $again = qr/^(?:read|write|flock|fcntl|getrandom|poll|wait4|recvfrom|sendto)$/;

my $turn = 0;
my %interrupted;

sub fail_each_call {
    my ($path) = @_;
    my $case = $site->prepare($path);
    my ($answer, $trace) = Trace::run($site, $case->{request});
    my @calls = grep { $errors{ $_->{name} } && ($_->{name} ne 'fcntl' || $_->{arguments} =~ /F_OFD/) } Trace::own(Trace::parse($trace));
    my @tries;
    for my $call (some(3, @calls)) {
        my @all = @{ $errors{ $call->{name} } };
        # The quick form takes the errors in turn.
        push @tries, map { [$call, $_] } is_long() ? @all : $all[$turn++ % @all];
    }
    # Signals: a few calls of each name.
    my %seen;
    push @tries, map { [$_, 'EINTR'] } grep { $_->{name} =~ $again && !$seen{ $_->{name} }++ && $interrupted{ $_->{name} }++ < 3 } @calls if !is_long() && $path->{disk};
    my ($tried, @wrong) = try_each(0.6, sub {
        my ($call, $error) = @{ $_[0] };
        my $failed = Trace::inject($site, $case->{request}, $call, "error=$error");
        my @here = wrong_after($path, $case, $failed, silent => scalar($call->{name} =~ /^writev?$/ && $call->{arguments} =~ /^1</));
        push @here, "not tried again: $failed->{error}"
            if $error eq 'EINTR' && $call->{name} =~ $again && $case->{request}{program} =~ /\.cgi$/ && !$path->{done}->($failed);
        return map {"$call->{name} $call->{count} $error ($call->{line}): $_"} @here;
    }, @tries);
    is_deeply \@wrong, [], "$path->{name}: $tried system calls fail";
    row("$path->{name}: a system call fails", $tried, scalar @wrong);
    return;
}
fail_each_call($_) for @paths;

# ---- no memory, short reads and writes ----

my $faults = "$Kit::BUILD/tests/hard/faults.so";

sub run_with {
    my ($case, %fault) = @_;
    my %request = %{ $case->{request} };
    return $site->run({ %request, environment => { %{ $request{environment} || {} }, LD_PRELOAD => $faults, %fault } });
}

sub fail_each_allocation {
    my ($path) = @_;
    my $case = $site->prepare($path);
    my $file = "$site->{kit}{folder}/count";
    my $answer = run_with($case, FAULTS_COUNT => $file);
    ok $path->{done}->($answer), "$path->{name}: works with faults.so loaded" or diag explain $answer;
    my $count = unpack('l!', Kit::read_file($file)) || 0;
    cmp_ok $count, '>', 2, 'and allocates';    # a program without libraries takes a few blocks
    my ($tried, @wrong) = try_each(0.35, sub {
        my ($at) = @_;
        return map {"allocation $at: $_"} wrong_after($path, $case, run_with($case, FAULTS_ALLOC => $at));
    }, some(2, 1 .. $count));
    is_deeply \@wrong, [], "$path->{name}: $tried of $count allocations fail";
    row("$path->{name}: an allocation fails", $tried, scalar @wrong);
    return;
}

sub shorten {
    my ($path) = @_;
    my $case = $site->prepare($path);
    my ($tried, @wrong) = try_each(0.05, sub {
        my ($size) = @_;
        my $answer = run_with($case, FAULTS_SHORT => $size);
        return (($path->{done}->($answer) ? () : "$size bytes: $answer->{bytes} $answer->{error}"), map {"$size bytes: $_"} wrong_after($path, $case, $answer));
    }, is_long() ? 1 .. 64 : 1);
    is_deeply \@wrong, [], "$path->{name}: works with short reads and writes";
    row("$path->{name}: short reads and writes", $tried, scalar @wrong);
    return;
}

SKIP: {
    skip 'faults.so cannot be loaded into a static program', 1 unless -e $faults;
    fail_each_allocation($_) for @paths;
    shorten($_) for @paths;
}
done_testing;
