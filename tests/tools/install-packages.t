#!/usr/bin/env perl
# install-packages waits for another apt, says so once, and gives up after ten minutes. The locks and apt-get's messages are real,
# in folders of the test; nothing is installed, and a stub of sleep(1) releases the lock.
use strict;
use warnings;
use Fcntl qw(F_WRLCK F_SETLK);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use POSIX ();
use Test::More;

my $apt = Kit::find_program('apt-get') or plan skip_all => 'there is no apt-get here';
my $folder = tempdir('wechat-apt-XXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$folder/bin", "$folder/lists/partial", "$folder/cache/archives/partial", "$folder/dpkg");
Kit::write_file("$folder/dpkg/status", '');
Kit::write_file("$folder/conf", <<"CONF");
Dir::State::Lists "$folder/lists";
Dir::State::status "$folder/dpkg/status";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "/dev/null";
CONF

sub program {
    my ($name, $text) = @_;
    Kit::write_file("$folder/bin/$name", "#!/bin/sh\n$text", 0755);
    return;
}

# No package is installed. The stub of apt-get records what to install; it needs the lock of the lists as well.
program('dpkg-query', "exit 1\n");
program('id', "echo 0\n");
program('tee', "cat >/dev/null\n");
program($_, "exit 0\n") for qw(chmod rm systemctl);
program('apt-get', <<"SH");
export APT_CONFIG=$folder/conf
case \$1 in
update) exec $apt "\$@" ;;
*) $apt update -qq || exit; echo "\$@" >>$folder/installed ;;
esac
SH

# Another apt: a process that holds the lock until it is killed.
sub hold {
    my ($path) = @_;
    pipe my $held, my $say or die "pipe: $!";
    my $parent = $$;
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if (!$pid) {
        open my $lock, '>', $path or die "$path: $!";
        my $how = pack 's s l! l! i', F_WRLCK, 0, 0, 0, 0;
        fcntl $lock, F_SETLK, $how or die "fcntl: $!";
        syswrite $say, "held\n";
        sleep 1 while getppid == $parent;
        POSIX::_exit(0);
    }
    close $say;
    sysread $held, my $line, 5 or die "the lock of $path cannot be held\n";
    return $pid;
}

sub run_it {
    unlink "$folder/installed", "$folder/slept";
    my $said = `PATH=$folder/bin:$ENV{PATH} sh $Kit::TOP/tests/tools/install-packages analyse 2>&1`;
    return ($? >> 8, $said);
}
sub slept { return length Kit::read_file("$folder/slept") }

program('sleep', "printf . >>$folder/slept\n");
my ($exit, $said) = run_it();
is $exit, 0, 'without another apt: done' or diag $said;
unlike $said, qr/another apt/i, 'without mentioning one';
like Kit::read_file("$folder/installed"), qr/^install .*\bcppcheck\b/, 'and what is missing is installed';

my $pid = hold("$folder/lists/lock");
program('sleep', "printf . >>$folder/slept\n[ \$(wc -c <$folder/slept) -lt 3 ] || kill $pid\n");
($exit, $said) = run_it();
is $exit, 0, 'another apt that ends: waited for' or diag $said;
is scalar(() = $said =~ /Another apt is at work: waiting for it/g), 1, 'one line says so';
cmp_ok slept(), '>=', 3, 'until it has ended';
kill 'TERM', $pid;
waitpid $pid, 0;
like Kit::read_file("$folder/installed"), qr/^install /, 'and what is missing is installed';

program('sleep', "printf . >>$folder/slept\n");
$pid = hold("$folder/lists/lock");
($exit, $said) = run_it();
is $exit, 100, 'another apt that does not end: given up';
is slept(), 300, 'after ten minutes';
like $said, qr/^install-packages: another apt is still at work after ten minutes; try again when it has ended$/m, 'and the message says so';
like $said, qr/Could not get lock \Q$folder\E/, 'with the message of apt';
ok !-e "$folder/installed", 'and nothing was installed';
kill 'TERM', $pid;
waitpid $pid, 0;

# Other failures are no reason to wait.
program('apt-get', "echo 'E: no network' >&2; exit 100\n");
($exit, $said) = run_it();
is $exit, 100, 'another fault: at once';
like $said, qr/^E: no network$/m, 'with its own message';
is slept(), 0, 'without waiting';
done_testing;
