# make demo: started, used, started again in vain, stopped; on ports and in a folder of its own.
use strict;
use warnings;
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use Kit;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
symlink "$Kit::BUILD/$_", "$folder/$_" for qw(bin cgi-bin html tests);
$ENV{WECHAT_BUILD} = $folder;
$ENV{DEMO_PORT} = Kit::free_port();
$ENV{SIM_PORT} = Kit::free_port();
my $demo = "$^X $Kit::TOP/tests/tools/demo";
my $site = "http://127.0.0.1:$ENV{DEMO_PORT}";
# Nothing may keep running, even if the test fails.
my $running;
local $SIG{ALRM} = sub { die "the demo does not answer\n" };
alarm 120;
END { local $?; kill 'INT', $running if $running; system "$^X $Kit::TOP/tests/tools/demo stop >/dev/null 2>&1" }

my $http = HTTP::Tiny->new(max_redirect => 0);

like `$demo stop 2>&1`, qr/not running/, 'nothing runs yet';
my $said = `$demo start 2>&1`;
is $?, 0, 'started' or diag $said;
like $said, qr{\Q$site\E/.*cgi-bin/me\.cgi.*127\.0\.0\.1:$ENV{SIM_PORT}/control.*make demo-stop}s, 'says what to open and how it ends';
my $start = $http->get("$site/");
is $start->{status}, 200, 'the start page';
like $start->{content}, qr{href="http://127\.0\.0\.1:$ENV{SIM_PORT}/control"}, 'links the simulator on its port';
is $http->get("$site/cgi-bin/me.cgi")->{status}, 303, 'the programs answer';
is $http->get("http://127.0.0.1:$ENV{SIM_PORT}/control")->{status}, 200, 'so does the simulator';
my ($code) = $http->get("http://127.0.0.1:$ENV{SIM_PORT}/wx/login?person=ann")->{content} =~ /"code":"(\w+)"/;
is $http->post_form("$site/cgi-bin/mini.cgi", { code => $code })->{status}, 200, 'and a mini program signs in';
like $http->get("$site/cgi-bin/login.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F")->{headers}{location}, qr{^http://127\.0\.0\.1:$ENV{SIM_PORT}/connect/},
    'a page of any dev server is signed in';
my ($menu) = $said =~ /^ +(\S.* menu set - <docs\/menu\.json\.example)$/m;
is system("cd $Kit::TOP && { $menu; } >/dev/null") >> 8, 0, 'the command that it names sets a menu';
like $http->get("http://127.0.0.1:$ENV{SIM_PORT}/console")->{content}, qr/class="menu/, 'which the console shows';
is $http->get("$site/cgi-bin/../wechat.conf")->{status}, 404, 'the settings are not served';
like `$demo start 2>&1`, qr/running already/, 'a second one is not started';
like `$demo run 2>&1`, qr/running already: make demo-stop/, 'nor in the foreground';
like `$demo stop 2>&1`, qr/has ended/, 'stopped';
ok !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_, Timeout => 1), "port $_ is free again"
    for $ENV{DEMO_PORT}, $ENV{SIM_PORT};

my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{DEMO_PORT}, Listen => 1, ReuseAddr => 1);
like `$demo start 2>&1`, qr/Port $ENV{DEMO_PORT} is taken\..*DEMO_PORT=/, 'a port that is taken: what to do';
close $taken;

# In the foreground, stopped as by Ctrl-C.
my $pid = open my $output, '-|', "exec $demo run 2>&1" or die "demo: $!";
$running = $pid;
my $text = '';
while (my $line = <$output>) { $text .= $line; last if $line =~ /Ctrl-C/ }
is $http->get("$site/")->{status}, 200, 'in the foreground';
kill 'INT', $pid;
$text .= join '', <$output>;
close $output;
undef $running;
like $text, qr/The demo has ended/, 'Ctrl-C ends it';
ok !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{DEMO_PORT}, Timeout => 1), 'with its server';
ok !-e "$folder/demo.pid", 'and its pid file';
done_testing;
