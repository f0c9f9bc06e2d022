# What must hold when a program is killed at any moment: no broken file, no loss of what was acknowledged, nothing left
# that no sweep deletes; and the same request then works.
# weight: 25
use strict;
use warnings;
use Hard qw(is_long row seconds spread try_until);
use JSON::PP;
use List::Util qw(sum0);
use Paths;
use POSIX ();
use Push;
use State;
use Test::More;
use Time::HiRes qw(sleep time);
use Trace;

my $site = Paths->new;

# ---- the checker of the state folder notices every wrong byte ----

{
    my %texts = State::texts($site->{state});
    is_deeply [State::wrongs($site->{state})], [], scalar(keys %texts) . ' files, and nothing wrong';
    my @unseen;
    my $see = sub { my ($path, $what) = @_; push @unseen, "$path: $what" unless grep {/^\Q$path\E: /} State::wrongs($site->{state}) };
    for my $path (sort keys %texts) {
        my $file = "$site->{state}/$path";
        my $text = $texts{$path};
        Kit::write_file($file, substr $text, 0, -1);
        $see->($path, 'cut off');
        for my $at (grep { $path !~ /^(?:users|events|tallies)/ } 0 .. length($text) - 1) {
            Kit::write_file($file, substr($text, 0, $at) . chr(ord(substr $text, $at, 1) ^ 1) . substr $text, $at + 1);
            $see->($path, "byte $at changed");
        }
        Kit::write_file($file, '');
        $see->($path, 'empty') if $path !~ /^(?:events|tallies)/;
        Kit::write_file($file, $text, 0644);
        $see->($path, 'open to others');
        chmod 0600, $file;
        link $file, "$file.other" or die $!;
        $see->("$path.other", 'another name');
        unlink "$file.other";
    }
    is_deeply \@unseen, [], 'every byte of each record, every end, mode and name is checked';
    is_deeply [State::wrongs($site->{state})], [], 'and all is as it was';
}

# ---- killed at each system call ----

# Only these calls change what is on the disk. A kill at any other call, even fsync(), leaves the same files as a kill at
# the next call of this list. The long form tries all calls.
sub changes_something {
    my ($call) = @_;
    return $call->{arguments} =~ /O_CREAT/ if $call->{name} eq 'openat';
    return $call->{arguments} =~ /F_OFD/ if $call->{name} eq 'fcntl';
    return $call->{name} =~ /^(?:writev?|pwrite64|utimensat|(?:rename|link)at2?|unlinkat|mkdirat|ftruncate|flock|exit_group)$/;
}

use constant QUICK => 4;

sub end_at_each_call {
    my ($path, $paths) = @_;
    my $case = $site->prepare($path);
    my ($answer, $trace) = Trace::run($site, $case->{request});
    ok $path->{done}->($answer), "$path->{name}: works" or diag explain $answer;
    my @wrong = Paths::wrong_after($site, $path, $case, $answer);
    my @all = Trace::own(Trace::parse($trace));
    my @calls = grep { changes_something($_) } @all;
    if (is_long()) { push @calls, spread(grep { !changes_something($_) } @all) }
    # The quick form takes some of them, spread evenly, the first and the last among them.
    elsif (@calls > QUICK) { @calls = map { $calls[int $_ * $#calls / (QUICK - 1)] } 0 .. QUICK - 1 }
    my ($acknowledged, $missed) = (0, 0);
    my ($tried, @found) = try_until(seconds(0) / 2 / $paths, sub {
        my ($call) = @_;
        $site->bring_back('case');
        my $ended = Trace::inject($site, $case->{request}, $call, 'signal=KILL');
        # The number of calls that wait for WeChat varies from run to run.
        $missed++ if $ended->{signal} != 9;
        $acknowledged++ if $path->{done}->($ended);
        return map {"ended at $call->{name} $call->{count}: $_"} Paths::wrong_after($site, $path, $case, $ended);
    }, @calls);
    push @wrong, @found;
    is_deeply \@wrong, [], "$path->{name}: killed at " . ($tried - $missed) . ' system calls';
    cmp_ok $missed, '<=', is_long() ? $tried / 4 : $tried / 20, 'almost all of them were reached';
    # A program killed at exit_group has already answered.
    cmp_ok $acknowledged, '>=', 1, 'some had already answered' unless is_long() && $tried < @calls;
    cmp_ok $acknowledged, '<', $tried, 'and some had not';
    row("$path->{name}: killed at a system call", $tried - $missed, scalar @wrong);
    return;
}
my @writing = grep { !$_->{read} } Paths::paths();
end_at_each_call($_, scalar @writing) for @writing;

# ---- many at once, killed at random moments ----

my @people = qw(xiaoming meimei ann);

# Runs a request, and kills it after $after seconds; undef: never.
sub run_for {
    my ($request, $after) = @_;
    return $site->run({ %$request, defined $after ? (before => ['timeout', '-s', 'KILL', sprintf '%.4f', $after]) : () });
}
sub any { return $_[int rand @_] }

# Starts a process that calls $work with its number until the time is over, then writes its results to a file.
sub process {
    my ($number, $until, $work) = @_;
    my $file = "$site->{kit}{folder}/result.$number";
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    return { pid => $pid, file => $file } if $pid;
    srand $number;
    $site->{kit}{runs} = $number * 1_000_000;
    my %result = (wrong => [], tried => 0, ended => 0, keep => [], out => [], pushed => []);
    my $ok = eval {
        while (time < $until) { $work->($number, \%result) }
        1;
    };
    push @{ $result{wrong} }, "process $number: $@" unless $ok;
    Kit::write_file($file, encode_json(\%result));
    POSIX::_exit(0);
}

# After how many seconds to kill a request, at random; undef: never.
sub moment { my ($most) = @_; return rand() < 0.3 ? undef : 0.001 + rand $most }

sub counted {
    my ($result, $answer) = @_;
    $result->{tried}++;
    $result->{ended}++ if $answer->{signal} || $answer->{exit} == 137;
    return $answer;
}

sub write_something {
    my ($number, $result) = @_;
    my $what = rand;
    if ($what < 0.3) {
        my $token = Paths::token_of(counted($result, run_for($site->begin(any(@people)), moment(0.12)))) or return;
        push @{ $result->{keep} }, $token;
        # Readers use these tokens.
        open my $tokens, '>>', "$site->{kit}{folder}/tokens" or die "tokens: $!";
        syswrite $tokens, "$token\n" if @{ $result->{keep} } % 2;
    }
    elsif ($what < 0.45 && @{ $result->{keep} } && @{ $result->{keep} } % 2 == 0) {
        # The last token, which the readers do not know.
        my $token = pop @{ $result->{keep} };
        my $request = { program => 'logout.cgi', cookie => "$Paths::SESSION=$token", stdin => '', environment => { HTTP_SEC_FETCH_SITE => 'same-origin' } };
        my $answer = counted($result, run_for($request, moment(0.02)));
        $answer = $site->run($request) unless $answer->{status};
        push @{ $result->{wrong} }, "sign-out: $answer->{status} $answer->{error}" if ($answer->{status} || 0) != 303;
        push @{ $result->{out} }, $token;
    }
    else {
        my $id = $number * 1_000_000 + @{ $result->{pushed} };
        my @kind = $what < 0.8 ? (MsgType => 'text', Content => 'x' x rand 3000, MsgId => $id) : (MsgType => 'event', Event => any('subscribe', 'unsubscribe'), EventKey => "k$id");
        my $from = $kind[1] eq 'text' ? any("oWriter$number", 'oEverybody') : "oWriter$number";
        my $request = Paths::push_request($site, FromUserName => $from, CreateTime => 1_000_000_000 + $id, @kind);
        my ($tries, $answer) = 0;
        do { $answer = counted($result, run_for($request, $tries++ < 2 ? moment(0.04) : undef)) } until ($answer->{status} || 0) == 200 || $tries > 5;
        return push @{ $result->{wrong} }, "push: $answer->{bytes} $answer->{error}" if ($answer->{status} || 0) != 200;
        # When a user leaves, the lines of earlier messages are deleted.
        if ($kind[3] && $kind[3] eq 'unsubscribe') { $_->{gone} = 1 for grep { $_->{from} eq $from } @{ $result->{pushed} } }
        push @{ $result->{pushed} }, { id => $id, from => $from, tries => $tries, request => $request, bytes => $answer->{bytes} };
    }
    return;
}

sub read_something {
    my ($number, $result) = @_;
    my @tokens = split /\n/, Kit::read_file("$site->{kit}{folder}/tokens");
    $result->{tried}++;
    push @{ $result->{wrong} }, map {"a reader: $_"} Paths::signed_in($site, any(@tokens, $site->{other}));
    push @{ $result->{wrong} }, map {"a reader: $_"} State::wrongs($site->{state}, gone => 1, half_line => 1) if rand() < 0.1;
    return;
}

sub sweep_something {
    my ($number, $result) = @_;
    my @old = map { $site->plant_old($_, "$number $result->{tried}") } qw(claims sessions pushes);
    my @shards = map {m{/([0-9a-f]+)/}} @old;
    my $request = { program => 'sweep', arguments => [$site->{state}, @shards] };
    my $answer = counted($result, run_for($request, moment(0.01)));
    $answer = $site->run($request) if $answer->{bytes} eq '';
    push @{ $result->{wrong} }, "sweep: $answer->{error}" if $answer->{bytes} ne "swept\n";
    push @{ $result->{wrong} }, map {"$_ was not swept"} grep { -e "$site->{state}/$_" } @old;
    return;
}

sub crowd {
    $site->bring_back('first');
    my $until = time + seconds(3) / (is_long() ? 2 : 1);
    my @processes = (map({ process($_, $until, \&write_something) } 1 .. 8), map({ process($_, $until, \&read_something) } 9 .. 16),
        map({ process($_, $until, \&sweep_something) } 17, 18));
    waitpid $_->{pid}, 0 for @processes;
    my @results = map { my $text = Kit::read_file($_->{file}); $text eq '' ? { wrong => ["process $_->{pid} said nothing"] } : decode_json($text) } @processes;
    my @wrong = map { @{ $_->{wrong} } } @results;

    # Nothing acknowledged is lost; no ended session is valid again.
    push @wrong, map { my $token = $_; map {"kept: $_"} Paths::signed_in($site, $token) } map { @{ $_->{keep} || [] } } @results;
    push @wrong, map { my $token = $_; map {"ended: $_"} Paths::signed_out($site, $token) } map { @{ $_->{out} || [] } } @results;
    my %lines;
    $lines{ $_->{MsgId} || $_->{EventKey} =~ s/^k//r }++ for State::journal($site->{state});
    my @pushed = map { @{ $_->{pushed} || [] } } @results;
    for my $push (@pushed) {
        my $count = $lines{ $push->{id} } || 0;
        if ($push->{gone}) { push @wrong, "push $push->{id}: $count lines of a user who left" if $count; next }
        push @wrong, "push $push->{id}: $count lines after $push->{tries} tries" if $count < 1 || $count > $push->{tries};
        next if !is_long() && $push->{id} % 8;
        push @wrong, "push $push->{id}: a repeat gets another answer" if $site->run($push->{request})->{bytes} ne $push->{bytes};
    }
    push @wrong, State::wrongs($site->{state}), $site->tidy;
    push @wrong, 'the user in whose name all processes wrote is missing' unless $site->user('oEverybody');

    my ($tried, $ended) = map { my $what = $_; sum0(map { $_->{$what} || 0 } @results) } qw(tried ended);
    is_deeply \@wrong, [], "8 writers, 8 readers, 2 sweepers: $tried requests, $ended of them killed at random moments";
    cmp_ok $ended, '>=', 10, 'at least ten were killed';
    cmp_ok scalar(map { @{ $_->{keep} || [] } } @results), '>=', 3, 'and at least three sign-ins succeeded';
    row('8 writers, 8 readers, 2 sweepers: requests', $tried, scalar @wrong);
    row('of these killed at random moments', $ended, 0);
    return;
}
crowd();
done_testing;
