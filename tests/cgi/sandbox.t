#!/usr/bin/env perl
# What each program gives up after reading its settings: the system calls that its filter allows, read with strace; hosts that
# lack parts of the sandbox; the owner's handler, which runs outside it. unit/sandbox.c tests what is out of reach.
# Arguments: programs; then only their filters and Landlock rules are tested.
use strict;
use warnings;
use IO::Socket::INET;
use Kit;
use Push;
use Test::More;

# These builds have WECHAT_NO_SANDBOX (Makefile).
plan skip_all => 'this build has no sandbox' if $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};

my $kit = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain', private_dir => 'private' });
my $private = "$kit->{folder}/private";
mkdir $private;
my %number = `printf '#include <sys/syscall.h>\n' | cc -E -dM -` =~ /^#define __NR_(\w+) (\d+)$/mg;
cmp_ok $number{execve}, '>', 0, 'the numbers of system calls are known';

my $described = Kit::programs(@ARGV);

# Whether the program says that it needs this.
sub needs {
    my ($program, $need) = @_;
    return !!grep { $_ eq $need } @{ $described->{$program}{needs} };
}

# ---- the filters ----

# The program's filter, a list of {code, value, yes, no}. strace does not show the filter of another user's program.
sub filter_of {
    my ($program) = @_;
    my $trace = "$kit->{folder}/trace";
    $kit->run($program, before => ['strace', '-f', '-v', '-s', '99999', '-e', 'trace=prctl', '-o', $trace]);
    my ($filter) = Kit::read_file($trace) =~ /PR_SET_SECCOMP, SECCOMP_MODE_FILTER, \{len=\d+, filter=\[(.*)\]\}/ or return;
    return [map { /BPF_(?:STMT|JUMP)\(([A-Z_|]+), (0x[0-9a-f]+|\d+|[A-Z_|0-9a-fx]+)(?:, (0x[0-9a-f]+|\d+), (0x[0-9a-f]+|\d+))?\)/
            ? { code => $1, value => $2, yes => oct($3 // 0), no => oct($4 // 0) } : die "filter: $_\n" } split /(?<=\)), /, $filter];
}

my %ACTION = (SECCOMP_RET_TRAP => 'trap', SECCOMP_RET_ALLOW => 'allow');

# Runs the filter for a call; returns its decision.
sub verdict {
    my ($filter, $call, %option) = @_;
    my %data = (0 => $call, 4 => $option{processor} // 0xc000003e, map { 16 + 8 * $_ => ($option{arguments} || [])->[$_] || 0 } 0 .. 5);
    my ($a, $x) = (0, 0);
    for (my $i = 0; $i < @$filter; $i++) {
        my ($code, $value) = @{ $filter->[$i] }{qw(code value)};
        if ($code =~ /BPF_RET/) {
            return $value =~ /ERRNO/ ? 'errno' : $ACTION{ $value =~ s/\|.*//r } || die "filter returns $value\n";
        }
        $value = oct $value;
        if ($code eq 'BPF_LD|BPF_W|BPF_ABS') { $a = $data{$value} }
        elsif ($code eq 'BPF_LD|BPF_W|BPF_IMM') { $a = $value }
        elsif ($code eq 'BPF_MISC|BPF_TAX') { $x = $a }
        elsif ($code eq 'BPF_MISC|BPF_TXA') { $a = $x }
        elsif ($code eq 'BPF_ALU|BPF_X|BPF_LSH') { $a = ($a << $x) & 0xffffffff }
        elsif ($code =~ /^BPF_JMP\|BPF_K\|BPF_(JEQ|JGE|JSET)$/) {
            my $holds = $1 eq 'JEQ' ? $a == $value : $1 eq 'JGE' ? $a >= $value : $a & $value;
            $i += $filter->[$i]{ $holds ? 'yes' : 'no' };
        }
        else { die "filter: $code\n" }
    }
    die "the filter does not end\n";
}

# Calls that no program needs.
my @NEVER = qw(execve execveat fork vfork ptrace process_vm_readv process_vm_writev kill tkill rt_sigqueueinfo pidfd_open
    pidfd_getfd pidfd_send_signal bpf io_uring_setup perf_event_open userfaultfd memfd_create mount umount2 pivot_root chroot
    unshare setns keyctl add_key init_module finit_module kexec_load reboot setuid setgid setresuid capset personality
    chmod fchmodat chown fchownat symlinkat mknodat truncate setxattr listen accept accept4 seccomp landlock_restrict_self
    splice sendfile inotify_init1 fanotify_init open_by_handle_at shmget msgget semget swapon settimeofday clock_settime);
my @NETWORK = qw(socket connect bind sendto sendmsg socketpair clone);

SKIP: {
    skip 'the filter is read on x86-64 only', 1 if `uname -m` ne "x86_64\n";
    skip 'only root sees the filter of a program that is closed to debuggers', 1 if $> != 0;
    skip 'this kernel takes no filter', 1 if !-e '/proc/sys/kernel/seccomp/actions_avail';
    for my $program (sort keys %$described) {
        my $filter = filter_of($program);
        ok $filter && @$filter > 10, "$program: there is a filter" or next;
        my @allowed = grep { verdict($filter, $_) eq 'allow' } 0 .. 1023;
        # musl's fork() is that call; glibc's is clone().
        my @never = grep { defined $number{$_} && verdict($filter, $number{$_}) eq 'allow' && ($_ ne 'fork' || !needs($program, 'go_on')) } @NEVER;
        note "$program: ", scalar @allowed, ' calls';
        is_deeply \@never, [], "$program: refuses the calls that no program needs";
        is verdict($filter, $number{write}), 'allow', "$program: may answer";
        is_deeply [map { verdict($filter, $number{execve}, processor => $_) } 0x40000003, 0xc00000b7, 0], [('trap') x 3],
            "$program: no calls with another processor's numbers";
        is_deeply [grep { verdict($filter, $_ | 0x40000000) ne 'trap' } 0 .. 1023], [], "$program: no calls with x32's numbers";
        is verdict($filter, 0xffffffff), 'allow', "$program: call number -1, by which a debugger cancels a call, is allowed";
        if ($program eq 'validate.cgi') {
            cmp_ok scalar @allowed, '<=', 30, 'validate.cgi: at most 30 calls';
            cmp_ok scalar @allowed, '>', 10, 'validate.cgi: and more than 10, so they were counted';
        }
        my $forks = needs($program, 'go_on') ? 'allow' : 'trap';
        is verdict($filter, $number{clone}, arguments => [0x01200011]), $forks, "$program: another process only if it goes on behind its answer";
        is verdict($filter, $number{setsid}), $forks, "$program: and a session of its own";
        is verdict($filter, $number{clone}, arguments => [$_]), 'trap', sprintf '%s: no clone with the flags %#x', $program, $_ for 0x111, 0x4111, 0x10000011;
        my @sockets = grep { defined $number{$_} && verdict($filter, $number{$_}, arguments => [2, 1]) eq 'allow' } @NETWORK;
        if (!needs($program, 'network')) {
            is_deeply \@sockets, [], "$program: no sockets, no threads";
            is verdict($filter, $number{$_}, arguments => [0, 4096, 5]), 'trap', "$program: no executable memory with $_" for qw(mmap mprotect);
            next;
        }
        is verdict($filter, $number{socket}, arguments => [17]), 'trap', "$program: no packet sockets";
        is verdict($filter, $number{socket}, arguments => [1, 1]), 'errno', "$program: no Unix sockets";
        is verdict($filter, $number{socket}, arguments => [2, 2]), needs($program, 'programs') ? 'allow' : 'errno', "$program: UDP only if it looks up names that are not known before";
        is verdict($filter, $number{clone}, arguments => [0x11]), $forks, "$program: no processes but those";
        is verdict($filter, $number{clone3}), 'errno', "$program: no clone3, whose flags a filter cannot see";
    }
}

# ---- files, folders and ports ----

# The Landlock rules: the program reaches what it says that it needs, and nothing else.
SKIP: {
    my $trace = "$kit->{folder}/trace";
    my @strace = ('strace', '-f', '-y', '-e', 'trace=landlock_create_ruleset,landlock_add_rule', '-o', $trace);
    $kit->run('login.cgi', before => \@strace);
    skip 'this kernel has no Landlock', 1 if Kit::read_file($trace) !~ /^\d+ +landlock_add_rule.* = 0$/m;
    for my $program (sort keys %$described) {
        my $state = $kit->state_dir;
        mkdir $state, 0700;
        $kit->run($program, before => \@strace);
        my $said = Kit::read_file($trace);
        my %access = map { $_->[1] => $_->[0] } map { [/allowed_access=(\S+), parent_fd=\d+<([^>]+)>/] } grep {/RULE_PATH_BENEATH/} split /\n/, $said;
        is defined $access{"$kit->{folder}/wechat-html"}, needs($program, 'pages'), "$program: reads the pages if it needs them";
        is !!defined $access{$state}, needs($program, 'read_state') || needs($program, 'write_state'), "$program: reaches the state if it needs it";
        is !!(($access{$state} || '') =~ /WRITE_FILE/), needs($program, 'write_state'), "$program: writes the state if it needs that";
        is !!(($access{$private} || '') =~ /^LANDLOCK_ACCESS_FS_READ_FILE\|LANDLOCK_ACCESS_FS_READ_DIR,?$/), needs($program, 'private_files'),
            "$program: reads the private files if it needs them";
        is scalar(grep { $_ ne $state && $access{$_} =~ /WRITE|REMOVE|MAKE/ } keys %access), 0, "$program: writes nothing else";
        is defined $access{'/etc/hosts'}, needs($program, 'network'), "$program: looks up names if it talks to WeChat";
        my $ports = () = $said =~ /^\d+ +landlock_add_rule\(\S+ (?:0x2|LANDLOCK_RULE_NET_PORT)/mg;
        is $ports > 0, needs($program, 'network'), "$program: connects if it talks to WeChat" if $said =~ /VERSION\) = (?:[4-9]|\d\d)$/m;
        my @others = grep { $_ ne $state && $_ ne "$kit->{folder}/wechat-html" && ($_ ne $private || !needs($program, 'private_files')) && !m{^/(?:etc|usr|lib|lib64|dev|var/lib/ca-certificates|proc/sys/crypto)(?:/|$)} } keys %access;
        is_deeply \@others, [], "$program: nothing else of the host but what every C library reads";
    }
}
if (@ARGV) {
    done_testing;
    exit;
}

# ---- hosts without it ----

my $login = $kit->run('login.cgi');
my $page = $kit->run('me.cgi', query => 'x');
for my $host (
    ['a kernel without Landlock', 'no-landlock', 'landlock_create_ruleset:error=ENOSYS'],
    ['Landlock not started',      'no-landlock', 'landlock_create_ruleset:error=EOPNOTSUPP'],
    ['Landlock not allowed',      'no-landlock', 'landlock_create_ruleset:error=EPERM'],
    ['a rule refused',            'no-landlock', 'landlock_add_rule:error=EINVAL'],
    ['no domain',                 'no-landlock', 'landlock_restrict_self:error=E2BIG'],
    ['a kernel without seccomp',  'no-seccomp',  'prctl:error=EINVAL:when=3'],
    ['seccomp not allowed',       'no-seccomp',  'prctl:error=EACCES:when=3'],
    ['nothing of it',             'no-landlock no-seccomp', 'prctl:error=EPERM'],
) {
    my ($name, $marks, $inject) = @$host;
    my @before = ('strace', '-f', '-o', '/dev/null', '-e', "inject=$inject");
    my $own = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain' });
    is $own->run('login.cgi', before => \@before)->{status}, $login->{status}, "$name: login.cgi";
    is $own->run('me.cgi', before => \@before)->{status}, $page->{status}, "$name: me.cgi";
    is $own->run('validate.cgi', before => \@before)->{body}, '{"active":false}', "$name: validate.cgi";
    my $first = push_text($own, 1);
    is $first->{status}, 200, "$name: the state folder is created";
    my $said = '';
    for my $id (2 .. 4) {
        my $answer = push_text($own, $id, before => \@before);
        is $answer->{status}, 200, "$name: a push" if $id == 4;
        $said .= $answer->{error};
    }
    is scalar(() = $said =~ /this kernel has no /g), scalar(split / /, $marks), "$name: the log says so once";
    is_deeply [grep { -e $own->state_dir . "/$_" } qw(no-landlock no-seccomp)], [split / /, $marks], "$name: a mark keeps it from saying so again";
    like $own->run('me.cgi', before => \@before)->{error}, qr/\A\z/, "$name: another program does not say it again";
}

sub push_text {
    my ($own, $id, %option) = @_;
    my $xml = Push::push_xml(MsgType => 'text', Content => 'x', MsgId => $id);
    return $own->run('wechat.cgi', query => Push::query(nonce => "n$id") . "&openid=$Push::USER", stdin => $xml,
        environment => { CONTENT_TYPE => 'text/xml' }, %option);
}

# ---- the setting, and its former name ----

my $files = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain', sandbox => 'files' });
is push_text($files, 1, before => ['strace', '-f', '-o', "$files->{folder}/trace"])->{status}, 200, 'sandbox = files: works';
like Kit::read_file("$files->{folder}/trace"), qr/landlock_create_ruleset/, 'sandbox = files: files and ports are restricted';
unlike Kit::read_file("$files->{folder}/trace"), qr/PR_SET_SECCOMP/, 'but system calls are not';
my $open = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain', sandbox => 'off' });
my $trace = "$open->{folder}/trace";
is push_text($open, 1, before => ['strace', '-f', '-o', $trace])->{status}, 200, 'sandbox = off: works';
unlike Kit::read_file($trace), qr/landlock|NO_NEW_PRIVS|PR_SET_SECCOMP/, 'sandbox = off: nothing is restricted';
like Kit::read_file($trace), qr/RLIMIT_CORE, \{rlim_cur=1, rlim_max=1\}/, 'but still no core file is left';

# ---- the handler is not restricted ----

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die "listen: $!";
my $elsewhere = "$kit->{folder}/elsewhere";
mkdir $elsewhere;
Kit::write_file("$kit->{folder}/handler", <<"HANDLER", 0755);
#!/usr/bin/env python3
import json, os, socket, sqlite3, subprocess, sys
push = json.load(sys.stdin)
base = sqlite3.connect('$elsewhere/messages.db')
base.execute('create table messages (content text)')
base.execute('insert into messages values (?)', (push['Content'],))
base.commit()
socket.create_connection(('127.0.0.1', @{[$listener->sockport]}))
server = socket.socket()
server.bind(('127.0.0.1', 0))
status = dict(line.split(':', 1) for line in open('/proc/self/status') if ':' in line)
words = [status[name].strip() for name in ('NoNewPrivs', 'Seccomp')]
words.append(subprocess.run(['head', '-c', '4', '/etc/passwd'], capture_output=True, check=True).stdout.decode())
words.append(str(os.path.exists(os.environ['WECHAT_STATE_DIR'])))
json.dump({'text': ' '.join(words)}, sys.stdout)
HANDLER
$kit->write_conf(push_token => $Push::TOKEN, push_mode => 'plain', handler => 'handler');
my $answer = push_text($kit, 9);
is $answer->{status}, 200, 'a push with a handler';
is $answer->{error}, '', 'whose log is empty';
my ($own_privileges, $own_filter) = Kit::read_file('/proc/self/status') =~ /^NoNewPrivs:\s*(\d).*^Seccomp:\s*(\d)/ms;
like $answer->{body}, qr/<Content><!\[CDATA\[$own_privileges $own_filter root True\]\]>/,
    'it opens sockets, runs programs and reads files, with the privileges and the filter that the web server has';
cmp_ok -s "$elsewhere/messages.db", '>', 0, 'and writes its database';
for my $row (['on', 'strict', 1], ['files', 'files', 0], ['off', 'off', 0]) {
    my ($old, $now, $filter) = @$row;
    my $earlier = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain', sandbox => undef, wall => $old });
    my $traced = "$earlier->{folder}/trace";
    is push_text($earlier, 1)->{status}, 200, "wall = $old: works";
    # Now there is a state folder to hold the mark.
    my $answer = push_text($earlier, 2, before => ['strace', '-f', '-o', $traced]);
    like $answer->{error}, qr/wechat\.conf: the setting wall was renamed: write sandbox = $now; this is logged once$/m, 'with a line in the log';
    is Kit::read_file($traced) =~ /SECCOMP_MODE_FILTER/ ? 1 : 0, $filter, "and is sandbox = $now";
    is push_text($earlier, 3)->{error}, '', 'once';
}
my $standard = Kit->new(stopped => 1, conf => { push_token => $Push::TOKEN, push_mode => 'plain', sandbox => '' });
$standard->write_conf_text(Kit::read_file("$standard->{folder}/wechat.conf") =~ s/^sandbox = .*\n//mr);
push_text($standard, 1, before => ['strace', '-f', '-o', "$standard->{folder}/trace"]);
like Kit::read_file("$standard->{folder}/trace"), qr/landlock_restrict_self/, 'by default: files';
unlike Kit::read_file("$standard->{folder}/trace"), qr/SECCOMP_MODE_FILTER/, 'and no filter';
done_testing;
