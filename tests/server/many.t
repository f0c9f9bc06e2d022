# Many requests to every program, one after the other in one process: the answers equal those of a process for each
# request, and a request leaves no memory and no descriptor behind. The process ends when a new one must take over.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IPC::Open2;
use Kit;
use Paths;
use Push;
use Test::More;

# ---- a site whose requests go to one process ----

package Many;
our @ISA = ('Paths');

sub start {
    my ($self) = @_;
    # glibc counts each thread's cache as allocated memory.
    local %ENV = (GLIBC_TUNABLES => 'glibc.malloc.tcache_count=0', WECHAT_CONF => "$self->{kit}{folder}/wechat.conf", PATH => $ENV{PATH});
    $self->{log} = "$self->{kit}{folder}/many.log";
    $self->{pid} = IPC::Open2::open2($self->{answers}, $self->{requests}, 'sh', '-c', 'exec "$0" 2>>"$1"', "$Kit::BUILD/tests/many/many", $self->{log});
    binmode $self->{$_} for qw(answers requests);
    return;
}

# The exit status, after the process has ended by itself or for lack of requests.
sub wait_end {
    my ($self) = @_;
    close $self->{requests};
    close $self->{answers};
    waitpid delete $self->{pid}, 0;
    return $?;
}

sub run {
    my ($self, $request) = @_;
    return $self->SUPER::run($request) unless $self->{pid};
    my ($body, $at) = ($request->{stdin}, -s $self->{log});
    my %environment = (REQUEST_METHOD => defined $body ? 'POST' : 'GET', REMOTE_ADDR => '192.0.2.7', QUERY_STRING => $request->{query} || '',
        (defined $body ? (CONTENT_LENGTH => length $body, CONTENT_TYPE => 'application/x-www-form-urlencoded') : ()), %{ $request->{environment} || {} });
    $environment{HTTP_COOKIE} = $request->{cookie} if defined $request->{cookie};
    my $variables = join '', map { defined $environment{$_} ? "$_=$environment{$_}\0" : () } sort keys %environment;
    $body = '' unless defined $body;
    local $SIG{PIPE} = 'IGNORE';    # it may have ended already
    print { $self->{requests} } "$request->{program} " . length($variables) . ' ' . length($body) . "\n$variables$body";
    $self->{requests}->flush;
    my $line = readline $self->{answers};
    return { ended => 1, error => Kit::read_file($self->{log}) } unless defined $line;
    my ($result, $size, $descriptors, $memory) = split ' ', $line;
    read($self->{answers}, my $bytes, $size) == $size or die "half an answer\n";
    push @{ $self->{descriptors} }, $descriptors;
    push @{ $self->{memory} }, $memory;
    return { result => $result, bytes => $bytes, error => substr(Kit::read_file($self->{log}), $at), Kit::parse_answer($bytes) };
}

sub DESTROY { my ($self) = @_; $self->wait_end if $self->{pid}; return }

# ---- a mixture of requests ----

package main;

my $COOKIE = $Paths::SESSION;
my @programs = map {s{.*/}{}r} glob "$Kit::BUILD/cgi-bin/*.cgi";
my %own = (HTTP_SEC_FETCH_SITE => 'same-origin');

# Sends the requests of a round; $see gets each request and its answer.
sub ask_all {
    my ($site, $round, $see) = @_;
    my $ask = sub { my ($request) = @_; my $answer = $site->run($request); $see->($request, $answer); return $answer };
    my $begun = $site->begin('xiaoming');
    my $token = Paths::token_of($ask->($begun)) || 'none';
    my $mini = Paths::given_token($ask->(Paths::mini_request($site)));
    my %me = (cookie => "$COOKIE=$token");
    my %bearer = (environment => { HTTP_AUTHORIZATION => "Bearer $mini" });
    my $case = Paths::computer_begins($site, $token);
    my $ticket = Paths::ticket_of($ask->(Paths::ticket_request($token))) || 'none';
    my $push = Paths::push_request($site, FromUserName => $Paths::ME, MsgType => 'text', Content => "round $round", MsgId => 900_000 + $round);
    $ask->($_) for (
        $begun,
        { program => 'login.cgi', query => 'next=/landed', %me },
        { program => 'login.cgi', query => 'next=/landed&again=1' },
        { program => 'me.cgi', %me },
        { program => 'me.cgi', %me, environment => { REQUEST_METHOD => 'HEAD' } },
        { program => 'me.cgi' },
        { program => 'validate.cgi', %me },
        { program => 'validate.cgi', query => 'live=1', %me },
        { program => 'validate-live.cgi', %me },
        { program => 'validate.cgi', %bearer },
        { program => 'validate.cgi', query => 'login=1' },
        { program => 'validate.cgi', environment => { HTTP_AUTHORIZATION => 'Bearer ' . 'x' x 43, HTTP_ORIGIN => $Paths::DEV } },
        { program => 'list.cgi', %me },
        { program => 'list.cgi', query => 'format=json', %bearer },
        (map { my $path = $_; map { { program => $_, environment => { PATH_INFO => $path, HTTP_AUTHORIZATION => $Paths::SERVICE_KEY } } } 'server.cgi', 'server-live.cgi' } '/token', '/api/wechat/access_token', '/nothing'),
        { program => 'server.cgi', environment => { PATH_INFO => '/token' } },
        (map { { program => $_, query => 'url=http%3A%2F%2F127.0.0.1%3A' . $site->{kit}{site_port} . '%2Fpage' } } 'jssdk.cgi', 'jssdk-live.cgi'),
        (map { { program => 'gate.cgi', %me, environment => { PATH_INFO => $_->[0], REQUEST_URI => "/x$_->[0]", @$_[1 .. $#$_] } } } ['/a.bin'],
            ['/a.bin', HTTP_RANGE => 'bytes=100000-'], ['/a.bin', HTTP_RANGE => 'bytes=300000-'], ['/a.bin', HTTP_IF_NONE_MATCH => '*'], ['/a.bin', REQUEST_METHOD => 'HEAD'],
            ['/'], ['/sub'], ['/sub/'], ['/none'], ['/link'], ['/..']),
        { program => 'gate.cgi', environment => { PATH_INFO => '/a.bin', REQUEST_URI => '/x/a.bin' } },
        $push, $push,
        { %$push, query => 'signature=0&timestamp=1&nonce=2' },
        Paths::push_request($site, FromUserName => $Paths::ME, MsgType => 'event', Event => $round % 2 ? 'unsubscribe' : 'subscribe', EventKey => ''),
        $case->{wait}, $case->{request}, $case->{request}, $case->{wait}, $case->{wait},
        Paths::redeem_request($ticket), Paths::redeem_request($ticket),
        { program => 'ticket.cgi', environment => { REQUEST_METHOD => 'OPTIONS', HTTP_ORIGIN => $Paths::DEV } },
        { program => 'me.cgi', stdin => 'x' x 70_000 },
        { program => 'wechat.cgi', query => 'a=%zz' },
        { program => 'callback.cgi', query => 'code=x&state=y', cookie => $begun->{cookie} },
        { program => 'callback.cgi', environment => { REQUEST_METHOD => 'PUT' } },
        { program => 'mini.cgi', stdin => 'code=nonsense' },
        { program => 'logout.cgi', %me, environment => { HTTP_ACCEPT_LANGUAGE => 'zh-CN' } },
        { program => 'logout.cgi', %me, stdin => 'a=b', environment => \%own },
        { program => 'validate.cgi', %me },
        (map { { program => $_ } } @programs),
        $round % 5 ? { program => 'confirm.cgi' } : { program => 'me.cgi', cookie => "$COOKIE=" . $site->sign_in('xiaoming'), stdin => 'action=forget', environment => \%own },
    );
    return;
}

# The answer without what differs each time: ports, folders, random values, times, and lengths that depend on them.
sub plain {
    my ($site, $answer) = @_;
    my $text = "$answer->{bytes}\n$answer->{error}";
    my ($headers, $body) = split /\r\n\r\n/, $answer->{bytes}, 2;
    die "Content-Length\n" if $headers =~ /^Content-Length: (\d+)/m && $body ne '' && $1 != length $body;
    $text =~ s/^Content-Length: \d+/Content-Length: N/m;
    $text =~ s/\Q$site->{kit}{folder}\E/FOLDER/g;
    $text =~ s/127\.0\.0\.1(:|%3A)(?:$site->{kit}{site_port}|$site->{kit}{sim_port})/HOST/g;
    $text =~ s/(?<=wx_signin=)[^;]+|(?<=wx_desktop=)[^;]+|(?<=state=)[\w.-]+|(?<=\?t=|Ft%3D)[\w.-]+|(?<=confirm\.cgi\?|gi%3F)[\w-]{16}|(?:(?<=nonce-)|(?<![\w-]))[\w-]{43}(?![\w-])|(?<=number">)\d\d/RANDOM/g;
    $text =~ s/^ETag: .*/ETag/m;
    $text =~ s/(?<=rid=)[\w-]{20,}/RID/g;
    $text =~ s/(?<=request=|number: )[0-9a-f]{8}|(?<=id="request">)[0-9a-f]{8}/NUMBER/g;
    $text =~ s/(?<="access_token":")[^"]+|(?<="nonceStr":")[^"]+|(?<="signature":")[0-9a-f]+|(?<=name="session" value=")[0-9a-f]+/RANDOM/g;
    $text =~ s/(?<=expiration":)\d+/SECONDS/g;
    $text =~ s/<svg class="qr".*?<\/svg>/QR/gs;
    $text =~ s/\b1[5-9]\d{8}\b|\b20\d\d-\d\d-\d\d(?: |T)[\d:]+/TIME/g;
    $text =~ s/(?<=Max-Age=604)[78]\d\d|(?<=expires_in":)\d+|(?<=data-seconds=")\d+|(?<=content=")\d+(?=;url)|(?<=id="left">)[\d:]+/SECONDS/g;
    return $text;
}

sub difference {
    my @one = split /\n/, shift;
    my @many = split /\n/, shift;
    my ($at) = grep { ($one[$_] // '') ne ($many[$_] // '') } 0 .. ($#one > $#many ? $#one : $#many);
    return "$one[0], line $at\n  a process each: " . ($one[$at] // 'none') . "\n  one for many:   " . ($many[$at] // 'none') . "\n";
}

# Private files, the same for both.
my $private = tempdir('wechat-private-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $private;
Kit::write_file("$private/a.bin", 'x' x 200_000, 0644);
mkdir "$private/sub";
Kit::write_file("$private/sub/index.html", 'page', 0644);
symlink '/etc/passwd', "$private/link";

my $handler = "#!/bin/sh\nread -r push\ncase \$push in *event*) ;; *) echo '{\"text\": \"seen {{content}}\", \"template\": true}' ;; esac\n";
sub make_site {
    my ($class) = @_;
    my $site = $class->new(conf => { outside_wechat => 'both', service_keys => "site:$Paths::SERVICE_KEY", account_clients => 'site' });
    Kit::write_file("$site->{kit}{folder}/handler", $handler, 0755);
    $site->write_conf(handler => 'handler', private_dir => $private, private_listing => 'on');
    return $site;
}

my $one = make_site('Paths');
my $many = make_site('Many');
$many->start;

my $rounds = 20;
my (@asked, @answers, %statuses, %programs);
for my $round (1 .. $rounds) {
    my (@one, @many);
    ask_all($one, $round, sub { push @one, plain($one, $_[1]) });
    ask_all($many, $round, sub {
        my ($request, $answer) = @_;
        die "it has ended: $answer->{error}\n" if $answer->{ended};
        push @many, plain($many, $answer);
        $programs{ $request->{program} }{ $answer->{status} }++;
    });
    my @other = grep { $one[$_] ne $many[$_] } 0 .. $#one;
    ok !@other && @one == @many, "round $round: " . @many . ' answers are those of a process each' or diag map { difference($one[$_], $many[$_]) } @other;
}
my @measured = @{ $many->{memory} };
cmp_ok scalar(@measured), '>=', 1000, 'a thousand requests';
is join(' ', sort keys %programs), join(' ', sort @programs), 'of every program';
cmp_ok scalar(keys %{ $programs{$_} }), '>', 0, "$_: " . join ' ', map {"$_"} sort keys %{ $programs{$_} } for sort keys %programs;

sub least { my ($least, @others) = @_; $least = $_ < $least ? $_ : $least for @others; return $least }
sub most { my ($most, @others) = @_; $most = $_ > $most ? $_ : $most for @others; return $most }
my $each = int @measured / $rounds;
my $after = most(3, int 100 / $each + 1) * $each;    # whole rounds, a hundred requests at least
my @open = @{ $many->{descriptors} };
is most(@open[-$each * 5 .. -1]), most(@open[0 .. $after - 1]), 'as many descriptors as in the first hundred';
cmp_ok least(@measured[-$each * 5 .. -1]), '<=', least(@measured[$after .. $after + $each * 5]) + 512, 'and no more memory than after them';

is $many->wait_end, 0, 'it ends by itself when its input ends';
unlike Kit::read_file($many->{log}), qr/Sanitizer|runtime error/, 'and no sanitizer complained';

# ---- when another process is to take over ----

sub is_replaced {
    my ($what, $change) = @_;
    $many->start;
    is $many->run({ program => 'validate.cgi' })->{status}, 401, "$what: before";
    $change->();
    my $answer = $many->run({ program => 'validate.cgi' });
    $answer = $many->run({ program => 'validate.cgi' }) unless $answer->{ended};
    ok $answer->{ended}, 'it ends, for another to begin';
    is $many->wait_end, 0, 'without an error';
    return;
}
is_replaced('the settings are changed', sub { $many->write_conf(handler => 'handler', language => 'zh_CN') });
is_replaced('the list is changed', sub { my $list = "$many->{kit}{folder}/list.json"; Kit::write_file($list, Kit::read_file($list) . "\n") });
is_replaced('words of the owner appear', sub { Kit::write_file("$many->{kit}{folder}/words.en.txt", "me.sex = Sex\n") });
is_replaced('a rule is put in place of another', sub { my $rules = "$many->{kit}{folder}/replies.json"; Kit::write_file("$rules.new", Kit::read_file($rules)); rename "$rules.new", $rules or die $! });
$many->write_conf(handler => 'handler', private_dir => "$many->{kit}{folder}/later");
is_replaced('private_dir appears', sub { mkdir "$many->{kit}{folder}/later" });
Kit::write_file("$many->{kit}{folder}/handler", "#!/bin/sh\nkill -9 \$PPID\n", 0755);
is_replaced('the handler takes its process with it', sub {
    my $answer = $many->run(Paths::push_request($many, MsgType => 'text', Content => 'x', MsgId => 5));
    is $answer->{status}, 200, 'its push is answered';
    like $answer->{error}, qr/the process that runs programs is gone/, 'and the log says so';
});

# What follows behind an answer is another process's, with the runner: this one ends.
Kit::write_file("$many->{kit}{folder}/handler", "#!/bin/sh\necho '{\"text\": \"one\", \"then\": [{\"text\": \"two\"}]}'\n", 0755);
is_replaced('a handler has more to say', sub {
    my $answer = $many->run(Paths::push_request($many, MsgType => 'text', Content => 'x', MsgId => 6));
    is $answer->{status}, 200, 'its push is answered';
    like $answer->{body}, qr/one/, 'with the first reply';
});
# The program that sends is not beside this one, which shows that the other process has tried to run it.
my $late = $many->{kit}->state_dir . '/late.log';
Kit::wait_for('the other process', 10, sub { -s $late });
like Kit::read_file($late), qr{^wechat-cgi: wechat\.cgi .*/wechat-late\.cgi: No such file}, 'another process goes on';

# Without memory there is no answer, rather than half an answer or that of another request, and the log says why.
SKIP: {
    skip 'a sanitizer takes memory in its own way', 4 if `nm $Kit::BUILD/tests/many/many` =~ /__asan_init/;
    $many->start;
    is $many->run({ program => 'me.cgi' })->{status}, 303, 'memory is there';
    system('prlimit', '--pid', $many->{pid}, '--as=1') == 0 or die 'prlimit';
    my $answer = $many->run({ program => 'list.cgi', stdin => join '&', map {"a=$_"} 10_000 .. 18_000 });
    ok $answer->{ended}, 'without it nothing is answered';
    like $answer->{error}, qr/^wechat-cgi: kind=system: out of memory/m, 'the log says so';
    is $many->wait_end >> 8, 1, 'and the exit status';
}
done_testing;
