# A process of wechat.fcgi that is told to end, at each system call of a request: that request is answered, and so is the next one,
# by another process. HARD=1: at every call; otherwise at some of them.
use strict;
use warnings;
use FastCGI;
use Hard qw(spread);
use Kit;
use Push;
use State;
use Test::More;
use Trace;

plan skip_all => 'strace can only attach as root' if $> != 0 || !Kit::find_program('strace');

my $kit = Kit->new(stopped => 1, conf => { language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', handler => 'handler' });
Kit::write_file("$kit->{folder}/handler", "#!/bin/sh\necho run >>'$kit->{folder}/runs'\necho '{\"text\": \"heard\"}'\n", 0755);
mkdir $kit->state_dir, 0700;
my $token = State::plant($kit->state_dir, 'oMe', {}, {});
my $socket = FastCGI::start($kit);
$kit->{fcgi} = $kit->{run}{pid};
my $pushes = 0;

sub validate { return FastCGI::ask($socket, { SCRIPT_NAME => '/cgi-bin/validate.cgi', HTTP_COOKIE => "wx_session=$token" }) }
sub pushed {
    my $xml = Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => ++$pushes);
    return FastCGI::ask($socket, { SCRIPT_NAME => '/cgi-bin/wechat.cgi', QUERY_STRING => Push::query(), CONTENT_TYPE => 'text/xml' }, $xml);
}

# Calls $code while strace watches the process that serves; returns what it gave, and the trace.
sub watched {
    my ($code, @options) = @_;
    my $worker = Kit::wait_for('a process', 20, sub { (FastCGI::workers($kit))[0] });
    my $file = "$kit->{folder}/trace";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) { exec 'strace', '-qqq', '-o', $file, @options, '-p', $worker or POSIX::_exit(127) }
    Kit::wait_for('strace', 20, sub { Kit::read_file("/proc/$worker/status") !~ /^TracerPid:\s+0$/m });
    my $answer = $code->();
    kill 'INT', $pid;
    waitpid $pid, 0;
    return ($answer, join '', map {"1 $_"} Kit::read_file($file) =~ /^.*\n/mg);
}

for my $case (['validate.cgi', \&validate, qr/"active":true/], ['wechat.cgi, with the handler', \&pushed, qr/heard/]) {
    my ($name, $ask, $good) = @$case;
    $ask->();
    my ($answer, $trace) = watched($ask);
    like $answer->{body}, $good, "$name: works";
    my @calls = Trace::parse($trace);
    cmp_ok scalar @calls, '>', 10, 'in ' . @calls . ' system calls';
    @calls = (spread(@calls))[0 .. 7] if !$ENV{HARD} && @calls > 8;
    my @lost;
    for my $call (@calls) {
        my ($before) = FastCGI::workers($kit);
        my ($told) = watched($ask, '-e', "trace=$call->{name}", '-e', "inject=$call->{name}:signal=TERM:when=$call->{count}");
        push @lost, "$call->{name} $call->{count}" if !$told->{ended} || $told->{body} !~ $good;
        Kit::wait_for('another process', 20, sub { my ($now) = FastCGI::workers($kit); $now && $now != $before });
        push @lost, "after $call->{name} $call->{count}" if validate()->{body} !~ /"active":true/;
    }
    is_deeply \@lost, [], 'told to end at ' . @calls . ' of them: every request is answered';
}
is scalar(() = Kit::read_file("$kit->{folder}/runs") =~ /run/g), $pushes, 'and the handler ran once for each push';
done_testing;
