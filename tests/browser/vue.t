# The Vue app in headless Chromium: from its dev server, which is another origin, and built, as a page of the site. The
# assertions are in vue.mjs.
use strict;
use warnings;
use HTTP::Tiny;
use Kit;
use POSIX ();

my $app = "$Kit::BUILD/vue-app/vue";
my $kit = Kit->new(conf => { dev_origins => '*' });
my $port = Kit::free_port();
my $dev = "http://127.0.0.1:$port";
system('cp', '-r', "$Kit::BUILD/vue", "$kit->{folder}/www/app") == 0 or die 'cp vue';

# Runs `npm run dev` in its own process group, which ends with this test.
my $log = "$kit->{folder}/log/vite.out";
local @SIG{qw(INT TERM HUP)} = (sub { exit 1 }) x 3;
my $pid = fork;
die "fork: $!" unless defined $pid;
if ($pid == 0) {
    POSIX::setpgid(0, 0);
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $log;
    open STDERR, '>&', \*STDOUT;
    $ENV{VITE_WECHAT_SITE} = $kit->{site_url};
    $ENV{npm_config_update_notifier} = 'false';
    chdir $app or POSIX::_exit(127);
    exec qw(npm run dev -- --host 127.0.0.1 --strictPort --port), $port or POSIX::_exit(127);
}
END { local $?; if ($pid) { kill 'TERM', -$pid; waitpid $pid, 0 } }
eval { Kit::wait_for('the dev server', 60, sub { HTTP::Tiny->new(timeout => 10)->get("$dev/")->{success} }); 1 }
    or die $@ . Kit::read_file($log);

local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local $ENV{DEV_URL}  = $dev;
local $ENV{KIT_FOLDER} = $kit->{folder};
my $failed = system 'node', "$Kit::TOP/tests/browser/vue.mjs";
exit($failed ? 1 : 0);
